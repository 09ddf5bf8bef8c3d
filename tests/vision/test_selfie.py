import json
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
from PIL import Image

from core.domain.concern import Concern
from core.vision.selfie import SelfieReport, Verdict, check

PORTRAITS = (
    "house-dwight-evans-1",
    "house-dwight-evans-2",
    "house-nydia-velazquez",
    "nasa-eileen-collins",
    "house-robert-scott",
    "navy-grace-hopper",
    "whitehouse-obama-1",
    "whitehouse-obama-2",
)


def photo(photos: Path, name: str) -> np.ndarray[Any, Any]:
    return np.asarray(Image.open(photos / f"{name}.jpg").convert("RGB"))


@pytest.mark.parametrize("name", PORTRAITS)
def test_a_good_portrait_raises_no_concern(photos: Path, name: str) -> None:
    report = check(photo(photos, name))
    assert (report.faces, report.verdict, report.concerns) == (1, Verdict.GOOD, ())


def test_a_report_says_where_the_face_is(photos: Path) -> None:
    reading = check(photo(photos, "nasa-eileen-collins")).reading
    assert reading is not None
    x, y = reading.box.centre
    assert (x, y) == (pytest.approx(0.44, abs=0.02), pytest.approx(0.25, abs=0.02))
    assert reading.width == pytest.approx(94, abs=5)
    assert (reading.yaw, reading.pitch, reading.roll) == pytest.approx((0, 0, 0), abs=8)


def test_the_width_is_counted_in_pixels_of_the_photo_itself(photos: Path) -> None:
    small = photo(photos, "house-robert-scott")
    large = cv2.resize(small, None, fx=2.5, fy=2.5, interpolation=cv2.INTER_CUBIC)
    widths = [reading.width for image in (small, large) if (reading := check(image).reading)]
    assert widths[1] == pytest.approx(2.5 * widths[0], rel=0.05)


def spoilt(image: np.ndarray[Any, Any]) -> dict[Concern, np.ndarray[Any, Any]]:
    height, width = image.shape[:2]
    return {
        Concern.SOFT: cv2.GaussianBlur(image, (0, 0), 3.6),
        Concern.BLURRED: cv2.GaussianBlur(image, (0, 0), 12),
        Concern.FACE_SMALL: cv2.resize(image, (width // 6, height // 6), interpolation=cv2.INTER_AREA),
        Concern.FACE_TOO_SMALL: cv2.resize(image, (width // 10, height // 10), interpolation=cv2.INTER_AREA),
        Concern.TOO_DARK: (image * 0.18).astype(np.uint8),
        Concern.BURNT_OUT: np.clip(image * 3.4, 0, 255).astype(np.uint8),
        Concern.SECOND_FACE: np.hstack([image, image]),
        Concern.NO_FACE: image[:200],
    }


@pytest.mark.parametrize("concern", list(spoilt(np.zeros((900, 900, 3), np.uint8))))
def test_a_spoilt_portrait_is_told_by_what_spoils_it(photos: Path, concern: Concern) -> None:
    report = check(spoilt(photo(photos, "house-robert-scott"))[concern])
    assert concern in report.concerns
    assert report.verdict is (Verdict.REJECT if concern.rejects else Verdict.WARN)


def test_a_dark_photo_is_not_called_blurred_as_well(photos: Path) -> None:
    report = check(spoilt(photo(photos, "house-robert-scott"))[Concern.TOO_DARK])
    assert not {Concern.BLURRED, Concern.SOFT} & set(report.concerns)


def test_no_face_is_a_warning_with_nothing_measured() -> None:
    report = check(np.full((400, 600, 3), 90, np.uint8))
    assert report == SelfieReport(0, None, (Concern.NO_FACE,))
    assert report.verdict is Verdict.WARN


def test_a_passer_by_is_a_warning_only(photos: Path) -> None:
    main = photo(photos, "house-robert-scott")
    scene = np.hstack([main, np.full_like(main[:, :400], 128)])
    passer_by = cv2.resize(photo(photos, "house-dwight-evans-2"), (330, 330), interpolation=cv2.INTER_AREA)
    scene[300:630, 940:1270] = passer_by
    report = check(scene)
    assert report.faces == 2
    assert report.concerns == (Concern.BYSTANDER,)


def test_a_folded_arm_in_a_full_figure_is_not_taken_for_a_second_face(photos: Path) -> None:
    assert check(photo(photos, "whitehouse-obama-3")).faces == 1


@pytest.mark.parametrize("name", ["house-robert-scott", "nasa-eileen-collins"])
def test_a_report_survives_json(photos: Path, name: str) -> None:
    report = check(photo(photos, name))
    assert SelfieReport.from_dict(json.loads(json.dumps(report.to_dict()))) == report


def test_a_report_without_a_face_survives_json() -> None:
    report = SelfieReport(0, None, (Concern.NO_FACE,))
    assert SelfieReport.from_dict(json.loads(json.dumps(report.to_dict()))) == report
