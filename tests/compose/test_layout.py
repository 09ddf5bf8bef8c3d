"""Whole layouts by arithmetic: every format, vibe and position, and what a brief may ask for."""

import subprocess
import sys
from contextlib import suppress
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.compose.arrangement import Cut, Scheme, arrange
from core.compose.geometry import Box, bounds
from core.compose.layout import Layout, typed
from core.compose.studio import Composition, DoesNotFit, ScriptNotCovered, typeset
from core.compose.zone import hard_zones
from core.domain.brief import ColourPriority, FaceSide, FocusPoint, TextPlace, TypeMood, Vibe
from core.domain.feed import SMALLEST, badge_corner
from core.domain.format import FORMATS, Family, custom
from core.domain.job import PLACES, Recipe
from core.domain.record import from_record, to_record
from tests.compose.builder import VIBES, in_small, kept_plate, positions, recipe, somebody
from tests.trial.sample import WORDS

PERSON = somebody(500)


def composed(wanted: Recipe, format_id: str, person: bool = True) -> Composition:
    target = FORMATS[format_id]
    plate = kept_plate(wanted, target, target.draft, PERSON if person else None)
    composition = typeset(wanted, target, target.draft, plate)
    if not composition.layout.lines or composition.type_layer is None:
        return composition
    solid = composition.type_layer.rgba(target.draft.width, target.draft.height)[..., 3] > 250
    if composition.layout.scheme.value not in ("bottom", "around"):
        assert not (solid & (plate.silhouette > 160)).any(), "type runs into the person"
    return composition


def check(layout: Layout, wanted: Recipe, format_id: str) -> None:
    target = FORMATS[format_id]
    canvas = Box(0, 0, layout.width, layout.height)
    for box in layout.text_boxes:
        assert box.left >= canvas.left - 1 and box.right <= canvas.right + 1
        assert box.top >= canvas.top - 1 and box.bottom <= canvas.bottom + 1
        for zone in hard_zones(target, target.draft, wanted.brief):
            assert not box.grown(-1).meets(zone)
        if layout.face is not None:
            assert not box.grown(-1).meets(layout.face)


@pytest.mark.parametrize("format_id", ["youtube", "whatsapp", "x_header"])
def test_no_word_crosses_the_edge_of_the_tone_behind_a_person(format_id: str) -> None:
    wanted = recipe(Vibe.MINIMALIST, subtext="")
    target = FORMATS[format_id]
    edge = int((kept_plate(wanted, target, target.draft, PERSON).silhouette[0] > 160).argmax())
    assert edge > 0 and all(box.right < edge for box in composed(wanted, format_id).layout.text_boxes)


@pytest.mark.parametrize("format_id", FORMATS)
@pytest.mark.parametrize("vibe", VIBES)
@pytest.mark.parametrize("person", [True, False])
def test_type_keeps_clear_of_zones_face_and_person_in_every_position(format_id: str, vibe: Vibe, person: bool) -> None:
    for position in positions((VIBES, vibe), (tuple(FORMATS), format_id), ((True, False), person)):
        wanted = recipe(vibe, position)
        composition = composed(wanted, format_id, person)
        check(composition.layout, wanted, format_id)
        size = FORMATS[format_id].draft
        assert composition.picture.shape == (size.height, size.width, 3)


@pytest.mark.parametrize("format_id", FORMATS)
@pytest.mark.parametrize("place", TextPlace)
@pytest.mark.parametrize("side", FaceSide)
def test_what_the_brief_asks_of_the_layout_is_kept_within_the_zones(
    format_id: str, place: TextPlace, side: FaceSide
) -> None:
    wanted = recipe(Vibe.BOLD, text_place=place, face_side=side, subtext="and nobody noticed")
    check(composed(wanted, format_id).layout, wanted, format_id)


def test_faces_stand_on_the_side_that_was_asked_for() -> None:
    for side, low, high in ((FaceSide.LEFT, 0.0, 0.45), (FaceSide.CENTRE, 0.4, 0.6), (FaceSide.RIGHT, 0.55, 1.0)):
        layout = composed(recipe(face_side=side), "youtube").layout
        assert layout.face is not None
        assert low < layout.face.centre[0] / layout.width < high


def test_type_on_the_left_sends_the_face_to_the_right() -> None:
    layout = composed(recipe(text_place=TextPlace.LEFT, face_side=FaceSide.LEFT), "youtube").layout
    assert layout.face is not None
    assert layout.text_boxes[0].right < layout.face.left


def test_a_face_asked_for_on_the_left_stays_there_through_the_set() -> None:
    for position in range(6):
        face = composed(recipe(position=position, face_side=FaceSide.LEFT), "youtube").layout.face
        assert face is not None and face.centre[0] < 768 / 2


@pytest.mark.parametrize("vibe", VIBES)
@pytest.mark.parametrize("format_id", ["youtube", "square", "portrait", "reels"])
def test_a_set_of_four_shows_four_compositions(vibe: Vibe, format_id: str) -> None:
    layouts = [composed(recipe(vibe, position, subtext=""), format_id).layout for position in range(4)]
    seen = {
        (row.scheme, row.head and tuple(round(x / 24) for x in (*row.head.centre, row.head.height))) for row in layouts
    }
    assert len(seen) == 4
    assert len({row.scheme for row in layouts}) > 1
    assert len({row.palette for row in layouts}) == 3
    assert len({(row.palette, row.mark) for row in layouts}) == (3 if vibe is Vibe.CINEMATIC else 4)


@pytest.mark.parametrize("vibe", VIBES)
@pytest.mark.parametrize("format_id", ["youtube", "square", "portrait", "reels"])
@pytest.mark.parametrize("headline", ["The law nobody reads", "5 habits that ruin sleep"])
def test_a_set_without_a_person_shows_four_compositions(vibe: Vibe, format_id: str, headline: str) -> None:
    brand = {"colours": ColourPriority.BRAND, "brand_colours": ("#6d28d9",)}
    compositions = [
        composed(recipe(vibe, position, headline=headline, subtext="", **brand), format_id, person=False)
        for position in range(4)
    ]
    for row in compositions:
        assert " ".join(line.text for line in row.layout.lines).casefold() == headline.casefold()
    boxes = [bounds(row.layout.text_boxes) for row in compositions]
    shapes = {tuple(round(x / 12) for x in (box.left, box.top, box.right, box.bottom)) for box in boxes}
    assert len(shapes) >= 2
    assert len({row.picture.tobytes() for row in compositions}) == 4


def test_a_figure_in_front_is_the_hero_of_a_poster() -> None:
    wanted = recipe(position=2, headline="5 habits that ruin sleep", subtext="")
    first, *rest = composed(wanted, "youtube", person=False).layout.lines
    assert first.text == "5" and first.cap > 1.5 * max(line.cap for line in rest)
    assert all(line.ink.left > first.ink.right for line in rest)


@pytest.mark.parametrize("vibe", VIBES)
def test_the_square_is_composed_for_itself(vibe: Vibe) -> None:
    brief = recipe(vibe).brief
    assert arrange(brief, Family.SQUARE, 0, True) != arrange(brief, Family.PORTRAIT, 0, True)


def test_a_shoulder_the_photo_cut_off_stays_at_the_edge() -> None:
    brief, cut = recipe().brief, Cut(right=True)
    for family in (Family.WIDE, Family.HEADER):
        assert min(arrange(brief, family, place, True, cut).at[0] for place in range(PLACES)) >= 0.5, family
    assert arrange(brief, Family.WIDE, 1, True).at[0] < 0.5


def test_a_head_without_a_body_stands_over_the_words_in_9_16() -> None:
    brief = recipe(vibe=Vibe.NEON).brief
    assert arrange(brief, Family.TALL, 0, True).scheme is Scheme.TOP
    assert arrange(brief, Family.TALL, 0, True, Cut(close=True)).scheme is Scheme.BOTTOM


def test_in_9_16_a_head_without_a_body_stands_under_the_words_where_a_disc_holds_it() -> None:
    brief = recipe(vibe=Vibe.BOLD).brief
    assert arrange(brief, Family.TALL, 0, True, Cut(close=True)).scheme is Scheme.TOP


@pytest.mark.parametrize("focus", [point for point in FocusPoint if point is not FocusPoint.AUTO])
def test_the_face_goes_to_the_crossing_of_thirds(focus: FocusPoint) -> None:
    face = composed(recipe(focus=focus), "youtube").layout.face
    assert face is not None
    assert face.centre[0] / 768 == pytest.approx(1 / 3 if "left" in focus else 2 / 3, abs=0.08)


@pytest.mark.parametrize("headline", ["WHY I LEFT", "The law nobody reads", "I flew to space twice"])
def test_a_bold_band_is_filled_by_letters_under_a_whole_head(headline: str) -> None:
    layout = composed(recipe(position=3, headline=headline), "youtube").layout
    assert layout.scheme is Scheme.BOTTOM and layout.head is not None
    assert layout.head.top > 0.025 * layout.height
    assert min(line.cap for line in layout.lines) * SMALLEST / layout.width >= 10
    lines = bounds(layout.text_boxes)
    free = badge_corner(16 / 9)[0] * layout.width
    aside = abs(lines.centre[0] - layout.head.centre[0])
    assert lines.width > 0.8 * free or aside < 0.05 * layout.width, "neither over the width nor under the head"
    assert layout.height - lines.bottom < 0.1 * layout.height


def test_faces_are_large() -> None:
    for vibe in VIBES:
        head = composed(recipe(vibe), "youtube").layout.head
        assert head is not None and head.height > 0.5 * 432


def test_headlines_stay_legible_at_168_pixels() -> None:
    for vibe in VIBES:
        for position in range(6):
            layout = composed(recipe(vibe, position), "youtube").layout
            assert min(line.cap for line in layout.lines) * 168 / 768 >= 8


def test_every_variant_shows_every_word() -> None:
    for position in range(6):
        layout = composed(recipe(position=position, headline="I quit my job at 40"), "youtube").layout
        assert " ".join(line.text for line in layout.lines) == "I QUIT MY JOB AT 40"


@pytest.mark.parametrize("headline", ["لقد تركت عملي", "मैंने नौकरी छोड़ दी", "תראו מה קרה!"])
def test_joined_letters_and_those_from_the_right_have_one_word_highlighted(headline: str) -> None:
    layout = composed(recipe(headline=headline), "square").layout
    (line,) = layout.lines
    found = [span for span in line.spans if span.role.value == "emphasis"]
    assert " ".join(span.text for span in line.spans) == headline
    assert len(found) == 1 and found[0].text in headline.split()
    backwards = headline[0] not in "मैं"
    assert sorted(line.spans, key=lambda span: span.x, reverse=backwards) == list(line.spans)
    assert all(line.ink.left <= span.x and span.x + span.width <= line.ink.right for span in line.spans)


def test_a_figure_among_words_from_the_right_leaves_the_line_whole() -> None:
    layout = composed(recipe(headline="תוך 10 דקות"), "square").layout
    assert [len(line.spans) for line in layout.lines] == [1] * len(layout.lines)


def test_exactly_one_run_of_words_is_highlighted() -> None:
    for vibe in VIBES:
        spans = [span for line in composed(recipe(vibe), "youtube").layout.lines for span in line.spans]
        assert sum(span.role == "emphasis" for span in spans) == 1


@pytest.mark.parametrize("headline", ["THE COMPILER", "WHY I LEFT", "the inside STORY"])
def test_the_highlight_holds_one_content_word_alone(headline: str) -> None:
    for position in range(6):
        spans = [
            span
            for line in composed(recipe(position=position, headline=headline), "youtube").layout.lines
            for span in line.spans
        ]
        assert [span.text for span in spans if span.role == "emphasis"] == [headline.split()[-1].upper()]


def test_the_word_cap_is_hard() -> None:
    layout = composed(recipe(word_cap=2), "youtube").layout
    assert " ".join(line.text for line in layout.lines) == "I QUIT"


def test_the_letter_that_has_no_single_capital_becomes_two() -> None:
    layout = composed(recipe(headline="große Straße"), "youtube").layout
    assert " ".join(line.text for line in layout.lines) == "GROSSE STRASSE"


def test_a_layout_survives_its_record() -> None:
    layout = composed(recipe(Vibe.CLEAN), "youtube").layout
    assert from_record(Layout, to_record(layout)) == layout


def test_a_headline_of_forty_words_is_set_or_refused() -> None:
    wanted = recipe(headline=" ".join(f"word{index}" for index in range(40)))
    set_in = 0
    for format_id in FORMATS:
        with suppress(DoesNotFit):
            check(composed(wanted, format_id).layout, wanted, format_id)
            set_in += 1
    assert set_in, "somewhere forty words are legible"


def test_without_words_the_picture_stands_alone() -> None:
    composition = composed(recipe(headline="", subtext="", title=""), "youtube")
    assert composition.layout.lines == () and composition.type_layer is None


@settings(deadline=None, max_examples=30, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.lists(
        st.text("abcxyzABQ019!?'-ÄéЖя", min_size=1, max_size=12) | st.sampled_from(" ".join(WORDS.values()).split()),
        min_size=1,
        max_size=9,
    ),
    st.sampled_from(VIBES),
    st.integers(0, 5),
    st.sampled_from(sorted(FORMATS)),
    st.sampled_from(TypeMood),
    st.booleans(),
)
def test_any_headline_is_set_as_typed_and_clear_of_everything_or_refused(
    words: list[str], vibe: Vibe, position: int, format_id: str, mood: TypeMood, person: bool
) -> None:
    wanted = recipe(vibe, position, headline=" ".join(words), type_mood=mood)
    with suppress(DoesNotFit, ScriptNotCovered):
        layout = composed(wanted, format_id, person).layout
        check(layout, wanted, format_id)
        assert in_small(typed(layout.lines)) == in_small(wanted.brief.headline)


@pytest.mark.parametrize("size", [(64, 64), (320, 64), (64, 320), (640, 480), (1000, 1600)])
def test_custom_sizes_are_composed_to_the_pixel(size: tuple[int, int]) -> None:
    target = custom(*size)
    wanted = recipe(headline="Go now", subtext="")
    composition = typeset(wanted, target, target.standard, kept_plate(wanted, target, target.standard, PERSON))
    assert composition.picture.shape == (size[1], size[0], 3)


def test_layout_is_arithmetic_and_needs_no_imaging() -> None:
    code = "import sys, core.compose.composer, core.compose.arrangement; print('cv2' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"


@pytest.mark.parametrize(("format_id", "off"), [("youtube", 0.04), ("whatsapp", 0.0), ("square", 0.0)])
def test_words_around_a_face_stand_on_its_axis_in_the_middle_unless_a_badge_is_in_the_way(
    format_id: str, off: float
) -> None:
    looks = (Vibe.CINEMATIC, FaceSide.RIGHT), (Vibe.BOLD, FaceSide.LEFT), (Vibe.MEME, FaceSide.RIGHT)
    for vibe, side in looks:
        layout = composed(recipe(vibe, text_place=TextPlace.AROUND, face_side=side, subtext=""), format_id).layout
        assert layout.head is not None and layout.scheme is Scheme.AROUND and len(layout.lines) > 1
        assert 0.5 - off <= layout.head.centre[0] / layout.width + 1e-6 <= 0.5 + 2e-6
        for line in layout.lines:
            assert line.ink.centre[0] == pytest.approx(layout.head.centre[0], abs=1)


def test_words_around_a_face_that_had_to_step_aside_follow_it_together() -> None:
    """A shoulder that its photo cuts off on the right goes out of the picture there."""
    cut = replace(PERSON, touches=("bottom", "right"))
    target, wanted = FORMATS["square"], recipe(Vibe.MEME, headline="Nobody told me", subtext="")
    layout = typeset(wanted, target, target.standard, kept_plate(wanted, target, target.standard, cut)).layout
    assert layout.head is not None and layout.head.centre[0] > 0.52 * layout.width
    for line in layout.lines:
        assert line.ink.centre[0] == pytest.approx(layout.head.centre[0], abs=1)


def test_words_around_a_face_are_no_smaller_between_strips_where_a_look_lives_by_them() -> None:
    wanted = recipe(Vibe.MEME, headline="Nobody told me", subtext="")
    free, between = (composed(wanted, format_id).layout for format_id in ("youtube", "whatsapp"))
    for one, other in zip(free.lines, between.lines, strict=True):
        assert other.cap / between.height == pytest.approx(one.cap / free.height, rel=0.02)


@pytest.mark.parametrize("headline", ["0 0 مرحبا", "המשימה האחרונה שלנו", "24 ساعة في القطب"])
def test_the_bar_of_a_block_that_runs_to_the_left_keeps_off_the_person_on_its_right(headline: str) -> None:
    for format_id in ("whatsapp", "youtube"):
        assert composed(recipe(Vibe.DOCUMENTARY, headline=headline), format_id).layout.lines
