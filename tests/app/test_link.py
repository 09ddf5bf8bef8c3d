"""Signed links (S14): one file, one hour, to whoever holds them, and never somebody else's file."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from importlib import resources
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from aiohttp import ClientSession

from app.demo.stage import Screen
from app.parts import Parts
from core.conversation.event import Photo
from core.services.desk import AssetGone, NotYours
from core.services.link import PATH
from core.store.blob import LINK_SECONDS
from core.store.link import Signer
from tests.app.chat import Guest
from tests.factory import Running, running

PUBLIC = "https://thumbs.example"
PORTRAIT = resources.files("app.demo").joinpath("portrait.png").read_bytes()


@dataclass
class Address:
    """The site as its proxy calls it."""

    local: str

    async def get(self, link: str) -> tuple[int, bytes, str]:
        """Status, body and Content-Disposition; the caller brings no cookie."""
        path = link.removeprefix(PUBLIC)
        async with (
            ClientSession() as anybody,
            anybody.get(f"{self.local}{path}", headers={"Host": urlsplit(PUBLIC).netloc}) as answer,
        ):
            return answer.status, await answer.read(), answer.headers.get("Content-Disposition", "")


@asynccontextmanager
async def published(database: str, home: Path) -> AsyncIterator[tuple[Running, Address]]:
    async with running(database, home, worker=False, web_port=0, web_public_url=f"{PUBLIC}/") as here:
        parts = Parts(here.factory, ("web",))
        await parts.start(lambda _: None)
        try:
            yield here, Address(parts.address)
        finally:
            await parts.stop()


async def photo_of(guest: Guest) -> str:
    photo = await guest.factory.desk.accept(guest.envelope, PORTRAIT)
    assert isinstance(photo, Photo)
    return photo.asset


async def test_a_link_opens_its_file_without_a_cookie_as_a_download(database: str, home: Path) -> None:
    async with published(database, home) as (here, site):
        guest = Guest(here.factory, Screen())
        mine = await photo_of(guest)
        link = await here.factory.desk.link(mine, "me.jpg", guest.envelope)
        assert link is not None
        assert link.startswith(f"{PUBLIC}{PATH}/")
        status, body, disposition = await site.get(link)
        assert (status, body) == (200, (await here.factory.desk.asset(mine)).data)
        assert disposition.startswith('attachment; filename="me.jpg"')


async def test_nobody_gets_a_link_to_what_is_somebody_elses(database: str, home: Path) -> None:
    async with published(database, home) as (here, site):
        alice, bob = Guest(here.factory, Screen()), Guest(here.factory, Screen())
        hers, his = await photo_of(alice), await photo_of(bob)
        with pytest.raises(NotYours):
            await here.factory.desk.link(his, "x.jpg", alice.envelope)
        with pytest.raises(AssetGone):
            await here.factory.desk.link("7f0f4d4e-0000-4000-8000-000000000000", "x.jpg", alice.envelope)

        # Her own good link, bent to his file.
        link = await here.factory.desk.link(hers, "x.jpg", alice.envelope)
        assert link is not None
        status, _, _ = await site.get(link)
        assert status == 200
        assert (await site.get(link.replace(hers, his)))[0] == 404


async def test_a_link_that_is_over_was_stretched_or_comes_from_another_key_opens_nothing(
    database: str, home: Path
) -> None:
    async with published(database, home) as (here, site):
        guest = Guest(here.factory, Screen())
        key = (await here.factory.assets.get(await photo_of(guest))).blob_key
        now, ours, other = int(time.time()), Signer(here.factory.secret), Signer(b"o" * 32)

        def link(signer: Signer, signed: int, said: int) -> str:
            return f"{PATH}/{key}?expires={said}&signature={signer.sign(key, signed)}"

        good, over, far = now + 60, now - 1, now + LINK_SECONDS + 60
        assert (await site.get(link(ours, good, good)))[0] == 200
        for bad in (link(ours, over, over), link(ours, good, good + 1), link(other, good, good), link(ours, far, far)):
            assert (await site.get(bad))[0] == 404
        for bent in (f"{PATH}/{key}", f"{PATH}/{key}?expires=x&signature=y", f"{PATH}/../signing.key?expires=1"):
            assert (await site.get(bent))[0] == 404


async def test_a_link_is_dead_once_its_file_was_purged(database: str, home: Path) -> None:
    async with published(database, home) as (here, site):
        guest = Guest(here.factory, Screen())
        link = await here.factory.desk.link(await photo_of(guest), "me.jpg")
        assert link is not None
        user_id = (await here.factory.conversing.open(guest.envelope)).user_id
        await here.factory.assets.forget_selfies(user_id)
        await here.factory.upkeep.purge()
        assert (await site.get(link))[0] == 404


async def test_without_a_public_address_there_are_no_links(database: str, home: Path) -> None:
    async with running(database, home, worker=False) as here:
        guest = Guest(here.factory, Screen())
        assert await here.factory.desk.link(await photo_of(guest), "me.jpg", guest.envelope) is None
