"""Which ratio and size to ask a model for, so that the wanted picture can be cut from what comes back."""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt

from core.domain.format import Quality, Size
from core.domain.model import ModelSpec

SCALES = {"512": 0.5, "1K": 1.0, "2K": 2.0, "4K": 4.0}
"""Sides of each size over those of 1K, seen for 1:1 and 16:9."""
LARGEST = {Quality.DRAFT: "1K", Quality.STANDARD: "2K", Quality.FOUR_K: "4K"}
"""What the quality that was paid for may cost us; a smaller picture is enlarged."""
AREA_1K = 1024 * 1024
NEAR = 0.05
"""Ratios that lose this much more than the best one still count as near: a smaller size may do with them."""
ENLARGED = 1.02
"""Enlarging by two percent is not seen; the pixel tables are rounded by as much."""


@dataclass(frozen=True, slots=True)
class Frame:
    """Values for the request; empty: the model takes none."""

    ratio: str = ""
    size: str = ""
    pixels: Size | None = None
    """What comes back then, as far as the table knows; None: anything may."""


def choose(spec: ModelSpec, target: Size, quality: Quality) -> Frame:
    """The ratio nearest to the target and the smallest size with enough pixels, within the quality."""
    sizes = [size for size in spec.sizes if SCALES[size] <= SCALES[LARGEST[quality]]] or list(spec.sizes[:1]) or [""]
    if not spec.ratios:
        return Frame(size=sizes[0])
    least = min(loss(_pixels(spec, ratio, ""), target) for ratio in spec.ratios)
    near = [ratio for ratio in spec.ratios if loss(_pixels(spec, ratio, ""), target) <= least + NEAR]

    def rank(frame: Frame) -> tuple[float, int, float]:
        assert frame.pixels is not None
        return max(ENLARGED, enlargement(frame.pixels, target)), sizes.index(frame.size), loss(frame.pixels, target)

    return min((Frame(ratio, size, _pixels(spec, ratio, size)) for ratio in near for size in sizes), key=rank)


def loss(pixels: Size, target: Size) -> float:
    """Share of the picture's area that is cut off to reach the target's ratio."""
    return 1 - min(pixels.ratio, target.ratio) / max(pixels.ratio, target.ratio)


def enlargement(pixels: Size, target: Size) -> float:
    """Factor by which the picture must grow to fill the target; below 1 it shrinks."""
    return max(target.width / pixels.width, target.height / pixels.height)


def _pixels(spec: ModelSpec, ratio: str, size: str) -> Size:
    scale = SCALES[size] if size else 1.0
    if ratio in spec.pixels:
        width, height = spec.pixels[ratio]
    else:
        across, down = map(int, ratio.split(":"))
        width, height = round(sqrt(AREA_1K * across / down)), round(sqrt(AREA_1K * down / across))
    return Size(round(width * scale), round(height * scale))
