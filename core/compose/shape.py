"""Plain shapes drawn onto a mask with smooth edges, at fractions of a pixel."""

from __future__ import annotations

import math

import cv2
import numpy as np
from numpy.typing import ArrayLike, NDArray

from core.compose.geometry import Box
from core.compose.raster import Mask, to_mask

_BITS = 4
"""Fractional bits of OpenCV's drawing coordinates."""


def polygon(mask: Mask, points: ArrayLike, value: int = 255) -> None:
    """Filled; `points`: (x, y) each, px."""
    cv2.fillPoly(mask, [_corners(points)], value, cv2.LINE_AA, _BITS)


def path(mask: Mask, points: ArrayLike, width: float, value: int = 255, *, closed: bool = False) -> None:
    """From point to point, `width` px thick, one at least."""
    cv2.polylines(mask, [_corners(points)], closed, value, max(1, round(width)), cv2.LINE_AA, _BITS)


def ellipse(mask: Mask, centre: tuple[float, float], axes: tuple[float, float]) -> None:
    """Filled; `axes`: half its width and height, px."""
    cv2.ellipse(mask, _at(centre), _at(axes), 0, 0, 360, 255, cv2.FILLED, cv2.LINE_AA, _BITS)


def arc(
    mask: Mask,
    centre: tuple[float, float],
    axes: tuple[float, float],
    width: float,
    span: tuple[float, float] = (0, 360),
    turn: float = 0.0,
) -> None:
    """A part of an ellipse's line, by degrees clockwise from its right end, turned by as many."""
    thick = max(1, round(width))
    cv2.ellipse(mask, _at(centre), _at(axes), turn, *span, 255, thick, cv2.LINE_AA, _BITS)


def disc(mask: Mask, centre: tuple[float, float], radius: float, value: int = 255, line: int = cv2.FILLED) -> None:
    cv2.circle(mask, _at(centre), _fixed(radius), value, line, cv2.LINE_AA, _BITS)


def _corners(points: ArrayLike) -> NDArray[np.int32]:
    return np.round(np.asarray(points, np.float64) * (1 << _BITS)).astype(np.int32)


def rounded(mask: Mask, box: Box, radius: float, angle: float = 0.0) -> None:
    """A rectangle with round corners, turned counter-clockwise by `angle` degrees about its own middle. By each pixel's
    distance to its edge, not by OpenCV's: what stands behind a word may be a line two pixels wide."""
    turn, (cx, cy) = math.radians(angle), box.centre
    cos, sin = np.float32(math.cos(turn)), np.float32(math.sin(turn))
    seen = box.turned(angle, (cx, cy)).grown(1)
    x0, y0 = max(0, math.floor(seen.left)), max(0, math.floor(seen.top))
    x1, y1 = min(mask.shape[1], math.ceil(seen.right)), min(mask.shape[0], math.ceil(seen.bottom))
    if x0 >= x1 or y0 >= y1:
        return
    corner = min(radius, box.width / 2, box.height / 2)
    x = np.arange(x0, x1, dtype=np.float32) + np.float32(0.5 - cx)
    y = np.arange(y0, y1, dtype=np.float32) + np.float32(0.5 - cy)
    across = np.abs(cos * x - (sin * y)[:, None]) - np.float32(box.width / 2 - corner)
    down = np.abs(sin * x + (cos * y)[:, None]) - np.float32(box.height / 2 - corner)
    outside = cv2.magnitude(np.maximum(across, 0), np.maximum(down, 0))
    inside = np.minimum(np.maximum(across, down), 0)
    part = mask[y0:y1, x0:x1]
    cv2.max(part, to_mask(np.float32(0.5 + corner) - outside - inside), dst=part)


def _at(point: tuple[float, float]) -> tuple[int, int]:
    return _fixed(point[0]), _fixed(point[1])


def _fixed(length: float) -> int:
    return round(length * (1 << _BITS))
