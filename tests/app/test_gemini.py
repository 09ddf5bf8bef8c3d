"""A set drawn by Gemini, through the whole factory, against the stand-in service under Google's own schema."""

from __future__ import annotations

import io
from collections.abc import AsyncIterator
from importlib import resources
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from app.demo.gemini.service import GeminiStandIn
from app.demo.stage import Screen
from core.bootstrap import Factory
from core.conversation.action import Generate
from core.conversation.event import Photo, PhotosSent
from core.conversation.view import GalleryView, View
from tests.app.chat import Guest, closing, pictured
from tests.factory import running
from tests.gemini_server.server import gemini_server

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


async def facts_of(factory: Factory) -> list[dict[str, Any]]:
    rows = await factory.direct.fetch(
        "select v.position, n.recipe, n.facts, n.original_asset::text as original, n.thread_asset::text as thread "
        "from tf.version n join tf.variant v on v.id = n.variant_id order by v.position"
    )
    return list(rows)


async def test_a_set_is_painted_by_the_model_and_typeset_here(database: str, home: Path, gemini: GeminiStandIn) -> None:
    screen = Screen()
    async with running(
        database, home, couriers=[screen], gemini_api_key="a-key", gemini_base_url=gemini.base_url
    ) as here:
        guest = Guest(here.factory, screen)
        finished = await ordered(guest, PORTRAIT)
        assert isinstance(finished, GalleryView)
        assert await guest.wallet() == (GRANT - PRICE, 0)
        rows = await facts_of(here.factory)
        assert [row["recipe"]["model"] for row in rows] == [BANANA] * 4
        assert all(row["original"] and row["thread"] for row in rows)
        assert all(row["facts"]["cost_micro_usd"] > 0 for row in rows)
        for picture in finished.pictures:
            data = await here.factory.album.load(picture.asset)
            assert Image.open(io.BytesIO(data)).size == (1280, 720)
    prompts = {call.words for call in gemini.calls if call.verb == "generateContent"}
    assert len(prompts) == 4
