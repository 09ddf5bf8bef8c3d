"""What the real SDK was once answered, played again; and our own answers held against its shape."""

import base64
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from google import genai

from app.demo.gemini.service import GeminiStandIn
from core.providers.base import Painted
from core.providers.gemini.batch import BatchState, GeminiBatches
from core.providers.gemini.provider import GeminiProvider
from tests.providers.gemini.sample import STANDARD, opened, picture, prompt, request

REDACTED = "<base64 172 chars redacted>"


def recorded(contracts: Path, name: str) -> Any:
    return json.loads((contracts / "recorded" / f"{name}.json").read_text())["response_sent_by_stub"]


def filled(answer: Any) -> tuple[Any, bytes]:
    """The recording with pictures where they were cut out: a draft first, and the final one."""
    final = picture("teal", (1376, 768))
    whole = json.dumps(answer)
    before, marker, after = whole.rpartition(REDACTED)
    assert marker
    draft = base64.b64encode(picture("red", (1376, 768))).decode()
    return json.loads(before.replace(REDACTED, draft) + base64.b64encode(final).decode() + after), final


@pytest.mark.parametrize("name", ["gemini_t2i", "gemini_edit_multi_ref_full_config", "gemini_chat_two_turns"])
async def test_a_recorded_answer_is_read_whole(
    contracts: Path, service: GeminiStandIn, provider: GeminiProvider, name: str
) -> None:
    answer, final = filled(recorded(contracts, name))
    service.answer_with(answer)

    painted = await provider.paint(request())

    assert painted.original is not None and painted.original.data == final
    assert painted.facts["note"] == "Here it is." and painted.facts["response_id"] == "resp-1"
    assert painted.usage is not None
    assert dict(painted.usage.tokens) == {"in_text": 12, "out_image": 1120, "thoughts": 200}
    assert painted.usage.cost_micro_usd == 18 + 33_600 + 1_500


async def test_a_picture_whose_tokens_nobody_said_costs_what_is_listed(
    contracts: Path, service: GeminiStandIn, provider: GeminiProvider
) -> None:
    answer, _ = filled(recorded(contracts, "gemini_t2i"))
    del answer["usageMetadata"]
    service.answer_with(answer)

    painted = await provider.paint(request())

    assert STANDARD.rates is not None and painted.usage is not None
    assert painted.usage.cost_micro_usd == STANDARD.prices["1K"] > 0


async def test_a_recorded_answer_of_enterprise_is_read_too(
    contracts: Path, service: GeminiStandIn, enterprise: genai.Client
) -> None:
    answer, final = filled(recorded(contracts, "vertex_express_t2i"))
    service.answer_with(answer)

    painted = await GeminiProvider(enterprise).paint(request())

    assert painted.original is not None and painted.original.data == final


def paths(value: Any, path: str = "") -> Iterator[str]:
    if isinstance(value, dict):
        for key, item in value.items():
            yield f"{path}.{key}"
            yield from paths(item, f"{path}.{key}")
    elif isinstance(value, list):
        for item in value:
            yield from paths(item, path)


async def test_our_answers_have_the_recorded_shape(contracts: Path, service: GeminiStandIn) -> None:
    body = {
        "contents": [{"role": "user", "parts": [{"text": "x"}]}],
        "generationConfig": {"thinkingConfig": {"includeThoughts": True}},
    }
    url = f"{service.base_url}/v1/models/{STANDARD.id}:generateContent"
    async with (
        aiohttp.ClientSession() as session,
        session.post(url, json=body, headers={"x-goog-api-key": "k"}) as response,
    ):
        answer = await response.json()

    assert set(paths(answer)) == set(paths(recorded(contracts, "gemini_t2i")))


async def test_our_batches_have_the_recorded_shape(
    contracts: Path, service: GeminiStandIn, client: genai.Client, provider: GeminiProvider
) -> None:
    service.batch_looks = 1
    batches = GeminiBatches(client, provider)
    name = await batches.submit([request(prompt("x"))], "j")
    assert await batches.poll(name) is BatchState.DONE
    async with (
        aiohttp.ClientSession() as session,
        session.get(f"{service.base_url}/v1/{name}", headers={"x-goog-api-key": "k"}) as response,
    ):
        ours = await response.json()

    theirs = set(paths(recorded(contracts, "gemini_batch")))
    decorations = {path for path in theirs if path.endswith(("Time", "pendingRequestCount", ".response.@type"))}
    assert theirs - decorations <= set(paths(ours)) | {path for path in theirs if path.endswith(".thought")}


async def test_a_recorded_batch_is_read(
    contracts: Path, service: GeminiStandIn, client: genai.Client, provider: GeminiProvider
) -> None:
    service.batch_looks = 1
    batches = GeminiBatches(client, provider)
    answer, _ = filled(recorded(contracts, "gemini_t2i"))
    name = await batches.submit([request()], "j")
    await batches.poll(name)
    service.batches[name.rpartition("/")[2]].responses = [{"metadata": {"key": "0"}, "response": answer}]

    (painted,) = await batches.results(name, [request()])

    assert isinstance(painted, Painted) and painted.original is not None
    assert opened(painted.original.data).size == (1376, 768)


async def test_tokens_are_counted_as_recorded(service: GeminiStandIn, client: genai.Client) -> None:
    counted = await client.aio.models.count_tokens(model=STANDARD.id, contents="A lighthouse in a storm")

    assert counted.total_tokens == 6
