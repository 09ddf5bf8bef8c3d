"""Pixels to files: exact size, sRGB, and the best JPEG quality that stays under a platform's byte budget."""

from __future__ import annotations

from collections.abc import Callable
from io import BytesIO

import cv2
import numpy as np
from PIL import Image, ImageCms

from core.compose.raster import Picture
from core.domain.brief import FileType

QUALITY, FLOOR = 90, 30
"""JPEG quality shown when it fits (q92 4:4:4 costs 40 % more bytes for nothing anyone saw), and the worst tried."""
_PNG_LEVEL = 1
"""Level 1 is four times faster than 6 for 13–17 % more bytes."""
_WEBP_EFFORT = 20
"""Of 100, without loss: 0.1 s at 1280x720, and a third less than the PNG."""
_DATE = slice(24, 36)
"""Where a profile's header carries its time of making, which would make equal pictures unequal files."""


def _profile() -> bytes:
    raw = bytearray(ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes())
    raw[_DATE] = bytes.fromhex("07e800010001000000000000")
    return bytes(raw)


SRGB = _profile()
_PROFILE = np.frombuffer(SRGB, np.uint8)
_HALF, _WHOLE = cv2.IMWRITE_JPEG_SAMPLING_FACTOR_420, cv2.IMWRITE_JPEG_SAMPLING_FACTOR_444
"""How much of the detail in colour a JPEG keeps."""


class OverBudget(ValueError):
    """Even the lowest quality is larger than the budget."""

    def __init__(self, smallest: int, budget: int) -> None:
        super().__init__(f"{smallest} > {budget} bytes")
        self.smallest, self.budget = smallest, budget


def jpeg(picture: Picture, budget: int | None = None, best: int = QUALITY) -> bytes:
    """What is shown: the best quality up to `best` whose file is at most `budget` bytes (None: `best`), with half the
    detail in colour. Raises OverBudget."""
    pixels = _turned(picture)
    if budget is None:
        return _jpeg(pixels, best)
    return _largest(lambda quality: _jpeg(pixels, quality), budget, FLOOR, best)


def finest(picture: Picture, budget: int) -> bytes:
    """What is kept: the best JPEG there is for `budget` bytes. All detail in colour where that leaves it at least the
    quality that is shown: edges of red type smear without. Raises OverBudget."""
    pixels = _turned(picture)
    try:
        return _largest(lambda quality: _jpeg(pixels, quality, _WHOLE), budget, QUALITY, 100)
    except OverBudget:
        return jpeg(picture, budget, 100)


def webp(picture: Picture, budget: int) -> bytes:
    """Without loss where `budget` bytes are enough, else the best quality that fits. Raises OverBudget."""
    image = Image.fromarray(picture)
    exact = _webp(image, lossless=True, quality=_WEBP_EFFORT, method=0)
    if len(exact) <= budget:
        return exact
    return _largest(lambda quality: _webp(image, quality=quality, use_sharp_yuv=True), budget, FLOOR, 100)


def _largest(file: Callable[[int], bytes], budget: int, floor: int, best: int) -> bytes:
    """The file of the highest quality that fits. Raises OverBudget."""
    data = file(best)
    if len(data) <= budget:
        return data
    fits = file(floor)
    if len(fits) > budget:
        raise OverBudget(len(fits), budget)
    low, high = floor, best
    while high - low > 1:
        middle = (low + high) // 2
        data = file(middle)
        if len(data) <= budget:
            fits, low = data, middle
        else:
            high = middle
    return fits


def png(picture: Picture) -> bytes:
    """Lossless, RGB or RGBA."""
    file = BytesIO()
    Image.fromarray(picture).save(file, "PNG", compress_level=_PNG_LEVEL, icc_profile=SRGB)
    return file.getvalue()


def encode(picture: Picture, kind: FileType, budget: int) -> bytes:
    """A picture as the file somebody keeps; the budget is for those with loss. Raises OverBudget, and KeyError for a
    layered kind."""
    return _KEPT[kind](picture, budget)


_KEPT: dict[FileType, Callable[[Picture, int], bytes]] = {
    FileType.JPG: finest,
    FileType.PNG: lambda picture, _: png(picture),
    FileType.WEBP: webp,
}


def _turned(picture: Picture) -> Picture:
    """Blue first. Raises ValueError for what is no picture of three channels, of which OpenCV would drop one."""
    if picture.ndim != 3 or picture.shape[2] != 3:
        raise ValueError(f"no RGB: {picture.shape}")
    return cv2.cvtColor(picture, cv2.COLOR_RGB2BGR)


def _jpeg(pixels: Picture, quality: int, colour: int = _HALF) -> bytes:
    """Of blue, green and red. Pillow writes the same pixels, but turns each into four bytes first."""
    how = (cv2.IMWRITE_JPEG_QUALITY, quality, cv2.IMWRITE_JPEG_SAMPLING_FACTOR, colour)
    done, data = cv2.imencodeWithMetadata(".jpg", pixels, (cv2.IMAGE_METADATA_ICCP,), (_PROFILE,), how)
    assert done, pixels.shape
    return data.tobytes()


def _webp(image: Image.Image, **options: int) -> bytes:
    file = BytesIO()
    image.save(file, "WEBP", icc_profile=SRGB, **options)
    return file.getvalue()
