"""Search and video links: what a model may look at besides the references."""

from dataclasses import replace

import pytest
from google import genai

from app.demo.gemini.service import GeminiStandIn
from core.domain.model import Capability
from core.domain.prompt import VideoLink
from core.providers.error import BadRequest
from core.providers.gemini.provider import GeminiProvider
from tests.providers.gemini.sample import DRAFT, PREMIUM, STANDARD, prompt, request

LINK = VideoLink("https://www.youtube.com/watch?v=abcdefghijk")


async def test_search_is_off_by_default(service: GeminiStandIn, provider: GeminiProvider) -> None:
    painted = await provider.paint(request())

    assert "tools" not in service.calls[-1].body
    assert "search_chip" not in painted.facts


@pytest.mark.parametrize(
    ("model", "tools"),
    [
        (STANDARD, [{"googleSearch": {"searchTypes": {"webSearch": {}, "imageSearch": {}}}}]),
        (PREMIUM, [{"googleSearch": {}}]),
        (DRAFT, None),
    ],
    ids=["web and images", "web", "none"],
)
async def test_a_model_is_given_the_search_it_can_use(
    service: GeminiStandIn, provider: GeminiProvider, model: object, tools: object
) -> None:
    await provider.paint(request(model=model, search=True))  # type: ignore[arg-type]

    assert service.calls[-1].body.get("tools") == tools


async def test_a_grounded_picture_brings_the_search_chip_and_its_sources(provider: GeminiProvider) -> None:
    painted = await provider.paint(request(prompt("The new phone"), search=True))

    assert "stand-in search" in painted.facts["search_chip"]
    assert painted.facts["sources"] == [{"title": "example.com", "url": "https://example.com/"}]
    assert painted.facts["search_queries"] == ["The new phone"]


async def test_a_video_link_goes_in_as_an_address(service: GeminiStandIn, provider: GeminiProvider) -> None:
    await provider.paint(request(prompt(LINK, "A thumbnail for this video")))

    assert next(service.calls[-1].parts())["fileData"] == {"fileUri": LINK.url}


async def test_enterprise_is_told_that_the_address_is_a_video(service: GeminiStandIn, enterprise: genai.Client) -> None:
    await GeminiProvider(enterprise).paint(request(prompt(LINK, "A thumbnail for this video")))

    assert next(service.calls[-1].parts())["fileData"] == {"fileUri": LINK.url, "mimeType": "video/*"}


async def test_a_model_that_cannot_watch_is_not_asked_to(service: GeminiStandIn, provider: GeminiProvider) -> None:
    blind = replace(STANDARD, capabilities=STANDARD.capabilities - {Capability.VIDEO_CONTEXT})

    with pytest.raises(BadRequest, match="video"):
        await provider.paint(request(prompt(LINK, "A thumbnail"), model=blind))

    assert service.calls == []
