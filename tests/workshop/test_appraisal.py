"""A picture from elsewhere: what its maker knew is found by looking, and each fault in the row it belongs to."""

from dataclasses import replace

import cv2
import numpy as np
import pytest

from core.compose.letter import glyphs
from core.compose.studio import Composition, Plate, draw_plate, typeset
from core.compose.style import style_of
from core.domain.brief import Vibe
from core.domain.format import FORMATS, nearest
from core.domain.score import LIGHT, Check, Grade, Measure
from core.vision import extra
from core.workshop.appraisal import appraised
from tests.compose.builder import recipe

YOUTUBE = FORMATS["youtube"]
RECIPE = recipe(Vibe.BOLD, headline="I quit my job", subtext="")
needs_the_extra = pytest.mark.skipif(not extra.reads(), reason="the extra `ocr` is not installed")


@pytest.fixture(scope="module")
def made() -> tuple[Plate, Composition]:
    plate = draw_plate(RECIPE, YOUTUBE, YOUTUBE.standard, None)
    return plate, typeset(RECIPE, YOUTUBE, YOUTUBE.standard, plate)


def rows(picture: np.ndarray, octets: int = 0) -> dict[Measure, Check]:
    return {check.measure: check for check in appraised(picture, octets).checks}


@needs_the_extra
def test_a_good_picture_is_found_good_and_its_words_are_read(made: tuple[Plate, Composition]) -> None:
    found = appraised(made[1].picture, 200_000)
    assert found.headline.upper().replace(" ", "") == "IQUITMYJOB"
    assert (found.format, found.read) == ("youtube", True)
    assert {check.measure for check in found.checks if check.grade is not Grade.GOOD} == set()
    known = {Measure.CONTRAST, Measure.CAP_HEIGHT, Measure.RECALL, Measure.WORDS, Measure.OVERLAYS, Measure.BYTES}
    assert known <= {check.measure for check in found.checks}


@needs_the_extra
def test_faded_words_and_words_under_the_badge_are_found(made: tuple[Plate, Composition]) -> None:
    plate, good = made
    faded = cv2.addWeighted(plate.picture, 0.82, good.picture, 0.18, 0)
    assert rows(np.asarray(faded))[Measure.CONTRAST].grade is Grade.POOR

    letters = glyphs(replace(good.layout, subtext=()), style_of(RECIPE.brief, YOUTUBE.family))
    top, left = (int(np.flatnonzero(letters.any(axis=axis))[0]) for axis in (1, 0))
    bottom, right = (int(np.flatnonzero(letters.any(axis=axis))[-1]) for axis in (1, 0))
    words, under = good.picture[top - 20 : bottom + 20, left - 20 : right + 20], plate.picture.copy()
    small = cv2.resize(words, (500, 400), interpolation=cv2.INTER_AREA)
    under[300:700, 760:1260] = small
    found = rows(under)
    assert found[Measure.OVERLAYS].about == "words.duration_badge"
    assert found[Measure.OVERLAYS].grade is not Grade.GOOD
    assert found[Measure.CONTRAST].about == LIGHT


def test_a_small_file_of_nothing_is_measured_by_its_size() -> None:
    found = rows(np.full((270, 480, 3), 90, np.uint8), 2_500_000)
    assert found[Measure.WIDTH].grade is Grade.POOR
    assert found[Measure.BYTES].grade is Grade.POOR
    assert Measure.OVERLAYS not in found, "nothing is there to be covered"


@pytest.mark.parametrize(
    ("size", "format_id"),
    [((1280, 720), "youtube"), ((1080, 1920), "reels"), ((1000, 1010), "square"), ((3000, 1000), "x_header")],
)
def test_a_picture_is_judged_as_what_has_its_shape(size: tuple[int, int], format_id: str) -> None:
    assert nearest(*size).id == format_id


def test_a_shape_of_no_preset_is_one_of_its_own_without_zones() -> None:
    assert (nearest(1000, 750).id, nearest(1000, 750).zones) == ("1000x750", ())
