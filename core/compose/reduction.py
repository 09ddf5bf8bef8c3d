"""A picture as it is seen small, each pixel the mean of what it covers.

OpenCV's INTER_AREA does the same and is fast where a ratio is whole. Elsewhere rows are shared between pixels, and its
loop over them is what is dear: here they are brought together by small products of matrices, a few at a time. It is
halved first, as often as leaves it twice as large at least.
"""

from __future__ import annotations

import math
from functools import lru_cache

import cv2
import numpy as np

from core.compose.raster import Field, Picture

_TOGETHER = 4
"""Rows made by one product: more of them share fewer of their sources, and most of the product is zeros."""


def small(picture: Picture, width: int) -> Picture:
    """(rows, width, ...) of a picture or a mask that is no narrower; within a level of OpenCV's."""
    if picture.shape[1] == width:
        return picture
    height = max(1, round(width * picture.shape[0] / picture.shape[1]))
    return _made(picture, width, height, 0, height)


def renewed(before: Picture, picture: Picture, rows: slice) -> Picture:
    """`small` of a picture that differs in `rows` alone from the one that is seen as `before`."""
    height, width = before.shape[:2]
    high, halved = picture.shape[0], 1 << _halvings(picture, width)
    # A row that is halved with a changed one has changed.
    first = rows.start // halved * halved * height // high // _TOGETHER * _TOGETHER
    stop = math.ceil(rows.stop / halved) * halved
    last = min(height, math.ceil(stop * height / high / _TOGETHER) * _TOGETHER)
    seen = before.copy()
    seen[first:last] = _made(picture, width, height, first, last)
    return seen


def _made(picture: Picture, width: int, height: int, first: int, last: int) -> Picture:
    """The rows from `first`, with which a step begins, to `last` of (height, width, ...)."""
    halvings = _halvings(picture, width)
    high, wide = (side >> halvings for side in picture.shape[:2])
    steps = _steps(high, height)[first // _TOGETHER : math.ceil(last / _TOGETHER)]
    start, stop = steps[0][1].start, steps[-1][1].stop
    part = picture[start << halvings : stop << halvings]
    for _ in range(halvings):
        part = cv2.resize(part, None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA)
    rows = part.reshape(stop - start, -1).astype(np.float32)
    fewer: Field = np.empty((last - first, rows.shape[1]), np.float32)
    for made, of, shares in steps:
        np.matmul(shares, rows[of.start - start : of.stop - start], out=fewer[made.start - first : made.stop - first])
    means = cv2.resize(fewer.reshape(len(fewer), wide, -1), (width, len(fewer)), interpolation=cv2.INTER_AREA)
    return cv2.convertScaleAbs(means)


def _halvings(picture: Picture, width: int) -> int:
    (high, wide), times = picture.shape[:2], 0
    while wide >= 4 * width and not (high % 2 or wide % 2):
        high, wide, times = high // 2, wide // 2, times + 1
    return times


@lru_cache(32)
def _steps(side: int, fewer: int) -> tuple[tuple[slice, slice, Field], ...]:
    """Which rows of `fewer` are made of which of `side`, and the share of each in each."""
    ends = np.arange(fewer + 1) * (side / fewer)
    rows = np.arange(side)
    shares = np.minimum(ends[1:, None], rows + 1) - np.maximum(ends[:-1, None], rows)
    shares = (np.maximum(shares, 0) * (fewer / side)).astype(np.float32)
    steps = []
    for start in range(0, fewer, _TOGETHER):
        made = slice(start, min(start + _TOGETHER, fewer))
        used = np.flatnonzero(shares[made].any(axis=0))
        of = slice(int(used[0]), int(used[-1]) + 1)
        steps.append((made, of, np.ascontiguousarray(shares[made, of])))
    return tuple(steps)
