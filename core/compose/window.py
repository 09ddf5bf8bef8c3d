"""Which part of a picture becomes a plate: an exact ratio, the head whole and well placed, type space empty.

A window may reach beyond the picture; what is missing is then painted on (`extension`). Pure arithmetic in px.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from core.compose.geometry import Box
from core.domain.prompt import Area, Staging

_CROPS = (1.0, 0.93, 0.86, 0.78)
"""Widths tried inside the picture, over the widest that fits."""
_STEPS = 10
_EXTENSIONS = 6
_SAME = 1.02
"""Ratio of ratios up to which nothing is worth painting on."""
_MARGIN = 0.05
"""Of the head's height, kept inside the window around it."""
_NECK = 0.2
"""Of the head's height."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sight:
    """What a picture shows, in its own px."""

    width: int
    height: int
    head: Box | None
    touches: frozenset[str]
    """Edges the person is cut off by: "left", "top", "right", "bottom"."""
    busy: Callable[[Box], float]
    """0–1."""


def window(sight: Sight, ratio: float, stage: Staging, wanted_width: int) -> Box:
    """The best window of exactly `ratio` for the stage or its mirror; `wanted_width` is the plate's, so that enlarging
    counts."""
    stages = (stage, _mirrored(stage))
    return min(
        windows(sight, ratio),
        key=lambda box: _common(sight, box, wanted_width) + min(_staged(sight, box, one) for one in stages),
    )


def windows(sight: Sight, ratio: float) -> Iterator[Box]:
    """All windows that are weighed; the widest inside the picture is the first."""
    inside = min(float(sight.width), sight.height * ratio)
    around = max(float(sight.width), sight.height * ratio)
    widths = [inside * crop for crop in _CROPS]
    if around / inside > _SAME:
        widths += [inside * (around / inside) ** (step / _EXTENSIONS) for step in range(1, _EXTENSIONS + 1)]
    for width in widths:
        height = width / ratio
        for left in _places(sight.width, width):
            for top in _places(sight.height, height):
                yield Box(left, top, left + width, top + height)


def _places(whole: float, part: float) -> list[float]:
    """Offsets of a part along a side: within it, or around it where the part is longer. The middle comes first."""
    spare = whole - part
    if abs(spare) < 0.5:
        return [spare / 2]
    places = [spare * step / _STEPS for step in range(_STEPS + 1)]
    return sorted(places, key=lambda place: abs(place - spare / 2))


def _common(sight: Sight, box: Box, wanted_width: int) -> float:
    """What is lost, enlarged or painted on."""
    shown, ratio = _shared(box, Box(0, 0, sight.width, sight.height)), box.width / box.height
    widest = min(float(sight.width), sight.height * ratio)
    cost = 1.2 * max(0.0, 1 - shown / (widest * widest / ratio))
    cost += 0.5 * max(0.0, wanted_width / box.width - 2)
    missing = 1 - shown / (box.width * box.height)
    if missing > 0.002:
        cost += 0.1 + 0.7 * missing
        beyond = {
            "left": -box.left, "top": -box.top, "right": box.right - sight.width, "bottom": box.bottom - sight.height
        }  # fmt: skip
        for edge in sight.touches:
            # A body may fade out downwards; a cut head or shoulder may not hang in the air.
            upright = edge == "top" or (edge == "bottom" and _at_the_chin(sight))
            cost += (4.0 if upright else 0.25 if edge == "bottom" else 1.5) * (beyond[edge] > 1)
    return cost


def _staged(sight: Sight, box: Box, stage: Staging) -> float:
    """How far head and type space are from what the stage wants."""
    areas = [_placed(area, box) for area in stage.type_areas]
    cost = 0.8 * min(sight.busy(area) for area in areas)
    if sight.head is None:
        return cost
    head = sight.head
    margin = head.grown(_MARGIN * head.height)
    held = Box(
        max(0.0, margin.left), max(0.0, margin.top), min(sight.width, margin.right), min(sight.height, margin.bottom)
    )
    size = head.width * head.height
    cost += 30 * (1 - _shared(held, box) / (held.width * held.height))
    cost += 2 * min(_shared(head, area) for area in areas) / size
    cost += 4 * sum(_shared(head, _placed(zone, box)) for zone in stage.covered) / size
    if stage.head is None:
        return cost
    wanted = _placed(stage.head, box)
    x, y = ((one - other) for one, other in zip(head.centre, wanted.centre, strict=True))
    cost += 0.6 * math.hypot(x / box.width, y / box.height) / 0.3
    return cost + 0.9 * abs(math.log(head.height / wanted.height))


def _placed(area: Area, box: Box) -> Box:
    return Box(area.left, area.top, area.right, area.bottom).scaled(box.width, box.height).moved(box.left, box.top)


def _mirrored(stage: Staging) -> Staging:
    """Head and type on the other side; the platform covers what it covers."""

    def turned(area: Area) -> Area:
        return Area(1 - area.right, area.top, 1 - area.left, area.bottom)

    areas = tuple(map(turned, stage.type_areas))
    return replace(stage, type_areas=areas, head=stage.head and turned(stage.head))


def _at_the_chin(sight: Sight) -> bool:
    """The picture ends so close under the head that nothing is left to fade."""
    return sight.head is not None and sight.height - sight.head.bottom < _NECK * sight.head.height


def _shared(one: Box, other: Box) -> float:
    """Area in common."""
    wide = min(one.right, other.right) - max(one.left, other.left)
    high = min(one.bottom, other.bottom) - max(one.top, other.top)
    return max(0.0, wide) * max(0.0, high)
