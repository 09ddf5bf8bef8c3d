"""The 468-point face mesh: MediaPipe's landmark network on a levelled crop of one face."""

from dataclasses import dataclass

import cv2
import numpy as np

from core.vision.model import Model, network
from core.vision.raster import Box, Floats, Pixels

_INPUT = 192
_MARGIN = 1.5
_RIGHT_EYE_OUTER, _LEFT_EYE_OUTER = 33, 263


@dataclass(frozen=True, slots=True, eq=False)
class Mesh:
    """points: (468, 3) in the levelled crop, z growing away from the viewer; placed: (468, 2) in image pixels;
    roll: degrees clockwise from level; presence: 0..1, how surely the crop shows a face at all."""

    points: Floats
    placed: Floats
    roll: float
    presence: float


def fit(image: Pixels, box: Box, tilt: float) -> Mesh:
    """Fit the mesh to the face in `box`, tilted by `tilt` degrees.

    Run twice: the second crop is laid by the first mesh, which removes the detector's jitter (roll error 9° → 3°).
    """
    first = _fit(image, np.array(box.centre), max(box.width, box.height) * _MARGIN, tilt)
    low, high = first.placed.min(0), first.placed.max(0)
    return _fit(image, (low + high) / 2, float(max(high - low)) * _MARGIN, first.roll)


def _fit(image: Pixels, centre: Floats, side: float, tilt: float) -> Mesh:
    x, y = (float(v) for v in centre)
    to_crop: Floats = cv2.getRotationMatrix2D((x, y), tilt, _INPUT / side)
    to_crop[:, 2] += _INPUT / 2 - centre
    crop = cv2.warpAffine(image, to_crop, (_INPUT, _INPUT), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    outputs = network(Model.FACE_LANDMARK).run(crop.astype(np.float32) / 255)
    points = outputs[468 * 3].reshape(468, 3)
    back = cv2.invertAffineTransform(to_crop)
    placed = (points[:, :2] @ back[:, :2].T + back[:, 2]).astype(np.float32)
    across, down = placed[_LEFT_EYE_OUTER] - placed[_RIGHT_EYE_OUTER]
    presence = 1 / (1 + np.exp(-float(outputs[1][0])))
    return Mesh(points, placed, float(np.degrees(np.arctan2(down, across))), float(presence))
