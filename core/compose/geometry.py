"""Boxes and silhouettes as numbers: what the layout reasons with before anything is painted."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Box:
    """Pixels, or fractions of the canvas where a docstring says so; right and bottom are exclusive."""

    left: float
    top: float
    right: float
    bottom: float

    @property
    def width(self) -> float:
        return self.right - self.left

    @property
    def height(self) -> float:
        return self.bottom - self.top

    @property
    def centre(self) -> tuple[float, float]:
        return (self.left + self.right) / 2, (self.top + self.bottom) / 2

    def scaled(self, width: float, height: float) -> Box:
        return Box(self.left * width, self.top * height, self.right * width, self.bottom * height)

    def moved(self, dx: float, dy: float) -> Box:
        return Box(self.left + dx, self.top + dy, self.right + dx, self.bottom + dy)

    def grown(self, by: float) -> Box:
        return Box(self.left - by, self.top - by, self.right + by, self.bottom + by)

    def mirrored(self, width: float = 1.0) -> Box:
        return Box(width - self.right, self.top, width - self.left, self.bottom)

    def meets(self, other: Box) -> bool:
        return (
            self.left < other.right and other.left < self.right and self.top < other.bottom and other.top < self.bottom
        )

    def turned(self, degrees: float, about: tuple[float, float]) -> Box:
        """Bounds of the box after a counter-clockwise turn on screen."""
        if not degrees:
            return self
        cos, sin = math.cos(math.radians(degrees)), math.sin(math.radians(degrees))
        corners = [(x - about[0], y - about[1]) for x in (self.left, self.right) for y in (self.top, self.bottom)]
        xs = [about[0] + x * cos + y * sin for x, y in corners]
        ys = [about[1] - x * sin + y * cos for x, y in corners]
        return Box(min(xs), min(ys), max(xs), max(ys))


def bounds(boxes: Iterable[Box]) -> Box:
    """The smallest box around at least one box."""
    rows = tuple(boxes)
    return Box(
        min(row.left for row in rows),
        min(row.top for row in rows),
        max(row.right for row in rows),
        max(row.bottom for row in rows),
    )


def clear_of(area: Box, zones: Sequence[Box]) -> Box:
    """The largest part of `area`, cut by straight edges, that meets none of `zones`."""
    for zone in zones:
        if area.meets(zone):
            rests = (
                Box(area.left, area.top, zone.left, area.bottom),
                Box(zone.right, area.top, area.right, area.bottom),
                Box(area.left, area.top, area.right, zone.top),
                Box(area.left, zone.bottom, area.right, area.bottom),
            )
            area = max(rests, key=lambda rest: max(0.0, rest.width) * max(0.0, rest.height))
    return area


@dataclass(frozen=True, slots=True)
class Silhouette:
    """The subject's outermost columns in horizontal strips of equal height, in pixels.

    An empty strip has `left` = inf and `right` = -inf, so that min() and max() over strips need no special case.
    """

    strip: float
    lefts: tuple[float, ...] = ()
    rights: tuple[float, ...] = ()

    def extent(self, top: float, bottom: float) -> tuple[float, float]:
        """Outermost columns between two heights; (inf, -inf) when nothing is there."""
        first = max(0, int(top // self.strip))
        last = max(first, math.ceil(bottom / self.strip))
        lefts, rights = self.lefts[first:last], self.rights[first:last]
        return (min(lefts), max(rights)) if lefts else (math.inf, -math.inf)

    @property
    def foot(self) -> float:
        """Lower edge of the last strip in which something is; 0 without any."""
        return self.strip * max((row + 1 for row, left in enumerate(self.lefts) if left < math.inf), default=0)

    def above(self, height: float) -> Silhouette:
        """Only the part over `height`: what type must keep clear of where it may cross the body."""
        count = max(0, math.ceil(height / self.strip))
        return Silhouette(self.strip, self.lefts[:count], self.rights[:count])

    def below(self, height: float) -> Silhouette:
        """Only the part under `height`."""
        count = min(len(self.lefts), max(0, math.floor(height / self.strip)))
        lefts, rights = self.lefts[count:], self.rights[count:]
        return Silhouette(self.strip, (math.inf,) * count + lefts, (-math.inf,) * count + rights)

    def including(self, box: Box) -> Silhouette:
        """The silhouette and a box: a face's corners count even where the cheek is narrower."""
        first, last = int(box.top // self.strip), math.ceil(box.bottom / self.strip)
        rows = list(zip(self.lefts, self.rights, strict=True))
        for row in range(max(0, first), min(last, len(rows))):
            rows[row] = min(rows[row][0], box.left), max(rows[row][1], box.right)
        return Silhouette(self.strip, tuple(left for left, _ in rows), tuple(right for _, right in rows))

    def meets(self, box: Box, margin: float = 0.0) -> bool:
        left, right = self.extent(box.top, box.bottom)
        return left - margin < box.right and box.left < right + margin
