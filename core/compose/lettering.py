"""Painting a layout's type: masks from raqm, then box, shadow, extrusion, stroke and fill on one small layer."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass, replace
from enum import StrEnum

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from core.compose import emoji, relief
from core.compose.font import features_of, load, placed
from core.compose.geometry import Box, bounds
from core.compose.headline import TAIL, Align
from core.compose.layout import Layout, Role, Span, TextLine
from core.compose.palette import channels, contrast, mix
from core.compose.raster import Mask, Picture, grown, moved, soft, tinted
from core.compose.sticker import Sticker, stickers
from core.compose.style import BAND, BOX_MARGIN, Mark, Style

_CLOSE = 0.15
"""Of a box's margin, where another letter stands directly beside it."""
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
class Layer:
    """Premultiplied colour and alpha of a part of the canvas."""

    left: int
    top: int
    rgb: Picture
    alpha: Mask

    def onto(self, picture: Picture) -> None:
        """Composites the layer, in place."""
        rows = slice(self.top, self.top + self.alpha.shape[0])
        columns = slice(self.left, self.left + self.alpha.shape[1])
        part = picture[rows, columns]
        hidden = 255 - cv2.merge((self.alpha, self.alpha, self.alpha))
        part[:] = cv2.add(cv2.multiply(part, hidden, scale=1 / 255), self.rgb)

    def rgba(self, width: int, height: int) -> NDArray[np.uint8]:
        """The layer on a transparent canvas, straight alpha."""
        canvas = np.zeros((height, width, 4), np.uint8)
        rows = slice(self.top, self.top + self.alpha.shape[0])
        columns = slice(self.left, self.left + self.alpha.shape[1])
        canvas[rows, columns] = self.straight()
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
        x, y, wide, high = cv2.boundingRect(self.alpha)
        if not wide:
            return None
        part = slice(y, y + high), slice(x, x + wide)
        rgb, alpha = np.ascontiguousarray(self.rgb[part]), np.ascontiguousarray(self.alpha[part])
        return Layer(self.left + x, self.top + y, rgb, alpha)


def draw(layout: Layout, style: Style, ground: Picture) -> Layer | None:
    """The type of a layout; None when there is none. `ground` is the picture it will stand on."""
    lines = (*layout.lines, *layout.subtext)
    return _Painter(layout, style, lines).layer(ground) if lines else None


def pieces(layout: Layout, style: Style, ground: Picture) -> list[tuple[Piece, TextLine | None, Layer]]:
    """What `draw` paints, apart and from below: letters line by line, each with its line. Stacked it is the same."""
    lines = (*layout.lines, *layout.subtext)
    if not lines:
        return []
    painter = _Painter(layout, style, lines)
    painter.sheets = []
    painter.layer(ground)
    return painter.pieces()


def fills(layout: Layout, style: Style) -> dict[Role, tuple[str, str]]:
    """What letters are filled with, from the top of their capitals to the baseline, `#rrggbb`."""
    return _Painter(layout, style, (*layout.lines, *layout.subtext)).fills()


def glyphs(layout: Layout, style: Style) -> Mask:
    """The letters alone on the canvas, without stroke, box or shadow: what a legibility check measures."""
    canvas = np.zeros((layout.height, layout.width), np.uint8)
    lines = (*layout.lines, *layout.subtext)
    if layout.tracking is not None:
        style = replace(style, tracking=layout.tracking)
    if lines:
        _Painter(layout, style, lines).letters_onto(canvas)
    return canvas


class _Painter:
    def __init__(self, layout: Layout, style: Style, lines: tuple[TextLine, ...]) -> None:
        self.layout, self.style = layout, style
        self.unit = min(layout.width, layout.height) / 720
        self.cap = max(line.cap for line in lines)
        reach = 12 + 34 * self.unit + (0.25 + 1.5 * style.depth + (0.2 if style.deep else 0.0)) * self.cap
        ink = bounds([*(line.ink for line in lines), *layout.text_boxes]).grown(reach)
        self.left, self.top = max(0, math.floor(ink.left)), max(0, math.floor(ink.top))
        right, bottom = min(layout.width, math.ceil(ink.right)), min(layout.height, math.ceil(ink.bottom))
        self.width, self.height = max(1, right - self.left), max(1, bottom - self.top)
        self.rgb: Picture = np.zeros((self.height, self.width, 3), np.uint8)
        self.alpha: Mask = np.zeros((self.height, self.width), np.uint8)
        self.sheets: list[tuple[Piece, Picture, Mask]] | None = None
        """Canvases of the pieces, where they are wanted apart."""

    def layer(self, ground: Picture) -> Layer | None:
        layout, style, palette = self.layout, self.style, self.layout.palette
        plain = self._mask(layout.lines, Role.PLAIN)
        marked = self._mask(layout.lines, Role.EMPHASIS)
        second = self._mask(layout.lines, Role.SECOND)
        small = self._mask(layout.subtext, Role.SUBTEXT)
        boxed = layout.mark is Mark.BOX
        box = self._box() if boxed else None
        standing = cv2.max(plain, second if boxed else marked)
        stroke = style.stroke * self._typical_cap()
        body = grown(standing, stroke)
        if style.extrude:
            body = self._extruded(body, style.extrude * self._typical_cap())
        emojis = self._emojis(ground)
        thick, thick_box = self._thick(body), None if box is None else self._thick(box)
        solid = thick if thick_box is None else cv2.max(thick, thick_box)
        self._begin(Piece.SHADOW)
        self._beneath(solid, cv2.max(standing, small), small, emojis)
        self._begin(Piece.OUTLINE)
        if style.depth:
            side, edge = relief.sides(palette)
            self._over(edge, thick)
            self._over(side, self._thick(body, _FRONT))
        if style.banded:
            self._begin(Piece.BOX)
            self._over(self._marker_colour(), self._marker())
            self._begin(Piece.OUTLINE)
        if stroke:
            self._over(palette.stroke, body)
        self._begin(Piece.BOX)
        if box is not None and thick_box is not None:
            if style.depth:
                self._over(mix(palette.pop, "#000000", _BOX_SIDE), thick_box)
            self._over(palette.pop, box)
        if layout.mark is Mark.MARKER and not style.banded:
            self._over(self._marker_colour(), self._marker())
        self._begin(Piece.HEADLINE)
        fills = self.fills()
        self._fill(plain, Role.PLAIN, *fills[Role.PLAIN])
        self._fill(second, Role.SECOND, *fills[Role.SECOND])
        self._fill(marked, Role.EMPHASIS, *fills[Role.EMPHASIS])
        self._small(small, stroke, fills[Role.SUBTEXT][0])
        self._begin(Piece.EMOJI)
        for one, (rows, columns) in emojis:
            if one.ring:
                self._paint(rows, columns, tinted(one.ringed, one.ring), one.ringed)
            self._paint(rows, columns, one.rgb, one.alpha)
        painted = Layer(self.left, self.top, self.rgb, self.alpha).trimmed()
        return None if painted is None else self._turned(painted)

    def _thick(self, body: Mask, share: float = 1.0) -> Mask:
        return relief.swept(body, share * self.style.depth * self._typical_cap())

    def _beneath(
        self, solid: Mask, letters: Mask, small: Mask, emojis: Iterable[tuple[Sticker, tuple[slice, slice]]]
    ) -> None:
        """Shadow, light and bar, under all that is solid."""
        for one, (rows, columns) in emojis:  # an emoji's shadow is no part of the letters' stroke
            solid = solid.copy()
            solid[rows, columns] = cv2.max(solid[rows, columns], one.ringed)
        self._shadow(solid, small)
        if self.style.halo:
            self._halo(letters)
        if self.style.rule:
            self._rule()

    def _begin(self, piece: Piece) -> None:
        """What follows is painted on a canvas of its own, where the pieces are wanted apart."""
        if self.sheets is not None:
            self.rgb, self.alpha = np.zeros_like(self.rgb), np.zeros_like(self.alpha)
            self.sheets.append((piece, self.rgb, self.alpha))

    def pieces(self) -> list[tuple[Piece, TextLine | None, Layer]]:
        found: list[tuple[Piece, TextLine | None, Layer]] = []
        lines = {Piece.HEADLINE: self.layout.lines, Piece.SUBTEXT: self.layout.subtext}
        for piece, rgb, alpha in self.sheets or ():
            for line in lines.get(piece, (None,)):
                own = None if line is None else self._letters_of(line, piece)
                only = rgb if own is None else cv2.bitwise_and(rgb, cv2.merge((own, own, own)))
                cover = alpha if own is None else cv2.bitwise_and(alpha, own)
                part = Layer(self.left, self.top, only, cover).trimmed()
                layer = None if part is None else self._turned(part).trimmed()
                if layer is not None:
                    found.append((piece, line, layer))
        return found

    def _letters_of(self, line: TextLine, piece: Piece) -> Mask:
        """All of every pixel that a line's letters have a part in, and another line's have not."""
        own = self._any((line,), piece)
        others = [other for other in (*self.layout.lines, *self.layout.subtext) if other is not line]
        own[self._any(others, piece) > own] = 0
        own[own > 0] = 255
        return own

    def _any(self, lines: Iterable[TextLine], piece: Piece) -> Mask:
        roles = (Role.SUBTEXT,) if piece is Piece.SUBTEXT else (Role.PLAIN, Role.SECOND, Role.EMPHASIS)
        mask: Mask = np.zeros_like(self.alpha)
        for role in roles:
            mask = cv2.max(mask, self._mask(lines, role))
        return mask

    def _emojis(self, ground: Picture) -> list[tuple[Sticker, tuple[slice, slice]]]:
        """With where each lies on the layer."""
        area = Box(self.left, self.top, self.left + self.width, self.top + self.height)
        return [(one, one.slices(area)) for one in stickers(self.layout, self.style, ground, area)]

    def letters_onto(self, canvas: Mask) -> None:
        mask = cv2.max(self._any(self.layout.subtext, Piece.SUBTEXT), self._any(self.layout.lines, Piece.HEADLINE))
        x, y, wide, high = cv2.boundingRect(mask)
        if not wide:
            return
        left, top, letters = self.left + x, self.top + y, mask[y : y + high, x : x + wide]
        if self.layout.angle:
            left, top, (letters,) = self._turn(left, top, letters)
        canvas[top : top + letters.shape[0], left : left + letters.shape[1]] = letters

    def _typical_cap(self) -> float:
        caps = sorted(line.cap for line in self.layout.lines)
        return (caps[0] + caps[len(caps) // 2]) / 2 if caps else 0.0

    def _over(self, colour: str, mask: Mask, opacity: float = 1.0) -> None:
        x, y, wide, high = cv2.boundingRect(mask)
        if not wide:
            return
        rows, columns = slice(y, y + high), slice(x, x + wide)
        cover = mask[rows, columns]
        if opacity < 1.0:
            cover = cv2.convertScaleAbs(cover, alpha=opacity)
        self._paint(rows, columns, tinted(cover, colour), cover)

    def _paint(self, rows: slice, columns: slice, paint: Picture, cover: Mask) -> None:
        rest = cv2.bitwise_not(cover)
        part, alpha = self.rgb[rows, columns], self.alpha[rows, columns]
        part[:] = cv2.add(cv2.multiply(part, cv2.merge((rest, rest, rest)), scale=1 / 255), paint)
        alpha[:] = cv2.add(cv2.multiply(alpha, rest, scale=1 / 255), cover)

    def _mask(self, lines: Iterable[TextLine], role: Role) -> Mask:
        found = [(line, span) for line in lines for span in line.spans if span.role is role]
        if not found:
            return np.zeros((self.height, self.width), np.uint8)
        image = Image.new("L", (self.width, self.height), 0)
        pen = ImageDraw.Draw(image)
        face = self.layout.subtext_font if role is Role.SUBTEXT else self.layout.font
        tracking = self.style.subtext_tracking if role is Role.SUBTEXT else self.style.tracking
        for line, span in found:
            font = load(face, round(line.size * 4) / 4)
            self._write(pen, span, line.baseline, face, font, tracking * line.size)
        return np.asarray(image)

    def _write(
        self,
        pen: ImageDraw.ImageDraw,
        span: Span,
        baseline: float,
        face: str,
        font: ImageFont.FreeTypeFont,
        tracking: float,
    ) -> None:
        x, y = span.x - self.left, baseline - self.top
        if not emoji.has(span.text):
            self._letters(pen, span.text, (x, y), face, font, tracking)
            return
        for part in placed(face, span.text, tracking / font.size):
            if not part.run.emoji:
                self._letters(pen, part.run.text, (x + part.x * font.size, y), face, font, tracking)

    def _letters(
        self,
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
        for index, letter in enumerate(text):
            before = font.getlength(text[: index + 1]) - font.getlength(letter)
            pen.text((at[0] + before + index * tracking, at[1]), letter, fill=255, font=font, anchor="ls")

    def _spans(self, role: Role) -> list[tuple[TextLine, Span]]:
        return [(line, span) for line in self.layout.lines for span in line.spans if span.role is role]

    def _box(self) -> Mask:
        """Rounded boxes behind the highlighted words."""
        mask = np.zeros((self.height, self.width), np.uint8)
        for line, span in self._spans(Role.EMPHASIS):
            margin = BOX_MARGIN * line.cap
            ink_top, ink_bottom = self._body(line)
            before, after = self._sides(line, span)
            self._rounded(
                mask,
                Box(
                    span.x - before * margin,
                    ink_top - margin,
                    span.x + span.width + after * margin,
                    ink_bottom + margin,
                ),
                0.07 * line.cap,
            )
        return mask

    def _sides(self, line: TextLine, span: Span) -> tuple[float, float]:
        """How far a box may reach past its word, in margins: hardly where the next letter stands against it."""
        at = line.spans.index(span)
        free = (at == 0 or bool(line.spans[at - 1].after), at == len(line.spans) - 1 or bool(span.after))
        before, after = (1.05 if side else _CLOSE for side in free)
        return before, after

    def _body(self, line: TextLine) -> tuple[float, float]:
        """Top and bottom of a line's letters: capitals for Latin, real ink for tall scripts."""
        pad = self.style.pad * line.cap
        top, bottom = line.ink.top + pad, line.ink.bottom - pad
        tall = line.baseline - top > 1.18 * line.cap or bottom - line.baseline > TAIL * line.cap
        return (top, bottom) if tall else (line.baseline - line.cap, line.baseline)

    def _rounded(self, mask: Mask, box: Box, radius: float) -> None:
        """A rounded rectangle with smooth edges, from its distance field."""
        x0, y0 = max(0, math.floor(box.left - self.left) - 1), max(0, math.floor(box.top - self.top) - 1)
        x1, y1 = (
            min(self.width, math.ceil(box.right - self.left) + 1),
            min(self.height, math.ceil(box.bottom - self.top) + 1),
        )
        if x0 >= x1 or y0 >= y1:
            return
        cx, cy = box.centre[0] - self.left, box.centre[1] - self.top
        x = np.abs(np.arange(x0, x1, dtype=np.float32) + 0.5 - cx) - (box.width / 2 - radius)
        y = np.abs(np.arange(y0, y1, dtype=np.float32) + 0.5 - cy) - (box.height / 2 - radius)
        outside = np.hypot(np.maximum(x, 0)[None, :], np.maximum(y, 0)[:, None])
        inside = np.minimum(np.maximum(x[None, :], y[:, None]), 0)
        cover = np.clip(0.5 - (outside + inside - radius), 0, 1) * 255
        part = mask[y0:y1, x0:x1]
        part[:] = np.maximum(part, cover.astype(np.uint8))

    def _marker(self) -> Mask:
        """A highlighter's stroke over the lower half of the highlighted words; under outlined ones, as long as they."""
        mask = np.zeros((self.height, self.width), np.uint8)
        for line, span in self._spans(Role.EMPHASIS):
            below = self.style.stroke + BAND if self.style.banded else 0.06
            reach = (0.5 * self.style.stroke if self.style.banded else 0.07) * line.cap
            band = Box(
                span.x - reach,
                line.baseline - (0.0 if self.style.banded else 0.40) * line.cap,
                span.x + span.width + reach,
                line.baseline + below * line.cap,
            )
            self._rounded(mask, band, 0.06 * line.cap)
        return mask

    def _marker_colour(self) -> str:
        palette = self.layout.palette
        if self.style.banded:
            return max((palette.pop, palette.accent), key=lambda tone: contrast(tone, palette.mid))
        # Ink must stay readable on the marker, so a dark accent is thinned towards the paper.
        return next(
            tone
            for tone in (mix(palette.pop, palette.shade, step / 10) for step in range(11))
            if contrast(tone, palette.ink) >= 4.5
        )

    def _mark_colours(self, boxed: bool) -> tuple[str, str]:
        palette = self.layout.palette
        if boxed:
            return palette.on_pop, palette.on_pop
        if self.layout.mark is Mark.MARKER:
            return palette.ink, palette.ink
        if self.style.gradient:
            return relief.marked(palette, self._grounds())
        if palette.shade > "#8":
            return palette.accent, palette.accent
        return mix(palette.accent, "#ffffff", 0.42), palette.accent

    def fills(self) -> dict[Role, tuple[str, str]]:
        """What letters are filled with, from the top of their capitals to the baseline."""
        palette = self.layout.palette
        small = palette.ink if self.style.stroke * self._typical_cap() else palette.quiet
        return {
            Role.PLAIN: self._plain_colours(),
            Role.SECOND: self._mark_colours(False),
            Role.EMPHASIS: self._mark_colours(self.layout.mark is Mark.BOX),
            Role.SUBTEXT: (small, small),
        }

    def _plain_colours(self) -> tuple[str, str]:
        palette = self.layout.palette
        if self.style.gradient:
            return relief.plain(palette, self._grounds())
        return palette.ink, mix(palette.ink, palette.shade, self.style.sheen)

    def _grounds(self) -> tuple[str, ...]:
        """What the letters stand against."""
        palette, style = self.layout.palette, self.style
        sides = relief.sides(palette)[:1] if style.depth else ()
        return (palette.stroke if style.stroke else palette.shade, *sides)

    def _fill(self, mask: Mask, role: Role, top: str, low: str) -> None:
        """Flat, or a vertical gradient per line from `top` to `low`."""
        if low == top:
            self._over(top, mask)
        else:
            first, last = np.array(channels(top), np.float32), np.array(channels(low), np.float32)
            for line in self.layout.lines:
                y0 = max(0, math.floor(line.ink.top - self.top))
                y1 = min(self.height, math.ceil(line.ink.bottom - self.top))
                t = np.clip(
                    (np.arange(y0, y1, dtype=np.float32) + self.top - (line.baseline - line.cap)) / line.cap, 0, 1
                )
                colours = (first + (last - first) * t[:, None]).astype(np.uint8)[:, None, :]
                own = self._mask((line,), role) if self.style.gradient else self._line_part(mask, line)
                cover = own[y0:y1]
                paint = cv2.multiply(
                    np.repeat(colours, self.width, axis=1), cv2.merge((cover, cover, cover)), scale=1 / 255
                )
                self._paint(slice(y0, y1), slice(0, self.width), paint, np.ascontiguousarray(cover))
        # The glow has the box's colour: words in one would fade into it.
        if self.style.glow and not (role is Role.EMPHASIS and self.layout.mark is Mark.BOX):
            inner = cv2.subtract(mask, soft(cv2.erode(mask, np.ones((3, 3), np.uint8)), 0.05 * self.cap))
            self._over(self.layout.palette.accent, cv2.min(soft(inner, 2 * self.unit), mask), 0.75)

    def _line_part(self, mask: Mask, line: TextLine) -> Mask:
        """The mask without rows, or columns, that the neighbouring lines' bodies own."""
        others = [other for other in self.layout.lines if other is not line]
        part = mask.copy()
        for other in others:
            if other.ink.left >= line.ink.right or other.ink.right <= line.ink.left:
                before = other.ink.right <= line.ink.left
                gap = (other.ink.right + line.ink.left) / 2 if before else (line.ink.right + other.ink.left) / 2
                column = int(np.clip(gap - self.left, 0, self.width))
                part[:, slice(0, column) if before else slice(column, None)] = 0
                continue
            middle = (
                min(line.baseline, other.baseline) + max(line.baseline - line.cap, other.baseline - other.cap)
            ) / 2
            row = int(np.clip(middle - self.top, 0, self.height))
            if other.baseline > line.baseline:
                part[row:] = 0
            else:
                part[:row] = 0
        return part

    def _extruded(self, body: Mask, depth: float) -> Mask:
        """The body swept downwards."""
        steps = max(1, round(depth))
        return cv2.dilate(body, np.ones((steps + 1, 1), np.uint8), anchor=(0, steps))

    def _shadow(self, body: Mask, small: Mask) -> None:
        if self.style.deep:
            far = 0.11 * self._typical_cap()
            self._over("#000000", moved(soft(body, 0.6 * far), 0.35 * far, far), self.style.deep)
        strength = self.style.shadow
        if not strength:
            return
        size = max(3.0 * self.unit, 0.075 * self._typical_cap())
        self._over("#000000", moved(soft(body, size), 0, 0.7 * size), strength)
        if self.layout.subtext:
            tight = soft(grown(small, 1.5 * self.unit), 5 * self.unit)
            self._over("#000000", moved(tight, 0, 2 * self.unit), strength)

    def _small(self, mask: Mask, stroke: float, colour: str) -> None:
        if stroke:
            edge = max(2.0, min(0.6 * stroke, 4.5 * self.unit))
            self._begin(Piece.SUBTEXT_OUTLINE)
            self._over(self.layout.palette.stroke, grown(mask, edge))
        self._begin(Piece.SUBTEXT)
        self._over(colour, mask)

    def _halo(self, mask: Mask) -> None:
        """A tube's light: wide and faint, and once more tight and bright."""
        for reach, size, opacity in ((0.05, 0.24, 0.5), (0.02, 0.06, 0.85)):
            light = soft(grown(mask, reach * self.cap), size * self.cap)
            self._over(self.layout.palette.pop, light, opacity * self.style.halo)

    def _rule(self) -> None:
        """An upright bar beside a block of several lines."""
        self._begin(Piece.RULE)
        lines = self.layout.lines
        if len(lines) < 2 or self.layout.align is Align.CENTRE:
            return
        block = bounds(
            Box(line.spans[0].x, self._body(line)[0], line.spans[-1].x + line.spans[-1].width, self._body(line)[1])
            for line in lines
        )
        gap = 20 * self.unit + (BOX_MARGIN * self.cap if self.layout.mark is Mark.BOX else 0.0)
        width = 11 * self.unit
        left = block.right + gap if self.layout.align is Align.RIGHT else block.left - gap - width
        mask = np.zeros((self.height, self.width), np.uint8)
        self._rounded(mask, Box(left, block.top, left + width, block.bottom), 1.0)
        self._over(self.layout.palette.pop, mask)

    def _turned(self, part: Layer) -> Layer:
        """What was painted, or a piece of it, at the layout's angle."""
        if not self.layout.angle:
            return part
        left, top, (rgb, alpha) = self._turn(part.left, part.top, part.rgb, part.alpha)
        # Cubic overshoot must not leave more colour than cover.
        return Layer(left, top, cv2.min(rgb, cv2.merge((alpha, alpha, alpha))), alpha)

    def _turn(self, left: int, top: int, *planes: Picture) -> tuple[int, int, tuple[Picture, ...]]:
        """Planes of one size that lie at `left`, `top`, turned about the layout's pivot, and where they then lie."""
        high, wide = planes[0].shape[:2]
        about = self.layout.pivot[0], self.layout.pivot[1]
        box = Box(left, top, left + wide, top + high).turned(self.layout.angle, about).grown(3)
        x0, y0 = max(self.left, math.floor(box.left)), max(self.top, math.floor(box.top))
        x1, y1 = min(self.left + self.width, math.ceil(box.right)), min(self.top + self.height, math.ceil(box.bottom))
        turn = np.array(cv2.getRotationMatrix2D((about[0] - 0.5, about[1] - 0.5), self.layout.angle, 1.0), np.float64)
        turn[:, 2] += turn[:, :2] @ (left, top) - (x0, y0)
        size = max(1, x1 - x0), max(1, y1 - y0)
        return x0, y0, tuple(cv2.warpAffine(plane, turn, size, flags=cv2.INTER_CUBIC) for plane in planes)


def tracks(text: str) -> bool:
    """Whether letters of the text may be spaced: joining and stacking scripts must stay whole."""
    return all(ord(letter) < 0x0530 or 0x1E00 <= ord(letter) <= 0x20CF for letter in text)
