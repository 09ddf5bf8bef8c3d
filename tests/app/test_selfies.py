"""Selfies that were sent before are offered again until their person has them forgotten."""

from __future__ import annotations

from importlib import resources
from pathlib import Path

import pytest

from app.demo.stage import Screen, buttons
from core.conversation.action import Run, UseLastSelfies
from core.conversation.event import CommandSent, Photo
from core.conversation.view import NoticeView, TextView, View
from core.services.desk import AssetGone
from tests.app.chat import Guest
from tests.factory import running

PORTRAIT = resources.files("app.demo").joinpath("portrait.png").read_bytes()


def _text(view: View) -> bool:
    return isinstance(view, TextView)


def _offers_them(view: View) -> bool:
    return any(token.startswith(UseLastSelfies("d").pack().rsplit(":", 1)[0]) for _, token in buttons(view))


async def test_forgotten_selfies_are_gone_and_offered_no_more(database: str, tmp_path: Path) -> None:
    screen = Screen()
    async with running(database, tmp_path, couriers=[screen], worker=False) as one:
        guest = Guest(one.factory, screen)
        photo = await one.factory.desk.accept(guest.envelope, PORTRAIT)
        assert isinstance(photo, Photo)
        assert _offers_them(await guest.do(CommandSent(name="new"), _text))

        privacy = await guest.do(CommandSent(name="privacy"), _text)
        await guest.press(privacy, Run, lambda view: isinstance(view, NoticeView), argument="forget")

        with pytest.raises(AssetGone):
            await one.factory.desk.asset(photo.asset)
        assert not _offers_them(await guest.do(CommandSent(name="new"), _text))
        await one.factory.upkeep.purge()
        assert (await one.factory.blobs.usage()).blobs == 0
