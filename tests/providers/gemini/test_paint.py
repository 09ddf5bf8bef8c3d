"""Text to image, edit and composition through the real SDK."""

import asyncio
import base64
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from google import genai

from app.demo.gemini.paint import DARKER, MARK, MARK_PLACE
from app.demo.gemini.service import GeminiStandIn
from core.compose.sheet import mark
from core.domain.brief import Brief, Vibe
from core.domain.format import Quality
from core.domain.model import Capability, ModelSpec, Thinking
from core.domain.prompt import Area, Reference, ReferenceRole, Staging, Touch
from core.prompting.edit import edit
from core.providers.base import Painted
from core.providers.error import BadRequest
from core.providers.gemini.answer import aside
from core.providers.gemini.provider import GeminiProvider
from core.vision.face import detect
from tests.providers.gemini.sample import (
    DRAFT,
    FAMILY,
    OLD,
    PREMIUM,
    SMALL,
    STANDARD,
    opened,
    person,
    picture,
    prompt,
    request,
)

STAGE = Staging(type_areas=(Area(0.03, 0.05, 0.57, 0.95),), head=Area(0.6, 0.03, 0.88, 0.72))


def drawn(painted: Painted) -> bytes:
    assert painted.original is not None
    return painted.original.data


def sent(service: GeminiStandIn) -> Any:
    return service.calls[-1].body


@pytest.mark.parametrize("model", FAMILY, ids=lambda row: row.id)
@pytest.mark.parametrize("quality", Quality)
async def test_every_model_paints_at_every_quality_without_a_field_it_does_not_take(
    provider: GeminiProvider, model: ModelSpec, quality: Quality
) -> None:
    asked = request(model=model, quality=quality, thinking=Thinking.LOW, search=True)

    painted = await provider.paint(asked)

    assert opened(drawn(painted)).size >= (1344, 768)
    assert painted.usage is not None and painted.usage.cost_micro_usd > 0


async def test_the_words_and_the_rules_go_to_their_own_places(service: GeminiStandIn, provider: GeminiProvider) -> None:
    await provider.paint(request(prompt("A red banner", system="No letters.")))

    assert sent(service)["systemInstruction"]["parts"] == [{"text": "No letters."}]
    assert sent(service)["contents"] == [{"role": "user", "parts": [{"text": "A red banner"}]}]


@pytest.mark.parametrize(
    ("format_id", "quality", "ratio", "size"),
    [
        ("youtube", Quality.DRAFT, "16:9", "1K"),
        ("youtube", Quality.STANDARD, "16:9", "1K"),
        ("youtube", Quality.FOUR_K, "16:9", "4K"),
        ("portrait", Quality.STANDARD, "4:5", "2K"),
        ("square", Quality.STANDARD, "1:1", "2K"),
        ("reels", Quality.STANDARD, "9:16", "2K"),
        ("whatsapp", Quality.STANDARD, "16:9", "1K"),
    ],
)
async def test_ratio_and_size_are_the_smallest_from_which_the_format_can_be_cut(
    service: GeminiStandIn, provider: GeminiProvider, format_id: str, quality: Quality, ratio: str, size: str
) -> None:
    asked = request(format_id=format_id, quality=quality)

    painted = await provider.paint(asked)

    assert sent(service)["generationConfig"]["imageConfig"] == {"aspectRatio": ratio, "imageSize": size}
    width, height = opened(drawn(painted)).size
    assert width * 1.02 >= asked.size.width and height * 1.02 >= asked.size.height


async def test_a_header_is_cut_from_the_nearest_ratio(service: GeminiStandIn, provider: GeminiProvider) -> None:
    painted = await provider.paint(request(format_id="x_header"))

    assert sent(service)["generationConfig"]["imageConfig"]["aspectRatio"] in ("21:9", "4:1")
    width, height = opened(drawn(painted)).size
    assert width >= 1500 and height >= 500


async def test_no_more_pixels_than_the_quality_pays_for(service: GeminiStandIn, provider: GeminiProvider) -> None:
    asked = replace(request(format_id="youtube"), size=request(quality=Quality.FOUR_K).size)

    await provider.paint(asked)

    assert sent(service)["generationConfig"]["imageConfig"]["imageSize"] == "2K"


async def test_a_model_without_sizes_is_not_asked_for_one(service: GeminiStandIn, provider: GeminiProvider) -> None:
    await provider.paint(request(model=OLD))

    assert sent(service)["generationConfig"]["imageConfig"] == {"aspectRatio": "16:9"}


async def test_thinking_is_the_wanted_level_or_the_next_stronger(
    service: GeminiStandIn, provider: GeminiProvider
) -> None:
    levels = {}
    for model in (STANDARD, DRAFT, PREMIUM):
        await provider.paint(request(model=model, thinking=Thinking.MEDIUM))
        levels[model.id] = sent(service)["generationConfig"].get("thinkingConfig")

    assert levels[STANDARD.id] == {"thinkingLevel": "MEDIUM"}
    assert levels[DRAFT.id] == {"thinkingLevel": "HIGH"}
    assert levels[PREMIUM.id] is None


async def test_the_same_seed_paints_the_same_and_another_seed_something_else(provider: GeminiProvider) -> None:
    first, again, other = [await provider.paint(request(seed=seed)) for seed in (1, 1, 2)]

    assert drawn(first) == drawn(again) != drawn(other)


async def test_a_seed_beyond_32_bits_is_folded(service: GeminiStandIn, provider: GeminiProvider) -> None:
    await provider.paint(request(seed=2**63 + 5))

    assert sent(service)["generationConfig"]["seed"] == 5


async def test_a_model_without_seeds_is_sent_none(service: GeminiStandIn, provider: GeminiProvider) -> None:
    seedless = replace(STANDARD, capabilities=STANDARD.capabilities - {Capability.SEED})

    await provider.paint(request(model=seedless))

    assert "seed" not in sent(service)["generationConfig"]


@pytest.mark.parametrize(("strict", "threshold"), [(False, "BLOCK_MEDIUM_AND_ABOVE"), (True, "BLOCK_LOW_AND_ABOVE")])
async def test_the_content_filter_sets_the_thresholds(
    service: GeminiStandIn, provider: GeminiProvider, strict: bool, threshold: str
) -> None:
    await provider.paint(request(strict=strict))

    settings = sent(service)["safetySettings"]
    assert {row["threshold"] for row in settings} == {threshold}
    assert len({row["category"] for row in settings}) == 4


async def test_the_service_tier_is_sent_to_models_that_have_one(service: GeminiStandIn, client: genai.Client) -> None:
    flexible = GeminiProvider(client, service_tier="flex")

    await flexible.paint(request())
    assert sent(service)["serviceTier"] == "flex"

    await flexible.paint(request(model=OLD))
    assert "serviceTier" not in sent(service)


async def test_a_line_beside_the_picture_is_its_note(provider: GeminiProvider, service: GeminiStandIn) -> None:
    noted = await provider.paint(request(prompt("A red banner")))

    assert noted.facts["note"] == "A stand-in's picture of a plain, softly lit backdrop with pale discs, nobody in it."
    assert sent(service)["generationConfig"]["responseModalities"] == ["TEXT", "IMAGE"]


@pytest.mark.parametrize(
    ("said", "note"),
    [
        ("A presenter\nin blue light.", "A presenter in blue light."),
        ('"A presenter."', "A presenter."),
        ("A **bold** _presenter_ in `blue` light", "A bold presenter in blue light"),
        ("A presenter [here](https://evil.example/?a=1) www.evil.example/x", "A presenter here"),
        ("<b onclick=alert(1)>A presenter</b><script>alert(1)</script>", "A presenter alert(1)"),
        ("1 < 2 > 0 & <img src=x", "1 0 & img src=x"),
        ("A\u202e presenter\u200b\x1b[2J.", "A presenter[2J."),
        ("snake_case stays, __this__ goes", "snake_case stays, this goes"),
        ("  \n\t ", ""),
    ],
)
def test_a_models_words_are_one_plain_line(said: str, note: str) -> None:
    assert aside(said) == note


def test_a_long_line_ends_with_a_whole_sentence_or_else_a_whole_word() -> None:
    assert aside("A presenter in blue light. " + "He smiles at a very small boat " * 20) == "A presenter in blue light."
    assert aside("word " * 200) == ("word " * 49).strip() + "…"
    assert aside("x" * 9_000) == "x" * 249 + "…"
    assert all(len(aside(letter * 300)) <= 250 for letter in ("a. ", "日。", "🚀", "a "))


async def test_what_a_model_says_reaches_nobody_unchecked(service: GeminiStandIn, client: genai.Client) -> None:
    drawing = base64.b64encode(picture(size=(1376, 768))).decode()
    parts = [
        {"text": "Planning", "thought": True},
        {"text": "<a href='https://evil.example'>A red\nbanner</a>."},
        {"inlineData": {"mimeType": "image/jpeg", "data": drawing}},
    ]
    service.answer_with({"candidates": [{"content": {"role": "model", "parts": parts}, "finishReason": "STOP"}]})

    assert (await GeminiProvider(client).paint(request())).facts["note"] == "A red banner."


async def test_references_go_in_in_the_stated_order_and_are_found_in_the_picture(
    service: GeminiStandIn, provider: GeminiProvider
) -> None:
    face, style = picture("#00ff00", (400, 500)), picture("#0000ff", (300, 300))
    said = prompt(*person(face), "Image 2: STYLE.", Reference(ReferenceRole.STYLE, style), "Paint it.")

    painted = await provider.paint(request(said))

    kinds = ["text" if "text" in part else "inlineData" for part in sent(service)["contents"][0]["parts"]]
    assert kinds == ["text", "inlineData", "text", "inlineData", "text"]
    image = opened(drawn(painted))
    green = image.getpixel((1100, 500))
    blue = image.getpixel((100, 100))
    assert isinstance(green, tuple) and green[1] > 200 > green[0]
    assert isinstance(blue, tuple) and blue[2] > 200 > blue[0]


async def test_a_picture_is_edited_on_the_canvas_it_is_given(provider: GeminiProvider) -> None:
    canvas = Reference(ReferenceRole.CANVAS, picture("#808080", (1376, 768)))

    painted = await provider.paint(request(prompt("Image 1: CANVAS.", canvas, "Make it darker")))

    value = opened(drawn(painted)).getpixel((700, 700))
    assert isinstance(value, tuple) and abs(value[0] - DARKER * 128) < 4


async def test_more_references_than_the_model_takes_are_refused_before_sending(
    service: GeminiStandIn, provider: GeminiProvider
) -> None:
    references = [Reference(ReferenceRole.PERSON, picture(colour)) for colour in ("red", "green", "blue", "grey")]

    with pytest.raises(BadRequest, match="4 references"):
        await provider.paint(request(prompt(*references), model=OLD))

    assert service.calls == []


async def test_four_variants_are_painted_at_the_same_time(service: GeminiStandIn, provider: GeminiProvider) -> None:
    service.delay_s = 0.5
    tasks = [asyncio.create_task(provider.paint(request(seed=seed))) for seed in range(4)]

    await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    assert len(service.calls) == 4, "all were asked before the first had its picture"
    painted = [await task for task in tasks]
    assert len({drawn(row) for row in painted}) == 4


async def test_what_a_call_costs_follows_from_its_tokens(provider: GeminiProvider) -> None:
    painted = await provider.paint(request(prompt("A red banner", system="")))

    assert painted.usage is not None
    tokens = dict(painted.usage.tokens)
    assert tokens["out_image"] == 1120 and tokens["thoughts"] == 200
    expected = 1.5 * tokens["in_text"] + 7.5 * (tokens["out_text"] + 200) + 30 * 1120
    assert painted.usage.cost_micro_usd == pytest.approx(expected, abs=1)


async def test_without_rates_the_price_list_counts(provider: GeminiProvider) -> None:
    painted = await provider.paint(request(model=replace(SMALL, rates=None, prices={"1K": 67_000, "2K": 101_000})))

    assert painted.usage is not None and painted.usage.cost_micro_usd == 67_000


async def test_a_real_face_is_found_again_in_the_picture(provider: GeminiProvider, photos: Path) -> None:
    selfie = (photos / "house-nydia-velazquez.jpg").read_bytes()

    painted = await provider.paint(request(prompt(*person(selfie), "Paint it.")))

    assert detect(np.asarray(opened(drawn(painted))))


@pytest.mark.parametrize("change", ["Remove the cup", Touch.SIMPLER, Touch.FIX_FACE])
async def test_one_change_after_the_other_leaves_the_stand_ins_picture_as_light_as_it_was(
    provider: GeminiProvider, change: Touch | str
) -> None:
    shown = encoded = picture("#909090", (1376, 768))
    brief = Brief(vibe=Vibe.CINEMATIC)
    for _ in range(3):
        asked = edit(change, brief, "gemini-image", STAGE, (Reference(ReferenceRole.CANVAS, shown),))
        shown = drawn(await provider.paint(request(asked)))

    before, after = (np.asarray(opened(one).convert("L")).mean() for one in (encoded, shown))
    assert abs(after - before) < 8


async def test_every_picture_of_the_stand_in_says_that_it_is_no_models(provider: GeminiProvider) -> None:
    canvas = Reference(ReferenceRole.CANVAS, picture("#808080", (1376, 768)))
    letters = mark(np.zeros((768, 1376, 3), np.uint8), MARK, MARK_PLACE) > 200

    for said in (prompt("A red banner"), prompt("Image 1: CANVAS.", canvas, "Make it darker")):
        painted = np.asarray(opened(drawn(await provider.paint(request(said)))))
        assert painted[letters].mean() > 200 > painted.mean() + 40
