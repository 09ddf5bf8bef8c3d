"""What a variant shows of the studio's choices: one look per place in a set, and another one with every re-roll.

A place's looks never repeat one another's, nor those its siblings have had, until all are used up.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from itertools import product

from core.domain.job import PLACES

_TURNS = 18
"""Palettes by patterns by marks: how often a composition can be shown without repeating a look."""


@dataclass(frozen=True, slots=True)
class Look:
    """Indices into the tables of a vibe; whoever has fewer rows counts on from the first."""

    composition: int
    palette: int
    pattern: int
    """Of the ground."""
    mark: int


_FIRST = tuple(
    Look(place, palette, pattern, place % 2)
    for place, (palette, pattern) in enumerate(((0, 0), (1, 1), (2, 2), (0, 2), (1, 0), (2, 1)))
)
"""As a set is drawn; the first variant shows the vibe's own."""


def look(position: int) -> Look:
    """The look of a recipe's position."""
    turn, place = divmod(position, PLACES)
    return _turned(turn % _TURNS)[place]


@cache
def _turned(turn: int) -> tuple[Look, ...]:
    """The looks of all places after `turn` re-rolls of each."""
    if turn == 0:
        return _FIRST
    shown = [_turned(earlier) for earlier in range(turn)]
    return tuple(_other(place, shown) for place in range(PLACES))


def _other(place: int, shown: list[tuple[Look, ...]]) -> Look:
    """The look least like the one it takes the place of, those before it and those of the siblings.

    Neighbours in the tables of compositions differ in scheme or side, so the composition goes one further each time.
    """
    composition = (place - len(shown)) % PLACES
    own, sibling = [looks[place] for looks in shown], _FIRST[composition]
    same = [one for looks in shown for one in looks if one.composition == composition]

    def likeness(one: Look) -> tuple[bool, int]:
        grounds = [
            (_ground(one) in map(_ground, others), weight) for others, weight in ((own, 8), (_FIRST, 6), (same, 5))
        ]
        colours = 8 * (one.palette == sibling.palette) + 6 * (one.palette == own[-1].palette)
        rest = 2 * (one.pattern == own[-1].pattern) + (one.mark == own[-1].mark)
        return one in same, sum(weight for alike, weight in grounds if alike) + colours + rest

    candidates = (Look(composition, *rest) for rest in product(range(3), range(3), range(2)))
    return min(candidates, key=likeness)


def _ground(one: Look) -> tuple[int, int]:
    return one.palette, one.pattern
