"""A model that thinks in pictures shows its first draft in the status message, long before the set is finished."""

from __future__ import annotations

import io
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from app.demo.gemini.case import Case
from app.demo.gemini.service import GeminiStandIn
from app.demo.stage import Screen
from core.bootstrap.factory import Factory
from core.conversation.action import CancelJob, Choose, Generate
from core.conversation.event import Pressed
from core.conversation.view import GalleryView, NoticeView, ProgressView, View
from core.services.desk import AssetGone
from core.store.error import BlobMissing
from tests.app.chat import Guest, button, closing
from tests.app.test_edit import GRANT, factory
from tests.app.test_gemini import facts_of
from tests.gemini_server.server import gemini_server

PRO, SLUG = "gemini-3-pro-image", "nb-pro"
PRICE = 4
"""A standard set and the surcharge of a premium model."""


@pytest.fixture
async def gemini(contracts: Path) -> AsyncIterator[GeminiStandIn]:
    async with gemini_server(contracts) as service:
        yield service


def draft(view: View) -> bool:
    return isinstance(view, ProgressView) and bool(view.pictures) and "first draft" in view.text


async def premium(guest: Guest) -> View:
    """A brief card whose set the premium model draws."""
    await guest.factory.probing.run()
    await guest.factory.catalogue.fresh()
    card = await guest.card()
    ordered = button(card, Generate)
    assert isinstance(ordered, Generate)
    chosen = Choose(draft=ordered.draft, option=f"model.{SLUG}")
    return await guest.do(Pressed(action=chosen), lambda view: _offers(view, f"4.standard.{PRICE}"))


def _offers(view: View, offer: str) -> bool:
    try:
        return bool(button(view, Generate, offer=offer))
    except LookupError:
        return False


async def drafts(here: Factory) -> list[dict[str, Any]]:
    return list(await here.direct.fetch("select blob_key, deleted_at from tf.asset where kind = 'draft'"))


async def test_the_first_draft_is_shown_early_and_goes_with_the_job(
    database: str, home: Path, gemini: GeminiStandIn
) -> None:
    screen = Screen()
    gemini.delay_s = 3
    async with factory(database, home, gemini, screen) as here:
        guest = Guest(here.factory, screen)
        card = await premium(guest)
        since = len(screen.shown)
        shown = await guest.press(card, Generate, draft, offer=f"4.standard.{PRICE}")
        assert isinstance(shown, ProgressView) and (shown.done, len(shown.pictures)) == (0, 1)
        (picture,) = shown.pictures
        assert picture.alt == picture.caption == "First draft, not a finished picture"
        assert not picture.variant
        with Image.open(io.BytesIO(await here.factory.album.load(picture.asset))) as opened:
            assert opened.format == "JPEG"
        (row,) = await here.factory.direct.fetch("select count(*) as n from tf.variant")
        assert row["n"] == 0, "nothing is finished yet"

        finished = await screen.wait_for(closing, since)

        assert isinstance(finished, GalleryView) and len(finished.pictures) == 4
        assert picture.asset not in {one.asset for one in finished.pictures}
        assert sum(draft(view) for view in screen.shown[since:]) == 1
        assert await guest.wallet() == (GRANT - PRICE, 0)
        rows = await facts_of(here.factory)
        assert [row["recipe"]["model"] for row in rows] == [PRO] * 4
        assert {call.verb for call in gemini.calls} == {"streamGenerateContent"}
        with pytest.raises(AssetGone):
            await here.factory.album.load(picture.asset)
        (left,) = await drafts(here.factory)
        assert left["deleted_at"]
        await here.factory.upkeep.purge()
        with pytest.raises(BlobMissing):
            await here.factory.blobs.get(left["blob_key"])


async def test_a_model_that_does_not_think_in_pictures_is_not_streamed(
    database: str, home: Path, gemini: GeminiStandIn
) -> None:
    screen = Screen()
    async with factory(database, home, gemini, screen) as here:
        guest = Guest(here.factory, screen)
        await guest.press(await guest.card(), Generate, closing)

        assert {call.verb for call in gemini.calls} == {"generateContent"}
        assert not any(draft(view) for view in screen.shown)
        assert await drafts(here.factory) == []


async def test_a_draft_of_a_set_that_is_cancelled_goes_with_it(
    database: str, home: Path, gemini: GeminiStandIn
) -> None:
    screen = Screen()
    gemini.delay_s = 60
    async with factory(database, home, gemini, screen) as here:
        guest = Guest(here.factory, screen)
        shown = await guest.press(await premium(guest), Generate, draft, offer=f"4.standard.{PRICE}")
        told = await guest.do(Pressed(action=button(shown, CancelJob)), closing)

        assert isinstance(told, NoticeView)
        assert await guest.wallet() == (GRANT, 0)
        (left,) = await drafts(here.factory)
        assert left["deleted_at"]


async def test_a_stream_that_breaks_off_after_its_draft_goes_on_to_the_next_model(
    database: str, home: Path, gemini: GeminiStandIn
) -> None:
    screen = Screen()
    gemini.case = lambda call: Case.BREAKS_OFF if call.model == PRO else None
    async with factory(database, home, gemini, screen) as here:
        guest = Guest(here.factory, screen)
        card = await premium(guest)
        since = len(screen.shown)
        finished = await guest.press(card, Generate, closing, offer=f"4.standard.{PRICE}")

        assert isinstance(finished, GalleryView) and len(finished.pictures) == 4
        for row in await facts_of(here.factory):
            assert row["recipe"]["model"] != PRO
            assert row["facts"]["attempts"][0]["error"] == "Garbled"
        views = screen.shown[since:]
        assert not any(draft(view) for view in views[[isinstance(one, GalleryView) for one in views].index(True) :])
        assert all(row["deleted_at"] for row in await drafts(here.factory))
