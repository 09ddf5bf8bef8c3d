"""What effects add to letters when asked: thick sides and fills of two tones, in colours that keep them readable."""

from __future__ import annotations

import cv2
import numpy as np

from core.compose.palette import AIM, BLACK, WHITE, Palette, contrast, luminance, mix
from core.compose.raster import Mask, moved

_SLANT = 0.5
"""Of a block's depth, how far its far end stands to the right."""


def swept(mask: Mask, depth: float) -> Mask:
    """The mask with everything between it and its copy `depth` px further down, and half as far to the right."""
    if depth < 1.0:
        return mask
    # Each pass doubles what the one before has swept: as many as the logarithm of the depth, at any size.
    steps = max(1, round(depth / 2))
    body = cv2.dilate(mask, np.array([[1, 0], [1, 1], [0, 1]], np.uint8)[::-1, ::-1], anchor=(1, 2))
    done = 1
    while done < steps:
        step = min(done, steps - done)
        body = cv2.max(body, moved(body, round(2 * _SLANT * step), 2 * step))
        done += step
    return body


def sides(palette: Palette) -> tuple[str, str]:
    """The letters' thickness and its far edge: the box's colour, as far from every letter's as those need."""
    goal = WHITE if luminance(palette.shade) > 0.5 else BLACK
    letters = (palette.ink, palette.accent)
    fit = (mix(palette.pop, goal, step / 10) for step in range(11))
    tone = next((tone for tone in fit if min(contrast(tone, letter) for letter in letters) >= AIM), goal)
    return tone, mix(tone, BLACK, 0.45)


def tones(colour: str, goal: str, share: float, grounds: tuple[str, ...]) -> tuple[str, str]:
    """A fill's upper and lower end: `share` of `goal` in the lower one, or less, as it stays readable on `grounds`."""
    for step in range(10, 0, -1):
        lower = mix(colour, goal, share * step / 10)
        if all(contrast(lower, ground) >= min(AIM, contrast(colour, ground)) for ground in grounds):
            return colour, lower
    return colour, colour


def plain(palette: Palette, grounds: tuple[str, ...]) -> tuple[str, str]:
    """Words like the others lean to the ground, on paper without its colour, which is that of the marked ones."""
    if luminance(palette.shade) > 0.5:
        return tones(palette.ink, palette.quiet, 1.0, grounds)
    return tones(palette.ink, palette.mid, 0.42, grounds)


def marked(palette: Palette, grounds: tuple[str, ...]) -> tuple[str, str]:
    if luminance(palette.shade) > 0.5:
        return tones(palette.accent, palette.ink, 0.4, grounds)
    return mix(palette.accent, WHITE, 0.6), tones(palette.accent, palette.pop, 0.5, grounds)[1]
