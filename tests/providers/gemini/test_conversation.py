"""Edits turn by turn: stored, continued elsewhere, taken back."""

from dataclasses import replace
from typing import Any

import pytest
from google import genai
from google.genai import types
from hypothesis import given
from hypothesis import strategies as st

from app.demo.gemini.service import GeminiStandIn
from core.domain.model import Capability
from core.domain.prompt import Reference, ReferenceRole
from core.providers.base import Painted
from core.providers.error import BadRequest, ThreadLost
from core.providers.gemini import thread
from core.providers.gemini.client import Access, connect
from core.providers.gemini.provider import GeminiProvider
from tests.providers.gemini.sample import OLD, PREMIUM, STANDARD, opened, person, picture, prompt, request


def brightness(painted: Painted) -> float:
    assert painted.original is not None
    red, green, blue = opened(painted.original.data).resize((1, 1)).getpixel((0, 0))  # type: ignore[misc]
    return float(red + green + blue)


async def test_an_edit_goes_on_from_the_picture_before_after_a_restart_and_elsewhere(
    service: GeminiStandIn, provider: GeminiProvider
) -> None:
    face = picture("#20c020", (300, 400))
    first = await provider.paint(request(prompt(*person(face), "Paint it.")))

    painted = [first]
    for words in ("Darker background", "Still darker", "Darker again"):
        stored = painted[-1].conversation
        another = connect(Access(api_key="a-key", base_url=service.base_url))
        painted.append(await GeminiProvider(another).paint(request(prompt(words), conversation=stored)))
        await another.aio.aclose()

    values = [brightness(row) for row in painted]
    assert values[0] > values[1] > values[2] > values[3]
    turns = service.calls[-1].body["contents"]
    assert [turn["role"] for turn in turns] == ["user", "model"] * 3 + ["user"]
    assert turns[0]["parts"][0]["text"] == "Image 1: PERSON." and "inlineData" in turns[0]["parts"][1]


async def test_undo_is_going_on_from_the_turn_before(service: GeminiStandIn, provider: GeminiProvider) -> None:
    first = await provider.paint(request())
    await provider.paint(request(prompt("Darker"), conversation=first.conversation))

    other = await provider.paint(request(prompt("Brighter"), conversation=first.conversation))

    assert len(service.calls[-1].body["contents"]) == 3
    assert brightness(other) > brightness(first)


async def test_every_thought_signature_goes_back_unchanged(service: GeminiStandIn, provider: GeminiProvider) -> None:
    first = await provider.paint(request())

    await provider.paint(request(prompt("Darker"), conversation=first.conversation))

    model = service.calls[-1].body["contents"][1]["parts"]
    assert all(part["thoughtSignature"] for part in model)  # the service checks the values


def _parts_of(painted: Painted) -> list[types.Content]:
    assert painted.conversation is not None
    return thread.load(painted.conversation, STANDARD.id)


async def test_without_its_signatures_a_conversation_is_lost(service: GeminiStandIn, provider: GeminiProvider) -> None:
    turns = _parts_of(await provider.paint(request()))
    for part in turns[-1].parts or ():
        part.thought_signature = None

    with pytest.raises(ThreadLost):
        await provider.paint(request(prompt("Darker"), conversation=thread.dump(turns, STANDARD.id)))


async def test_a_changed_signature_loses_the_conversation_too(client: genai.Client, service: GeminiStandIn) -> None:
    provider = GeminiProvider(client)
    turns = _parts_of(await provider.paint(request()))
    for part in turns[-1].parts or ():
        part.thought_signature = b"made up"

    with pytest.raises(ThreadLost):
        await provider.paint(request(prompt("Darker"), conversation=thread.dump(turns, STANDARD.id)))

    assert service.refusals.pop().endswith("Thought signature is not valid.")


async def test_models_that_do_not_sign_go_on_without(provider: GeminiProvider) -> None:
    first = await provider.paint(request(model=OLD))

    second = await provider.paint(request(prompt("Darker"), model=OLD, conversation=first.conversation))

    assert brightness(second) < brightness(first)


async def test_a_model_without_turns_keeps_no_conversation_and_takes_none(provider: GeminiProvider) -> None:
    single = replace(STANDARD, capabilities=STANDARD.capabilities - {Capability.MULTI_TURN})
    first = await provider.paint(request(model=single))
    assert first.conversation is None

    kept = (await provider.paint(request())).conversation
    with pytest.raises(BadRequest, match="conversations"):
        await provider.paint(request(model=single, conversation=kept))


async def test_another_model_does_not_go_on_from_it(service: GeminiStandIn, provider: GeminiProvider) -> None:
    first = await provider.paint(request())

    with pytest.raises(ThreadLost, match=STANDARD.id):
        await provider.paint(request(prompt("Darker"), model=PREMIUM, conversation=first.conversation))

    assert len(service.calls) == 1


async def test_references_of_earlier_turns_count_towards_the_limit(provider: GeminiProvider) -> None:
    selfies = [Reference(ReferenceRole.PERSON, picture(size=(64 + n, 64))) for n in range(STANDARD.max_references)]
    first = await provider.paint(request(prompt(*selfies)))

    with pytest.raises(BadRequest, match="15 references"):
        await provider.paint(request(prompt(selfies[0]), conversation=first.conversation))


async def test_a_conversation_holds_each_picture_once(provider: GeminiProvider) -> None:
    face = picture("#20c020", (300, 400))
    first = await provider.paint(request(prompt(*person(face), "Paint it.")))
    second = await provider.paint(request(prompt(*person(face), "Fix the face."), conversation=first.conversation))

    assert second.conversation is not None and second.conversation.count(face) == 1


parts = st.builds(
    types.Part,
    text=st.none() | st.text(),
    inline_data=st.none() | st.builds(types.Blob, data=st.binary(), mime_type=st.just("image/png")),
    file_data=st.none() | st.builds(types.FileData, file_uri=st.text(min_size=1), mime_type=st.none()),
    thought=st.none() | st.just(True),
    thought_signature=st.binary(min_size=1),
)
contents = st.builds(types.Content, role=st.sampled_from(("user", "model")), parts=st.lists(parts, max_size=4))


@given(st.lists(contents, max_size=4))
def test_a_conversation_reads_back_as_it_was_written(turns: list[types.Content]) -> None:
    assert thread.load(thread.dump(turns, "m"), "m") == turns


def test_unsigned_thoughts_are_left_out() -> None:
    turn = types.Content(role="model", parts=[types.Part(text="hm", thought=True), types.Part(text="done")])

    (read,) = thread.load(thread.dump([turn], "m"), "m")

    assert [part.text for part in read.parts or ()] == ["done"]


def _cut(data: bytes) -> list[Any]:
    return [b"", b"other", data[:6], data[:20], data[:-1], data + b"x"]


def test_bytes_that_are_no_conversation_are_refused() -> None:
    image = types.Part.from_bytes(data=b"12", mime_type="image/png")
    whole = thread.dump([types.Content(role="user", parts=[types.Part(text="x"), image])], "m")

    for broken in _cut(whole):
        with pytest.raises(ThreadLost):
            thread.load(broken, "m")
