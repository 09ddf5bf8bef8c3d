"""Distances between pictures, and the floor that the variants of a set keep."""

from dataclasses import replace
from itertools import combinations

import numpy as np
import pytest

from core.compose.distance import CELLS, CHANNELS, FLOOR, apart, distance, most_apart
from core.compose.impression import impression
from core.compose.studio import draw_plate, typeset
from core.compose.subject import Subject
from core.domain.brief import Vibe
from core.domain.format import FORMATS
from core.domain.job import PLACES
from tests.compose.builder import VIBES, recipe, somebody

PERSON = somebody(500)
CUT = Subject(np.ascontiguousarray(PERSON.rgba[:, :370]), PERSON.face, ("bottom", "right"))
"""A shoulder cut off: the person cannot change sides."""


def seen(vibe: Vibe, position: int, format_id: str, person: Subject | None) -> bytes:
    target, wanted = FORMATS[format_id], recipe(vibe, position, subtext="")
    plate = draw_plate(wanted, target, target.draft, person)
    return impression(typeset(wanted, target, target.draft, plate).picture)


def grey(level: int) -> bytes:
    return impression(np.full((432, 768, 3), level, np.uint8))


@pytest.mark.parametrize("vibe", VIBES)
def test_any_two_variants_of_a_set_are_told_apart_at_a_glance(vibe: Vibe) -> None:
    shown = [seen(vibe, position, "youtube", PERSON) for position in range(PLACES)]
    assert min(distance(one, other) for one, other in combinations(shown, 2)) > FLOOR


@pytest.mark.parametrize(
    ("vibe", "format_id", "person"),
    [
        (Vibe.MINIMALIST, "reels", PERSON),
        (Vibe.DOCUMENTARY, "square", PERSON),
        (Vibe.CINEMATIC, "x_header", CUT),
        (Vibe.TECH, "portrait", None),
    ],
)
def test_so_are_those_of_other_shapes_and_of_who_cannot_change_sides(
    vibe: Vibe, format_id: str, person: Subject | None
) -> None:
    shown = [seen(vibe, position, format_id, person) for position in range(PLACES)]
    assert min(distance(one, other) for one, other in combinations(shown, 2)) > FLOOR


def test_the_distance_of_two_greys_is_that_of_their_lightness() -> None:
    assert distance(grey(119), grey(119)) == 0.0
    assert distance(grey(0), grey(255)) == pytest.approx(100, abs=0.5)
    assert distance(grey(119), grey(125)) == pytest.approx(2.3, abs=0.5)  # L* 50.0 and 52.4


def test_what_is_no_impression_is_refused() -> None:
    with pytest.raises(ValueError, match="not two impressions"):
        distance(b"", bytes(CELLS * CELLS * CHANNELS))


def test_the_three_most_apart_leave_out_what_is_like_another() -> None:
    shown = [grey(level) for level in (0, 4, 120, 124, 250)]
    assert most_apart(shown, 3) == (0, 2, 4)
    assert most_apart(shown[:2], 3) == (0, 1)
    assert apart(shown[1], shown[2:]) > apart(shown[1], shown[:1]) > 0


def test_one_picture_painted_twice_is_set_differently() -> None:
    target, places = FORMATS["youtube"], (1, 4)
    drawn = draw_plate(recipe(Vibe.CINEMATIC), target, target.draft, PERSON)
    plate = replace(drawn, facts=replace(drawn.facts, adopted=True))
    one, other = (typeset(recipe(Vibe.CINEMATIC, place), target, target.draft, plate) for place in places)
    assert one.layout.lines[0].ink.centre != other.layout.lines[0].ink.centre
    assert distance(impression(one.picture), impression(other.picture)) > 1
