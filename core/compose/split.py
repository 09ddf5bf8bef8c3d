"""Ways to cut a headline's words into lines."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import combinations, pairwise

from core.compose.measure import Measure
from core.compose.seam import GLUE, joined

_ALL_SPLITS_UP_TO = 8
"""Words: 2^7 splits are tried whole; longer headlines use balanced splits only."""


def breaks(words: Sequence[str], measure: Measure, most_lines: int) -> Iterator[tuple[tuple[int, int], ...]]:
    """Ways to cut words into lines, each a tuple of half-open ranges."""
    count = len(words)
    if count <= _ALL_SPLITS_UP_TO:
        for cuts in range(min(count, most_lines)):
            for inner in combinations(range(1, count), cuts):
                edges = (0, *inner, count)
                yield tuple(pairwise(edges))
        return
    widths = [measure.advance(joined((word,)) if word.endswith(GLUE) else word + " ") for word in words]
    yield from _balanced(tuple(widths), min(count, most_lines))


@lru_cache(256)
def _balanced(widths: tuple[float, ...], most_lines: int) -> tuple[tuple[tuple[int, int], ...], ...]:
    """For every number of lines from 2 the split whose widest run is narrowest, by dynamic programming."""
    count = len(widths)
    upto = [0.0]
    for width in widths:
        upto.append(upto[-1] + width)
    best: list[list[tuple[float, int]]] = [[(upto[end], 0) for end in range(count + 1)]]
    splits = []
    for line in range(1, most_lines):
        before, row, cut = best[-1], [(math.inf, 0)] * (count + 1), line
        for end in range(line + 1, count + 1):
            # With a later cut what is before it is wider and what follows narrower: the best is where they meet, and
            # that moves on with the end.
            while cut + 1 < end and before[cut][0] < upto[end] - upto[cut]:
                cut += 1
            near = range(max(line, cut - 1), cut + 1)
            row[end] = min((max(before[at][0], upto[end] - upto[at]), at) for at in near)
        best.append(row)
        splits.append(_traced(best))
    return tuple(splits)


def _traced(best: Sequence[Sequence[tuple[float, int]]]) -> tuple[tuple[int, int], ...]:
    """The lines that lead to the last row's last column."""
    edges = [len(best[0]) - 1]
    for row in reversed(best[1:]):
        edges.append(row[edges[-1]][1])
    edges.append(0)
    edges.reverse()
    return tuple(pairwise(edges))
