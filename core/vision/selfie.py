"""The selfie check: is this photo good enough to make a thumbnail of the person, and if not, why not.

Thresholds come from 300 good portraits (their 1st and 99th percentile) and the same portraits spoilt on purpose.
"""

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any, Self

import cv2
import numpy as np

from core.domain.concern import Concern
from core.vision import face as faces
from core.vision import mesh
from core.vision.face import Face
from core.vision.mesh import Mesh
from core.vision.raster import Box, Floats, Pixels, reduced

_WORKING_SIDE = 1280
_SECOND_FACE = 0.25
"""Share of the main face's area from which another face makes it unclear who is meant."""

_PITCH_BIAS = 6.0
"""Degrees the mesh reads on a level head (median of the 300)."""

_RIGHT_EYE = (33, 133, 160, 144, 158, 153)
_LEFT_EYE = (263, 362, 387, 373, 385, 380)
"""Mesh points: outer corner, inner corner, upper and lower lid twice."""


class Verdict(StrEnum):
    GOOD = "good"
    WARN = "warn"
    REJECT = "reject"


@dataclass(frozen=True, slots=True)
class Reading:
    """What was measured on the main face.

    box: shares (0..1) of the picture. width: of the face, in pixels of the picture. sharpness: Laplacian variance of
    the face at 160x200. yaw, pitch, roll: degrees; 0 looks into the camera. eyes: height ÷ width of the opened eye,
    mean of both. contrast, luminance: deviation and mean of grey (0..255) inside the face. burnt: share of its pixels
    above 250.
    """

    box: Box
    width: int
    sharpness: float
    yaw: float
    pitch: float
    roll: float
    eyes: float
    contrast: float
    burnt: float
    luminance: float


@dataclass(frozen=True, slots=True)
class SelfieReport:
    """The outcome of `check`: faces seen, what the main one measures (None without a face), what is wrong."""

    faces: int
    reading: Reading | None
    concerns: tuple[Concern, ...]

    @property
    def verdict(self) -> Verdict:
        if any(concern.rejects for concern in self.concerns):
            return Verdict.REJECT
        return Verdict.WARN if self.concerns else Verdict.GOOD

    def to_dict(self) -> dict[str, Any]:
        """JSON-ready; `from_dict` reads it back."""
        return asdict(self) | {"concerns": [str(concern) for concern in self.concerns]}

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Self:
        reading = data["reading"]
        return cls(
            faces=data["faces"],
            reading=reading and Reading(**{**reading, "box": Box(**reading["box"])}),
            concerns=tuple(Concern(concern) for concern in data["concerns"]),
        )


@dataclass(frozen=True, slots=True)
class _Limit:
    """Two thresholds on one measure; the worse one that is passed is the concern."""

    measure: str
    warn: float
    warned: Concern
    reject: float
    rejected: Concern
    low_is_bad: bool = False

    def concern(self, reading: Reading) -> Concern | None:
        value = abs(getattr(reading, self.measure))
        sign = -1 if self.low_is_bad else 1
        if sign * value > sign * self.reject:
            return self.rejected
        return self.warned if sign * value > sign * self.warn else None


_LIMITS = (
    # The studio draws a face about 250 px wide into 1280x720: enlarged three times it looks as photographed, four
    # times visibly soft. Identity holds down to 40 px.
    _Limit("width", 80, Concern.FACE_SMALL, 50, Concern.FACE_TOO_SMALL, low_is_bad=True),
    _Limit("sharpness", 90, Concern.SOFT, 35, Concern.BLURRED, low_is_bad=True),
    _Limit("yaw", 25, Concern.TURNED, 45, Concern.TURNED_AWAY),
    _Limit("pitch", 18, Concern.TILTED, 30, Concern.TILTED_AWAY),
    # The lowest open eyes measured 0.165, a squinting smile behind glasses. Closed eyes never make a photo useless.
    _Limit("eyes", 0.12, Concern.EYES_CLOSED, 0.0, Concern.EYES_CLOSED, low_is_bad=True),
    # Contrast, not luminance, tells a darkened photo: a well exposed darker face measures 67 of luminance.
    _Limit("contrast", 16, Concern.FLAT_LIGHT, 10, Concern.TOO_DARK, low_is_bad=True),
    _Limit("luminance", 35, Concern.TOO_DARK, 35, Concern.TOO_DARK, low_is_bad=True),
    _Limit("burnt", 0.10, Concern.BRIGHT, 0.35, Concern.BURNT_OUT),
)


def check(image: Pixels) -> SelfieReport:
    """Judge an upright RGB (H, W, 3) photo as a selfie."""
    small, factor = reduced(image, _WORKING_SIDE)
    found = faces.detect(small)
    if not found:
        return SelfieReport(0, None, (Concern.NO_FACE,))
    main, *others = found
    reading = _read(small, main, factor)
    return SelfieReport(len(found), reading, (*_company(main, others), *_faults(reading)))


def _company(main: Face, others: list[Face]) -> Iterator[Concern]:
    if any(other.box.area >= _SECOND_FACE * main.box.area for other in others):
        yield Concern.SECOND_FACE
    elif others:
        yield Concern.BYSTANDER


def _faults(reading: Reading) -> tuple[Concern, ...]:
    faults = dict.fromkeys(concern for limit in _LIMITS if (concern := limit.concern(reading)))
    if Concern.TOO_DARK in faults:  # edges fade with the light: what the sharpness says of a dark face is not true
        faults = dict.fromkeys(concern for concern in faults if concern not in (Concern.BLURRED, Concern.SOFT))
    return tuple(faults)


def _read(image: Pixels, main: Face, factor: float) -> Reading:
    height, width = image.shape[:2]
    shape = mesh.fit(image, main.box, main.tilt)
    yaw, pitch = _pose(shape)
    portrait = cv2.resize(image[main.box.slices(image)], (160, 200), interpolation=cv2.INTER_AREA)
    grey = cv2.cvtColor(portrait, cv2.COLOR_RGB2GRAY)
    inner = grey[50:170, 30:130]
    return Reading(
        box=main.box.scaled(1 / width, 1 / height),
        width=round(min(main.box.width, main.box.height) / factor),
        sharpness=round(float(cv2.Laplacian(grey, cv2.CV_64F).var()), 1),
        yaw=round(yaw, 1),
        pitch=round(pitch, 1),
        roll=round(shape.roll, 1),
        eyes=round((_openness(shape.points, _RIGHT_EYE) + _openness(shape.points, _LEFT_EYE)) / 2, 3),
        contrast=round(float(inner.std()), 1),
        burnt=round(float((inner > 250).mean()), 3),
        luminance=round(float(inner.mean()), 1),
    )


def _pose(shape: Mesh) -> tuple[float, float]:
    """Yaw and pitch in degrees, from an orthographic frame laid through eye corners, temples, forehead and chin."""
    points = shape.points
    across = (points[263] + points[454] - points[33] - points[234]) / 2
    across /= np.linalg.norm(across)
    down = points[152] - points[10]
    down -= across * (across @ down)
    down /= np.linalg.norm(down)
    yaw = np.degrees(np.arctan2(across[2], across[0]))
    pitch = np.degrees(np.arcsin(np.clip(down[2], -1, 1)))
    return float(yaw), float(pitch) - _PITCH_BIAS


def _openness(points: Floats, eye: tuple[int, ...]) -> float:
    def distance(a: int, b: int) -> float:
        return float(np.linalg.norm(points[a, :2] - points[b, :2]))

    outer, inner, top, bottom, other_top, other_bottom = eye
    return (distance(top, bottom) + distance(other_top, other_bottom)) / (2 * distance(outer, inner))
