"""Bold type across a body: a slanted band behind each block, no higher than its lines."""

from __future__ import annotations

import math
from collections.abc import Sequence

import cv2
import numpy as np

from core.compose.arrangement import Scheme
from core.compose.geometry import Box, bounds
from core.compose.layer import Layer, lay_flat
from core.compose.layout import Layout
from core.compose.raster import Mask, soft
from core.compose.shape import polygon

_AIR = 0.03
"""Of the short side, over and under the letters."""
_STRIPE = 0.014
"""Of the short side."""
_LEAN = 1.2
"""Degrees by which a band leans that its type does not."""
_SLANT, _BAR, _WIDER, _BETWEEN, _CLEAR = 0.5, 0.02, 1.45, 0.028, 0.045
"""Of the bars: px aside per px up; the first one's width, over the short side, and each next one's over it; what is
clear between them and beside the type, over the short side."""
_ROOM = 0.1
"""Of the width, beside the type: less is its margin."""


def draw(layout: Layout, silhouette: Mask) -> Layer | None:
    """The bands of a layout whose type crosses the body; None for any other.

    `silhouette` is the plate's: a body that ends above the lower edge ends behind the last band.
    """
    if layout.scheme not in (Scheme.BOTTOM, Scheme.AROUND) or not layout.lines:
        return None
    short, far = min(layout.width, layout.height), 4.0 * max(layout.width, layout.height)
    lean = math.tan(math.radians(layout.angle or _LEAN)) * layout.width / 2
    rgb = np.zeros((layout.height, layout.width, 3), np.uint8)
    alpha: Mask = np.zeros((layout.height, layout.width), np.uint8)
    for box in _blocks(layout):
        low = layout.head is None or box.centre[1] > layout.head.centre[1]
        top = box.top - _AIR * short if low else -far
        bottom = far if low and _ends(box, layout) else box.bottom + _AIR * short
        if low:
            top = min(top, _foot(silhouette) - 0.5 * _AIR * short)
        outer, inner = (_slanted(layout, top + inset, bottom - inset, lean) for inset in (0.0, _STRIPE * short))
        for colour, mask, opacity in (
            ("#000000", soft(outer, 0.025 * short), 0.45), (layout.palette.pop, outer, 1.0),
            (layout.palette.shade, inner, 1.0),
        ):  # fmt: skip
            lay_flat(rgb, alpha, colour, mask, opacity)
        if bottom == far:
            bars = _bars(layout, bounds(layout.text_boxes))
            lay_flat(rgb, alpha, layout.palette.pop, cv2.min(bars, inner))
    return Layer(0, 0, rgb, alpha).trimmed()


def _blocks(layout: Layout) -> Sequence[Box]:
    """What stands together, before its turn: the band turns with it."""
    lines = [line.ink for line in (*layout.lines, *layout.subtext)]
    head = layout.head
    if layout.scheme is Scheme.BOTTOM or head is None:
        return (bounds(lines),)
    over_head = [ink for ink in lines if ink.centre[1] < head.centre[1]]
    parts = (over_head, [ink for ink in lines if ink not in over_head])
    return [bounds(part) for part in parts if part]


def _ends(box: Box, layout: Layout) -> bool:
    """Under the band nothing worth seeing would be left."""
    return box.bottom > 0.8 * layout.height


def _bars(layout: Layout, block: Box) -> Mask:
    """Slanted bars from the type to both edges, the further out the wider: no end of the band is left empty."""
    mask = np.zeros((layout.height, layout.width), np.uint8)
    short, (_, middle) = min(layout.width, layout.height), block.centre
    for way, start, room in ((1, block.right, layout.width - block.right), (-1, block.left, block.left)):
        if room < _ROOM * layout.width:
            continue
        x, wide = start + way * (_CLEAR * short + _SLANT * block.height / 2), _BAR * short
        while 0 < x < layout.width:
            far = x + way * wide
            polygon(
                mask,
                [
                    (at + _SLANT * (middle - y), y)
                    for at, y in ((x, 0), (far, 0), (far, layout.height), (x, layout.height))
                ],
            )
            x, wide = far + way * _BETWEEN * short, _WIDER * wide
    return mask


def _foot(silhouette: Mask) -> float:
    """Where the body ends, px; infinite when it leaves the picture."""
    rows = np.flatnonzero((silhouette > 200).any(axis=1))
    return float(rows[-1]) if rows.size and rows[-1] < silhouette.shape[0] - 2 else math.inf


def _slanted(layout: Layout, top: float, bottom: float, lean: float) -> Mask:
    mask = np.zeros((layout.height, layout.width), np.uint8)
    pivot, width = layout.pivot[0], layout.width
    left, right = lean * pivot / (width / 2), lean * (width - pivot) / (width / 2)
    polygon(mask, [(0.0, top + left), (width, top - right), (width, bottom - right), (0.0, bottom + left)])
    return mask
