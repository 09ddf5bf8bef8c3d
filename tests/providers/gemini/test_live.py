"""Streaming: a first picture before the final one."""

import time

import pytest

from app.demo.gemini.case import Case
from app.demo.gemini.service import GeminiStandIn
from core.providers.base import Painted
from core.providers.error import PictureRefused, Unreachable
from core.providers.gemini.client import Access, connect
from core.providers.gemini.provider import GeminiProvider
from core.providers.gemini.stream import Draft
from tests.providers.gemini.sample import OLD, opened, prompt, request


async def test_a_draft_arrives_before_the_picture(service: GeminiStandIn, provider: GeminiProvider) -> None:
    service.delay_s = 0.4

    seen = [(time.monotonic(), piece) async for piece in provider.paint_live(request())]

    (early, draft), *_, (late, painted) = seen
    assert isinstance(draft, Draft) and isinstance(painted, Painted)
    assert late - early > 0.1
    assert opened(draft.original.data).size == (256, 144)
    assert painted.original is not None and opened(painted.original.data).size == (1376, 768)


async def test_a_streamed_picture_is_complete(provider: GeminiProvider) -> None:
    pieces = [piece async for piece in provider.paint_live(request(prompt("A red banner"), search=True))]

    whole = await provider.paint(request(prompt("A red banner"), search=True))
    painted = pieces[-1]
    assert isinstance(painted, Painted)
    assert painted.original == whole.original
    assert painted.usage == whole.usage
    assert painted.facts["note"] == whole.facts["note"]
    assert painted.facts["search_chip"] == whole.facts["search_chip"]


async def test_a_streamed_picture_can_be_edited_on(provider: GeminiProvider) -> None:
    pieces = [piece async for piece in provider.paint_live(request())]
    assert isinstance(pieces[-1], Painted)

    painted = await provider.paint(request(prompt("Darker"), conversation=pieces[-1].conversation))

    assert painted.original is not None


async def test_a_model_that_does_not_stream_paints_at_once(service: GeminiStandIn, provider: GeminiProvider) -> None:
    pieces = [piece async for piece in provider.paint_live(request(model=OLD))]

    assert len(pieces) == 1 and isinstance(pieces[0], Painted)
    assert service.calls[-1].verb == "generateContent"


async def test_a_refusal_in_a_stream_is_one(service: GeminiStandIn, provider: GeminiProvider) -> None:
    service.next(Case.IMAGE_SAFETY)

    with pytest.raises(PictureRefused):
        [piece async for piece in provider.paint_live(request())]


async def test_a_stream_that_does_not_begin_is_a_failed_connection() -> None:
    client = connect(Access(api_key="a-key", base_url="http://127.0.0.1:9"))

    with pytest.raises(Unreachable):
        [piece async for piece in GeminiProvider(client).paint_live(request())]
    await client.aio.aclose()
