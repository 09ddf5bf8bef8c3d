"""Selfies that several calls of a set show are uploaded once, and deleted however the set ends."""

from __future__ import annotations

import asyncio
import io
import random
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import psycopg
import pytest
from PIL import Image

from app.demo.gemini.case import Case
from app.demo.gemini.service import GeminiStandIn
from app.demo.gemini.wire import Call
from app.demo.stage import Screen
from core.conversation.action import CancelJob, Generate
from core.conversation.event import Photo, PhotosSent, Pressed
from core.conversation.view import GalleryView, NoticeView, ProgressView, View
from core.domain.model import Origin
from core.services.shelving import WORTH_BYTES
from tests.app.chat import Guest, button, closing, pictured
from tests.app.night import run_to_death
from tests.app.test_edit import edited, factory
from tests.app.test_gemini import PORTRAIT, facts_of
from tests.gemini_server.server import gemini_server

# google-genai hands over large bodies as bytes, and aiohttp would rather have files.
pytestmark = pytest.mark.filterwarnings("ignore:Sending a large body directly with raw bytes:ResourceWarning")

LITE = "gemini-3.1-flash-lite-image"


def heavy() -> bytes:
    """The portrait before a wall that no JPEG makes small."""
    file = io.BytesIO()
    photo = Image.frombytes("L", (1500, 1500), random.Random(7).randbytes(1500 * 1500)).convert("RGB")
    with Image.open(io.BytesIO(PORTRAIT)) as portrait:
        photo.paste(portrait.convert("RGB").resize((1100, 1100)), (200, 200))
    photo.save(file, "JPEG", quality=95)
    return file.getvalue()


@pytest.fixture
async def gemini(contracts: Path) -> AsyncIterator[GeminiStandIn]:
    async with gemini_server(contracts) as service:
        yield service


async def card(guest: Guest, *photos: bytes) -> View:
    accepted = [await guest.factory.desk.accept(guest.envelope, photo) for photo in photos]
    sent = tuple(one for one in accepted if isinstance(one, Photo))
    assert len(sent) == len(photos)
    return await guest.do(PhotosSent(photos=sent, caption="I quit my job"), pictured)


def pictures(gemini: GeminiStandIn) -> Iterator[tuple[Call, list[str]]]:
    """Each call for a picture, with how its references went: "fileData" or "inlineData"."""
    for call in gemini.calls:
        if call.verb == "generateContent":
            yield call, [name for part in call.parts("user") for name in part if name.endswith("Data")]


def addresses(call: Call) -> set[str]:
    return {part["fileData"]["fileUri"] for part in call.parts() if "fileData" in part}


async def emptied(gemini: GeminiStandIn) -> bool:
    """The last message leaves before the uploads are deleted."""
    for _ in range(500):
        if not gemini.files:
            return True
        await asyncio.sleep(0.02)
    return False


async def test_a_set_uploads_its_selfies_once_and_deletes_them(
    database: str, home: Path, gemini: GeminiStandIn
) -> None:
    screen = Screen()
    async with factory(database, home, gemini, screen) as here:
        guest = Guest(here.factory, screen)
        finished = await guest.press(await card(guest, PORTRAIT, heavy()), Generate, closing)

        assert isinstance(finished, GalleryView) and len(finished.pictures) == 4
        sent = list(pictures(gemini))
        assert [ways for _, ways in sent] == [["fileData", "fileData"]] * 4
        assert len({address for call, _ in sent for address in addresses(call)}) == 2
        assert await emptied(gemini)


async def test_a_set_that_would_spare_little_sends_its_selfie_with_each_call(
    database: str, home: Path, gemini: GeminiStandIn
) -> None:
    screen = Screen()
    async with factory(database, home, gemini, screen) as here:
        guest = Guest(here.factory, screen)
        await guest.press(await card(guest, PORTRAIT), Generate, closing)

        sent = list(pictures(gemini))
        assert [ways for _, ways in sent] == [["inlineData"]] * 4
        (weight,) = {len(part["inlineData"]["data"]) * 3 // 4 for part in sent[0][0].parts() if "inlineData" in part}
        assert 3 * weight < WORTH_BYTES


async def test_an_edit_after_the_set_shows_the_selfies_that_were_deleted_at_the_provider(
    database: str, home: Path, gemini: GeminiStandIn
) -> None:
    screen = Screen()
    async with factory(database, home, gemini, screen) as here:
        guest = Guest(here.factory, screen)
        finished = await guest.press(await card(guest, PORTRAIT, heavy()), Generate, closing)
        assert isinstance(finished, GalleryView) and await emptied(gemini)

        await edited(guest, finished.pictures[0].variant, "darker background")

        *_, (call, ways) = pictures(gemini)
        assert [turn["role"] for turn in call.body["contents"]] == ["user", "model", "user"]
        assert ways == ["inlineData", "inlineData"]


async def test_the_next_model_of_the_provider_finds_the_uploads_and_the_studio_needs_none(
    database: str, home: Path, gemini: GeminiStandIn
) -> None:
    screen = Screen()
    first: list[Call] = []
    gemini.observers.append(lambda call: first.append(call) if call.model == LITE and not first else None)
    gemini.case = lambda call: Case.INTERNAL if call.model != LITE or call is first[0] else None
    async with factory(database, home, gemini, screen) as here:
        guest = Guest(here.factory, screen)
        finished = await guest.press(await card(guest, PORTRAIT, heavy()), Generate, closing)

        assert isinstance(finished, GalleryView) and len(finished.pictures) == 4
        assert all(ways == ["fileData", "fileData"] for call, ways in pictures(gemini) if call.model == LITE)
        drawn = [row["recipe"] for row in await facts_of(here.factory)]
        assert sorted(row["origin"] for row in drawn) == [Origin.STAND_IN] * 3 + [Origin.STUDIO]
        assert {row["model"] for row in drawn if row["origin"] == Origin.STAND_IN} == {LITE}
        assert await emptied(gemini)


async def test_a_set_that_fails_leaves_nothing_at_the_provider(
    database: str, home: Path, gemini: GeminiStandIn
) -> None:
    screen, seen = Screen(), set[int]()
    gemini.observers.append(lambda _: seen.add(len(gemini.files)))
    gemini.case = lambda call: Case.IMAGE_SAFETY if call.verb == "generateContent" else None
    async with factory(database, home, gemini, screen) as here:
        guest = Guest(here.factory, screen)
        told = await guest.press(await card(guest, PORTRAIT, heavy()), Generate, closing)

        assert isinstance(told, NoticeView) and seen == {2}
        assert await emptied(gemini)


async def all_calling(gemini: GeminiStandIn, guest: Guest, calling: asyncio.Semaphore) -> View:
    """The status message of a set whose four calls wait for their pictures."""
    shown = await card(guest, PORTRAIT, heavy())
    progress = await guest.press(shown, Generate, lambda view: isinstance(view, ProgressView))
    async with asyncio.timeout(30):
        for _ in range(4):
            await calling.acquire()
    assert len(gemini.files) == 2
    return progress


@pytest.fixture
def calling(gemini: GeminiStandIn) -> asyncio.Semaphore:
    """Counts the calls of a service that takes its time."""
    calls = asyncio.Semaphore(0)
    gemini.delay_s = 60
    gemini.observers.append(lambda call: calls.release() if call.verb == "generateContent" else None)
    return calls


async def test_a_set_that_is_cancelled_leaves_nothing_at_the_provider(
    database: str, home: Path, gemini: GeminiStandIn, calling: asyncio.Semaphore
) -> None:
    screen = Screen()
    async with factory(database, home, gemini, screen) as here:
        guest = Guest(here.factory, screen)
        progress = await all_calling(gemini, guest, calling)
        told = await guest.do(Pressed(action=button(progress, CancelJob)), closing)

        assert isinstance(told, NoticeView)
        assert await emptied(gemini)


async def test_a_worker_that_stops_leaves_nothing_at_the_provider(
    database: str, home: Path, gemini: GeminiStandIn, calling: asyncio.Semaphore
) -> None:
    screen = Screen()
    async with factory(database, home, gemini, screen) as here:
        await all_calling(gemini, Guest(here.factory, screen), calling)

    assert gemini.files == {}


async def test_what_a_killed_worker_left_is_deleted_once_its_job_has_ended(
    database: str, home: Path, gemini: GeminiStandIn
) -> None:
    screen = Screen()
    async with factory(database, home, gemini, screen, worker=False) as here:
        guest = Guest(here.factory, screen)
        async with factory(database, home, gemini, Screen("nobody's")):
            shown = await card(guest, PORTRAIT, heavy())
        since = len(screen.shown)
        await guest.send(Pressed(action=button(shown, Generate)))
        await run_to_death(database, home, gemini.base_url, "shelving.after_fill")
        left = set(gemini.files)
        assert len(left) == 2
        await here.factory.overnight.discard()
        assert set(gemini.files) == left, "its job goes on"

        await here.factory.upkeep.sweep(stale_seconds=0)
        async with factory(database, home, gemini, Screen("nobody's")):
            finished = await screen.wait_for(closing, since)
        assert isinstance(finished, GalleryView) and len(finished.pictures) == 4
        assert set(gemini.files) == left, "the second attempt had its own"

        await here.factory.overnight.discard()
        assert gemini.files == {}
        with psycopg.connect(database) as owner:
            assert owner.execute("select count(*) from tf.doomed_batch").fetchone() == (0,)
