"""What can be seen of a picture, as figures: gates, score, headline doctor and the appraisal of an upload go by these
and by nothing else, so that what is said of a picture later is what let it pass.

Boxes are in px of the picture; letters are a mask of its size without stroke, box or shadow. Limits are the domain's.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence

import cv2
import numpy as np

from core.compose.geometry import Box
from core.compose.raster import Field, Mask, Picture, extent
from core.compose.reduction import renewed, small
from core.domain.format import Family
from core.domain.score import small_width

_CORE, _CLEAR = 0.9, 0.12
"""Share of a small pixel that letters must fill to count as ink, and may fill to count as what surrounds them."""
_REACH = 2
"""Small px around the letters that belong to their surroundings: stroke and box count, the far background does not."""
_NEARBY = 9
"""Small px across: ink is compared with the surroundings of its own word, not with those of another colour."""
_WORST = 10
"""Percentile."""
_AROUND = 6
"""Small px around letters that are looked at: more than count as their surroundings."""
_INK = 128
_EYES = (0.08, 0.22, 0.92, 0.52)
"""Left, top, right, bottom of the strip across the eyes, in a detected face (brow to chin)."""
_FACE_AT = (160, 200)
_BUSY_AT = 320


def cap_height(caps: Iterable[float], width: int, family: Family) -> float:
    """px of the lowest of at least one line's capitals, given in px of a picture `width` wide, at its smallest."""
    return min(caps) * small_width(family, width) / width


def contrast(picture: Picture, letters: Mask, width: int) -> float:
    """WCAG ratio between letters and what surrounds them once the picture is `width` px wide; 1–21, the worst tenth.

    The picture may be that small already.
    """
    inked = extent(letters)
    if inked is None:
        return 1.0
    seen = picture if picture.shape[1] == width else small(picture, width)
    ink = renewed(np.zeros(seen.shape[:2], np.uint8), letters, inked[0])
    place = extent(ink, _REACH + _NEARBY)
    if place is None:
        return 1.0
    light, filled = _luminance(seen[place]), ink[place].astype(np.float32) / 255
    # Letters thinner than a pixel fill none: what they fill most is what can be seen of them.
    core = (filled >= min(_CORE, 0.8 * float(filled.max()))).astype(np.float32)
    near = cv2.dilate((filled > _CLEAR).astype(np.uint8), np.ones((2 * _REACH + 1,) * 2, np.uint8))
    around = (near > 0) & (filled <= _CLEAR)
    share = cv2.blur(core, (_NEARBY, _NEARBY))
    around &= share > 0
    if not around.any():
        return 1.0
    own = cv2.blur(core * light, (_NEARBY, _NEARBY))[around] / share[around]
    ground = light[around]
    ratios = np.sort((np.maximum(own, ground) + 0.05) / (np.minimum(own, ground) + 0.05))
    return float(np.interp(_WORST / 100 * (ratios.size - 1), np.arange(ratios.size), ratios))


def contrast_around(picture: Picture, letters: Mask, scale: float) -> float:
    """`contrast` of letters on a picture reduced by `scale`, of the part around them alone: a line is little of it."""
    part = extent(letters, math.ceil(_AROUND / scale))
    if part is None:
        return 1.0
    near = np.ascontiguousarray(letters[part])
    return contrast(np.ascontiguousarray(picture[part]), near, max(1, round(scale * near.shape[1])))


def covered(letters: Mask, zones: Sequence[Box]) -> float:
    """Share of the letters under what the platform lays over them."""
    whole = _total(letters)
    if not whole or not any(_part(letters, zone).any() for zone in zones):
        return 0.0
    left = letters.copy()
    for zone in zones:
        _part(left, zone)[:] = 0
    return 1 - _total(left) / whole


def under(box: Box, zones: Iterable[Box]) -> float:
    """Share of a box under what the platform lays over it."""
    return min(1.0, sum(_shared(box, zone) for zone in zones) / (box.width * box.height))


def on_face(letters: Mask, face: Box) -> float:
    """Share of the letters that lie on the face, or of the face under them, whichever is worse."""
    whole = _total(letters)
    share = _total(_part(letters, face)) / whole if whole else 0.0
    return max(share, inked(letters, face))


def _total(letters: Mask) -> float:
    return cv2.sumElems(letters)[0] if letters.size else 0.0


def inked(letters: Mask, box: Box) -> float:
    """Share of a box that letters cover."""
    part = _part(letters, box)
    return float((part > _INK).mean()) if part.size else 0.0


def eyes(face: Box) -> Box:
    """The strip across the eyes of a detected face."""
    left, top, right, bottom = _EYES
    return Box(
        face.left + left * face.width,
        face.top + top * face.height,
        face.left + right * face.width,
        face.top + bottom * face.height,
    )


def cut(box: Box, width: int, height: int) -> float:
    """Share of a box that lies outside the picture."""
    return 1 - _shared(box, Box(0, 0, width, height)) / (box.width * box.height)


def size(face: Box, width: int, height: int) -> float:
    """The face's share of the picture."""
    return face.width * face.height / (width * height)


def sharpness(picture: Picture, face: Box) -> float:
    """Laplacian variance of the face, brought to 160x200."""
    part = _part(picture, face)
    if not part.size:
        return 0.0
    grey = cv2.cvtColor(cv2.resize(part, _FACE_AT, interpolation=cv2.INTER_AREA), cv2.COLOR_RGB2GRAY)
    return float(cv2.Laplacian(grey, cv2.CV_64F).var())


def clutter(picture: Picture) -> float:
    """Share of pixels on an edge, seen at 320 px."""
    seen = cv2.resize(
        picture, (_BUSY_AT, max(1, round(_BUSY_AT * picture.shape[0] / picture.shape[1]))), interpolation=cv2.INTER_AREA
    )
    return float((cv2.Canny(cv2.cvtColor(seen, cv2.COLOR_RGB2GRAY), 100, 200) > 0).mean())


_SHARE = np.arange(256, dtype=np.float32) / 255
_LINEAR = np.where(_SHARE <= 0.04045, _SHARE / 12.92, ((_SHARE + 0.055) / 1.055) ** 2.4)
"""By level."""
_WEIGHTS = np.array([[0.2126, 0.7152, 0.0722]], np.float32)


def _luminance(picture: Picture) -> Field:
    """WCAG's relative luminance, 0–1."""
    return cv2.transform(cv2.LUT(picture, _LINEAR), _WEIGHTS)


def _shared(one: Box, other: Box) -> float:
    wide = min(one.right, other.right) - max(one.left, other.left)
    high = min(one.bottom, other.bottom) - max(one.top, other.top)
    return max(0.0, wide) * max(0.0, high)


def _part(pixels: Picture, box: Box) -> Picture:
    """What a box shows of a picture or a mask; a view."""
    left, top, right, bottom = (max(0, round(edge)) for edge in (box.left, box.top, box.right, box.bottom))
    return pixels[top:bottom, left:right]
