"""Two people in one picture: where they stand, and that words keep off both."""

from dataclasses import replace
from functools import cache

import numpy as np
import pytest

from core.compose.adoption import Person, reframed, whole
from core.compose.arrangement import Scheme
from core.compose.duo import duo
from core.compose.geometry import Box, bounds
from core.compose.pairing import Pair, paired
from core.compose.palette import channels
from core.compose.refit import refit
from core.compose.staging import staging
from core.compose.studio import Composition, Plate, draw_plate, typeset
from core.compose.subject import Subject
from core.compose.zone import hard_zones
from core.domain.brief import Brief, People, TextPlace, Vibe
from core.domain.format import FORMATS
from tests.compose.builder import VIBES, recipe, somebody

FIRST, SECOND = somebody(), somebody(700)
YOUTUBE = FORMATS["youtube"]


def us() -> Subject:
    """Both on one photo, shoulder to shoulder."""
    left, right = FIRST.rgba, FIRST.rgba
    reach = left.shape[1] - 120
    rgba = np.zeros((left.shape[0], reach + right.shape[1], 4), np.uint8)
    rgba[:, : left.shape[1]] = left
    covered = right[..., 3:] > 0
    rgba[:, reach:] = np.where(covered, right, rgba[:, reach:])
    assert FIRST.face is not None
    faces = (FIRST.face, FIRST.face.moved(reach, 0))
    return Subject(rgba, bounds(faces), ("bottom",), faces)


@cache
def drawn(vibe: Vibe, format_id: str, position: int = 0, *, together: bool = False) -> tuple[Plate, Composition]:
    wanted, target = recipe(vibe, position, selfies=("a", "b"), people=People.TWO, subtext=""), FORMATS[format_id]
    first, second = (us(), None) if together else (FIRST, SECOND)
    plate = draw_plate(wanted, target, target.draft, first, None, second)
    stored = Plate.from_bytes(plate.to_bytes())
    assert stored.facts == plate.facts
    return plate, typeset(wanted, target, target.draft, stored)


SAMPLES = [(vibe, list(FORMATS)[number % len(FORMATS)], number % 6) for number, vibe in enumerate(VIBES)]


def test_words_keep_off_both_faces_in_every_vibe_and_format() -> None:
    for vibe, format_id, position in SAMPLES:
        plate, composition = drawn(vibe, format_id, position)
        assert composition.layout.lines and len(composition.layout.faces) == 2
        for face in plate.facts.faces:
            for box in composition.layout.text_boxes:
                assert _shared(box, face) <= 0.05 * face.width * face.height, (vibe, format_id, position)


def test_no_band_of_type_covers_a_face() -> None:
    plate, composition = drawn(Vibe.BOLD, "reels", 3)
    assert composition.layout.scheme is Scheme.BOTTOM
    for face in plate.facts.faces:
        part = slice(round(face.top), round(face.bottom)), slice(round(face.left), round(face.right))
        assert (composition.picture[part] == plate.picture[part]).all()


def test_two_faces_are_of_one_height_and_level() -> None:
    for vibe, format_id, position in SAMPLES:
        left, right = drawn(vibe, format_id, position)[0].facts.faces
        assert left.right < right.left
        assert left.height == pytest.approx(right.height, rel=0.05)
        assert left.bottom == pytest.approx(right.bottom, abs=1.5)


def test_no_face_covers_the_other_where_a_platform_leaves_little_room() -> None:
    close = replace(SECOND, rgba=SECOND.rgba[: round(SECOND.target.bottom + 0.3 * SECOND.target.height)])
    target = FORMATS["whatsapp"]
    for position in range(6):
        row = paired(recipe(Vibe.CLEAN, position).brief, target.family, position, Pair.APART)
        zones = hard_zones(target, target.draft, recipe(Vibe.CLEAN).brief)
        left, right = duo(FIRST, close, row, target.draft, zones).faces
        assert left.right <= right.left and left.height == pytest.approx(right.height, rel=0.05), position


def test_nobody_stands_where_the_platform_covers_the_picture() -> None:
    for vibe in (Vibe.BOLD, Vibe.CLEAN):
        for position in range(6):
            row = paired(Brief(vibe=vibe), YOUTUBE.family, position, Pair.APART)
            zones = hard_zones(YOUTUBE, YOUTUBE.draft, Brief())
            both = duo(FIRST, SECOND, row, YOUTUBE.draft, zones)
            assert zones and not any(face.meets(zone) for face in both.faces for zone in zones), (vibe, position)


def test_two_who_touch_on_one_photo_move_as_one() -> None:
    plate, composition = drawn(Vibe.CLEAN, "youtube", 1, together=True)
    left, right = plate.facts.faces
    assert plate.facts.pair is Pair.TOGETHER and left.height == pytest.approx(right.height)
    assert not any(box.meets(face) for box in composition.layout.text_boxes for face in (left, right))


def test_around_the_face_is_between_the_faces() -> None:
    brief = Brief(vibe=Vibe.BOLD, text_place=TextPlace.AROUND)
    assert {paired(brief, YOUTUBE.family, place, Pair.APART).scheme for place in range(6)} == {Scheme.BETWEEN}


def test_a_painted_pair_stays_one_in_every_format() -> None:
    plate, _ = drawn(Vibe.NEON, "youtube", 2)
    wanted = recipe(Vibe.NEON, selfies=("a", "b"), people=People.TWO)
    masks = [np.where(np.arange(768)[None, :] < 576, plate.silhouette, 0), plate.silhouette]
    people = [Person(face, mask.astype(np.uint8)) for face, mask in zip(plate.facts.faces, masks, strict=True)]
    target = FORMATS["square"]
    adopted = reframed(whole(plate.picture, people), wanted, YOUTUBE, YOUTUBE.draft).plate
    assert adopted.facts.pair is Pair.TOGETHER and len(adopted.facts.heads) == 2
    square = refit(adopted, wanted, target, target.draft)
    layout = typeset(wanted, target, target.draft, square).layout
    assert len(layout.faces) == 2 and layout.lines


def test_the_stage_of_two_names_both_heads() -> None:
    stage = staging(Brief(headline="Us", selfies=("a", "b"), people=People.TWO), YOUTUBE, 0)
    left, right = stage.heads
    assert left.right < right.left and stage.head is not None
    assert (stage.head.left, stage.head.right) == (left.left, right.right)


CUT = tuple(
    replace(one, rgba=one.rgba[: round(one.target.bottom + far * one.target.height)])
    for one, far in ((FIRST, 0.4), (SECOND, 0.7))
)
"""Their photos end under the collar, each at another height."""


@pytest.mark.parametrize("vibe", [Vibe.CLEAN, Vibe.PASTEL, Vibe.MINIMALIST])
def test_what_two_stand_behind_on_paper_is_seen_and_no_word_crosses_its_edge(vibe: Vibe) -> None:
    beside = 0
    for position in range(6):
        wanted = recipe(vibe, position, selfies=("a", "b"), people=People.TWO, subtext="")
        if paired(wanted.brief, YOUTUBE.family, position, Pair.APART).over_body:
            continue
        plate = draw_plate(wanted, YOUTUBE, YOUTUBE.draft, CUT[0], None, CUT[1])
        sheet = np.flatnonzero((plate.silhouette > 127).all(axis=1))
        assert sheet.size, position
        high = round(0.1 * YOUTUBE.draft.height)
        step = np.abs(np.diff(plate.picture[sheet[0] - high :, -2].astype(int), axis=0)).sum(axis=1)
        assert step.max() > 25, (vibe, position)
        layout = typeset(wanted, YOUTUBE, YOUTUBE.draft, plate).layout
        assert layout.lines and all(line.ink.bottom <= sheet[0] + 1 for line in layout.lines), (vibe, position)
        beside += 1
    assert beside


def test_two_behind_words_on_a_band_stand_behind_that_alone() -> None:
    wanted = recipe(Vibe.BOLD, 0, selfies=("a", "b"), people=People.TWO, subtext="")
    plate = draw_plate(wanted, YOUTUBE, YOUTUBE.draft, CUT[0], None, CUT[1])
    composition = typeset(wanted, YOUTUBE, YOUTUBE.draft, plate)
    assert composition.layout.scheme is Scheme.BOTTOM and composition.ground is not None
    foot = np.flatnonzero(plate.silhouette.any(axis=1))[-1]
    assert foot < YOUTUBE.draft.height - 1 and composition.ground.top < foot
    pop = np.array(channels(composition.layout.palette.pop))
    below = plate.picture[round(bounds(plate.facts.heads).bottom) :, 2].astype(int)
    assert (np.abs(below - pop).sum(axis=1) > 60).all(), "no stripe of another field"


def test_an_older_plate_is_read_as_showing_one() -> None:
    plate, _ = drawn(Vibe.BOLD, "youtube")
    old = replace(plate, facts=replace(plate.facts, pair=None, faces=(), heads=()))
    assert Plate.from_bytes(old.to_bytes()).facts.pair is None


def _shared(one: Box, other: Box) -> float:
    wide = min(one.right, other.right) - max(one.left, other.left)
    high = min(one.bottom, other.bottom) - max(one.top, other.top)
    return max(0.0, wide) * max(0.0, high)
