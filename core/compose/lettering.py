"""Painting a layout's type: its letters, then box, shadow, extrusion, stroke and fill on one small layer."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass, replace
from enum import StrEnum

import cv2
import numpy as np

from core.compose import relief, underlay
from core.compose.fill import Fill, fills
from core.compose.geometry import Box, bounds
from core.compose.layer import Layer, lay, lay_dark, lay_flat
from core.compose.layout import Layout, Role, TextLine
from core.compose.letter import Letters, Tile, joined, letters, turned
from core.compose.palette import channels, mix
from core.compose.raster import Mask, Picture, fields, grown, moved, soft, tinted
from core.compose.sticker import Sticker, stickers
from core.compose.style import Mark, Style

_FRONT = 0.84
"""Of a block's depth; the rest is its far edge."""
_BOX_SIDE = 0.45
"""Of black in a box's thickness."""


class Piece(StrEnum):
    """What type is painted in, from below."""

    SHADOW = "shadow"
    """And light."""
    RULE = "rule"
    OUTLINE = "outline"
    """And thickness."""
    BOX = "box"
    HEADLINE = "headline"
    SUBTEXT_OUTLINE = "subtext_outline"
    SUBTEXT = "subtext"
    EMOJI = "emoji"


@dataclass(frozen=True, slots=True, eq=False)
class Drawn:
    """The type of a layout on a layer, and its letters, by which it is measured."""

    layer: Layer | None
    letters: Letters


def draw(layout: Layout, style: Style, ground: Picture) -> Drawn:
    """The type of a layout; without a layer when there is none. `ground` is the picture it will stand on."""
    own = letters(layout, style)
    layer = _Painter(layout, style, own).layer(ground) if layout.lines or layout.subtext else None
    return Drawn(layer, own)


def pieces(layout: Layout, style: Style, ground: Picture) -> list[tuple[Piece, TextLine | None, Layer]]:
    """What `draw` paints, apart and from below: letters line by line, each with its line. Stacked it is the same."""
    if not (layout.lines or layout.subtext):
        return []
    painter = _Painter(layout, style, letters(layout, style))
    painter.sheets = []
    painter.layer(ground)
    return painter.pieces()


class _Painter:
    def __init__(self, layout: Layout, style: Style, own: Letters) -> None:
        self.layout, self.style, self.letters = layout, style, own
        self.unit = min(layout.width, layout.height) / 720
        self.cap = max(line.cap for line in (*layout.lines, *layout.subtext))
        reach = 12 + 34 * self.unit + (0.25 + 1.5 * style.depth + (0.2 if style.deep else 0.0)) * self.cap
        ink = bounds(layout.text_boxes).grown(reach)
        (self.left, self.width), (self.top, self.height) = (
            fields(start, end, side)
            for start, end, side in ((ink.left, ink.right, layout.width), (ink.top, ink.bottom, layout.height))
        )
        self.rgb: Picture = np.zeros((self.height, self.width, 3), np.uint8)
        self.alpha: Mask = self._blank()
        self.sheets: list[tuple[Piece, Picture, Mask]] | None = None
        """Canvases of the pieces, where they are wanted apart."""

    def layer(self, ground: Picture) -> Layer | None:
        layout, style, palette = self.layout, self.style, self.layout.palette
        boxed = layout.mark is Mark.BOX
        small = self._mask(Role.SUBTEXT)
        standing = self._mask(Role.PLAIN, Role.SECOND if boxed else Role.EMPHASIS)
        box = self._shapes(underlay.boxes(layout, style)) if boxed else None
        stroke = style.stroke * self._typical_cap()
        body = grown(standing, stroke)
        if style.extrude:
            body = self._extruded(body, style.extrude * self._typical_cap())
        emojis = self._emojis(ground)
        thick, thick_box = self._thick(body), None if box is None else self._thick(box)
        solid = thick if thick_box is None else cv2.max(thick, thick_box)
        self._begin(Piece.SHADOW)
        self._beneath(solid, standing, small, emojis)
        self._begin(Piece.OUTLINE)
        if style.depth:
            side, edge = relief.sides(palette)
            self._over(edge, thick)
            self._over(side, self._thick(body, _FRONT))
        if style.banded:
            self._begin(Piece.BOX)
            self._over(underlay.marker_colour(layout, style), self._shapes(underlay.marker(layout, style)))
            self._begin(Piece.OUTLINE)
        if stroke:
            self._over(palette.stroke, body)
        self._begin(Piece.BOX)
        if box is not None and thick_box is not None:
            if style.depth:
                self._over(mix(palette.pop, "#000000", _BOX_SIDE), thick_box)
            self._over(palette.pop, box)
        if layout.mark is Mark.MARKER and not style.banded:
            self._over(underlay.marker_colour(layout, style), self._shapes(underlay.marker(layout, style)))
        self._begin(Piece.HEADLINE)
        colours = fills(layout, style)
        for role in (Role.PLAIN, Role.SECOND, Role.EMPHASIS):
            self._fill(role, colours[role])
        self._small(small, stroke, colours[Role.SUBTEXT][0])
        self._begin(Piece.EMOJI)
        self._stick(emojis)
        return Layer(self.left, self.top, self.rgb, self.alpha).trimmed()

    def pieces(self) -> list[tuple[Piece, TextLine | None, Layer]]:
        found: list[tuple[Piece, TextLine | None, Layer]] = []
        lines = {Piece.HEADLINE: self.layout.lines, Piece.SUBTEXT: self.layout.subtext}
        for piece, rgb, alpha in self.sheets or ():
            for line in lines.get(piece, (None,)):
                own = None if line is None else self._letters_of(line, piece)
                only = rgb if own is None else cv2.bitwise_and(rgb, cv2.merge((own, own, own)))
                cover = alpha if own is None else cv2.bitwise_and(alpha, own)
                layer = Layer(self.left, self.top, only, cover).trimmed()
                if layer is not None:
                    found.append((piece, line, layer))
        return found

    def _letters_of(self, line: TextLine, piece: Piece) -> Mask:
        """All of every pixel that a line's letters have a part in, and another line's have not."""
        rows = [tile for tile in self.letters.tiles if (tile.role is Role.SUBTEXT) == (piece is Piece.SUBTEXT)]
        own = self._joined(tile for tile in rows if tile.line is line)
        own[self._joined(tile for tile in rows if tile.line is not line) > own] = 0
        own[own > 0] = 255
        return own

    def _begin(self, piece: Piece) -> None:
        """What follows is painted on a canvas of its own, where the pieces are wanted apart."""
        if self.sheets is not None:
            self.rgb, self.alpha = np.zeros_like(self.rgb), np.zeros_like(self.alpha)
            self.sheets.append((piece, self.rgb, self.alpha))

    def _blank(self) -> Mask:
        return np.zeros((self.height, self.width), np.uint8)

    def _tiles(self, *roles: Role) -> list[Tile]:
        return [tile for tile in self.letters.tiles if tile.role in roles]

    def _mask(self, *roles: Role) -> Mask:
        return self._joined(self._tiles(*roles))

    def _joined(self, tiles: Iterable[Tile]) -> Mask:
        return joined(tiles, self._blank(), self.left, self.top)

    def _shapes(self, shapes: Iterable[underlay.Shape]) -> Mask:
        return underlay.drawn(shapes, self.layout, self._blank(), self.left, self.top)

    def _emojis(self, ground: Picture) -> list[tuple[Sticker, tuple[slice, slice]]]:
        """Turned with their block, with where each lies on the layer."""
        area = Box(self.left, self.top, self.left + self.width, self.top + self.height)
        found = []
        for one in stickers(self.layout, self.style, ground, area):
            left, top, (rgb, alpha, ringed) = turned(self.layout, one.left, one.top, one.rgb, one.alpha, one.ringed)
            if alpha.size:
                # Cubic overshoot must not leave more colour than cover.
                rgb = cv2.min(rgb, cv2.merge((alpha, alpha, alpha)))
                own = replace(one, left=left, top=top, rgb=rgb, alpha=alpha, ringed=ringed)
                found.append((own, own.slices(area)))
        return found

    def _typical_cap(self) -> float:
        caps = sorted(line.cap for line in self.layout.lines)
        return (caps[0] + caps[len(caps) // 2]) / 2 if caps else 0.0

    def _over(self, colour: str, mask: Mask, opacity: float = 1.0) -> None:
        lay_flat(self.rgb, self.alpha, colour, mask, opacity)

    def _paint(self, rows: slice, columns: slice, paint: Picture, cover: Mask) -> None:
        lay(self.rgb[rows, columns], self.alpha[rows, columns], paint, cover)

    def _stick(self, emojis: Iterable[tuple[Sticker, tuple[slice, slice]]]) -> None:
        for one, (rows, columns) in emojis:
            if one.ring:
                self._paint(rows, columns, tinted(one.ringed, one.ring), one.ringed)
            self._paint(rows, columns, one.rgb, one.alpha)

    def _thick(self, body: Mask, share: float = 1.0) -> Mask:
        return relief.swept(body, share * self.style.depth * self._typical_cap())

    def _extruded(self, body: Mask, depth: float) -> Mask:
        """The body swept downwards."""
        steps = max(1, round(depth))
        return cv2.dilate(body, np.ones((steps + 1, 1), np.uint8), anchor=(0, steps))

    def _beneath(
        self, solid: Mask, standing: Mask, small: Mask, emojis: Iterable[tuple[Sticker, tuple[slice, slice]]]
    ) -> None:
        """Shadow, light and bar, under all that is solid."""
        for one, (rows, columns) in emojis:  # an emoji's shadow is no part of the letters' stroke
            solid = solid.copy()
            solid[rows, columns] = cv2.max(solid[rows, columns], one.ringed)
        self._shadow(solid, small)
        if self.style.halo:
            self._halo(cv2.max(standing, small))
        if self.style.rule:
            self._begin(Piece.RULE)
            self._over(self.layout.palette.pop, self._shapes(underlay.bar(self.layout, self.style)))

    def _shadow(self, body: Mask, small: Mask) -> None:
        """The first that is painted."""
        if self.style.deep:
            far = 0.11 * self._typical_cap()
            lay_dark(self.alpha, soft(moved(body, 0.35 * far, far), 0.6 * far), self.style.deep)
        strength = self.style.shadow
        if not strength:
            return
        size = max(3.0 * self.unit, 0.075 * self._typical_cap())
        lay_dark(self.alpha, soft(moved(body, 0, 0.7 * size), size), strength)
        if self.layout.subtext:
            tight = soft(grown(small, 1.5 * self.unit), 5 * self.unit)
            lay_dark(self.alpha, moved(tight, 0, 2 * self.unit), strength)

    def _halo(self, mask: Mask) -> None:
        """A tube's light: wide and faint, and once more tight and bright."""
        for reach, size, opacity in ((0.05, 0.24, 0.5), (0.02, 0.06, 0.85)):
            light = soft(grown(mask, reach * self.cap), size * self.cap)
            self._over(self.layout.palette.pop, light, opacity * self.style.halo)

    def _fill(self, role: Role, fill: Fill) -> None:
        """Flat, or a gradient per line."""
        tiles = self._tiles(role)
        for tile in tiles:
            paint = tinted(tile.mask, fill[0]) if fill[0] == fill[1] else self._graded(tile, fill)
            self._paint(*tile.slices(self.left, self.top), paint, tile.mask)
        # The glow has the box's colour: words in one would fade into it.
        if tiles and self.style.glow and not (role is Role.EMPHASIS and self.layout.mark is Mark.BOX):
            mask = self._joined(tiles)
            inner = cv2.subtract(mask, soft(cv2.erode(mask, np.ones((3, 3), np.uint8)), 0.05 * self.cap))
            self._over(self.layout.palette.accent, cv2.min(soft(inner, 2 * self.unit), mask), 0.75)

    def _graded(self, tile: Tile, fill: Fill) -> Picture:
        """A tile's paint, premultiplied, from the top of its line's capitals to the baseline."""
        high, wide = tile.mask.shape
        angle, line = math.radians(self.layout.angle), tile.line
        x, y = self.layout.pivot
        down = (np.arange(high) + tile.top - y) * math.cos(angle) + y - line.baseline + line.cap
        across = (np.arange(wide) + tile.left - x) * math.sin(angle)
        down, across = (np.float32(255 / line.cap) * side.astype(np.float32) for side in (down, across))
        share = np.clip(down[:, None] + across, 0, 255).astype(np.uint8)
        first, last = (np.array(channels(colour), np.float32) for colour in fill)
        table = (first + (last - first) * np.linspace(0, 1, 256, dtype=np.float32)[:, None]).astype(np.uint8)
        colours = cv2.LUT(cv2.merge((share, share, share)), table[None])
        cover = cv2.merge((tile.mask, tile.mask, tile.mask))
        return cv2.multiply(colours, cover, scale=1 / 255)

    def _small(self, mask: Mask, stroke: float, colour: str) -> None:
        if stroke:
            edge = max(2.0, min(0.6 * stroke, 4.5 * self.unit))
            self._begin(Piece.SUBTEXT_OUTLINE)
            self._over(self.layout.palette.stroke, grown(mask, edge))
        self._begin(Piece.SUBTEXT)
        self._over(colour, mask)
