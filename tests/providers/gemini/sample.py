"""Model rows and requests to test with."""

import io
from dataclasses import replace
from typing import Any

from PIL import Image

from core.domain.brief import Brief, Vibe
from core.domain.format import FORMATS, Quality
from core.domain.job import Recipe
from core.domain.model import Capability, ModelSpec, Origin, Role, Thinking, TokenRates
from core.domain.prompt import Prompt, Reference, ReferenceRole
from core.providers.base import PaintRequest

TEN = ("1:1", "2:3", "3:2", "3:4", "4:3", "4:5", "5:4", "9:16", "16:9", "21:9")
PIXELS = {"1:1": (1024, 1024), "4:5": (928, 1152), "9:16": (768, 1376), "16:9": (1376, 768), "4:1": (2048, 512)}

STANDARD = ModelSpec(
    id="gemini-nano-banana-2.1",
    provider="gemini",
    origin=Origin.MODEL,
    roles=(Role.STANDARD,),
    vibes=tuple(Vibe),
    qualities=tuple(Quality),
    family="gemini-image",
    capabilities=frozenset(Capability) - {Capability.MASK, Capability.UPSCALE, Capability.READ},
    thinking=(Thinking.MINIMAL, Thinking.MEDIUM, Thinking.HIGH),
    ratios=(*TEN, "1:4", "4:1", "1:8", "8:1"),
    sizes=("1K", "2K", "4K"),
    pixels=PIXELS,
    prices={"1K": 33_600, "2K": 50_400, "4K": 113_000},
    rates=TokenRates(text_in=1_500_000, text_out=7_500_000, image_out=30_000_000),
    batch_factor=0.5,
    max_references=14,
)
PREMIUM = replace(
    STANDARD,
    id="gemini-3-pro-image",
    capabilities=STANDARD.capabilities - {Capability.SEARCH_IMAGE, Capability.VIDEO_CONTEXT},
    thinking=(),
    ratios=TEN,
    rates=TokenRates(text_in=2_000_000, text_out=12_000_000, image_out=120_000_000),
)
DRAFT = replace(
    STANDARD,
    id="gemini-3.1-flash-lite-image",
    capabilities=STANDARD.capabilities - {Capability.SEARCH_WEB, Capability.SEARCH_IMAGE},
    thinking=(Thinking.MINIMAL, Thinking.HIGH),
    ratios=TEN,
    sizes=("1K",),
)
SMALL = replace(
    STANDARD, id="gemini-3.1-flash-image", sizes=("512", "1K", "2K", "4K"), thinking=(Thinking.MINIMAL, Thinking.HIGH)
)
OLD = replace(
    STANDARD,
    id="gemini-2.5-flash-image",
    capabilities=frozenset(
        {
            Capability.TEXT_TO_IMAGE,
            Capability.EDIT,
            Capability.COMPOSE,
            Capability.MULTI_TURN,
            Capability.SEED,
            Capability.SAFETY,
        }
    ),
    thinking=(),
    ratios=TEN,
    sizes=(),
    max_references=3,
)
FAMILY = (STANDARD, PREMIUM, DRAFT, SMALL, OLD)

IMAGEN = ModelSpec(
    id="imagen-4.0-generate-001",
    provider="gemini",
    origin=Origin.MODEL,
    roles=(Role.STANDARD,),
    vibes=tuple(Vibe),
    qualities=tuple(Quality),
    family="imagen",
    capabilities=frozenset({Capability.TEXT_TO_IMAGE, Capability.SEED, Capability.SAFETY}),
    ratios=("1:1", "3:4", "4:3", "9:16", "16:9"),
    sizes=("1K", "2K"),
    prices={"1K": 40_000, "2K": 40_000},
)


def picture(colour: str = "red", size: tuple[int, int] = (96, 64), kind: str = "JPEG") -> bytes:
    file = io.BytesIO()
    Image.new("RGB", size, colour).save(file, kind)
    return file.getvalue()


def opened(data: bytes) -> Image.Image:
    return Image.open(io.BytesIO(data)).convert("RGB")


def prompt(*parts: Any, system: str = "You paint thumbnails.") -> Prompt:
    return Prompt(system=system, parts=parts or ("A lighthouse in a storm",))


def person(data: bytes) -> tuple[str, Reference]:
    return "Image 1: PERSON.", Reference(ReferenceRole.PERSON, data)


def request(
    said: Prompt | None = None,
    *,
    model: ModelSpec = STANDARD,
    format_id: str = "youtube",
    quality: Quality = Quality.STANDARD,
    seed: int = 7,
    **more: Any,
) -> PaintRequest:
    target = FORMATS[format_id]
    recipe = Recipe(brief=Brief(quality=quality), model=model.id, origin=model.origin, seed=seed)
    more.setdefault("timeout_s", 20.0)
    return PaintRequest(
        recipe=recipe,
        format=target,
        size=target.size(quality),
        selfies=(),
        model=model,
        prompt=said or prompt(),
        **more,
    )
