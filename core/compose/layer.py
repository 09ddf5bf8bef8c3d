"""A part of the canvas that is laid over a picture."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from core.compose.raster import Mask, Picture, Place, extent, places, tinted


def lay(rgb: Picture, alpha: Mask, paint: Picture, cover: Mask) -> None:
    """Lays paint over a layer's canvas, both premultiplied and of one size, in place."""
    rest = cv2.bitwise_not(cover)
    cv2.multiply(rgb, cv2.merge((rest, rest, rest)), dst=rgb, scale=1 / 255)
    cv2.add(rgb, paint, dst=rgb)
    cv2.multiply(alpha, rest, dst=alpha, scale=1 / 255)
    cv2.add(alpha, cover, dst=alpha)


def lay_flat(rgb: Picture, alpha: Mask, colour: str, mask: Mask, opacity: float = 1.0) -> None:
    """The same with a colour through a mask, where that is not empty."""
    for part in places(mask):
        cover = mask[part] if opacity == 1.0 else cv2.convertScaleAbs(mask[part], alpha=opacity)
        lay(rgb[part], alpha[part], tinted(cover, colour), cover)


def lay_dark(alpha: Mask, mask: Mask, opacity: float) -> None:
    """The same with black where no colour lies yet: that is cover alone."""
    for place in places(mask):
        under, over = alpha[place], cv2.convertScaleAbs(mask[place], alpha=opacity)
        cv2.multiply(under, cv2.bitwise_not(over), dst=under, scale=1 / 255)
        cv2.add(under, over, dst=under)


@dataclass(frozen=True, slots=True, eq=False)
class Layer:
    """Premultiplied colour and alpha of a part of the canvas."""

    left: int
    top: int
    rgb: Picture
    alpha: Mask

    @property
    def place(self) -> Place:
        """Its rows and columns on the canvas."""
        high, wide = self.alpha.shape
        return slice(self.top, self.top + high), slice(self.left, self.left + wide)

    def onto(self, picture: Picture) -> None:
        """Composites the layer, in place."""
        own = picture[self.place]
        for place in places(self.alpha):
            part, rest = own[place], cv2.bitwise_not(self.alpha[place])
            cv2.multiply(part, cv2.merge((rest, rest, rest)), dst=part, scale=1 / 255)
            cv2.add(part, self.rgb[place], dst=part)

    def rgba(self, width: int, height: int) -> NDArray[np.uint8]:
        """The layer on a transparent canvas, straight alpha."""
        canvas = np.zeros((height, width, 4), np.uint8)
        canvas[self.place] = self.straight()
        return canvas

    def straight(self) -> NDArray[np.uint8]:
        """(height, width, 4), straight alpha."""
        rgb = self.rgb
        if self.alpha.min() < 255:
            cover = np.maximum(self.alpha, 1)
            rgb = cv2.divide(self.rgb, cv2.merge((cover, cover, cover)), scale=255)
        pixels: NDArray[np.uint8] = np.dstack((rgb, self.alpha))
        return pixels

    def trimmed(self) -> Layer | None:
        """Without empty rows and columns; None where nothing is left."""
        part = extent(self.alpha)
        if part is None:
            return None
        # Not as views, which would keep what is empty.
        rgb, alpha = self.rgb[part].copy(), self.alpha[part].copy()
        return Layer(self.left + part[1].start, self.top + part[0].start, rgb, alpha)
