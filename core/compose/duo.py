"""Two people in one picture: where each stands, at one height, nobody mirrored."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from core.compose.arrangement import Arrangement
from core.compose.geometry import Box, bounds
from core.compose.pairing import Pair, single, together
from core.compose.stance import Stance, stand
from core.compose.subject import Subject
from core.domain.format import Size

_UNLIKE = 1.04
"""Ratio of two faces' heights that is seen."""
_SMALLER, _TRIES = 0.94, 8
"""What two faces that would cover each other shrink by at a time, and how often; what grew to hide its lower edge
shrinks by less than it is told."""
_NECK = 0.13
"""Of a head's height, under the chin: what stands before the two leaves it free."""


@dataclass(frozen=True, slots=True)
class Duo:
    people: tuple[tuple[Subject, Stance], ...]
    """In the order they are painted: who stands in front comes last."""
    heads: tuple[Box, ...]
    """px of the picture, from left to right."""
    faces: tuple[Box, ...]

    @property
    def grounded(self) -> bool:
        return all(stance.grounded for _, stance in self.people)

    @property
    def foot(self) -> float:
        """Where the first of them ends; below every chin."""
        least = max(head.bottom + _NECK * head.height for head in self.heads)
        return max(least, min(stance.foot for _, stance in self.people))

    @property
    def middle(self) -> Box:
        """One head's size between both: what a ground is painted around."""
        x, y = bounds(self.heads).centre
        wide, high = self.heads[0].width, self.heads[0].height
        return Box(x - wide / 2, y - high / 2, x + wide / 2, y + high / 2)


def pair_of(second: Subject | None) -> Pair:
    return Pair.TOGETHER if second is None else Pair.APART


def duo(first: Subject, second: Subject | None, row: Arrangement, size: Size, zones: Sequence[Box]) -> Duo:
    """The first on the left of the second; without one, both are on the first's photo (`Subject.faces`)."""
    placed = [(first, together(row))] if second is None else _sides(first, second, row)
    stances = [_stood(subject, place, size, zones) for subject, place in placed]
    for _ in range(_TRIES):
        # Faces, not heads: a hat does not make its wearer smaller.
        least = min(stance.face.height for stance in stances) * (_SMALLER if _meeting(stances) else 1.0)
        ratios = [least / stance.face.height for stance in stances]
        shares = [ratio if ratio * _UNLIKE < 1 else 1.0 for ratio in ratios]
        if min(shares) == 1.0:
            break
        # A photo cut close under the chin was enlarged to hide that; beside the other that is the worse of the two.
        placed = [
            (subject, replace(place, head=place.head * share))
            for (subject, place), share in zip(placed, shares, strict=True)
        ]
        stances = [_stood(subject, place, size, zones) for subject, place in placed]
    chin = min(stance.face.bottom for stance in stances)
    level = [_raised(stance, stance.face.bottom - chin, size) for stance in stances]
    people = tuple((subject, stance) for (subject, _), stance in zip(placed, level, strict=True))
    return Duo(people, *_seen(people))


def _meeting(stances: Sequence[Stance]) -> bool:
    """Whether one face covers the other: zones push people together."""
    faces = sorted((stance.face for stance in stances), key=lambda face: face.left)
    return any(left.right > right.left for left, right in pairwise(faces))


def _sides(first: Subject, second: Subject, row: Arrangement) -> list[tuple[Subject, Arrangement]]:
    assert row.beside is not None
    left, right = sorted((row.at, row.beside))
    placed = [(first, single(row, left)), (second, single(row, right))]
    return placed if row.at == right else placed[::-1]


def _stood(subject: Subject, row: Arrangement, size: Size, zones: Sequence[Box]) -> Stance:
    high, wide = subject.rgba.shape[:2]
    return stand((wide, high), subject.target, subject.crown, subject.touches, row, size, zones, subject.ends)


def _raised(stance: Stance, by: float, size: Size) -> Stance:
    foot = stance.foot - by
    face, head = stance.face.moved(0, -by), stance.head.moved(0, -by)
    return replace(stance, top=stance.top - by, face=face, head=head, foot=foot, grounded=foot >= size.height - 1)


def _seen(people: Sequence[tuple[Subject, Stance]]) -> tuple[tuple[Box, ...], tuple[Box, ...]]:
    """Heads and faces in the picture; on one photo the higher crown counts for both."""
    faces = [
        (face.scaled(stance.scale, stance.scale).moved(stance.left, stance.top), stance.head.top)
        for subject, stance in people
        for face in subject.faces or (subject.target,)
    ]
    faces.sort(key=lambda row: row[0].left)
    return tuple(replace(face, top=top) for face, top in faces), tuple(face for face, _ in faces)
