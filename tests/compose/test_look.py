"""Re-rolls: each shows something else than what it takes the place of, what came before and what its siblings show."""

from itertools import combinations

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from core.compose.look import look
from core.compose.studio import typeset
from core.domain.brief import ColourPriority, Vibe
from core.domain.format import FORMATS
from core.domain.job import PLACES, rerolled
from tests.compose.builder import VIBES, kept_plate, recipe, somebody

PERSON = somebody(500)
REROLLS, SET = 3, 4
OTHERS = (("youtube", False), ("square", True), ("reels", True), ("x_header", True))
VISIBLE = {
    Vibe.BOLD: 15.0,
    Vibe.CLEAN: 7.0,
    Vibe.CINEMATIC: 10.0,
    Vibe.NEON: 7.0,
    Vibe.PASTEL: 8.0,
    Vibe.TECH: 4.5,
    Vibe.MINIMALIST: 3.9,
    Vibe.MEME: 13.0,
    Vibe.DOCUMENTARY: 5.0,
}
"""Mean difference of 0-255 at 168x94, over the whole picture; the darker and greyer a vibe, the smaller. A new seed
alone gives less than half of it; between a re-roll and another variant of the set half of it is asked."""


def small(position: int, vibe: Vibe, format_id: str, seed: int, person: bool, **answers: object) -> NDArray[np.int64]:
    target, wanted = FORMATS[format_id], recipe(vibe, position, seed, subtext="", **answers)
    plate = kept_plate(wanted, target, target.draft, PERSON if person else None)
    picture = Image.fromarray(typeset(wanted, target, target.draft, plate).picture)
    return np.asarray(picture.resize((168, 94), Image.Resampling.BOX)).astype(int)


def difference(one: NDArray[np.int64], other: NDArray[np.int64]) -> float:
    return float(np.abs(one - other).mean())


@pytest.mark.parametrize(
    ("vibe", "format_id", "person"),
    [(vibe, *shape) for index, vibe in enumerate(VIBES) for shape in (("youtube", True), OTHERS[index % len(OTHERS)])],
)
def test_re_rolls_differ_from_each_other_and_from_the_set(vibe: Vibe, format_id: str, person: bool) -> None:
    def drawn(position: int) -> NDArray[np.int64]:
        return small(position, vibe, format_id, 7, person, headline="Not a picture")

    shown = [[drawn(place + turn * PLACES) for turn in range(REROLLS + 1)] for place in range(SET)]
    for place, own in enumerate(shown):
        for (first, one), (second, other) in combinations(enumerate(own), 2):
            assert difference(one, other) > VISIBLE[vibe], (place, first, second)
        for turn, anew in enumerate(own[1:], 1):
            for sibling, (as_drawn, *_) in enumerate(shown):
                assert difference(anew, as_drawn) > VISIBLE[vibe] / 2, (place, turn, sibling)


def test_a_brand_of_one_colour_is_re_rolled_in_its_own_colour() -> None:
    brand = {"colours": ColourPriority.BRAND, "brand_colours": ("#6d28d9",)}
    own = [small(turn * PLACES, Vibe.BOLD, "youtube", 7, True, **brand) for turn in range(REROLLS + 1)]
    assert all(difference(one, other) > VISIBLE[Vibe.BOLD] for one, other in combinations(own, 2))


@pytest.mark.parametrize("vibe", VIBES)
def test_a_new_seed_alone_is_hardly_seen(vibe: Vibe) -> None:
    one, other = (small(0, vibe, "youtube", seed, True) for seed in (1, 2))
    assert difference(one, other) < VISIBLE[vibe] / 2


def test_no_look_comes_again_within_a_set_until_all_were_shown() -> None:
    looks = [look(place + turn * PLACES) for place in range(PLACES) for turn in range(18)]
    assert len(set(looks)) == len(looks) == PLACES * 18


def test_a_re_roll_takes_neither_the_colours_of_what_it_replaces_nor_its_siblings_of_that_composition() -> None:
    first = [look(place) for place in range(PLACES)]
    for place in range(PLACES):
        for turn in range(1, REROLLS + 3):
            before, now = look(place + (turn - 1) * PLACES), look(place + turn * PLACES)
            assert now.composition != before.composition and now.palette != before.palette
            assert now.palette != first[now.composition].palette


def test_a_re_roll_after_an_undone_one_is_another() -> None:
    assert [rerolled([2]), rerolled([2, 2 + PLACES, 2]), rerolled([3 + 2 * PLACES, 3])] == [
        2 + PLACES,
        2 + 2 * PLACES,
        3 + 3 * PLACES,
    ]
