"""Plain shapes drawn onto a mask with smooth edges, at fractions of a pixel."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import ArrayLike, NDArray

from core.compose.raster import Mask

SHIFT = 4
"""Fractional bits of OpenCV's drawing coordinates."""


def polygon(mask: Mask, points: ArrayLike, value: int = 255) -> None:
    """Filled; `points`: (x, y) each, px."""
    cv2.fillPoly(mask, [_corners(points)], value, cv2.LINE_AA, SHIFT)


def outline(mask: Mask, points: ArrayLike, width: int) -> None:
    """The same as a closed line."""
    cv2.polylines(mask, [_corners(points)], True, 255, width, cv2.LINE_AA, SHIFT)


def disc(mask: Mask, centre: tuple[float, float], radius: float, value: int = 255, line: int = cv2.FILLED) -> None:
    cv2.circle(mask, (fixed(centre[0]), fixed(centre[1])), fixed(radius), value, line, cv2.LINE_AA, SHIFT)


def _corners(points: ArrayLike) -> NDArray[np.int32]:
    return np.round(np.asarray(points, np.float64) * (1 << SHIFT)).astype(np.int32)


def fixed(length: float) -> int:
    """px in OpenCV's drawing coordinates."""
    return round(length * (1 << SHIFT))
