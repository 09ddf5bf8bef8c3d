"""The second watchman: a field the catalogue's row does not have is found, and what the row has is not."""

from pathlib import Path
from typing import Any

import pytest

from app.demo.gemini.wire import Call, camel
from tests.gemini_server.fields import ROWS, Fields
from tests.gemini_server.test_contract import asking, call

BANANA, LITE, PRO = "gemini-nano-banana-2.1", "gemini-3.1-flash-lite-image", "gemini-3-pro-image"
OLD, READER = "gemini-2.5-flash-image", "gemini-3.5-flash-lite"
IMAGEN, IMAGEN_EDIT = "imagen-4.0-generate-001", "imagen-3.0-capability-001"
TESTS = Path(__file__).parent.parent
PICTURE = {"inlineData": {"mimeType": "image/png", "data": "AAAA"}}
VIDEO = {"fileData": {"fileUri": "https://www.youtube.com/watch?v=abc"}}


def about(model: str, body: Any, verb: str = "generateContent") -> Call:
    return Call("POST", "/", "v1", False, model, verb, camel(body))


def showing(*parts: Any, turns: int = 1) -> Any:
    return {"contents": [{"role": "user", "parts": list(parts)}] * turns}


def searching(**kinds: Any) -> Any:
    return {**asking(), "tools": [{"googleSearch": {"searchTypes": kinds} if kinds else {}}]}


def predicting(references: int = 0, **parameters: Any) -> Any:
    return {"instances": [{"prompt": "x", "referenceImages": [{}] * references}], "parameters": parameters}


BROKEN = [
    (LITE, asking(imageConfig={"imageSize": "2K"}), "imageSize 2K"),
    (OLD, asking(imageConfig={"imageSize": "1K"}), "imageSize 1K"),
    (PRO, asking(imageConfig={"aspectRatio": "4:1"}), "aspectRatio 4:1"),
    (LITE, asking(thinkingConfig={"thinkingLevel": "MEDIUM"}), "thinkingLevel medium"),
    (PRO, asking(thinkingConfig={"includeThoughts": True}), "thinkingConfig"),
    (OLD, {**asking(), "serviceTier": "flex"}, "serviceTier"),
    (LITE, searching(), "tool googleSearch"),
    (PRO, searching(imageSearch={}), "imageSearch"),
    (BANANA, {**asking(), "tools": [{"codeExecution": {}}]}, "tool codeExecution"),
    (LITE, showing(*[PICTURE] * 6), "6 references"),
    (OLD, showing(VIDEO), "video"),
    (BANANA, asking(responseMimeType="application/json"), "responseMimeType"),
    (READER, asking(seed=7), "seed"),
    (READER, asking(imageConfig={"aspectRatio": "1:1"}), "imageConfig"),
]


@pytest.mark.parametrize(("model", "body", "complaint"), BROKEN)
def test_a_field_the_row_does_not_have_is_found(model: str, body: Any, complaint: str) -> None:
    assert complaint in Fields().check(about(model, body))


def test_a_batch_and_a_stream_are_looked_into() -> None:
    inside = {"batch": {"inputConfig": {"requests": {"requests": [{"request": searching()}]}}}}

    assert Fields().check(about(LITE, inside, "batchGenerateContent")) == ["tool googleSearch"]
    assert Fields().check(about(OLD, inside, "batchGenerateContent")) == ["tool googleSearch", "batches"]
    assert Fields().check(about(READER, asking(), "streamGenerateContent")) == (
        [] if "streaming" in {str(one) for one in ROWS[READER].capabilities} else ["streaming"]
    )


@pytest.mark.parametrize(
    ("model", "body", "complaint"),
    [
        (IMAGEN, predicting(aspectRatio="21:9"), "aspectRatio 21:9"),
        (IMAGEN, predicting(sampleImageSize="4K"), "sampleImageSize 4K"),
        (IMAGEN, predicting(references=1), "1 references"),
        (IMAGEN_EDIT, predicting(upscaleConfig={"upscaleFactor": "x2"}), "upscaleConfig"),
    ],
)
def test_imagen_has_fields_of_its_own(model: str, body: Any, complaint: str) -> None:
    assert complaint in Fields().check(about(model, body, "predict"))


@pytest.mark.parametrize(
    ("model", "body"),
    [
        (BANANA, asking(imageConfig={"imageSize": "4K", "aspectRatio": "8:1"}, seed=7)),
        (BANANA, asking(thinkingConfig={"thinkingLevel": "MEDIUM", "includeThoughts": True})),
        (BANANA, searching(webSearch={}, imageSearch={})),
        (BANANA, showing(*[PICTURE] * 14, VIDEO)),
        (LITE, showing(*[PICTURE] * 5)),
        (READER, asking(responseMimeType="application/json")),
    ],
)
def test_what_the_row_has_is_nothing_to_complain_of(model: str, body: Any) -> None:
    assert Fields().check(about(model, body)) == []
    assert Fields().check(call({"contents": []}, "countTokens")) == []


def test_no_test_asks_a_stand_in_that_nobody_watches() -> None:
    """Every test that has a factory or a provider ask the service does so through `gemini_server`."""
    made = {path.relative_to(TESTS) for path in TESTS.rglob("*.py") if "GeminiStandIn(" in path.read_text()}

    assert {str(path) for path in made} == {
        "gemini_server/server.py",
        "gemini_server/test_contract.py",  # speaks to it without the SDK, to hear it refuse
        "gemini_server/test_fields.py",  # this line
    }
