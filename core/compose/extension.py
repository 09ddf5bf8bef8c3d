"""More picture than was painted: its backdrop mirrored outwards, out of focus, the seam dissolved."""

from __future__ import annotations

import cv2
import numpy as np

from core.compose.geometry import Box
from core.compose.raster import Field, Mask, Picture, grain, smoothstep
from core.domain.format import Size

_LONG_SIDE = 320
"""Of the copy the backdrop is made on; it is out of focus anyway."""
_SEAM, _CUT_SEAM = 0.10, 0.22
"""Share of the picture's side that dissolves: where backdrop goes on, and where a body is cut off."""


def extended(part: Picture, silhouette: Mask, place: Box, size: Size, head: Box | None = None) -> tuple[Picture, Mask]:
    """A picture that fills `place` (px of the canvas) on a whole canvas of `size`, and its silhouette there.

    A person the picture shows whole stays sharp up to the seam; one cut off by the edge fades with it, all but the
    `head` (px of the canvas).
    """
    left, top = round(place.left), round(place.top)
    high, wide = part.shape[:2]
    pads = (top, size.height - top - high, left, size.width - left - wide)
    picture = _backdrop(part, silhouette, pads, size)
    seam = _seam(part.shape[:2], pads, silhouette, head and head.moved(-left, -top))
    rows, columns = slice(top, top + high), slice(left, left + wide)
    three = cv2.merge((seam, seam, seam))
    picture[rows, columns] = cv2.add(
        cv2.multiply(picture[rows, columns], 255 - three, scale=1 / 255), cv2.multiply(part, three, scale=1 / 255)
    )
    mask = np.zeros((size.height, size.width), np.uint8)
    mask[rows, columns] = cv2.multiply(silhouette, seam, scale=1 / 255)
    return picture, mask


def _backdrop(part: Picture, silhouette: Mask, pads: tuple[int, int, int, int], size: Size) -> Picture:
    scale = min(1.0, _LONG_SIDE / max(size.width, size.height))
    high, wide = (max(2, round(side * scale)) for side in part.shape[:2])
    small = cv2.resize(part, (wide, high), interpolation=cv2.INTER_AREA)
    person = cv2.resize(silhouette, (wide, high), interpolation=cv2.INTER_AREA)
    hole = cv2.dilate((person > 24).astype(np.uint8), np.ones((7, 7), np.uint8))
    if hole.any() and not hole.all():
        small = cv2.inpaint(small, hole, 4, cv2.INPAINT_TELEA)
    top, bottom, before, after = (max(0, round(pad * scale)) for pad in pads)
    wider = cv2.copyMakeBorder(small, top, bottom, before, after, cv2.BORDER_REFLECT)
    sigma = 0.035 * max(wider.shape[:2])
    soft = cv2.GaussianBlur(wider, (0, 0), sigma, borderType=cv2.BORDER_REFLECT)
    whole: Picture = np.ascontiguousarray(
        cv2.resize(soft, (size.width, size.height), interpolation=cv2.INTER_CUBIC), np.uint8
    )
    # A blur has no grain, and a smooth gradient bands.
    grain(whole, 1.6, 1, min(size.width, size.height) / 720)
    return whole


def _seam(shape: tuple[int, ...], pads: tuple[int, int, int, int], silhouette: Mask, head: Box | None) -> Mask:
    """Opacity of the part: 255 but towards the sides where there is more canvas."""
    high, wide = shape[0], shape[1]
    top, bottom, left, right = pads
    solid = silhouette > 128
    x, y = np.arange(wide, dtype=np.float32)[None, :] + 0.5, np.arange(high, dtype=np.float32)[:, None] + 0.5
    seam = np.ones((high, wide), np.float32)
    free = (head.top, high - head.bottom, head.left, wide - head.right) if head else (high, high, wide, wide)
    sides: tuple[tuple[int, Field, int, bool], ...] = (
        (top, y, high, bool(solid[:2].any())),
        (bottom, high - y, high, bool(solid[-2:].any())),
        (left, x, wide, bool(solid[:, :2].any())),
        (right, wide - x, wide, bool(solid[:, -2:].any())),
    )
    for (pad, distance, side, cut), room in zip(sides, free, strict=True):
        if pad > 0:
            reach = (_CUT_SEAM if cut else _SEAM) * side
            rise = smoothstep(0.0, max(2.0, min(reach, room) if cut else reach), distance)
            kept = 0.0 if cut else silhouette.astype(np.float32) / 255
            seam *= np.maximum(rise, kept)
    result: Mask = np.round(seam * 255).astype(np.uint8)
    return result
