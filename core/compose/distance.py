"""How far two pictures are apart at a glance, from their impressions. Imports no imaging library.

A picture is read as a feed shows it: `CELLS` x `CELLS` fields, each with its mean colour in CIELAB and how much its
lightness varies (the colour layout of MPEG-7, Kasutani and Yamada, ICIP 2001, with the structure a mean loses: type and
faces against flat ground). The distance is the mean over the fields of the Euclidean distance of those four, so it has
the unit of CIE76: 2.3 is just noticeable on one patch (Mahy and others, 1994).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import combinations

CELLS, CHANNELS = 8, 4
STEPS = (2.0, 1.0, 1.0, 2.0)
"""Of each channel's unit in an impression's byte: L*, a*, b*, standard deviation of L*."""
FLOOR = 4.5
"""Any two variants of a set lie farther apart. Another seed alone stays below it (`app.demo.variety` prints both)."""


def distance(one: bytes, other: bytes) -> float:
    """Between two impressions (`core.compose.impression`). Raises ValueError for bytes that are none."""
    if len(one) != CELLS * CELLS * CHANNELS or len(other) != len(one):
        raise ValueError("not two impressions")
    total = 0.0
    for cell in range(0, len(one), CHANNELS):
        total += math.hypot(*((one[cell + i] - other[cell + i]) / step for i, step in enumerate(STEPS)))
    return total / (CELLS * CELLS)


def apart(impression: bytes, others: Sequence[bytes]) -> float:
    """To the nearest of `others`, of which there is one at least."""
    return min(distance(impression, other) for other in others)


def most_apart(impressions: Sequence[bytes], count: int) -> tuple[int, ...]:
    """Places of the `count` whose nearest two are farthest apart, in order; all of them where there are no more."""

    def spread(places: tuple[int, ...]) -> tuple[float, float]:
        found = [distance(impressions[one], impressions[other]) for one, other in combinations(places, 2)]
        return min(found), sum(found)

    if len(impressions) <= count:
        return tuple(range(len(impressions)))
    return max(combinations(range(len(impressions)), count), key=spread)
