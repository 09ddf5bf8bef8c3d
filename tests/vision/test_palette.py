from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from core.vision.palette import palette
from core.vision.raster import Box


def flag(*stripes: tuple[tuple[int, int, int], int]) -> np.ndarray:
    return np.vstack([np.full((rows, 300, 3), colour, np.uint8) for colour, rows in stripes])


def test_flat_colours_are_read_exactly_and_by_their_share() -> None:
    swatches = palette(flag(((255, 214, 10), 100), ((6, 48, 54), 60), ((255, 255, 255), 40))).swatches
    assert [swatch.hex for swatch in swatches] == ["#ffd60a", "#063036", "#ffffff"]
    assert [swatch.share for swatch in swatches] == pytest.approx([0.5, 0.3, 0.2], abs=0.02)


def test_the_accent_is_the_vivid_colour_not_the_frequent_one() -> None:
    assert palette(flag(((128, 128, 128), 180), ((230, 30, 40), 20))).accent.hex == "#e61e28"


def test_a_picture_of_one_colour_has_one_swatch() -> None:
    (swatch,) = palette(np.full((40, 40, 3), (10, 20, 30), np.uint8)).swatches
    assert (swatch.hex, swatch.share) == ("#0a141e", 1.0)


def test_a_face_left_out_gives_no_colour() -> None:
    image = np.full((100, 100, 3), 40, np.uint8)
    image[20:60, 20:60] = (224, 160, 130)
    assert len(palette(image).swatches) == 2
    assert len(palette(image, without=Box(19, 19, 43, 43)).swatches) == 1


def test_the_suit_of_an_astronaut_is_the_accent_of_her_portrait(photos: Path) -> None:
    image = np.asarray(Image.open(photos / "nasa-eileen-collins.jpg").convert("RGB"))
    red, green, blue = bytes.fromhex(palette(image).accent.hex[1:])
    assert red > 190 > 130 > green > blue
    assert palette(image) == palette(image)
