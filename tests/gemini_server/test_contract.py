"""The watchman is awake: what breaks the contract or a model's rules is found."""

import json
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from app.demo.gemini.case import Case
from app.demo.gemini.service import GeminiStandIn
from app.demo.gemini.wire import Call, camel
from tests.gemini_server.contract import Contract

RECORDED = (
    "gemini_t2i",
    "gemini_edit_multi_ref_full_config",
    "gemini_chat_two_turns",
    "gemini_stream",
    "gemini_block_prompt",
    "gemini_batch",
    "vertex_express_t2i",
)


def call(body: Any, verb: str = "generateContent") -> Call:
    return Call("POST", "/", "v1", False, "gemini-nano-banana-2.1", verb, camel(body))


def asking(**config: Any) -> Any:
    return {"contents": [{"role": "user", "parts": [{"text": "x"}]}], "generationConfig": config}


@pytest.mark.parametrize("name", RECORDED)
def test_what_the_sdk_really_sent_keeps_the_contract_but_for_sampling(contracts: Path, name: str) -> None:
    contract = Contract(contracts)
    recorded = json.loads((contracts / "recorded" / f"{name}.json").read_text())
    for sent in recorded["requests"]:
        if not isinstance(sent["body"], dict):
            continue
        text = json.dumps(sent["body"]).replace("<base64 172 chars redacted>", "AAAA")
        body = json.loads(text.replace("<base64 168 chars redacted>", "AAAA"))
        verb = sent["path"].rpartition(":")[2].partition("?")[0]
        if verb == "cancel":
            continue
        found = contract.check(call(body, verb))
        # That recording sends every field there is.
        assert [row for row in found if "deprecated" not in row and "own limit" not in row] == []


@pytest.mark.parametrize(
    ("body", "complaint"),
    [
        (asking(imageConfig={"aspect": "16:9"}), "imageConfig.aspect is unknown"),
        (asking(seed=2**31), "beyond 32 bits"),
        (asking(seed="7"), "no integer"),
        (asking(temperature=1.0), "deprecated"),
        (asking(thinkingConfig={"thinking_level": "MIDDLING"}), "no value MIDDLING"),
        (asking(responseModalities="IMAGE"), "no list"),
        ({"contents": [{"parts": [{"inlineData": {"data": "%%"}}]}]}, "no base64"),
        ({"contents": [], "nonsense": 1}, "nonsense is unknown"),
    ],
)
def test_a_broken_request_is_found(contracts: Path, body: Any, complaint: str) -> None:
    found = Contract(contracts).check(call(body))

    assert any(complaint in row for row in found), found


RULES: list[tuple[str, Any, str]] = [
    ("gemini-nano-banana-2.1", asking(imageConfig={"imageSize": "512"}), "image_size: 512"),
    ("gemini-2.5-flash-image", asking(imageConfig={"imageSize": "1K"}), "image_size is not supported"),
    ("gemini-2.5-flash-image", asking(thinkingConfig={"thinkingLevel": "HIGH"}), "Thinking"),
    ("gemini-3.1-flash-lite-image", asking(thinkingConfig={"thinkingLevel": "MEDIUM"}), "Thinking"),
    ("gemini-3-pro-image", asking(imageConfig={"aspectRatio": "4:1"}), "aspect_ratio: 4:1"),
    ("gemini-3-pro-image", asking(imageConfig={"personGeneration": "ALLOW_ALL"}), "personGeneration"),
    ("gemini-nano-banana-2.1", asking(candidateCount=2), "Multiple candidates"),
    ("gemini-3.1-flash-lite-image", {**asking(), "tools": [{"googleSearch": {}}]}, "Search"),
    (
        "gemini-2.5-flash-image",
        {"contents": [{"parts": [{"inlineData": {"mimeType": "image/png", "data": "AAAA"}}] * 4}]},
        "Too many images",
    ),
    (
        "gemini-3-pro-image",
        {"contents": [{"parts": [{"fileData": {"fileUri": "https://youtu.be/abc"}}]}]},
        "Video input",
    ),
    (
        "gemini-3-pro-image",
        {"contents": [{"parts": [{"fileData": {"fileUri": "https://x/v1beta/files/none"}}]}]},
        "permission to access the File",
    ),
]


@pytest.mark.parametrize(("model", "body", "complaint"), RULES)
async def test_a_model_refuses_what_it_does_not_take(model: str, body: Any, complaint: str) -> None:
    async with GeminiStandIn() as service, aiohttp.ClientSession() as session:
        url = f"{service.base_url}/v1/models/{model}:generateContent"
        async with session.post(url, json=body, headers={"x-goog-api-key": "k"}) as response:
            answer = await response.json()

        assert response.status in (400, 403)
        assert complaint in answer["error"]["message"]
        assert len(service.refusals) == 1


CASES = {
    "gemini_block_prompt": Case.BLOCKED_PROMPT,
    "gemini_finish_image_safety": Case.IMAGE_SAFETY,
    "gemini_finish_no_image": Case.NO_IMAGE,
    "gemini_finish_unknown_enum": Case.UNKNOWN_FINISH,
    "gemini_empty": Case.EMPTY,
    "gemini_err_400_arg": Case.BAD_ARGUMENT,
    "gemini_err_400_key": Case.BAD_KEY,
    "gemini_err_403": Case.FORBIDDEN,
    "gemini_err_404": Case.NOT_FOUND,
    "gemini_err_429": Case.TOO_MANY,
    "gemini_err_500": Case.INTERNAL,
    "gemini_err_503": Case.UNAVAILABLE,
    "gemini_err_504": Case.GATEWAY_TIMEOUT,
}


def shape(value: Any) -> Any:
    """Keys and what decides: codes, states and reasons; no prose, no counts."""
    if isinstance(value, dict):
        kept = {key: shape(item) for key, item in value.items() if key not in ("usageMetadata", "modelVersion")}
        return {key: item for key, item in kept.items() if key not in ("message", "finishMessage", "metadata")}
    if isinstance(value, list):
        return [shape(item) for item in value if "Help" not in str(item)]
    return value


@pytest.mark.parametrize(("name", "case"), CASES.items())
async def test_what_goes_wrong_has_the_recorded_shape(contracts: Path, name: str, case: Case) -> None:
    recorded = json.loads((contracts / "recorded" / f"{name}.json").read_text())["response_sent_by_stub"]
    async with GeminiStandIn() as service, aiohttp.ClientSession() as session:
        service.next(case)
        url = f"{service.base_url}/v1/models/gemini-nano-banana-2.1:generateContent"
        async with session.post(url, json=asking(), headers={"x-goog-api-key": "k"}) as response:
            answer = await response.json()

    ours, theirs = shape(answer), shape(recorded)
    assert ours.keys() == theirs.keys()
    assert [row.get("finishReason") for row in ours.get("candidates", [])] == [
        row.get("finishReason") for row in theirs.get("candidates", [])
    ]
    assert ours.get("promptFeedback") == theirs.get("promptFeedback")
    assert error(ours) == error(theirs)


def error(body: Any) -> Any:
    found = body.get("error", {})
    return found.get("code"), found.get("status"), sorted(row["@type"] for row in found.get("details", []))
