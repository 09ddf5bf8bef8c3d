"""Checks of a finished picture as feeds show it: legible, uncovered, sharp, light enough."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import cv2
import numpy as np
from numpy.typing import NDArray

from core.compose.geometry import Box
from core.compose.layout import Layout
from core.compose.lettering import glyphs
from core.compose.raster import Mask, Picture
from core.compose.style import Style
from core.domain.format import Format
from core.domain.score import Check, Measure, Target, checked, small_width

Floats = NDArray[np.float32]

_CORE, _CLEAR = 0.9, 0.12
"""Share of a small pixel that letters must fill to count as ink, and may fill to count as what surrounds them."""
_REACH = 2
"""Small px around the letters that belong to their surroundings: stroke and box count, the far background does not."""
_NEARBY = 9
"""Small px across: ink is compared with the surroundings of its own word, not with those of another colour."""
_WORST = 10
"""Percentile."""
_FACE_AT = (160, 200)
_BUSY_AT = 320


def check(picture: Picture, layout: Layout, style: Style, target: Format, byte_count: int) -> tuple[Check, ...]:
    """What is measured on a picture (height, width, 3) of `byte_count` that was set from `layout`.

    Rows that need a headline or a face are left out without one.
    """
    letters = glyphs(replace(layout, subtext=()), style)
    return (
        *_reading(picture, layout, letters, small_width(target.family)),
        *_facing(picture, layout),
        checked(Measure.OVERLAYS, round(covered(letters, layout.face, target), 3)),
        checked(Measure.BYTES, float(byte_count), Target(target.byte_budget, target.byte_budget, False)),
    )


def _reading(picture: Picture, layout: Layout, letters: Mask, width: int) -> Iterator[Check]:
    if layout.lines:
        yield checked(Measure.CONTRAST, round(contrast(picture, letters, width), 1))
        cap = min(line.cap for line in layout.lines) * width / layout.width
        yield checked(Measure.CAP_HEIGHT, round(cap, 1))
        yield checked(Measure.WORDS, float(sum(len(line.text.split()) for line in layout.lines)))


def _facing(picture: Picture, layout: Layout) -> Iterator[Check]:
    if layout.face is not None:
        share = layout.face.width * layout.face.height / (layout.width * layout.height)
        yield checked(Measure.FACE, round(share, 3))
        yield checked(Measure.SHARPNESS, round(sharpness(picture, layout.face)))


def contrast(picture: Picture, letters: Mask, width: int) -> float:
    """WCAG ratio between letters and what surrounds them once the picture is `width` px wide; 1–21, the worst tenth."""
    size = (width, max(1, round(width * picture.shape[0] / picture.shape[1])))
    light = _luminance(cv2.resize(picture, size, interpolation=cv2.INTER_AREA))
    filled = cv2.resize(letters, size, interpolation=cv2.INTER_AREA).astype(np.float32) / 255
    # Letters thinner than a pixel fill none: what they fill most is what can be seen of them.
    core = (filled >= min(_CORE, 0.8 * float(filled.max()))).astype(np.float32)
    near = cv2.dilate((filled > _CLEAR).astype(np.uint8), np.ones((2 * _REACH + 1,) * 2, np.uint8))
    around = (near > 0) & (filled <= _CLEAR)
    share = cv2.blur(core, (_NEARBY, _NEARBY))
    around &= share > 0
    if not around.any():
        return 1.0
    ink = cv2.blur(core * light, (_NEARBY, _NEARBY))[around] / share[around]
    ground = light[around]
    ratios = (np.maximum(ink, ground) + 0.05) / (np.minimum(ink, ground) + 0.05)
    return float(np.percentile(ratios, _WORST))


def _luminance(picture: Picture) -> Floats:
    """WCAG's relative luminance, 0–1."""
    share = picture.astype(np.float32) / 255
    linear = np.where(share <= 0.04045, share / 12.92, ((share + 0.055) / 1.055) ** 2.4)
    return (linear @ np.array([0.2126, 0.7152, 0.0722], np.float32)).astype(np.float32)


def covered(letters: Mask, face: Box | None, target: Format) -> float:
    """Share of letters or of the face, whichever is worse, under the places the platform always covers."""
    height, width = letters.shape
    hidden = np.zeros((height, width), bool)
    for zone in target.zones:
        if zone.hard:
            hidden[_rows(zone.top, zone.bottom, height), _rows(zone.left, zone.right, width)] = True
    shares = [0.0]
    if letters.any():
        shares.append(float(letters[hidden].sum(dtype=np.int64) / letters.sum(dtype=np.int64)))
    if face is not None and (part := hidden[_slices(face, hidden.shape)]).size:
        shares.append(float(part.mean()))
    return max(shares)


def sharpness(picture: Picture, face: Box) -> float:
    """Laplacian variance of the face, brought to 160x200."""
    part = picture[_slices(face, picture.shape[:2])]
    if not part.size:
        return 0.0
    grey = cv2.cvtColor(cv2.resize(part, _FACE_AT, interpolation=cv2.INTER_AREA), cv2.COLOR_RGB2GRAY)
    return float(cv2.Laplacian(grey, cv2.CV_64F).var())


def clutter(picture: Picture) -> float:
    """Share of pixels on an edge, seen at 320 px."""
    small = cv2.resize(
        picture, (_BUSY_AT, max(1, round(_BUSY_AT * picture.shape[0] / picture.shape[1]))), interpolation=cv2.INTER_AREA
    )
    return float((cv2.Canny(cv2.cvtColor(small, cv2.COLOR_RGB2GRAY), 100, 200) > 0).mean())


def _rows(first: float, last: float, whole: int) -> slice:
    return slice(round(first * whole), round(last * whole))


def _slices(box: Box, shape: tuple[int, ...]) -> tuple[slice, slice]:
    return (
        slice(max(0, round(box.top)), min(shape[0], max(0, round(box.bottom)))),
        slice(max(0, round(box.left)), min(shape[1], max(0, round(box.right)))),
    )
