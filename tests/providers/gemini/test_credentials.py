"""Content credentials on their way through the SDK: what was signed is what is kept and read."""

import base64
from importlib import import_module

from app.demo.gemini.service import GeminiStandIn
from core.providers import provenance
from core.providers.gemini.provider import GeminiProvider
from tests.providers.gemini.sample import picture, request
from tests.providers.test_provenance import signed

SYNTHID = {"label": "com.google.synthid", "data": {"watermark": "SynthID"}}


async def test_a_signed_picture_comes_through_untouched_and_its_credentials_say_whose_it_is(
    service: GeminiStandIn, provider: GeminiProvider
) -> None:
    original = signed(import_module("c2pa"), picture("teal", (1376, 768), "PNG"), "image/png", SYNTHID)
    part = {"inlineData": {"mimeType": "image/jpeg", "data": base64.b64encode(original).decode()}}  # a wrong type, too
    service.answer_with({"candidates": [{"content": {"role": "model", "parts": [part]}, "finishReason": "STOP"}]})

    painted = await provider.paint(request())

    assert painted.original is not None and painted.original.data == original
    told = provenance.read(painted.original.data, painted.original.media_type)
    assert told.intact and told.made_by_model and told.synthid
    assert (told.issuer, told.generator) == ("Test Company", "Test Painter")


async def test_a_picture_without_credentials_is_not_given_any(provider: GeminiProvider) -> None:
    painted = await provider.paint(request())

    assert painted.original is not None
    assert provenance.read(painted.original.data, painted.original.media_type).facts() == {
        "found": False,
        "read": False,
    }
