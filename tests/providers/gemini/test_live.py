"""Streaming: what a model draws on the way, before the final picture."""

import time
from dataclasses import replace

import pytest

from app.demo.gemini.case import Case
from app.demo.gemini.service import GeminiStandIn
from core.domain.model import Capability, ModelSpec
from core.providers.base import Original, PaintRequest
from core.providers.error import Garbled, PictureRefused, Unreachable
from core.providers.gemini.client import Access, connect
from core.providers.gemini.provider import GeminiProvider
from tests.providers.gemini.sample import OLD, PREMIUM, STANDARD, opened, prompt, request


class Watcher:
    def __init__(self) -> None:
        self.seen: list[tuple[float, Original]] = []

    def __call__(self, draft: Original) -> None:
        self.seen.append((time.monotonic(), draft))


def watched(asked: PaintRequest) -> tuple[Watcher, PaintRequest]:
    watcher = Watcher()
    return watcher, replace(asked, on_draft=watcher)


async def test_a_draft_arrives_before_the_picture(service: GeminiStandIn, provider: GeminiProvider) -> None:
    service.delay_s = 0.4
    watcher, asked = watched(request(model=PREMIUM))

    painted = await provider.paint(asked)

    ((early, draft),) = watcher.seen
    assert time.monotonic() - early > 0.2
    assert opened(draft.data).size == (256, 144)
    assert painted.original is not None and opened(painted.original.data).size == (1376, 768)
    assert "thinkingConfig" not in service.calls[-1].config, "the model takes none and shows its thinking all the same"


async def test_a_model_with_levels_is_asked_for_its_thoughts(service: GeminiStandIn, provider: GeminiProvider) -> None:
    watcher, asked = watched(request(model=STANDARD))

    await provider.paint(asked)

    assert len(watcher.seen) == 1
    assert service.calls[-1].config["thinkingConfig"] == {"includeThoughts": True}


@pytest.mark.parametrize("model", [STANDARD, PREMIUM])
async def test_nothing_is_streamed_for_nobody(
    service: GeminiStandIn, provider: GeminiProvider, model: ModelSpec
) -> None:
    await provider.paint(request(model=model))

    assert service.calls[-1].verb == "generateContent"
    assert "thinkingConfig" not in service.calls[-1].config


async def test_a_streamed_picture_is_complete(provider: GeminiProvider) -> None:
    _, asked = watched(request(prompt("A red banner"), search=True))

    painted = await provider.paint(asked)

    whole = await provider.paint(request(prompt("A red banner"), search=True))
    assert painted.original == whole.original
    assert painted.usage == whole.usage
    assert painted.facts["note"] == whole.facts["note"]
    assert painted.facts["search_chip"] == whole.facts["search_chip"]


async def test_a_streamed_picture_can_be_edited_on(provider: GeminiProvider) -> None:
    _, asked = watched(request(model=PREMIUM))
    first = await provider.paint(asked)

    painted = await provider.paint(request(prompt("Darker"), model=PREMIUM, conversation=first.conversation))

    assert painted.original is not None


@pytest.mark.parametrize(
    "model", [OLD, replace(STANDARD, capabilities=STANDARD.capabilities - {Capability.INTERIM})], ids=["old", "blind"]
)
async def test_a_model_that_shows_nothing_on_the_way_paints_at_once(
    service: GeminiStandIn, provider: GeminiProvider, model: ModelSpec
) -> None:
    watcher, asked = watched(request(model=model))

    await provider.paint(asked)

    assert watcher.seen == []
    assert service.calls[-1].verb == "generateContent"


async def test_a_refusal_in_a_stream_is_one(service: GeminiStandIn, provider: GeminiProvider) -> None:
    service.next(Case.IMAGE_SAFETY)
    _, asked = watched(request(model=PREMIUM))

    with pytest.raises(PictureRefused):
        await provider.paint(asked)


async def test_a_stream_that_breaks_off_after_its_draft_is_no_picture(
    service: GeminiStandIn, provider: GeminiProvider
) -> None:
    service.next(Case.BREAKS_OFF)
    watcher, asked = watched(request(model=PREMIUM))

    with pytest.raises(Garbled):
        await provider.paint(asked)
    assert len(watcher.seen) == 1


async def test_a_stream_that_does_not_begin_is_a_failed_connection() -> None:
    client = connect(Access(api_key="a-key", base_url="http://127.0.0.1:9"))
    _, asked = watched(request(model=PREMIUM))

    with pytest.raises(Unreachable):
        await GeminiProvider(client).paint(asked)
    await client.aio.aclose()
