"""Whether words can stand in an area at all, as a sum of widths and heights, before any line break is searched.

A lower bound: letters of the smallest size, broken as tightly as pieces allow, on the ground beside the subject. What
it refuses no search finds; what it lets pass may still not fit.
"""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from itertools import accumulate

from core.compose.geometry import Box, Silhouette
from core.compose.headline import Setting
from core.compose.measure import Measure
from core.compose.seam import GLUE

_KERNED = 0.95
"""Of the pieces' own widths, what a line of them takes at least: they are drawn towards each other, and what hangs over
is counted with each."""


@dataclass(frozen=True, slots=True)
class Ruler:
    """The pieces of a headline in em."""

    upto: tuple[float, ...]
    """Width of the first n pieces with the spaces after them."""
    space: float
    cap: float
    above: float
    """Of the lowest piece without capitals, over its baseline."""

    def holds(self, first: int, last: int, areas: Iterable[Box], setting: Setting, subject: Silhouette) -> bool:
        """Whether the pieces of a half-open range may stand in one of the areas."""
        return any(self._held(first, last, area, setting, subject) for area in areas)

    def largest(self, first: int, last: int, area: Box) -> float:
        """Capital height in px no block of the pieces exceeds."""
        wide = max(1e-3, self._width(first, last)) / self.cap
        return math.sqrt(max(0.0, area.width * area.height) / wide)

    def _width(self, first: int, last: int) -> float:
        return _KERNED * (self.upto[last] - self.upto[first] - self.space)

    def _held(self, first: int, last: int, area: Box, setting: Setting, subject: Silhouette) -> bool:
        size = setting.smallest / self.cap
        pad, tall = setting.pad * self.cap, self.above if setting.tall else self.cap
        pitch = tall + max(setting.gap, setting.pad) * self.cap
        lines = min(setting.most_lines, int((area.height / size + pitch - tall - 2 * pad + 1e-6) / pitch))
        if lines < 1 or area.width <= 0 or not self._broken(first, last, area.width / size - 2 * pad, lines):
            return False
        ground = _free(area, setting.margin, subject) + (pitch - tall) * size * area.width
        return self._width(first, last) * pitch * size * size <= ground

    def _broken(self, first: int, last: int, room: float, lines: int) -> bool:
        """Whether so many lines of that width, in em, take the pieces, none broken before it is full."""
        at = first
        for _ in range(lines):
            full = bisect_right(self.upto, self.upto[at] + room / _KERNED + self.space) - 1
            if full <= at:
                return False
            at = full
            if at >= last:
                return True
        return False


@lru_cache(64)
def ruler(pieces: tuple[str, ...], measure: Measure) -> Ruler:
    space = max(0.0, measure.advance("| |") - measure.advance("||"))
    bare = [piece.removesuffix(GLUE) for piece in pieces]
    widths = [
        measure.advance(text) + (0.0 if piece.endswith(GLUE) else space)
        for text, piece in zip(bare, pieces, strict=True)
    ]
    above = min((max(0.6 * measure.cap, measure.ink(text)[0]) for text in bare), default=measure.cap)
    return Ruler((0.0, *accumulate(widths)), space, measure.cap, above)


def _free(area: Box, margin: float, subject: Silhouette) -> float:
    """px² of an area on the roomier side of the subject, strip by strip."""
    if not subject.lefts:
        return area.width * area.height
    first, last = max(0, int(area.top // subject.strip)), math.ceil(area.bottom / subject.strip)
    ground = 0.0
    for row in range(first, last):
        high = min(area.bottom, (row + 1) * subject.strip) - max(area.top, row * subject.strip)
        wide = area.width
        if row < len(subject.lefts) and subject.lefts[row] <= subject.rights[row]:
            left, right = subject.lefts[row] - margin, subject.rights[row] + margin
            wide = min(wide, max(0.0, left - area.left, area.right - right))
        ground += wide * high
    return ground
