"""The order in which remedies are tried, by numbers alone; and whole pictures that need one."""

from collections.abc import Mapping

import numpy as np
import pytest

from core.compose import remedy
from core.compose.fitting import holds
from core.compose.gate import least_small, refusing
from core.compose.geometry import Box
from core.compose.headline import DoesNotFit
from core.compose.plate import PlateFacts
from core.compose.quiet import Quiet
from core.compose.remedy import AS_BACKED, AS_SET, BACKINGS, BARE, FITTINGS, Backing, Fitting, mended
from core.compose.replacement import drawn
from core.compose.studio import Plate, draw_plate, typeset
from core.domain.brief import TextPlace, TypeEffect, Vibe
from core.domain.format import FORMATS
from core.domain.score import GATES, Gate, Repair
from tests.compose.builder import recipe, somebody

YOUTUBE = FORMATS["youtube"]
PERSON = somebody(500)
LONG = "I quit my job at the space agency today and nobody there told me why this changes everything"
Way = tuple[Fitting, Backing]


def figures(*missed: Gate) -> Mapping[Gate, float]:
    passing = {gate: 2 * row.figure if row.more_is_better else 0.0 for gate, row in GATES.items()}
    return {**passing, **{gate: 0.0 if GATES[gate].more_is_better else 9.0 for gate in missed}}


def way(fitting: Fitting, backing: Backing) -> Way:
    return fitting, backing


def test_what_passes_is_drawn_once_and_kept_as_it_is() -> None:
    asked: list[Way] = []

    def draw(fitting: Fitting, backing: Backing) -> Way:
        asked.append((fitting, backing))
        return fitting, backing

    assert mended(draw, lambda _: figures()) == ((AS_SET, AS_BACKED), None)
    assert asked == [(AS_SET, AS_BACKED)]


def test_lack_of_contrast_is_backed_by_the_first_remedy_that_helps() -> None:
    made, repair = mended(way, lambda one: figures() if one[1].shade else figures(Gate.CONTRAST))
    first = next(row for row in BACKINGS if row.shade)
    assert made == (AS_SET, first)
    assert repair == Repair((Gate.CONTRAST,), "", first.name, without=first.without)
    assert TypeEffect.GRADIENT in first.without, "people are told of what they asked for and do not get"


def test_a_thicker_stroke_that_has_no_room_does_not_keep_the_shade_from_being_tried() -> None:
    def draw(fitting: Fitting, backing: Backing) -> Way:
        if backing.stroke > 1:
            raise DoesNotFit(9)
        return fitting, backing

    (_, backing), repair = mended(draw, lambda one: figures() if one[1].shade else figures(Gate.CONTRAST))
    assert backing.shade and repair is not None and not repair.left


def test_low_letters_are_fitted_anew_and_then_backed_if_they_lost_their_contrast() -> None:
    def measured(one: Way) -> Mapping[Gate, float]:
        if not one[0].narrow:
            return figures(Gate.CAP_HEIGHT)
        return figures() if one[1].card else figures(Gate.CONTRAST)

    (fitting, backing), repair = mended(way, measured)
    assert (fitting.narrow, backing.card) == (True, True)
    assert repair is not None and repair.failed == (Gate.CAP_HEIGHT,) and repair.narrow


def test_what_does_not_fit_as_the_vibe_sets_it_may_fit_otherwise_or_is_refused() -> None:
    def draw(fitting: Fitting, backing: Backing) -> Way:
        if not fitting.around:
            raise DoesNotFit(9)
        return fitting, backing

    made, _ = mended(draw, lambda _: figures())
    assert made[0] == next(row for row in FITTINGS if row.around)
    with pytest.raises(DoesNotFit):
        mended(lambda fitting, backing: (_ for _ in ()).throw(DoesNotFit(9)), lambda _: figures())


def test_what_nothing_mends_names_its_gate() -> None:
    made, repair = mended(way, lambda _: figures(Gate.EYES))
    assert made == (AS_SET, AS_BACKED)
    assert repair is not None and repair.left == (Gate.EYES,)


def test_a_way_that_passes_every_refusing_gate_comes_before_one_that_does_not() -> None:
    def measured(one: Way) -> Mapping[Gate, float]:
        return figures(Gate.EYES, Gate.OVERLAYS) if one[0].narrow else figures(Gate.ON_FACE)

    (fitting, _), repair = mended(way, measured)
    assert fitting.narrow and repair is not None and not refusing(repair.left)


def test_what_only_the_photo_can_mend_is_delivered_and_says_so_and_what_fewer_words_mend_is_refused() -> None:
    assert {gate for gate, row in GATES.items() if not row.refuses} == {
        Gate.CONTRAST,
        Gate.SUBTEXT,
        Gate.SUBTEXT_HEIGHT,
        Gate.OVERLAYS,
        Gate.EYES,
    }
    cut = Plate(
        np.full((432, 768, 3), 90, np.uint8),
        np.zeros((432, 768), np.uint8),
        PlateFacts(face=Box(600, -60, 720, 90), head=Box(600, -90, 720, 90), adopted=True),
    )
    made = typeset(recipe(headline="No", subtext=""), YOUTUBE, YOUTUBE.draft, cut)
    assert made.layout.repair is not None and made.layout.repair.left == (Gate.EYES,)
    many = recipe(headline=LONG + " " + LONG, subtext="")
    with pytest.raises(DoesNotFit):
        typeset(many, YOUTUBE, YOUTUBE.draft, cut)


def test_every_remedy_has_a_name_of_its_own() -> None:
    for table in ((*FITTINGS, *BARE), BACKINGS):
        assert len({row.name for row in table} - {""}) == len(table)
    assert all(row.rebreak for row in remedy.FITTINGS)


def test_pale_type_on_a_glaring_ground_is_mended_and_its_layout_says_how() -> None:
    wanted = recipe(Vibe.CINEMATIC, subtext="", type_effects=(TypeEffect.INNER_GLOW,))
    glare = Plate(
        np.full((432, 768, 3), 238, np.uint8), np.zeros((432, 768), np.uint8), PlateFacts(face=None, head=None)
    )
    made = typeset(wanted, YOUTUBE, YOUTUBE.draft, glare)
    assert made.layout.repair is not None
    assert Gate.CONTRAST in made.layout.repair.failed and made.layout.repair.left == ()


def test_words_too_many_for_their_composition_get_another_one_and_its_plate_says_so() -> None:
    wanted = recipe(Vibe.MEME, headline=LONG, subtext="", text_place=TextPlace.AROUND)
    own = draw_plate(wanted, YOUTUBE, YOUTUBE.draft, PERSON)
    other = drawn(wanted, YOUTUBE, YOUTUBE.draft, PERSON)
    again = Plate.from_bytes(other.to_bytes())
    assert own.facts.instead is None and again.facts.instead == other.facts.instead is not None
    made = typeset(wanted, YOUTUBE, YOUTUBE.draft, again)
    assert made.layout.repair is None or made.layout.repair.left == ()


def test_words_that_fit_keep_the_recipes_own_plate_to_the_byte() -> None:
    wanted = recipe(headline="I quit my job", subtext="")
    own, kept = (how(wanted, YOUTUBE, YOUTUBE.draft, PERSON) for how in (draw_plate, drawn))
    assert own.to_bytes() == kept.to_bytes()


def test_whether_words_hold_on_a_plate_is_told_from_one_look_at_how_busy_it_is() -> None:
    picture = np.full((432, 768, 3), 90, np.uint8)
    picture[:, ::3] = 200
    quiet, corner = Quiet(picture), Box(0, 0, 90, 90)
    busy = quiet.busy(corner)
    picture[:] = 90
    assert quiet.busy(corner) == busy > Quiet(picture).busy(corner) == 0
    plate = Plate(picture, np.zeros((432, 768), np.uint8), PlateFacts(face=None, head=None, adopted=True))
    many = " ".join(12 * LONG.split())
    held = {line: holds(recipe(headline=line, subtext=""), YOUTUBE, YOUTUBE.draft, plate) for line in ("No", many)}
    assert held == {"No": True, many: False}
    assert holds(recipe(headline="\u13a0", subtext=""), YOUTUBE, YOUTUBE.draft, plate), (
        "no plate helps letters no face has"
    )


def test_a_small_line_is_enlarged_to_what_is_letters_or_left_out_and_that_is_said() -> None:
    """A header's smallest subtext beside one word; the same beside more words than leave it room."""
    wanted = recipe(Vibe.TECH, headline="Learn it", subtext="in ten quiet minutes every day", format="x_header")
    target = FORMATS["x_header"]
    plate = drawn(wanted, target, target.draft, PERSON)
    made = typeset(wanted, target, target.draft, plate)
    low = min(line.cap for line in made.layout.subtext)
    assert low >= least_small(target.family, target.draft) / 1.01
    crowded = recipe(Vibe.MEME, headline=LONG, subtext=" ".join(["small print"] * 20), text_place=TextPlace.AROUND)
    layout = typeset(crowded, YOUTUBE, YOUTUBE.draft, drawn(crowded, YOUTUBE, YOUTUBE.draft, PERSON)).layout
    assert layout.subtext == () and layout.lines
    assert layout.repair is not None and layout.repair.bare
