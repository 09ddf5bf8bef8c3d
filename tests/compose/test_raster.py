"""Blends and sweeps against the plain way to do them."""

import cv2
import numpy as np
import pytest

from core.compose.raster import grown, soft


@pytest.mark.parametrize("by", [0.4, 3, 8, 27, 60])
def test_a_border_is_that_of_opencvs_disc_to_the_pixel_wherever_the_letters_lie(by: float) -> None:
    for at in ((60, 90), (-20, 30), (150, 170)):
        mask = np.zeros((160, 300), np.uint8)
        cv2.putText(mask, "Hey", at, cv2.FONT_HERSHEY_SIMPLEX, 2.0, 255, 6, cv2.LINE_AA)
        disc = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * round(by) + 1, 2 * round(by) + 1))
        plain = cv2.GaussianBlur(cv2.dilate(mask, disc), (0, 0), max(0.4, min(1.2, by * 0.08))) if by >= 0.5 else mask
        assert (grown(mask, by) == plain).all(), at


@pytest.mark.parametrize("sigma", [0.4, 1.0, 1.9])
def test_a_narrow_blur_is_opencvs_to_the_pixel_wherever_the_letters_lie(sigma: float) -> None:
    for at in ((60, 90), (-20, 30), (150, 170)):
        mask = np.zeros((160, 300), np.uint8)
        cv2.putText(mask, "Hey", at, cv2.FONT_HERSHEY_SIMPLEX, 2.0, 255, 6, cv2.LINE_AA)
        assert (soft(mask, sigma) == cv2.GaussianBlur(mask, (0, 0), sigma)).all(), at


def test_a_wide_blur_goes_on_beyond_the_border_and_mirrors_nothing() -> None:
    mask = np.zeros((320, 320), np.uint8)
    mask[32:, 96:224] = 255
    beyond = np.pad(mask, ((128, 0), (0, 0)))
    assert np.abs(soft(mask, 26).astype(int)[:64] - soft(beyond, 26)[128:192]).max() <= 8
