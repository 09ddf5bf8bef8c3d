"""How much a drawn face looks like the person of the selfies: an optional extra, without which nothing is scored.

Vectors are biometric data: made from the selfies when they are needed, and never stored.
"""

import platform
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np

from core.vision import extra
from core.vision import face as faces
from core.vision.raster import Floats, Pixels, reduced

_WORKING_SIDE = 800


class Reason(StrEnum):
    """Why nothing was scored."""

    NOT_INSTALLED = "not_installed"
    CPU_WITHOUT_AVX = "cpu_without_avx"
    NO_FACE = "no_face"
    NO_SELFIES = "no_selfies"


class Likeness(StrEnum):
    STRONG = "strong"
    GOOD = "good"
    WEAK = "weak"
    LOST = "lost"


@dataclass(frozen=True, slots=True)
class NotScored:
    reason: Reason


@dataclass(frozen=True, slots=True)
class IdentityScore:
    """distance: to the nearest selfie, 0 (the same picture) .. about 1. Advice, not proof: of pairs of photos of one
    person 6 % measured above 0.55, of different people 0.13 % below."""

    distance: float

    @property
    def score(self) -> float:
        """0 (nobody like it) .. 1 (the same picture)."""
        return round(max(0.0, 1 - self.distance), 2)

    @property
    def likeness(self) -> Likeness:
        for most, likeness in ((0.45, Likeness.STRONG), (0.55, Likeness.GOOD), (0.62, Likeness.WEAK)):
            if self.distance <= most:
                return likeness
        return Likeness.LOST


@dataclass(frozen=True, slots=True)
class _Reader:
    dlib: Any
    points: Any
    encoder: Any


@cache
def _reader() -> _Reader | Reason:
    """dlib with its two models (0.3 s), or why there is none."""
    folder = extra.models()
    if folder is None:
        return Reason.NOT_INSTALLED
    if platform.machine() == "x86_64" and " avx " not in Path("/proc/cpuinfo").read_text():
        return Reason.CPU_WITHOUT_AVX  # importing it would end the process
    dlib = import_module("dlib")
    # By path: importing the package of models fails without pkg_resources, which setuptools no longer has. The 5-point
    # predictor, because the data behind the 68-point one excludes commercial use.
    return _Reader(
        dlib,
        dlib.shape_predictor(str(folder / "shape_predictor_5_face_landmarks.dat")),
        dlib.face_recognition_model_v1(str(folder / "dlib_face_recognition_resnet_model_v1.dat")),
    )


def describe(image: Pixels) -> Floats | NotScored:
    """The vector (128 float64) of the main face in an RGB (H, W, 3) image."""
    reader = _reader()
    if isinstance(reader, Reason):
        return NotScored(reader)
    small, _ = reduced(image, _WORKING_SIDE)
    found = faces.detect(small)
    if not found:
        return NotScored(Reason.NO_FACE)
    box = found[0].box
    corners = (box.x, box.y, box.x + box.width, box.y + box.height)
    shape = reader.points(small, reader.dlib.rectangle(*(int(corner) for corner in corners)))
    return np.array(reader.encoder.compute_face_descriptor(np.ascontiguousarray(small), shape))


def score(image: Pixels, selfies: Sequence[Floats]) -> IdentityScore | NotScored:
    """Compare the main face of `image` with the vectors of a person's selfies (see `describe`)."""
    described = describe(image)
    if isinstance(described, NotScored):
        return described
    if not selfies:
        return NotScored(Reason.NO_SELFIES)
    return IdentityScore(round(min(float(np.linalg.norm(described - selfie)) for selfie in selfies), 3))
