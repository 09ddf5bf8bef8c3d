"""Blends and sweeps against the plain way to do them."""

import cv2
import numpy as np
import pytest

from core.compose.raster import Picture, blocks, coats, contour, extent, grown, over, soft


def _apart(one: Picture, other: Picture) -> int:
    """Levels."""
    return int(np.abs(one.astype(int) - other).max())


@pytest.mark.parametrize("by", [0.4, 3, 8, 27, 60])
def test_a_border_is_that_of_opencvs_disc_within_a_level_wherever_the_letters_lie(by: float) -> None:
    for at in ((60, 90), (-20, 30), (150, 170)):
        mask = np.zeros((160, 300), np.uint8)
        cv2.putText(mask, "Hey", at, cv2.FONT_HERSHEY_SIMPLEX, 2.0, 255, 6, cv2.LINE_AA)
        disc = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * round(by) + 1, 2 * round(by) + 1))
        plain = cv2.GaussianBlur(cv2.dilate(mask, disc), (0, 0), max(0.4, min(1.2, by * 0.08))) if by >= 0.5 else mask
        assert _apart(grown(mask, by), plain) <= 1, at


@pytest.mark.parametrize("sigma", [0.4, 1.0, 1.9])
def test_a_narrow_blur_is_opencvs_within_a_level_wherever_the_letters_lie(sigma: float) -> None:
    for at in ((60, 90), (-20, 30), (150, 170)):
        mask = np.zeros((160, 300), np.uint8)
        cv2.putText(mask, "Hey", at, cv2.FONT_HERSHEY_SIMPLEX, 2.0, 255, 6, cv2.LINE_AA)
        assert _apart(soft(mask, sigma), cv2.GaussianBlur(mask, (0, 0), sigma)) <= 1, at


def test_a_wide_blur_goes_on_beyond_the_border_and_mirrors_nothing() -> None:
    mask = np.zeros((320, 320), np.uint8)
    mask[32:, 96:224] = 255
    beyond = np.pad(mask, ((128, 0), (0, 0)))
    assert _apart(soft(mask, 26)[:64], soft(beyond, 26)[128:192]) <= 8


def test_coats_are_what_each_of_them_paints_over_the_one_before() -> None:
    rng = np.random.default_rng(3)
    picture = rng.integers(0, 256, (90, 120, 3), np.uint8)
    clouds, hard, none = rng.integers(0, 256, (90, 120), np.uint8), *(np.zeros((90, 120), np.uint8) for _ in range(2))
    hard[20:60, 30:90] = 255
    painted = (("#203040", clouds, 0.6), ("#000000", hard, 0.5), ("#ffffff", none, 1.0), ("#ff8800", clouds, 0.3))
    once, each = picture.copy(), picture.copy()
    coats(once, *painted)
    for colour, mask, opacity in painted:
        over(each, colour, mask, opacity)
    assert _apart(once, each) <= len(painted)


def test_the_extent_and_the_blocks_of_a_mask_hold_all_of_it_and_no_empty_edge() -> None:
    mask = np.zeros((300, 200), np.uint8)
    assert extent(mask) is None
    assert list(blocks(mask)) == []
    mask[10:21, 50:61] = mask[200:240, 100:181] = 1
    assert extent(mask) == (slice(10, 240), slice(50, 181))
    assert extent(mask, 70) == (slice(0, 300), slice(0, 200))
    assert list(blocks(mask)) == [(slice(10, 21), slice(50, 61)), (slice(200, 240), slice(100, 181))]
    assert list(blocks(mask, 3, 16)) == [(slice(0, 32), slice(32, 64)), (slice(192, 256), slice(96, 192))]


@pytest.mark.parametrize("left", [100, 101, 102, 103])
def test_a_stickers_border_is_as_wide_as_asked_on_every_side_within_a_third_of_a_pixel(left: int) -> None:
    mask = np.zeros((300, 403), np.uint8)
    mask[100:201, left : left + 201] = 255
    border = contour(mask, 8.0)[150].astype(int) / 255
    for side in (border[:left], border[left + 201 :]):
        assert abs(side.sum() - 8.0) < 0.67, side.sum()
    assert abs(border[:left].sum() - border[left + 201 :].sum()) < 0.34


@pytest.mark.parametrize("shape", [(0, 8), (8, 0), (0, 0)])
def test_a_mask_without_pixels_holds_nothing(shape: tuple[int, int]) -> None:
    assert extent(np.zeros(shape, np.uint8)) is None
