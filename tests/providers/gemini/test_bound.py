"""What a model cannot do is refused before it is asked, and what it only thought is no answer."""

import time
from dataclasses import replace
from typing import Any

import pytest
from google.genai import types

from app.demo.gemini.case import Case
from app.demo.gemini.service import GeminiStandIn
from core.domain.model import Capability
from core.providers.error import BadRequest, NoPicture, TimedOut
from core.providers.gemini.client import Access, connect
from core.providers.gemini.fault import translated
from core.providers.gemini.provider import GeminiProvider
from tests.providers.gemini.sample import STANDARD, person, picture, prompt, request

ONE, TWO = person(picture("red")), person(picture("blue"))
TAKING = frozenset({Capability.EDIT, Capability.COMPOSE})


@pytest.mark.parametrize(
    ("missing", "shown", "complaint"),
    [
        (TAKING, ONE, "takes no references"),
        (frozenset({Capability.COMPOSE}), (*ONE, *TWO), "several references"),
    ],
)
async def test_references_go_to_no_model_that_takes_none(
    service: GeminiStandIn, provider: GeminiProvider, missing: frozenset[Capability], shown: Any, complaint: str
) -> None:
    single = replace(STANDARD, capabilities=STANDARD.capabilities - missing)

    with pytest.raises(BadRequest, match=complaint):
        await provider.paint(request(prompt(*shown), model=single))

    assert service.calls == []


async def test_a_model_without_thresholds_is_sent_none(service: GeminiStandIn, provider: GeminiProvider) -> None:
    plain = replace(STANDARD, capabilities=STANDARD.capabilities - {Capability.SAFETY})

    await provider.paint(request(model=plain, strict=True))

    assert "safetySettings" not in service.calls[0].body


async def test_a_picture_that_was_only_thought_is_none(service: GeminiStandIn, provider: GeminiProvider) -> None:
    thought = {"inlineData": {"mimeType": "image/jpeg", "data": "/9j/4AAQ"}, "thought": True}
    service.answer_with({"candidates": [{"content": {"role": "model", "parts": [thought]}, "finishReason": "STOP"}]})

    with pytest.raises(NoPicture):
        await provider.paint(request())


async def test_a_call_without_a_time_of_its_own_has_the_clients(service: GeminiStandIn) -> None:
    service.case = lambda _: Case.SILENCE
    client = connect(Access(api_key="k", base_url=service.base_url, timeout_s=0.3))
    started = time.monotonic()
    try:
        with pytest.raises(TimedOut), translated():
            await client.aio.models.generate_content(
                model=STANDARD.id, contents=[types.Content(role="user", parts=[types.Part(text="x")])]
            )
    finally:
        await client.aio.aclose()

    assert time.monotonic() - started < 5
