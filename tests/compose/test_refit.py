"""A plate cut and carried on for another format: the face whole and in its place, room for words, no edge."""

from __future__ import annotations

import numpy as np
import pytest

from core.compose.geometry import Box
from core.compose.plate import PlateFacts
from core.compose.refit import refit
from core.compose.studio import Plate, draw_plate, typeset
from core.compose.zone import hard_zones
from core.domain.brief import Vibe
from core.domain.format import FORMATS, Quality, Size
from tests.compose.builder import VIBES, kept_plate, recipe, somebody

YOUTUBE = FORMATS["youtube"]
OTHERS = tuple(name for name in FORMATS if name != "youtube")


def painted(vibe: Vibe = Vibe.BOLD) -> Plate:
    return kept_plate(recipe(vibe), YOUTUBE, YOUTUBE.standard, somebody())


@pytest.mark.parametrize("vibe", VIBES)
@pytest.mark.parametrize("name", OTHERS)
def test_the_face_is_whole_clear_of_the_platforms_furniture_and_the_words_fit_beside_it(name: str, vibe: Vibe) -> None:
    target, it = FORMATS[name], recipe(vibe)
    size = target.standard
    fitted = refit(painted(vibe), it, target, size)
    face = fitted.facts.face
    assert face is not None
    assert fitted.picture.shape == (size.height, size.width, 3)
    assert face.left >= 0 and face.top >= 0 and face.right <= size.width and face.bottom <= size.height
    assert not any(face.meets(zone) for zone in hard_zones(target, size, it.brief))

    words = typeset(it, target, size, fitted)

    assert words.layout.lines
    assert not any(box.meets(face) for box in words.layout.text_boxes)


def test_it_is_the_same_face_no_other() -> None:
    """The pixels around it, brought back to their old size."""
    plate, target = painted(), FORMATS["portrait"]
    fitted = refit(plate, recipe(), target, target.standard)
    old, new = plate.facts.face, fitted.facts.face
    assert old is not None and new is not None
    assert new.width / old.width == pytest.approx(new.height / old.height, rel=0.02)
    assert mean(fitted, new) == pytest.approx(mean(plate, old), abs=4)


@pytest.mark.parametrize("name", OTHERS)
def test_no_edge_shows_where_the_picture_ends(name: str) -> None:
    """A grey plate that grows lighter: between two neighbouring pixels there is never a step."""
    ramp = np.tile(np.linspace(60, 180, 1280, dtype=np.float32)[None, :, None], (720, 1, 3)).astype(np.uint8)
    plate = Plate(ramp, np.zeros((720, 1280), np.uint8), PlateFacts(Box(800, 150, 1000, 420), Box(800, 100, 1000, 420)))
    target = FORMATS[name]
    picture = refit(plate, recipe(), target, target.standard).picture.astype(np.float32)
    smooth = picture[:-4:4, :-4:4].mean(axis=2)
    assert np.abs(np.diff(smooth, axis=0)).max() < 14 and np.abs(np.diff(smooth, axis=1)).max() < 14


def test_a_plate_without_a_person_covers_the_format_from_its_middle() -> None:
    plate, target = draw_plate(recipe(), YOUTUBE, YOUTUBE.standard, None), FORMATS["square"]
    fitted = refit(plate, recipe(), target, target.standard)
    centre = fitted.picture[440:640, 440:640].mean(axis=(0, 1))
    assert centre == pytest.approx(plate.picture[293:427, 573:707].mean(axis=(0, 1)), abs=3)


def test_the_same_plate_in_its_own_format_comes_larger_for_a_higher_quality() -> None:
    draft = draw_plate(recipe(), YOUTUBE, YOUTUBE.size(Quality.DRAFT), somebody())
    assert refit(draft, recipe(), YOUTUBE, YOUTUBE.standard).picture.shape == (720, 1280, 3)


def test_same_arguments_same_bytes() -> None:
    target, plate = FORMATS["reels"], painted()
    first, second = (refit(plate, recipe(), target, Size(432, 768)).to_bytes() for _ in range(2))
    assert first == second


def mean(plate: Plate, box: Box) -> float:
    return float(plate.picture[int(box.top) : int(box.bottom), int(box.left) : int(box.right)].mean())
