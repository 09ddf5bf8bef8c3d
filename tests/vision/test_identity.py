from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from core.vision.identity import IdentityScore, Likeness, NotScored, Reason, describe, score

INSTALLED = find_spec("dlib") is not None and find_spec("face_recognition_models") is not None
needs_the_extra = pytest.mark.skipif(not INSTALLED, reason="the extra `identity` is not installed")


def photo(path: Path) -> np.ndarray:
    return np.asarray(Image.open(path).convert("RGB"))


@pytest.mark.skipif(INSTALLED, reason="the extra `identity` is installed")
def test_without_the_extra_nothing_is_scored_and_the_reason_is_given() -> None:
    image = np.zeros((200, 200, 3), np.uint8)
    assert describe(image) == NotScored(Reason.NOT_INSTALLED)
    assert score(image, [np.zeros(128)]) == NotScored(Reason.NOT_INSTALLED)


@needs_the_extra
def test_a_person_is_told_from_another(photos: Path) -> None:
    selfie = describe(photo(photos / "whitehouse-obama-1.jpg"))
    assert not isinstance(selfie, NotScored)
    same = score(photo(photos / "whitehouse-obama-2.jpg"), [selfie])
    other = score(photo(photos / "house-nydia-velazquez.jpg"), [selfie])
    assert isinstance(same, IdentityScore)
    assert same.likeness in (Likeness.STRONG, Likeness.GOOD)
    assert isinstance(other, IdentityScore)
    assert other.likeness is Likeness.LOST


@needs_the_extra
def test_a_picture_without_a_face_is_not_scored() -> None:
    assert describe(np.full((300, 300, 3), 90, np.uint8)) == NotScored(Reason.NO_FACE)


@pytest.mark.parametrize(
    ("distance", "likeness"),
    [
        (0.0, Likeness.STRONG),
        (0.45, Likeness.STRONG),
        (0.5, Likeness.GOOD),
        (0.6, Likeness.WEAK),
        (0.63, Likeness.LOST),
    ],
)
def test_a_distance_is_put_into_a_word(distance: float, likeness: Likeness) -> None:
    assert IdentityScore(distance).likeness is likeness


@pytest.mark.parametrize(("distance", "shown"), [(0.0, 1.0), (0.287, 0.71), (1.3, 0.0)])
def test_a_score_is_nought_to_one_and_more_is_better(distance: float, shown: float) -> None:
    assert IdentityScore(distance).score == shown
