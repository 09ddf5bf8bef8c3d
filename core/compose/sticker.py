"""Emoji among the letters: drawings in their own colours, with a thin ring where the ground is like them."""

from __future__ import annotations

import io
import math
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image

from core.compose import emoji
from core.compose.font import emoji_height, placed
from core.compose.geometry import Box
from core.compose.layout import Layout
from core.compose.palette import BLACK, WHITE, contrast, from_channels
from core.compose.raster import Mask, Picture, grown
from core.compose.style import Style

_RING = 0.05
"""Of a line's capitals."""
_LIKE = 90.0
"""Distance of two colours, of 441, below which one does not stand out from the other."""
_LOST = 0.3
"""Share of an outline that may be like the ground."""


@dataclass(frozen=True, slots=True, eq=False)
class Sticker:
    """A piece of canvas with one emoji on it, before the block's turn."""

    left: int
    top: int
    rgb: Picture
    """Premultiplied."""
    alpha: Mask
    wide: float
    """Of the ring, px."""
    ring: str
    """Its colour; empty where none is needed."""
    ringed: Mask
    """The emoji with that ring."""

    def slices(self, area: Box) -> tuple[slice, slice]:
        """Its rows and columns on a layer of that area."""
        high, wide = self.alpha.shape
        left, top = self.left - round(area.left), self.top - round(area.top)
        return slice(top, top + high), slice(left, left + wide)


def stickers(layout: Layout, style: Style, ground: Picture, area: Box) -> list[Sticker]:
    """The emoji of a layout as far as they lie in an area of whole pixels; `ground` is the picture they will lie on.

    One ring for all or for none: of two that are the same, one with a ring and one without looks like a mistake.
    """
    found = [_drawn(text, box, cap, area) for text, box, cap in _places(layout, style)]
    lost = [behind for one in found if (behind := _lost(one, _beneath(one, layout, ground))) is not None]
    if not lost:
        return found
    red, green, blue = np.mean(lost, axis=0)
    tone = from_channels(float(red), float(green), float(blue))
    colour = WHITE if contrast(WHITE, tone) >= contrast(BLACK, tone) else BLACK
    return [replace(one, ring=colour, ringed=grown(one.alpha, one.wide)) for one in found]


def _places(layout: Layout, style: Style) -> Iterator[tuple[str, Box, float]]:
    """Text, place and the height of the capitals beside it."""
    for lines, face, tracking in (
        (layout.lines, layout.font, style.tracking),
        (layout.subtext, layout.subtext_font, style.subtext_tracking),
    ):
        for line in lines:
            tall = emoji_height(face) * line.size
            top = line.baseline - (line.cap + tall) / 2
            for span in line.spans:
                for part in placed(face, span.text, tracking) if emoji.has(span.text) else ():
                    left = span.x + part.x * line.size
                    if part.run.emoji:
                        yield part.run.text, Box(left, top, left + tall * emoji.ASPECT, top + tall), line.cap


@lru_cache(64)
def picture(text: str) -> NDArray[np.uint8]:
    """An emoji, RGBA with straight alpha. Raises KeyError for any other text."""
    indices, palette = emoji.stored(text)
    colours = np.frombuffer(palette, np.uint8).reshape(-1, 4)
    found: NDArray[np.uint8] = colours[np.asarray(Image.open(io.BytesIO(indices)).convert("L"))]
    return found


def _drawn(text: str, box: Box, cap: float, area: Box) -> Sticker:
    """Without a ring."""
    source: Any = picture(text).astype(np.float32)
    source[..., :3] *= source[..., 3:] / 255
    scale = box.height / source.shape[0]
    if scale < 1:
        source = cv2.GaussianBlur(source, (0, 0), 0.35 / scale)
    wide = max(1.5, _RING * cap)
    room = box.grown(2 * wide + 2)
    x0, y0 = max(round(area.left), math.floor(room.left)), max(round(area.top), math.floor(room.top))
    x1, y1 = min(round(area.right), math.ceil(room.right)), min(round(area.bottom), math.ceil(room.bottom))
    size = max(1, x1 - x0), max(1, y1 - y0)
    # Half a pixel of the canvas is not half a pixel of the drawing.
    shift = box.left - x0 + scale / 2 - 0.5, box.top - y0 + scale / 2 - 0.5
    onto = np.array([[scale, 0, shift[0]], [0, scale, shift[1]]], np.float32)
    way = cv2.INTER_CUBIC if scale > 1 else cv2.INTER_LINEAR
    pixels = cv2.warpAffine(source, onto, size, flags=way).clip(0, 255).round().astype(np.uint8)
    alpha = np.ascontiguousarray(pixels[..., 3])
    rgb = cv2.min(np.ascontiguousarray(pixels[..., :3]), cv2.merge((alpha, alpha, alpha)))
    return Sticker(x0, y0, rgb, alpha, wide, "", alpha)


def _lost(one: Sticker, behind: Picture) -> NDArray[np.float32] | None:
    """The ground's mean colour where the emoji's outline is lost on it."""
    solid = (one.alpha > 200).astype(np.uint8)
    edge = (solid - cv2.erode(solid, np.ones((3, 3), np.uint8), iterations=round(one.wide))).astype(bool)
    if not edge.any():
        return None
    ground = cv2.blur(behind, (5, 5))[edge].astype(np.float32)
    like = np.linalg.norm(one.rgb[edge].astype(np.float32) - ground, axis=1) < _LIKE
    return ground.mean(axis=0) if float(like.mean()) > _LOST else None


def _beneath(one: Sticker, layout: Layout, ground: Picture) -> Picture:
    """What lies where the turned block brings the emoji; beyond the picture its edges are repeated."""
    high, wide = one.alpha.shape
    box = Box(one.left, one.top, one.left + wide, one.top + high)
    middle = box.turned(layout.angle, (layout.pivot[0], layout.pivot[1])).centre
    left, top = round(middle[0] - wide / 2), round(middle[1] - high / 2)
    columns = np.clip(np.arange(left, left + wide), 0, ground.shape[1] - 1)
    rows = np.clip(np.arange(top, top + high), 0, ground.shape[0] - 1)
    return np.ascontiguousarray(ground[rows[:, None], columns[None, :]])
