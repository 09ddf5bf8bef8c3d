"""How busy the parts of a picture are: where type would read, and what a crop may cut through."""

from __future__ import annotations

from functools import cached_property
from typing import Any

import cv2
from numpy.typing import NDArray

from core.compose.geometry import Box
from core.compose.raster import Picture

_LONG_SIDE = 240
"""Texture that a thumbnail's viewer sees survives at this size; grain does not."""
_LOUD = 26.0
"""Mean gradient, levels per px of the reduced copy, that counts as wholly busy: foliage, a crowd."""


class Quiet:
    """Gradients of a picture, summed up once, when first asked for, so that any box costs four look-ups."""

    def __init__(self, picture: Picture) -> None:
        self._picture, self._scale = picture, min(1.0, _LONG_SIDE / max(picture.shape[:2]))

    @cached_property
    def _sums(self) -> NDArray[Any]:
        high, wide = self._picture.shape[:2]
        size = (max(2, round(wide * self._scale)), max(2, round(high * self._scale)))
        grey = cv2.cvtColor(cv2.resize(self._picture, size, interpolation=cv2.INTER_AREA), cv2.COLOR_RGB2GRAY)
        across, down = cv2.Sobel(grey, cv2.CV_32F, 1, 0, scale=0.25), cv2.Sobel(grey, cv2.CV_32F, 0, 1, scale=0.25)
        return cv2.integral(cv2.magnitude(across, down))

    def busy(self, box: Box) -> float:
        """0 for a flat wall, 1 for foliage, of the part of `box` (px) inside the picture; 0 where it has none."""
        rows, columns = self._sums.shape[0] - 1, self._sums.shape[1] - 1
        left, right = (min(columns, max(0, round(x * self._scale))) for x in (box.left, box.right))
        top, bottom = (min(rows, max(0, round(y * self._scale))) for y in (box.top, box.bottom))
        if left >= right or top >= bottom:
            return 0.0
        sums = self._sums
        total = sums[bottom, right] - sums[top, right] - sums[bottom, left] + sums[top, left]
        return float(min(1.0, total / ((right - left) * (bottom - top)) / _LOUD))
