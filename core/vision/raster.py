"""The shapes every module of this room speaks: images as arrays, boxes in pixels."""

from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

Pixels = NDArray[np.uint8]
"""(H, W, 3) RGB, or (H, W, 4) RGBA with straight alpha."""

Floats = NDArray[Any]


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle: left, top, width, height, in pixels or as shares of the picture (the owner says which)."""

    x: float
    y: float
    width: float
    height: float

    @property
    def area(self) -> float:
        return self.width * self.height

    @property
    def centre(self) -> tuple[float, float]:
        return self.x + self.width / 2, self.y + self.height / 2

    def scaled(self, x: float, y: float) -> "Box":
        return Box(self.x * x, self.y * y, self.width * x, self.height * y)

    def moved(self, dx: float, dy: float) -> "Box":
        return Box(self.x + dx, self.y + dy, self.width, self.height)

    def slices(self, image: NDArray[Any]) -> tuple[slice, slice]:
        """Rows and columns of the part of the box that lies inside `image`."""
        height, width = image.shape[:2]
        top, bottom = (int(np.clip(round(v), 0, height)) for v in (self.y, self.y + self.height))
        left, right = (int(np.clip(round(v), 0, width)) for v in (self.x, self.x + self.width))
        return slice(top, bottom), slice(left, right)


def reduced(image: Pixels, long_side: int) -> tuple[Pixels, float]:
    """The image with its long side at most `long_side`, and the factor that took it there (1.0: the image itself)."""
    factor = long_side / max(image.shape[:2])
    if factor >= 1:
        return image, 1.0
    height, width = (max(1, round(side * factor)) for side in image.shape[:2])
    return np.asarray(cv2.resize(image, (width, height), interpolation=cv2.INTER_AREA), np.uint8), factor
