"""Variants are shown as they arrive, and a provider that never answers keeps nobody from them."""

from __future__ import annotations

import asyncio
from itertools import pairwise
from pathlib import Path

from app.demo.stage import Screen
from core.bootstrap.given import Extra
from core.conversation.action import Generate
from core.conversation.view import GalleryView, ProgressView
from core.providers.base import Painted, PaintRequest
from core.providers.catalogue import STAND_IN
from core.services.painting import GRACE_S
from tests.app.chat import Guest, closing
from tests.app.test_edit import factory
from tests.app.test_gemini import PORTRAIT, facts_of, ordered
from tests.factory import running
from tests.gemini_server.server import gemini_server

LEAST_S = 1.0


async def test_each_variant_is_shown_before_the_set_is_complete(database: str, home: Path, contracts: Path) -> None:
    screen = Screen()
    async with gemini_server(contracts) as gemini, factory(database, home, gemini, screen) as here:
        finished = await ordered(Guest(here.factory, screen), PORTRAIT)

        assert isinstance(finished, GalleryView)
        ways = [view for view in screen.shown if isinstance(view, ProgressView) and view.slot == finished.slot]
        seen = [{picture.asset for picture in view.pictures} for view in ways if view.done]
        assert [len(assets) for assets in seen] == [1, 2, 3, 4]
        assert all(fewer < more for fewer, more in pairwise(seen))
        assert seen[-1] == {picture.asset for picture in finished.pictures}


class Deaf:
    """A provider whose library forgets the time."""

    name = STAND_IN.provider

    async def paint(self, request: PaintRequest) -> Painted:
        await asyncio.Event().wait()
        raise AssertionError(request)


async def test_a_provider_that_forgets_the_time_is_left_and_the_studio_draws(database: str, home: Path) -> None:
    screen, deaf = Screen(), Extra((STAND_IN,), lambda _: Deaf())
    async with running(database, home, couriers=[screen], extras=(deaf,), gemini_timeout_seconds=LEAST_S) as here:
        guest = Guest(here.factory, screen)
        finished = await guest.press(await guest.card(), Generate, closing, offer="2.draft.1")

        assert isinstance(finished, GalleryView)
        for row in await facts_of(here.factory):
            left, drew = row["facts"]["attempts"]
            assert (left["error"], drew["model"]) == ("TimedOut", "studio")
            assert LEAST_S + GRACE_S <= left["seconds"] < LEAST_S + 2 * GRACE_S
