"""The letters of a layout as masks: what is painted as type, and what legibility is measured by."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

import cv2
import numpy as np
from PIL import Image, ImageDraw, ImageFont

from core.compose import emoji
from core.compose.font import features_of, load, placed, starts
from core.compose.geometry import Box, bounds
from core.compose.layout import Layout, Role, Span, TextLine
from core.compose.raster import Mask, Picture
from core.compose.script import visible
from core.compose.style import Style

_AIR = 0.5
"""Of a line's capitals, around its ink: swashes reach past the bounds of their words."""
_STEEP = 1.3
"""Times the slope of edges after a linear turn. Measured on letters of 20 to 160 px against such as were drawn and
turned at eight times the size: edges are 19 to 22 levels off, after a cubic turn 18 to 20, after a linear one alone 24
to 27."""


@dataclass(frozen=True, slots=True, eq=False)
class Tile:
    """One line's letters of one role, where they stand in the picture: turned with their block."""

    line: TextLine
    role: Role
    left: int
    top: int
    mask: Mask

    def slices(self, left: int, top: int) -> tuple[slice, slice]:
        """Its rows and columns on a canvas whose corner is there."""
        high, wide = self.mask.shape
        x, y = self.left - left, self.top - top
        return slice(y, y + high), slice(x, x + wide)


@dataclass(frozen=True, slots=True, eq=False)
class Letters:
    """All letters of a layout, without stroke, box or shadow. Drawn once for painting and for measuring."""

    width: int
    height: int
    tiles: tuple[Tile, ...]

    @property
    def headline(self) -> Mask:
        """The headline's, on the whole canvas."""
        return self._canvas(tile for tile in self.tiles if tile.role is not Role.SUBTEXT)

    @property
    def subtext(self) -> Mask:
        return self._canvas(tile for tile in self.tiles if tile.role is Role.SUBTEXT)

    @property
    def all(self) -> Mask:
        return self._canvas(self.tiles)

    def _canvas(self, tiles: Iterable[Tile]) -> Mask:
        return joined(tiles, np.zeros((self.height, self.width), np.uint8))


def letters(layout: Layout, style: Style) -> Letters:
    """Draws the letters of a layout."""
    return Letters(layout.width, layout.height, tuple(_tiles(layout, style)))


def glyphs(layout: Layout, style: Style) -> Mask:
    """The letters of a layout on the canvas: what a legibility check measures."""
    return letters(layout, style).all


def joined(tiles: Iterable[Tile], canvas: Mask, left: int = 0, top: int = 0) -> Mask:
    """`canvas`, whose corner lies at `left`, `top` of the picture, with the tiles' letters."""
    for tile in tiles:
        part = canvas[tile.slices(left, top)]
        cv2.max(part, tile.mask, dst=part)
    return canvas


def tracks(text: str) -> bool:
    """Whether letters of the text may be spaced: joining and stacking scripts must stay whole."""
    return all(ord(letter) < 0x0530 or 0x1E00 <= ord(letter) <= 0x20CF for letter in text)


def turned(
    layout: Layout, left: int, top: int, *planes: Picture, flags: int = cv2.INTER_CUBIC
) -> tuple[int, int, tuple[Picture, ...]]:
    """Planes of one size that lie at `left`, `top`, turned about the layout's pivot, and where they then lie: as much
    as the canvas shows of them."""
    high, wide = planes[0].shape[:2]
    about = layout.pivot[0], layout.pivot[1]
    box = Box(left, top, left + wide, top + high).turned(layout.angle, about).grown(3 if layout.angle else 0)
    x0, y0 = max(0, math.floor(box.left)), max(0, math.floor(box.top))
    x1, y1 = min(layout.width, math.ceil(box.right)), min(layout.height, math.ceil(box.bottom))
    if x0 >= x1 or y0 >= y1:
        return 0, 0, tuple(plane[:0, :0] for plane in planes)
    if not layout.angle:
        return x0, y0, tuple(plane[y0 - top : y1 - top, x0 - left : x1 - left] for plane in planes)
    turn = np.array(cv2.getRotationMatrix2D((about[0] - 0.5, about[1] - 0.5), layout.angle, 1.0), np.float64)
    turn[:, 2] += turn[:, :2] @ (left, top) - (x0, y0)
    size = x1 - x0, y1 - y0
    return x0, y0, tuple(cv2.warpAffine(plane, turn, size, flags=flags) for plane in planes)


def _tiles(layout: Layout, style: Style) -> Iterator[Tile]:
    tracking = style.tracking if layout.tracking is None else layout.tracking
    set_in = ((layout.lines, layout.font, tracking), (layout.subtext, layout.subtext_font, style.subtext_tracking))
    for lines, face, spacing in set_in:
        for line in lines:
            for role in dict.fromkeys(span.role for span in line.spans):
                tile = _tile(layout, line, role, face, spacing)
                if tile is not None:
                    yield tile


def _tile(layout: Layout, line: TextLine, role: Role, face: str, tracking: float) -> Tile | None:
    """None where the role has no letters, or none that the canvas shows."""
    spans = [span for span in line.spans if span.role is role]
    words = bounds(Box(span.x, line.ink.top, span.x + span.width, line.ink.bottom) for span in spans)
    room = words.grown(12 + _AIR * line.cap)
    left, top = math.floor(room.left), math.floor(room.top)
    image = Image.new("L", (max(1, math.ceil(room.right) - left), max(1, math.ceil(room.bottom) - top)), 0)
    pen, font = ImageDraw.Draw(image), load(face, round(line.size * 4) / 4)
    for span in spans:
        _write(pen, replace(span, x=span.x - left), line.baseline - top, face, font, tracking * line.size)
    inked = image.getbbox()
    if inked is None:
        return None
    drawn: Mask = np.asarray(image.crop(inked))
    left, top, (shown,) = turned(layout, left + inked[0], top + inked[1], drawn, flags=cv2.INTER_LINEAR)
    if not shown.size:
        return None
    # A linear turn takes a third of a cubic one's time and leaves edges soft, which are made as steep as they were.
    crisp = cv2.addWeighted(shown, _STEEP, shown, 0, 127.5 * (1 - _STEEP)) if layout.angle else shown
    return Tile(line, role, left, top, np.ascontiguousarray(crisp))


def _write(
    pen: ImageDraw.ImageDraw, span: Span, baseline: float, face: str, font: ImageFont.FreeTypeFont, tracking: float
) -> None:
    if not emoji.has(span.text):
        _spell(pen, span.text, (span.x, baseline), face, font, tracking)
        return
    for part in placed(face, span.text, tracking / font.size):
        if not part.run.emoji:
            _spell(pen, part.run.text, (span.x + part.x * font.size, baseline), face, font, tracking)


def _spell(
    pen: ImageDraw.ImageDraw,
    text: str,
    at: tuple[float, float],
    face: str,
    font: ImageFont.FreeTypeFont,
    tracking: float,
) -> None:
    if not tracking or not tracks(text):
        pen.text(at, text, fill=255, font=font, anchor="ls", features=features_of(face))
        return
    single = load(face, font.size, shaped=False)
    for index, (letter, start) in enumerate(zip(text, starts(face, text, font.size), strict=True)):
        if visible(letter):
            pen.text((at[0] + start + index * tracking, at[1]), letter, fill=255, font=single, anchor="ls")
