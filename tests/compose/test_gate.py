"""The gates: what the studio draws passes, and every fault is caught by its own gate."""

from dataclasses import replace

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.compose import encode, figure, gate
from core.compose.geometry import Box
from core.compose.layout import Layout, TextLine
from core.compose.letter import glyphs
from core.compose.studio import draw_plate, typeset
from core.compose.style import style_of
from core.compose.zone import hard_zones
from core.domain.format import FORMATS, Size
from core.domain.score import GATES, Gate
from tests.compose.builder import recipe, somebody

YOUTUBE = FORMATS["youtube"]
WANTED = recipe(subtext="What they never told us")
STYLE = style_of(WANTED.brief, YOUTUBE.family)
ZONES = hard_zones(YOUTUBE, YOUTUBE.draft, WANTED.brief)
MADE = typeset(WANTED, YOUTUBE, YOUTUBE.draft, draw_plate(WANTED, YOUTUBE, YOUTUBE.draft, somebody()))
FACE = MADE.layout.face


def failed(layout: Layout = MADE.layout, picture: np.ndarray = MADE.picture) -> tuple[Gate, ...]:  # type: ignore[type-arg]
    return gate.failed(gate.measured(picture, layout, STYLE, ZONES, YOUTUBE.family))


def moved(line: TextLine, dx: float, dy: float) -> TextLine:
    spans = tuple(replace(span, x=span.x + dx) for span in line.spans)
    return replace(line, spans=spans, baseline=line.baseline + dy, ink=line.ink.moved(dx, dy))


def greyed(layout: Layout) -> np.ndarray:  # type: ignore[type-arg]
    letters = glyphs(layout, STYLE) > 127
    pale = MADE.picture.copy()
    pale[cv2.dilate(letters.astype(np.uint8), np.ones((41, 41), np.uint8)) > 0] = (120, 120, 120)
    pale[letters] = (150, 150, 150)
    return pale


def test_every_gate_is_measured_on_picture_or_file_and_passes() -> None:
    figures = {
        **gate.measured(MADE.picture, MADE.layout, STYLE, ZONES, YOUTUBE.family),
        **gate.filed(encode.jpeg(MADE.picture, YOUTUBE.byte_budget), YOUTUBE.draft, YOUTUBE.byte_budget),
    }
    assert figures.keys() == GATES.keys()
    assert gate.failed(figures) == ()


def test_pale_letters_fail_the_gate_of_their_own_line() -> None:
    headline, subtext = replace(MADE.layout, subtext=()), replace(MADE.layout, lines=())
    assert failed(headline, greyed(headline)) == (Gate.CONTRAST,)
    assert failed(picture=greyed(subtext)) == (Gate.SUBTEXT,)


def test_letters_too_low_for_the_smallest_tile_fail() -> None:
    lines = tuple(replace(line, cap=30.0) for line in MADE.layout.lines)
    assert Gate.CAP_HEIGHT in failed(replace(MADE.layout, lines=lines))


def test_type_and_face_in_the_badges_corner_fail() -> None:
    badge = ZONES[0]
    line = MADE.layout.lines[-1]
    low = moved(line, badge.left - line.ink.left, badge.bottom - line.ink.bottom)
    assert Gate.OVERLAYS in failed(replace(MADE.layout, lines=(low,), angle=0.0))
    assert Gate.OVERLAYS in failed(replace(MADE.layout, face=badge.moved(-20, -20)))


def test_letters_across_the_face_fail_and_letters_on_the_eyes_fail_twice() -> None:
    assert FACE is not None
    line = MADE.layout.lines[0]
    chin = moved(line, FACE.left - line.ink.left, 0.75 * FACE.height + FACE.top - line.ink.top)
    brow = moved(line, FACE.left - line.ink.left, figure.eyes(FACE).top - line.ink.top)
    assert failed(replace(MADE.layout, lines=(chin,), angle=0.0))[-1] is Gate.ON_FACE
    assert failed(replace(MADE.layout, lines=(brow,), angle=0.0))[-2:] == (Gate.ON_FACE, Gate.EYES)


@pytest.mark.parametrize("step", [(-1.0, 0.0), (1.0, 0.0), (0.0, -1.0)])
def test_eyes_that_an_edge_cuts_fail(step: tuple[float, float]) -> None:
    assert FACE is not None
    strip = figure.eyes(FACE)
    at = {-1.0: -strip.centre[0], 1.0: MADE.layout.width - strip.centre[0], 0.0: 0.0}[step[0]]
    cut = FACE.moved(at, -strip.centre[1] if step[1] else 0.0)
    assert Gate.EYES in failed(replace(MADE.layout, face=cut, lines=(), subtext=()))


def test_a_file_of_another_size_over_its_budget_or_without_a_profile_fails() -> None:
    data = encode.jpeg(MADE.picture)
    bare = cv2.imencode(".jpg", MADE.picture)[1].tobytes()
    assert gate.failed(gate.filed(data, Size(768, 431), None)) == (Gate.PIXELS,)
    assert gate.failed(gate.filed(data, YOUTUBE.draft, len(data) - 1)) == (Gate.BYTES,)
    assert gate.failed(gate.filed(bare, YOUTUBE.draft, None)) == (Gate.COLOUR_SPACE,)


def test_without_words_and_person_only_what_is_there_is_measured() -> None:
    nothing = replace(MADE.layout, lines=(), subtext=(), face=None, head=None)
    figures = gate.measured(MADE.picture, nothing, STYLE, ZONES, YOUTUBE.family)
    assert figures == {Gate.OVERLAYS: 0.0}


def test_a_face_may_stand_where_nothing_is_kept_free() -> None:
    layout = replace(MADE.layout, face=Box(600, 280, 760, 430))
    figures = gate.measured(MADE.picture, layout, STYLE, (), YOUTUBE.family)
    assert figures[Gate.OVERLAYS] == 0.0


@given(st.integers(0, 560), st.integers(0, 300), st.integers(0, 255))
def test_words_are_compared_with_what_lies_around_them_wherever_they_stand(left: int, top: int, far: int) -> None:
    picture, letters = np.full((376, 672, 3), far, np.uint8), np.zeros((376, 672), np.uint8)
    ring = slice(max(0, top - 24), top + 84), slice(max(0, left - 24), left + 134)
    picture[ring] = 0
    letters[top : top + 60, left : left + 110] = 255
    picture[letters > 0] = 255
    assert figure.contrast(picture, letters, 168) == pytest.approx(21, rel=0.02)
