"""The ground of a picture: what its painters are told, and the shapes and light they share.

Gradients are computed at a quarter and enlarged; every random choice comes from the ground's own seed.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache

import cv2
import numpy as np

from core.compose.geometry import Box
from core.compose.headline import Align
from core.compose.palette import Palette, mix
from core.compose.raster import Field, Mask, Picture, enlarged, grid, screen, smoothstep, stops, to_mask
from core.compose.shape import polygon

COARSE = 4
"""Gradients are computed at a quarter and enlarged: nobody sees it, and the field is 16 times smaller."""
_COARSER = 8
"""The same for a gradient from the light outwards alone: no pixel is more than a level or two from a quarter's."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ground:
    width: int
    height: int
    palette: Palette
    light: tuple[float, float]
    """Centre of the light, px: behind the head, or the middle of the type without a person."""
    reach: float
    """Height of the head, px; without a person, of the motif."""
    text: tuple[Box, ...]
    text_side: Align
    seed: int
    person: bool
    disc: tuple[tuple[float, float], float] | None = None
    """Centre and radius of the disc the person comes out of, px: it is that of a pattern which has one behind them."""

    @property
    def unit(self) -> float:
        """1 at 1280x720."""
        return min(self.width, self.height) / 720

    @property
    def chin(self) -> float:
        """Where the person's head ends, px; without a person, the motif."""
        return self.light[1] + 0.5 * self.reach


def radial(ground: Ground, radius: float, flat: float = 1.0, reduced: int = COARSE) -> Field:
    x, y = grid(ground.width, ground.height, reduced)
    cx, cy = ground.light
    result: Field = np.sqrt((x - cx) ** 2 + ((y - cy) * flat) ** 2) / radius
    return result


def gradient(ground: Ground, colours: tuple[str, ...], places: tuple[float, ...], radius: float) -> Picture:
    field = np.minimum(radial(ground, radius, reduced=_COARSER), 1.0)
    return enlarged(stops(field, colours, places), ground.width, ground.height)


def vignette(ground: Ground, depth: float) -> Picture:
    """What a picture is darkened by towards its corners. Not to be written into: it is kept for the next picture of
    that size, as far as that is cheap."""
    draw = _vignette if ground.width * ground.height <= _KEPT else _vignette.__wrapped__
    return draw(ground.width, ground.height, depth)


@lru_cache(4)
def _vignette(width: int, height: int, depth: float) -> Picture:
    x, y = grid(width, height, COARSE)
    distance = np.hypot((x / width - 0.5) * 1.05, (y / height - 0.48) * 1.05)
    mask = enlarged(to_mask(1 - depth * smoothstep(0.36, 0.80, distance.astype(np.float32))), width, height)
    light: Picture = cv2.merge((mask, mask, mask))
    light.flags.writeable = False
    return light


def blank(ground: Ground) -> Mask:
    return np.zeros((ground.height, ground.width), np.uint8)


def dice(ground: Ground) -> np.random.Generator:
    return np.random.default_rng(ground.seed)


def rays(ground: Ground, count: int, start: float) -> Mask:
    mask, far, (cx, cy) = blank(ground), 2.0 * max(ground.width, ground.height), ground.light
    for ray in range(count):
        first = start + ray * 2 * math.pi / count
        last = first + math.pi / count
        ends = [(cx + far * math.cos(angle), cy + far * math.sin(angle)) for angle in (first, last)]
        polygon(mask, [ground.light, *ends])
    return mask


_KEPT = 2_500_000
"""px of a canvas up to which what is alike on many grounds is kept: four masks of 3 MB and four lights of 8 at most."""
_DOTTED = 0.02
"""Strength from which there are dots."""


def halftone(ground: Ground, step: float, strength: Field) -> Mask:
    """Halftone: a lattice turned by 45 degrees whose dots grow with `strength` (0–1, quarter size).

    Not to be written into: the variants of a set share it, as far as keeping it is cheap.
    """
    draw = _dots if ground.width * ground.height <= _KEPT else _dots.__wrapped__
    return draw(ground.width, ground.height, step, strength.shape, strength.astype(np.float32).tobytes())


@lru_cache(4)
def _dots(width: int, height: int, step: float, shape: tuple[int, ...], strength: bytes) -> Mask:
    coarse = np.frombuffer(strength, np.float32).reshape(shape)
    level = cv2.resize(coarse, (width, height), interpolation=cv2.INTER_LINEAR)
    mask: Mask = np.zeros(level.shape, np.uint8)
    left, top, wide, high = cv2.boundingRect((level > _DOTTED).view(np.uint8))
    rows, columns = slice(top, top + high), slice(left, left + wide)
    level = level[rows, columns]
    x, y = grid(width, height)
    x, y = x[:, columns], y[rows]
    # cos(a + b) + cos(a - b) = 2 cos a cos b: the turned lattice as one outer product.
    wave = np.cos(x * np.float32(2 * math.pi / step)) * np.cos(y * np.float32(2 * math.pi / step)) * 0.5 + 0.5
    edge = np.float32(step * 0.22)
    dots = (wave - (1 - level * np.float32(0.62))) * edge + np.float32(0.5)
    dots[level <= _DOTTED] = 0
    if wide:
        mask[rows, columns] = to_mask(np.minimum(dots, 1.0))
    mask.flags.writeable = False
    return mask


def text_dark(ground: Ground, strength: float) -> Mask:
    """The side of the canvas that belongs to type, as a soft mask."""
    x, y = grid(ground.width, ground.height, COARSE)
    if ground.text_side is Align.CENTRE:
        box = ground.text[0]
        if ground.person and box.centre[1] > 0.4 * ground.height:
            near = smoothstep(box.top - 0.1 * ground.height, box.bottom, y + 0 * x)
        elif ground.person:
            near = smoothstep(box.bottom + 0.10 * ground.height, box.bottom - 0.35 * box.height, y + 0 * x)
        else:
            near = 1 - 0.75 * smoothstep(
                0.2, 1.0, np.hypot((x / ground.width - 0.5) * 1.7, (y / ground.height - 0.5) * 1.7).astype(np.float32)
            )
    else:
        across = x / ground.width if ground.text_side is Align.LEFT else 1 - x / ground.width
        near = 1 - smoothstep(0.18, 0.66, (across + 0 * y).astype(np.float32))
    return enlarged(to_mask(near * strength), ground.width, ground.height)


def haze(picture: Picture, ground: Ground, strength: float) -> None:
    """Slow clouds: three octaves of smoothed noise."""
    rng, total = dice(ground), np.zeros((ground.height // 8 + 1, ground.width // 8 + 1), np.float32)
    for octave in (3, 6, 12):
        cells = rng.standard_normal((octave, octave * 2), dtype=np.float32)
        total += cv2.resize(cells, (total.shape[1], total.shape[0]), interpolation=cv2.INTER_CUBIC) / octave
    field = smoothstep(0.0, 0.55, total) * strength
    screen(
        picture,
        mix(ground.palette.mid, ground.palette.light, 0.35),
        enlarged(to_mask(field), ground.width, ground.height),
    )
