"""What a picture is measured by before it is delivered: on its finished pixels, then on its file.

Limits are the domain's, and which of them refuse what nothing mends.
"""

from __future__ import annotations

import io
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

import cv2
import numpy as np
from PIL import Image, ImageCms

from core.compose.check import contrast
from core.compose.geometry import Box
from core.compose.layout import Layout
from core.compose.lettering import glyphs
from core.compose.raster import Mask, Picture
from core.compose.style import Style
from core.domain import feed
from core.domain.format import Family, Size
from core.domain.score import GATES, Gate, small_width

Figures = Mapping[Gate, float]
"""What was measured; gates that ask for something the picture does not have (words, a face) are left out."""

CONTRASTS = frozenset((Gate.CONTRAST, Gate.SUBTEXT))
ENCODED = 0.97
"""What a JPEG leaves of a contrast, at worst; a share."""
_EYES = (0.08, 0.22, 0.92, 0.52)
"""Left, top, right, bottom of the strip across the eyes, in a detected face (brow to chin)."""
_INK = 128
_AROUND = 6
"""Small px around letters that are looked at: more than count as their surroundings."""


def measured(picture: Picture, layout: Layout, style: Style, zones: Sequence[Box], family: Family) -> Figures:
    """The figures of a picture (height, width, 3) that was set from `layout`; `zones`: what the platform covers, px."""
    figures: dict[Gate, float] = {}
    width = _shown(family, layout.width)
    large = glyphs(replace(layout, subtext=()), style)
    small = glyphs(replace(layout, lines=()), style) if layout.subtext else None
    if layout.lines:
        figures[Gate.CONTRAST] = contrast(picture, large, width)
        figures[Gate.CAP_HEIGHT] = min(line.cap for line in layout.lines) * width / layout.width
    if small is not None:
        # Contrast is asked for at a size that is letters at all; how small print may be is not this gate's matter.
        cap = min(line.cap for line in layout.subtext)
        shown = max(feed.LARGEST, GATES[Gate.CAP_HEIGHT].figure * layout.width / cap)
        figures[Gate.SUBTEXT] = _contrast_around(picture, small, min(1.0, shown / layout.width))
    letters = large if small is None else np.maximum(large, small)
    figures[Gate.OVERLAYS] = _covered(letters, layout, zones)
    if faces := layout.shown_faces:
        strips = [eyes(face) for face in faces]
        figures[Gate.ON_FACE] = max(max(_share_of_letters(letters, one), _inked(letters, one)) for one in faces)
        figures[Gate.EYES] = max(max(_cut(one, layout.width, layout.height), _inked(letters, one)) for one in strips)
    return figures


def stood(face: Box | None, size: Size, zones: Sequence[Box]) -> Figures:
    """The figures of a face alone, before anything is painted."""
    if face is None:
        return {}
    return {Gate.OVERLAYS: _under(face, zones), Gate.EYES: _cut(eyes(face), size.width, size.height)}


def least(family: Family, size: Size) -> float:
    """px of the lowest capitals that pass on a picture of that size."""
    return 1.001 * GATES[Gate.CAP_HEIGHT].figure * size.width / _shown(family, size.width)


def filed(data: bytes, size: Size, budget: int | None) -> Figures:
    """The figures of a file that is to have `size` and, where there is a budget, at most that many bytes."""
    with Image.open(io.BytesIO(data)) as image:
        differ = max(abs(image.width - size.width), abs(image.height - size.height))
        profile = image.info.get("icc_profile")
    named = ImageCms.ImageCmsProfile(io.BytesIO(profile)).profile.profile_description if profile else ""
    figures = {Gate.PIXELS: float(differ), Gate.COLOUR_SPACE: float("sRGB" in (named or ""))}
    return figures if budget is None else {**figures, Gate.BYTES: len(data) / budget}


def failed(figures: Figures, share: float = 1.0) -> tuple[Gate, ...]:
    """The gates that do not hold, in the table's order; of contrasts only a `share` counts."""
    held = {gate: figure * (share if gate in CONTRASTS else 1.0) for gate, figure in figures.items()}
    return tuple(gate for gate, limit in GATES.items() if gate in held and not limit.passed(held[gate]))


def refusing(gates: Iterable[Gate]) -> tuple[Gate, ...]:
    """Those of the gates for which a picture is not delivered."""
    return tuple(gate for gate in gates if GATES[gate].refuses)


def eyes(face: Box) -> Box:
    """The strip across the eyes of a detected face."""
    left, top, right, bottom = _EYES
    return Box(
        face.left + left * face.width,
        face.top + top * face.height,
        face.left + right * face.width,
        face.top + bottom * face.height,
    )


def _contrast_around(picture: Picture, letters: Mask, scale: float) -> float:
    """`contrast` of letters on a picture reduced by `scale`, of the part around them alone: a line is little of it."""
    x, y, wide, high = cv2.boundingRect(letters)
    if not wide:
        return 1.0
    air = math.ceil(_AROUND / scale)
    part = slice(max(0, y - air), y + high + air), slice(max(0, x - air), x + wide + air)
    near = np.ascontiguousarray(letters[part])
    return contrast(np.ascontiguousarray(picture[part]), near, max(1, round(scale * near.shape[1])))


def _shown(family: Family, width: int) -> int:
    """px a picture of that width is shown at its smallest: nobody enlarges one that is smaller than a feed's tiles."""
    return min(small_width(family), width)


def _covered(letters: Mask, layout: Layout, zones: Sequence[Box]) -> float:
    """Share of the letters, of the face or of the imprint, whichever is worst, under what the platform covers."""
    boxes = [*layout.shown_faces, *layout.imprint.boxes]
    shares = [0.0, *(_under(box, zones) for box in boxes)]
    whole = float(letters.sum(dtype=np.int64))
    if whole:
        shares.append(sum(float(_part(letters, zone).sum(dtype=np.int64)) for zone in zones) / whole)
    return max(shares)


def _share_of_letters(letters: Mask, box: Box) -> float:
    whole = float(letters.sum(dtype=np.int64))
    return float(_part(letters, box).sum(dtype=np.int64)) / whole if whole else 0.0


def _inked(letters: Mask, box: Box) -> float:
    """Share of a box that letters cover."""
    part = _part(letters, box)
    return float((part > _INK).mean()) if part.size else 0.0


def _under(box: Box, zones: Sequence[Box]) -> float:
    """Share of a box under what the platform covers."""
    return sum(_shared(box, zone) for zone in zones) / (box.width * box.height)


def _cut(box: Box, width: int, height: int) -> float:
    """Share of a box that lies outside the picture."""
    return 1 - _shared(box, Box(0, 0, width, height)) / (box.width * box.height)


def _shared(one: Box, other: Box) -> float:
    wide = min(one.right, other.right) - max(one.left, other.left)
    high = min(one.bottom, other.bottom) - max(one.top, other.top)
    return max(0.0, wide) * max(0.0, high)


def _part(mask: Mask, box: Box) -> Mask:
    return mask[max(0, round(box.top)) : max(0, round(box.bottom)), max(0, round(box.left)) : max(0, round(box.right))]
