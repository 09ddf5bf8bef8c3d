"""The letters of a line that somebody else set: which pixels of its box are ink, and how tall its capitals are."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations

import cv2
import numpy as np

from core.vision.ocr import Region
from core.vision.raster import Floats, Pixels

_TALL = 64
"""px a line is brought to before it is looked at."""
_COLOURS = 4
"""A line shows letters, their outline or box, and a ground of one colour or two."""
_ALIKE, _SHADED = (18.0, 9.0, 4.5), 45.0
"""Distances in Lab: below the first two colours are one (tried in turn, for faded letters are near their ground),
below the second they may be the ends of a gradient."""
_LETTER = 0.3
"""Of the line's height, from which on a blot is a letter and no dot or crumb."""
_AS_WIDE, _AS_TALL, _INSIDE, _THICKER = 0.6, 0.55, 0.8, 1.4
"""Letters are inside their outline or box: at least so wide and so tall as that, so much of them in it, or so much
thicker."""
_FULL = 0.6
"""Share of what letters enclose that they fill themselves, counters and all; outlines are rings."""
_CAPITAL = 80
"""Percentile of the letters' heights: in mixed case most letters are low, and some reach below the line."""


@dataclass(frozen=True, slots=True, eq=False)
class Ink:
    """Letters of a line. mask: (height, width; 0 or 255) on the whole picture; line: the same, as the upright line
    alone; height: of its capitals, px of the picture (where all are low, of those)."""

    mask: Pixels
    line: Pixels
    height: float


@dataclass(frozen=True, slots=True, eq=False)
class _Blots:
    """What has one colour, is as tall as letters and does not run out of the line above or below."""

    mask: Pixels
    filled: Pixels
    """With the holes they enclose."""
    spread: float
    """Share of the line's columns they stand in."""
    height: float
    """px, of the taller ones."""
    thickness: float
    """px to the nearest edge, on average."""

    def holds(self, other: _Blots) -> bool:
        """Whether it is the other's outline or box."""
        if other.spread < _AS_WIDE * self.spread or other.height < _AS_TALL * self.height:
            return False
        # An outline that something interrupts encloses nothing, but it is thin all along.
        thin = other.thickness > _THICKER * self.thickness
        return thin or float((self.filled[other.mask > 0] > 0).mean()) >= _INSIDE


def ink(picture: Pixels, region: Region) -> Ink | None:
    """The region's letters; None where nothing stands out."""
    corners = np.array(region.corners, np.float32)
    wide, tall = _side(corners, 0, 1), _side(corners, 1, 2)
    if min(wide, tall) < 2:
        return None
    size = (max(8, min(4096, round(wide * _TALL / tall))), _TALL)
    turn = cv2.getPerspectiveTransform(corners, np.array([(0, 0), (size[0], 0), size, (0, size[1])], np.float32))
    line = cv2.warpPerspective(picture, turn, size, flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    letters = _letters(np.asarray(line, np.uint8))
    if letters is None:
        return None
    back = cv2.warpPerspective(letters.mask, turn, picture.shape[1::-1], flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP)
    mask = np.where(back > 127, 255, 0).astype(np.uint8)
    return Ink(mask, letters.mask, letters.height * tall / _TALL)


def _side(corners: Floats, first: int, second: int) -> float:
    return float(np.hypot(*(corners[first] - corners[second])))


def _letters(line: Pixels) -> _Blots | None:
    """Of all that may be letters what stands along the whole line, and is innermost there."""
    coloured = _colours(line)
    tries = (sorted(_candidates(*coloured, alike), key=lambda one: -one.spread) for alike in _ALIKE)
    found = next(filter(None, tries), [])
    best = found[0] if found else None
    for other in found[1:]:
        if best is not None and best.holds(other):
            best = other
    return best


def _colours(line: Pixels) -> tuple[Floats, Floats]:
    """For each pixel the number of its colour, and how far these are from each other."""
    lab = cv2.cvtColor(cv2.medianBlur(line, 3).astype(np.float32) / 255, cv2.COLOR_RGB2LAB).reshape(-1, 3)
    cv2.setRNGSeed(1)
    stop = (cv2.TERM_CRITERIA_EPS | cv2.TERM_CRITERIA_MAX_ITER, 20, 0.5)
    _, labels, centres = cv2.kmeans(lab, _COLOURS, np.empty(0, np.int32), stop, 2, cv2.KMEANS_PP_CENTERS)
    return labels.reshape(line.shape[:2]), np.linalg.norm(centres[:, None] - centres[None], axis=2)


def _candidates(labels: Floats, apart: Floats, alike: float) -> Iterator[_Blots]:
    merged = np.argmax(apart < alike, axis=1)
    names = merged[labels]
    single = sorted(set(merged.tolist()))
    pairs = [pair for pair in combinations(single, 2) if apart[pair] < _SHADED]
    for group in (*((name,) for name in single), *pairs):
        blots = _blots(np.isin(names, group).astype(np.uint8) * 255)
        if blots is not None:
            yield blots


def _blots(mask: Pixels) -> _Blots | None:
    count, names, stats, _ = cv2.connectedComponentsWithStats(mask, connectivity=8)
    top, tall = stats[:, cv2.CC_STAT_TOP], stats[:, cv2.CC_STAT_HEIGHT]
    kept = (tall > _LETTER * _TALL) & ~((top == 0) & (tall == _TALL)) & (np.arange(count) > 0)
    # What reaches over the upper or lower edge belongs to another line, or to the ground.
    kept &= (top > 0) & (top + tall < _TALL)
    if not kept.any():
        return None
    clean = np.where(kept[names], 255, 0).astype(np.uint8)
    outer, _ = cv2.findContours(clean, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    filled = cv2.drawContours(np.zeros_like(clean), outer, -1, 255, cv2.FILLED)
    if np.count_nonzero(clean) < _FULL * np.count_nonzero(filled):
        return None
    spread = float(clean.any(axis=0).mean())
    thickness = float(cv2.distanceTransform(clean, cv2.DIST_L2, 3)[clean > 0].mean())
    return _Blots(clean, np.asarray(filled, np.uint8), spread, float(np.percentile(tall[kept], _CAPITAL)), thickness)
