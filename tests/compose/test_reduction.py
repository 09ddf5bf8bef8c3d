"""Small looks against OpenCV's, and made anew where words changed a picture."""

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.compose.raster import Picture
from core.compose.reduction import renewed, small

SIDES = ((1280, 720, 168), (1280, 718, 168), (1081, 1921, 168), (1500, 500, 300), (640, 360, 320))


def _noise(*shape: int) -> Picture:
    return np.random.default_rng(sum(shape)).integers(0, 256, shape, np.uint8)


@pytest.mark.parametrize(("wide", "high", "width"), SIDES)
@pytest.mark.parametrize("channels", [(), (3,)])
def test_a_small_look_is_opencvs_mean_of_what_each_pixel_covers_within_a_level(
    wide: int, high: int, width: int, channels: tuple[int, ...]
) -> None:
    picture = _noise(high, wide, *channels)
    made = small(picture, width)
    while wide >= 4 * width and wide % 2 == high % 2 == 0:
        wide, high = wide // 2, high // 2
        picture = cv2.resize(picture, (wide, high), interpolation=cv2.INTER_AREA)
    plain = cv2.resize(picture, (width, made.shape[0]), interpolation=cv2.INTER_AREA)
    assert made.shape == plain.shape
    assert np.abs(made.astype(int) - plain).max() <= 1


@given(st.integers(0, 719), st.integers(1, 300), st.booleans())
def test_a_look_renewed_where_rows_changed_is_that_of_the_whole_picture(first: int, more: int, odd: bool) -> None:
    before = np.repeat(_noise(719 if odd else 720, 64, 3), 5, axis=1)
    after, rows = before.copy(), slice(first, min(first + more, before.shape[0]))
    after[rows] = 255 - after[rows]
    assert (renewed(small(before, 42), after, rows) == small(after, 42)).all()


def test_a_picture_that_is_as_small_already_is_seen_as_it_is() -> None:
    picture = _noise(94, 168, 3)
    assert small(picture, 168) is picture
