"""A set drawn by Gemini, through the whole factory, against the stand-in service under Google's own schema."""

from __future__ import annotations

import asyncio
import base64
import io
import itertools
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager
from importlib import resources
from pathlib import Path
from typing import Any

import c2pa  # type: ignore[import-untyped]
import pytest
from PIL import Image

from app.demo.gemini.case import Case
from app.demo.gemini.service import GeminiStandIn
from app.demo.gemini.wire import Call
from app.demo.stage import Screen
from core.bootstrap.factory import Factory
from core.conversation.action import CancelJob, Choose, Generate, Info
from core.conversation.event import Photo, PhotosSent, Pressed
from core.conversation.view import GalleryView, NoticeView, ProgressView, TextView, View
from tests.app.chat import Guest, button, closing, pictured
from tests.factory import Running, running
from tests.gemini_server.server import gemini_server
from tests.providers.test_provenance import signed

GRANT, PRICE = 4, 2
PORTRAIT = resources.files("app.demo").joinpath("portrait.png").read_bytes()
BANANA = "gemini-nano-banana-2.1"


@pytest.fixture
async def gemini(contracts: Path) -> AsyncIterator[GeminiStandIn]:
    async with gemini_server(contracts) as service:
        yield service


async def ordered(guest: Guest, photo: bytes, **offer: str) -> View:
    """A selfie with its headline, the free preview, and then a set of four."""
    accepted = await guest.factory.desk.accept(guest.envelope, photo)
    assert isinstance(accepted, Photo)
    card = await guest.do(PhotosSent(photos=(accepted,), caption="I quit my job"), pictured)
    return await guest.press(card, Generate, closing, **offer)


def painting(database: str, home: Path, screen: Screen, gemini: GeminiStandIn) -> AbstractAsyncContextManager[Running]:
    return running(database, home, couriers=[screen], gemini_api_key="a-key", gemini_base_url=gemini.base_url)


async def facts_of(factory: Factory) -> list[dict[str, Any]]:
    rows = await factory.direct.fetch(
        "select v.position, n.recipe, n.facts, n.original_asset::text as original, n.thread_asset::text as thread "
        "from tf.version n join tf.variant v on v.id = n.variant_id order by v.position"
    )
    return list(rows)


async def test_a_set_is_painted_by_the_model_and_typeset_here(database: str, home: Path, gemini: GeminiStandIn) -> None:
    screen = Screen()
    async with painting(database, home, screen, gemini) as here:
        guest, funds = Guest(here.factory, screen), here.factory.funds
        await funds.refill("gemini", 5_000_000, key="k", why="prepaid", actor="machine:ada")
        finished = await ordered(guest, PORTRAIT)
        assert isinstance(finished, GalleryView)
        assert await guest.wallet() == (GRANT - PRICE, 0)
        rows = await facts_of(here.factory)
        (fund,) = await funds.all()
        assert (fund.balance, fund.reserved) == (5_000_000 - sum(row["facts"]["cost_micro_usd"] for row in rows), 0)
        (promised,) = await here.factory.direct.fetch("select quote->'expected' as it from tf.job where kind = 'set'")
        assert promised["it"] == {"provider": "gemini", "micro_usd": 4 * 50_400}, "the largest of its sizes"
        assert [row["recipe"]["model"] for row in rows] == [BANANA] * 4
        assert {picture.origin for picture in finished.pictures} == {"stand_in"}, "as its files declare"
        assert all(row["original"] and row["thread"] for row in rows)
        assert all(row["facts"]["cost_micro_usd"] > 0 for row in rows)
        for picture in finished.pictures:
            data = await here.factory.album.load(picture.asset)
            assert Image.open(io.BytesIO(data)).size == (1280, 720)
    asked = [call for call in gemini.calls if call.verb == "generateContent"]
    assert len({call.words for call in asked}) == len({call.config["seed"] for call in asked}) == len(asked) == 4


async def test_a_fixed_seed_draws_every_set_of_a_person_alike(database: str, home: Path, gemini: GeminiStandIn) -> None:
    screen, seeds = Screen(), list[set[int]]()
    async with painting(database, home, screen, gemini) as here:
        guest = Guest(here.factory, screen)
        for _ in range(2):
            asked = len(gemini.calls)
            card = await guest.card()
            await guest.send(Pressed(action=Choose(card.slot.removeprefix("card:"), "fixed_seed.yes")))
            await guest.press(card, Generate, closing, offer="2.draft.1")
            seeds.append({call.config["seed"] for call in gemini.calls[asked:]})

    assert seeds[0] == seeds[1] and len(seeds[0]) == 1


def nth_call(number: int, case: Case) -> Callable[[Call], Case | None]:
    """The case for the call of that number, whichever variant's it is; nothing for the others."""
    paints = itertools.count(1)
    return lambda call: case if call.verb == "generateContent" and next(paints) == number else None


async def test_a_refused_variant_leaves_its_neighbours_and_is_given_back(
    database: str, home: Path, gemini: GeminiStandIn
) -> None:
    screen = Screen()
    gemini.case, gemini.delay_s = nth_call(1, Case.IMAGE_SAFETY), 0.2
    async with painting(database, home, screen, gemini) as here:
        guest = Guest(here.factory, screen)
        finished = await ordered(guest, PORTRAIT)
        job = await guest.set_job()
        assert (job["status"], job["captured"], job["variants"]) == ("partly_done", 1, 3)
        assert isinstance(finished, GalleryView) and "Given back: 1 cr." in finished.text
        assert await guest.wallet() == (GRANT - 1, 0)


async def test_a_set_that_is_cancelled_while_all_its_calls_are_under_way_costs_nothing(
    database: str, home: Path, gemini: GeminiStandIn
) -> None:
    screen, under_way = Screen(), asyncio.Semaphore(0)
    gemini.delay_s = 60
    gemini.observers.append(lambda call: under_way.release() if call.verb == "generateContent" else None)
    async with painting(database, home, screen, gemini) as here:
        guest = Guest(here.factory, screen)
        accepted = await here.factory.desk.accept(guest.envelope, PORTRAIT)
        assert isinstance(accepted, Photo)
        card = await guest.do(PhotosSent(photos=(accepted,), caption="I quit my job"), pictured)
        progress = await guest.press(card, Generate, lambda view: isinstance(view, ProgressView))
        async with asyncio.timeout(30):
            for _ in range(4):
                await under_way.acquire()
        told = await guest.do(Pressed(action=button(progress, CancelJob)), closing)
        assert isinstance(told, NoticeView)
        job = await guest.set_job()
        assert (job["status"], job["captured"], job["variants"]) == ("cancelled", 0, 0)
        assert await guest.wallet() == (GRANT, 0)


async def test_a_set_that_two_models_and_the_studio_shared_costs_what_each_was_worth(
    database: str, home: Path, gemini: GeminiStandIn
) -> None:
    """The models in turn refuse to serve, each variant's first call, until the studio draws two of them."""
    screen = Screen()
    worn = itertools.count(1)
    gemini.case = lambda call: Case.INTERNAL if call.verb == "generateContent" and next(worn) <= 2 else None
    async with painting(database, home, screen, gemini) as here:
        guest = Guest(here.factory, screen)
        await ordered(guest, PORTRAIT)
        rows = await facts_of(here.factory)
        prices = [row["facts"]["price"] for row in rows]
        job = await guest.set_job()
        assert job["status"] == "done" and len(rows) == 4
        assert job["captured"] == sum(prices) // 4
        assert all(row["facts"]["price"] <= PRICE for row in rows)
        assert {row["recipe"]["model"] for row in rows} > {BANANA}


async def test_info_says_what_the_models_own_file_declares(database: str, home: Path, gemini: GeminiStandIn) -> None:
    file = io.BytesIO()
    Image.effect_noise((1376, 768), 40).convert("RGB").save(file, "JPEG")
    declared = {"label": "com.google.synthid", "data": {"watermark": "SynthID"}}
    painted = base64.b64encode(signed(c2pa, file.getvalue(), "image/jpeg", declared)).decode()
    part = {"inlineData": {"mimeType": "image/jpeg", "data": painted}}
    answer = {"candidates": [{"content": {"role": "model", "parts": [part]}, "finishReason": "STOP", "index": 0}]}
    screen = Screen()
    async with running(
        database, home, couriers=[screen], gemini_api_key="a-key", gemini_base_url=gemini.base_url
    ) as here:
        guest = Guest(here.factory, screen)
        gemini.answer_with(answer)
        gemini.answer_with(answer)
        finished = await guest.press(await guest.card(), Generate, closing, offer="2.draft.1")

        told = await guest.press(finished, Info, lambda view: isinstance(view, TextView))

        assert "Content credentials (C2PA): signed by Test Company, Test Painter; unchanged since." in told.text
        assert "They declare it made by an AI model." in told.text
        assert "SynthID: declared by the credentials." in told.text
        (row, _) = await facts_of(here.factory)
        original = await here.factory.album.load(row["original"])
        assert original == base64.b64decode(painted), "kept untouched"
        assert row["recipe"]["origin"] == "model", "another address alone makes no stand-in"
        assert {picture.origin for picture in finished.pictures} == {"model"}
