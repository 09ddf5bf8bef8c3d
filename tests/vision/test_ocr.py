"""Reading a picture back at the size a feed shows it."""

import numpy as np
import pytest
from PIL import Image, ImageDraw

from core.compose.font import TEXT_FACE, load
from core.domain.recall import recall
from core.vision import extra, ocr

pytestmark = pytest.mark.skipif(not extra.reads(), reason="the extra `ocr` is not installed")

WORDS = "THE LAST MISSION"


def read(size: int, ink: str = "white") -> float:
    image = Image.new("RGB", (1280, 720), (30, 60, 140))
    ImageDraw.Draw(image).text((60, 200), WORDS, font=load(TEXT_FACE, size), fill=ink)
    return recall(WORDS, (region.text for region in ocr.regions(ocr.tile(np.asarray(image), 168))))


def test_letters_of_fifteen_pixels_are_read_in_the_smallest_tile_and_of_three_are_not() -> None:
    assert read(120) == 1.0
    assert read(22) < 0.6


def test_a_line_is_told_with_the_place_it_stands_at() -> None:
    image = Image.new("RGB", (1280, 720), "black")
    ImageDraw.Draw(image).text((300, 200), "MISSION", font=load(TEXT_FACE, 120), fill="white")
    (region,) = ocr.regions(np.asarray(image))
    (left, top), _, (right, bottom), _ = region.corners
    assert region.text == "MISSION"
    assert 260 < left < 330 and 190 < top < 250 and 800 < right < 900 and 290 < bottom < 350


def test_a_picture_without_a_word_has_no_regions() -> None:
    assert ocr.regions(np.full((200, 300, 3), 90, np.uint8)) == ()
