"""What is seen of a picture at a glance: a few hundred bytes that `core.compose.distance` compares."""

from __future__ import annotations

import cv2
import numpy as np

from core.compose.distance import CELLS, STEPS
from core.compose.raster import Picture
from core.domain.feed import SMALLEST


def impression(picture: Picture) -> bytes:
    """Row by row, four bytes a field: L*, a* + 128, b* + 128, standard deviation of L*, in `STEPS`. It is that of the
    smallest tile, which the picture may be already."""
    high, wide = picture.shape[:2]
    size = SMALLEST, max(CELLS, round(SMALLEST * high / wide))
    small = picture if (wide, high) == size else cv2.resize(picture, size, interpolation=cv2.INTER_AREA)
    lab = cv2.cvtColor(small.astype(np.float32) / 255, cv2.COLOR_RGB2LAB)
    light = cv2.extractChannel(lab, 0)
    means, squares = (cv2.resize(of, (CELLS, CELLS), interpolation=cv2.INTER_AREA) for of in (lab, light * light))
    spread = np.sqrt(np.maximum(squares - means[..., 0] ** 2, 0))
    rows = np.dstack((np.add(means, (0, 128 / STEPS[1], 128 / STEPS[2])), spread))
    return np.rint(rows * STEPS).clip(0, 255).astype(np.uint8).tobytes()
