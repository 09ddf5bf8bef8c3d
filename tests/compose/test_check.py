"""What is measured on a finished picture: every fault fails its own row."""

from dataclasses import replace

import cv2
import numpy as np
import pytest

from core.compose import check as checks
from core.compose import figure, gate
from core.compose.geometry import Box, bounds
from core.compose.letter import glyphs
from core.compose.studio import Composition, typeset
from core.compose.style import style_of
from core.compose.zone import hard_zones
from core.domain import feed
from core.domain.brief import Vibe
from core.domain.format import FORMATS, Format, find
from core.domain.score import Check, Gate, Grade, Measure, overall
from tests.compose.builder import VIBES, kept_plate, recipe, somebody

YOUTUBE = FORMATS["youtube"]
PERSON = somebody()
STYLE = style_of(recipe().brief, YOUTUBE.family)
BYTES = 150_000


def composed(vibe: Vibe = Vibe.BOLD, **answers: object) -> Composition:
    wanted = recipe(vibe, **answers)
    return typeset(wanted, YOUTUBE, YOUTUBE.draft, kept_plate(wanted, YOUTUBE, YOUTUBE.draft, PERSON))


MADE = composed()
OURS = set(Measure) - {Measure.RECALL, Measure.ON_FACE, Measure.CLUTTER, Measure.WIDTH}
"""The first takes a reader, the others are of pictures from elsewhere."""


def poor(rows: tuple[Check, ...]) -> set[Measure]:
    return {row.measure for row in rows if row.grade is Grade.POOR}


@pytest.mark.parametrize("vibe", VIBES)
def test_what_the_studio_draws_is_measured_whole_and_passes(vibe: Vibe) -> None:
    made, style = composed(vibe), style_of(recipe(vibe).brief, YOUTUBE.family)
    rows = checks.check(made.picture, made.layout, style, YOUTUBE, BYTES)
    assert {row.measure for row in rows} == OURS
    assert overall(rows) is Grade.GOOD, rows


def test_letters_of_nearly_the_colour_behind_them_fail_the_contrast_row() -> None:
    letters = glyphs(replace(MADE.layout, subtext=()), STYLE) > 127
    pale = MADE.picture.copy()
    pale[cv2.dilate(letters.astype(np.uint8), np.ones((61, 61), np.uint8)) > 0] = (120, 120, 120)
    pale[letters] = (150, 150, 150)
    assert Measure.CONTRAST in poor(checks.check(pale, MADE.layout, STYLE, YOUTUBE, BYTES))


@pytest.mark.parametrize(("ink", "ground", "ratio"), [(255, 0, 21.0), (119, 255, 4.48), (200, 200, 1.0)])
def test_contrast_is_the_ratio_wcag_defines_but_for_the_smooth_edges(ink: int, ground: int, ratio: float) -> None:
    letters = np.zeros((720, 1280), np.uint8)
    letters[200:400, 200:1000] = 255
    picture = np.full((720, 1280, 3), ground, np.uint8)
    picture[letters > 0] = ink
    assert figure.contrast(picture, letters, 168) == pytest.approx(ratio, rel=0.1)


def test_one_word_that_drowns_counts_although_the_rest_stands_out() -> None:
    letters = np.zeros((720, 1280), np.uint8)
    letters[200:400, 100:500] = letters[200:400, 700:1100] = 255
    picture = np.zeros((720, 1280, 3), np.uint8)
    picture[letters > 0] = 255
    assert figure.contrast(picture, letters, 168) > 15
    picture[:, 600:] = 235
    picture[200:400, 700:1100] = 255
    assert figure.contrast(picture, letters, 168) < 1.5


def test_tiny_letters_fail_the_height_row() -> None:
    lines = tuple(replace(line, cap=22.0) for line in MADE.layout.lines)
    rows = checks.check(MADE.picture, replace(MADE.layout, lines=lines), STYLE, YOUTUBE, BYTES)
    assert poor(rows) == {Measure.CAP_HEIGHT}


def test_a_headline_of_nine_words_fails_the_row_of_words() -> None:
    line = MADE.layout.lines[0]
    three = replace(line, spans=(replace(line.spans[0], text="one two three"),))
    rows = checks.check(MADE.picture, replace(MADE.layout, lines=(three,) * 3), STYLE, YOUTUBE, BYTES)
    assert Measure.WORDS in poor(rows)


def test_an_emoji_is_no_word() -> None:
    line = MADE.layout.lines[0]
    told = replace(line, spans=(replace(line.spans[0], text="I flew there TWICE 🚀"),))
    rows = checks.check(MADE.picture, replace(MADE.layout, lines=(told,)), STYLE, YOUTUBE, BYTES)
    assert [row.figure for row in rows if row.measure is Measure.WORDS] == [4]


def test_a_face_lost_in_the_picture_fails_the_row_of_the_face() -> None:
    rows = checks.check(MADE.picture, replace(MADE.layout, face=Box(500, 100, 560, 180)), STYLE, YOUTUBE, BYTES)
    assert Measure.FACE in poor(rows)


def test_a_face_under_the_duration_badge_fails_the_row_of_what_is_covered() -> None:
    under = Box(620, 250, 768, 432)
    rows = checks.check(MADE.picture, replace(MADE.layout, face=under), STYLE, YOUTUBE, BYTES)
    assert Measure.OVERLAYS in poor(rows)


@pytest.mark.parametrize("vibe", VIBES)
@pytest.mark.parametrize("headline", ["WHY", "Crash me if you can", "I flew to space twice last year alone"])
def test_no_badge_of_any_tile_covers_a_letter(vibe: Vibe, headline: str) -> None:
    for position in range(6):
        wanted = recipe(vibe, position, headline=headline, subtext="")
        made = typeset(wanted, YOUTUBE, YOUTUBE.draft, kept_plate(wanted, YOUTUBE, YOUTUBE.draft, PERSON))
        letters = glyphs(made.layout, style_of(wanted.brief, YOUTUBE.family))
        for tile in feed.WIDTHS:
            scale = made.layout.width / tile
            wide = (feed.badge_width(feed.LONGEST_DURATION) + feed.BADGE_INSET) * scale
            high = (feed.BADGE_HEIGHT + feed.BADGE_INSET) * scale
            assert not letters[-round(high) :, -round(wide) :].any(), (position, tile)


def test_the_row_of_what_is_covered_counts_what_the_smallest_tile_hides() -> None:
    width, height = YOUTUBE.draft.width, YOUTUBE.draft.height
    low = replace(MADE.layout, lines=MADE.layout.lines[:1], angle=0.0, face=None)
    ink = bounds(line.ink for line in low.lines)
    dx, dy = 0.78 * width - ink.right, 0.97 * height - ink.bottom
    moved = tuple(
        replace(
            line,
            spans=tuple(replace(span, x=span.x + dx) for span in line.spans),
            baseline=line.baseline + dy,
            ink=line.ink.moved(dx, dy),
        )
        for line in low.lines
    )
    rows = checks.check(MADE.picture, replace(low, lines=moved), STYLE, YOUTUBE, BYTES)
    assert Measure.OVERLAYS in poor(rows)


def test_a_blurred_face_fails_the_row_of_sharpness() -> None:
    assert MADE.layout.face is not None
    blurred = cv2.GaussianBlur(MADE.picture, (0, 0), 6)
    assert Measure.SHARPNESS in poor(checks.check(blurred, MADE.layout, STYLE, YOUTUBE, BYTES))


def test_a_file_over_the_budget_fails_the_row_of_bytes() -> None:
    assert poor(checks.check(MADE.picture, MADE.layout, STYLE, YOUTUBE, 2_000_001)) == {Measure.BYTES}


def test_without_headline_and_person_only_what_is_there_is_measured() -> None:
    wanted = recipe(headline="", subtext="", title="")
    made = typeset(wanted, YOUTUBE, YOUTUBE.draft, kept_plate(wanted, YOUTUBE, YOUTUBE.draft, None))
    rows = checks.check(made.picture, made.layout, STYLE, YOUTUBE, BYTES)
    assert {row.measure for row in rows} == {Measure.OVERLAYS, Measure.BYTES}


@pytest.mark.parametrize("target", [YOUTUBE, find("100x178")], ids=["youtube", "narrower_than_any_tile"])
def test_the_score_is_the_figures_of_the_gate_that_let_the_picture_pass(target: Format) -> None:
    wanted = recipe(headline="Why", subtext="")
    made = typeset(wanted, target, target.draft, kept_plate(wanted, target, target.draft, None))
    zones = hard_zones(target, target.draft, wanted.brief)
    figures = gate.measured(made.picture, made.layout, made.style, zones, target.family)
    rows = {row.measure: row.figure for row in checks.check(made.picture, made.layout, made.style, target, BYTES)}
    for measure in (Measure.CONTRAST, Measure.CAP_HEIGHT, Measure.OVERLAYS):
        assert rows[measure] == pytest.approx(figures[Gate(measure.value)], abs=0.06)


def test_of_two_people_the_weaker_face_is_the_one_that_counts() -> None:
    assert MADE.layout.face is not None
    small = Box(300, 100, 340, 150)
    rows = checks.check(MADE.picture, replace(MADE.layout, faces=(MADE.layout.face, small)), STYLE, YOUTUBE, BYTES)
    assert Measure.FACE in poor(rows)
