"""What the service takes from each model, as its documents and users report; on purpose not our catalogue."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

TEN = ("1:1", "2:3", "3:2", "3:4", "4:3", "4:5", "5:4", "9:16", "16:9", "21:9")
FOURTEEN = (*TEN, "1:4", "4:1", "1:8", "8:1")
SCALES = {"512": 0.5, "1K": 1.0, "2K": 2.0, "4K": 4.0}

GEMINI_3 = {
    "1:1": (1024, 1024),
    "2:3": (848, 1264),
    "3:2": (1264, 848),
    "3:4": (896, 1200),
    "4:3": (1200, 896),
    "4:5": (928, 1152),
    "5:4": (1152, 928),
    "9:16": (768, 1376),
    "16:9": (1376, 768),
    "21:9": (1584, 672),
    "1:4": (512, 2048),
    "4:1": (2048, 512),
    "1:8": (384, 3072),
    "8:1": (3072, 384),
}
GEMINI_25 = {
    "1:1": (1024, 1024),
    "2:3": (832, 1248),
    "3:2": (1248, 832),
    "3:4": (864, 1184),
    "4:3": (1184, 864),
    "4:5": (896, 1152),
    "5:4": (1152, 896),
    "9:16": (768, 1344),
    "16:9": (1344, 768),
    "21:9": (1536, 672),
}
IMAGEN = {"1:1": (1024, 1024), "3:4": (896, 1280), "4:3": (1280, 896), "9:16": (768, 1408), "16:9": (1408, 768)}


@dataclass(frozen=True, slots=True, kw_only=True)
class Model:
    id: str
    label: str
    sizes: tuple[str, ...] = ()
    """Values imageSize may have; empty: the field is refused."""
    ratios: tuple[str, ...] = ()
    pixels: Mapping[str, tuple[int, int]]
    levels: tuple[str, ...] = ()
    """Values thinkingLevel may have; empty: thinking is refused."""
    thinks: bool = False
    """Signs its answers."""
    interim: bool = False
    """Shows a picture of its thinking without being asked to."""
    searches: tuple[str, ...] = ()
    references: int = 0
    video: bool = False
    tokens: Mapping[str, int]
    """Size ("" for a model without sizes) → tokens of one picture."""


MODELS: Mapping[str, Model] = {
    row.id: row
    for row in (
        Model(
            id="gemini-nano-banana-2.1",
            label="Nano Banana 2.1",
            sizes=("1K", "2K", "4K"),
            ratios=FOURTEEN,
            pixels=GEMINI_3,
            levels=("MINIMAL", "MEDIUM", "HIGH"),
            thinks=True,
            searches=("webSearch", "imageSearch"),
            references=14,
            video=True,
            tokens={"1K": 1120, "2K": 1680, "4K": 3780},
        ),
        Model(
            id="gemini-3-pro-image",
            label="Nano Banana Pro",
            interim=True,
            sizes=("1K", "2K", "4K"),
            ratios=TEN,
            pixels=GEMINI_3,
            thinks=True,
            searches=("webSearch",),
            references=14,
            tokens={"1K": 1120, "2K": 1120, "4K": 2000},
        ),
        Model(
            id="gemini-3.1-flash-lite-image",
            label="Nano Banana 2 Lite",
            sizes=("1K",),
            ratios=TEN,
            pixels=GEMINI_3,
            levels=("MINIMAL", "HIGH"),
            thinks=True,
            references=14,
            video=True,
            tokens={"1K": 1120},
        ),
        Model(
            id="gemini-3.1-flash-image",
            label="Nano Banana 2",
            sizes=("512", "1K", "2K", "4K"),
            ratios=FOURTEEN,
            pixels=GEMINI_3,
            levels=("MINIMAL", "HIGH"),
            thinks=True,
            searches=("webSearch", "imageSearch"),
            references=14,
            video=True,
            tokens={"512": 747, "1K": 1120, "2K": 1680, "4K": 2520},
        ),
        Model(
            id="gemini-2.5-flash-image",
            label="Nano Banana",
            ratios=TEN,
            pixels=GEMINI_25,
            references=3,
            tokens={"": 1290},
        ),
    )
}

IMAGEN_MODELS = frozenset(
    {
        "imagen-4.0-generate-001",
        "imagen-4.0-ultra-generate-001",
        "imagen-4.0-fast-generate-001",
        "imagen-4.0-upscale-preview",
        "imagen-3.0-capability-001",
    }
)
"""Enterprise only."""

READERS = frozenset({"gemini-3.8-flash", "gemini-3.5-flash-lite", "gemini-3.1-flash-lite"})
"""Answer with text."""
