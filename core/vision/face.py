"""Finding faces: MediaPipe's short-range detector, decoded from its raw anchors."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from math import hypot

import cv2
import numpy as np

from core.vision import mesh
from core.vision.model import Model, network
from core.vision.raster import Box, Floats, Pixels

_INPUT = 128
CONFIDENCE = 0.5
_OVERLAP = 0.3
_BESIDE = 0.35
"""Share of the main face's area from which another face counts as somebody."""
_SMALL = 0.18
"""Share of the picture's long side below which a main face makes other faces too small for one pass over the whole."""


@dataclass(frozen=True, slots=True)
class Face:
    """One face in image pixels: box from brows to chin, six points (right eye, left eye, nose, mouth, right ear,
    left ear, as the person's own right and left), confidence 0.5..1."""

    box: Box
    keypoints: tuple[tuple[float, float], ...]
    score: float

    @property
    def tilt(self) -> float:
        """Degrees by which the line through the eyes is turned clockwise from level."""
        (right_x, right_y), (left_x, left_y) = self.keypoints[:2]
        return float(np.degrees(np.arctan2(left_y - right_y, left_x - right_x)))


def detect(image: Pixels) -> list[Face]:
    """The faces in an RGB (H, W, 3) image, the main one first.

    One pass sees faces down to about a twelfth of the long side. Only where it finds none, or only small ones, nine
    overlapping half-size tiles are searched as well; what they find has to convince the mesh too, because tiles invent
    faces (a tie, a folded arm).
    """
    found = list(_candidates(image))
    long_side = max(image.shape[:2])
    searched = max((face.box.width for face in found), default=0.0) < _SMALL * long_side
    if searched:
        found += _tiled(image, long_side // 2)
    if not found:
        return []
    boxes = [(face.box.x, face.box.y, face.box.width, face.box.height) for face in found]
    faces = [found[i] for i in np.ravel(cv2.dnn.NMSBoxes(boxes, [face.score for face in found], CONFIDENCE, _OVERLAP))]
    if searched:
        faces = [face for face in faces if mesh.fit(image, face.box, face.tilt).presence > CONFIDENCE]
    return sorted(faces, key=lambda face: _prominence(face, image), reverse=True)


def prominent(faces: Sequence[Face]) -> list[Face]:
    """Of faces, the main one first, those that count as somebody and not as a bystander."""
    return [one for one in faces if one.box.area >= _BESIDE * faces[0].box.area]


def _prominence(face: Face, image: Pixels) -> float:
    """Area, discounted to half towards the corners: the largest face alone may be a passer-by at the edge."""
    height, width = image.shape[:2]
    x, y = face.box.centre
    return face.box.area * (1 - 0.5 * hypot(x / width - 0.5, y / height - 0.5) / hypot(0.5, 0.5))


def _tiled(image: Pixels, side: int) -> Iterator[Face]:
    height, width = image.shape[:2]
    for top in sorted({0, max(0, (height - side) // 2), max(0, height - side)}):
        for left in sorted({0, max(0, (width - side) // 2), max(0, width - side)}):
            for face in _candidates(image[top : top + side, left : left + side]):
                points = tuple((x + left, y + top) for x, y in face.keypoints)
                yield Face(face.box.moved(left, top), points, face.score)


def _candidates(image: Pixels) -> Iterator[Face]:
    """Every anchor above the confidence, in pixels of `image`, before overlapping ones are merged."""
    square, scale, (left, top) = _letterboxed(image)
    outputs = network(Model.FACE_DETECTION).run(square)
    anchors = _anchors()
    scores = 1 / (1 + np.exp(-outputs[len(anchors)].clip(-80, 80)))
    regressed = outputs[len(anchors) * 16].reshape(-1, 16) / _INPUT
    for i in np.flatnonzero(scores > CONFIDENCE):
        size = regressed[i, 2:4] * scale
        corner = (anchors[i] + regressed[i, :2]) * scale - size / 2 - (left, top)
        points = (regressed[i, 4:].reshape(6, 2) + anchors[i]) * scale - (left, top)
        box = Box(float(corner[0]), float(corner[1]), float(size[0]), float(size[1]))
        yield Face(box, tuple((float(x), float(y)) for x, y in points), float(scores[i]))


def _letterboxed(image: Pixels) -> tuple[Floats, float, tuple[float, float]]:
    """The image centred on a black square in the network's range (-1..1), the square's side and margins in pixels."""
    height, width = image.shape[:2]
    side = max(height, width)
    rows, columns = (max(1, round(length * _INPUT / side)) for length in (height, width))
    top, left = (_INPUT - rows) // 2, (_INPUT - columns) // 2
    square = np.full((_INPUT, _INPUT, 3), -1, np.float32)
    small = cv2.resize(image, (columns, rows), interpolation=cv2.INTER_AREA)
    square[top : top + rows, left : left + columns] = small / np.float32(127.5) - 1
    return square, side, (left * side / _INPUT, top * side / _INPUT)


@cache
def _anchors() -> Floats:
    """Centres of the detector's 896 anchors as shares of the square: 2 on each cell of 16x16, 6 on each of 8x8."""
    return np.array(
        [
            ((column + 0.5) / grid, (row + 0.5) / grid)
            for grid, per_cell in ((16, 2), (8, 6))
            for row in range(grid)
            for column in range(grid)
            for _ in range(per_cell)
        ],
        np.float32,
    )
