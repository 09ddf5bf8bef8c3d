"""Where head and type stand in a finished picture: what a prompt that changes it describes.

Imports no imaging library, so that whoever writes prompts stays small.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from core.domain.prompt import Area, Staging
from core.domain.record import Json

_AIR = 0.03
"""Of each side, around a block of type: letters lean, and have strokes and shadows."""


def outline(layout: Json, expected: Staging) -> Staging:
    """The stage of a picture by its stored `core.compose.layout.Layout`; what that does not know is as `expected`."""
    blocks = [[line["ink"] for line in layout[name]] for name in ("lines", "subtext")]
    areas = tuple(_around(block, layout, _AIR) for block in blocks if block)
    head = _around([layout["head"]], layout, 0.0) if layout["head"] else None
    return replace(expected, type_areas=areas or expected.type_areas, head=head)


def _around(boxes: Sequence[Json], layout: Json, air: float) -> Area:
    """All boxes in one area, in fractions of the canvas."""
    wide, high = layout["width"], layout["height"]
    left, top = min(box["left"] for box in boxes) / wide, min(box["top"] for box in boxes) / high
    right, bottom = max(box["right"] for box in boxes) / wide, max(box["bottom"] for box in boxes) / high
    return Area(max(0.0, left - air), max(0.0, top - air), min(1.0, right + air), min(1.0, bottom + air))
