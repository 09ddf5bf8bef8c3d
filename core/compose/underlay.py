"""What lines of type stand on or beside: boxes behind words, a marker's stroke, an upright bar. They turn with it.

A shape is a rectangle before the turn, with the radius of its corners, px.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from core.compose.geometry import Box, bounds
from core.compose.headline import TAIL, Align
from core.compose.layout import Layout, Role, Span, TextLine
from core.compose.palette import contrast, mix
from core.compose.raster import Mask
from core.compose.shape import rounded
from core.compose.style import BAND, BOX_MARGIN, Mark, Style

Shape = tuple[Box, float]
_CLOSE = 0.15
"""Of a box's margin, where another letter stands directly beside it."""


def boxes(layout: Layout, style: Style) -> Iterator[Shape]:
    """Behind the highlighted words."""
    for line, span in _highlighted(layout):
        margin = BOX_MARGIN * line.cap
        ink_top, ink_bottom = _body(line, style)
        before, after = _sides(line, span)
        box = Box(span.x - before * margin, ink_top - margin, span.x + span.width + after * margin, ink_bottom + margin)
        yield box, 0.07 * line.cap


def marker(layout: Layout, style: Style) -> Iterator[Shape]:
    """A highlighter's stroke over the lower half of the highlighted words; under outlined ones, as long as they."""
    for line, span in _highlighted(layout):
        below = style.stroke + BAND if style.banded else 0.06
        reach = (0.5 * style.stroke if style.banded else 0.07) * line.cap
        band = Box(
            span.x - reach,
            line.baseline - (0.0 if style.banded else 0.40) * line.cap,
            span.x + span.width + reach,
            line.baseline + below * line.cap,
        )
        yield band, 0.06 * line.cap


def marker_colour(layout: Layout, style: Style) -> str:
    palette = layout.palette
    if style.banded:
        return max((palette.pop, palette.accent), key=lambda tone: contrast(tone, palette.mid))
    # Ink must stay readable on the marker, so a dark accent is thinned towards the paper.
    thinned = (mix(palette.pop, palette.shade, step / 10) for step in range(11))
    return next(tone for tone in thinned if contrast(tone, palette.ink) >= 4.5)


def bar(layout: Layout, style: Style) -> Iterator[Shape]:
    """Upright, beside a block of several lines."""
    lines, unit = layout.lines, min(layout.width, layout.height) / 720
    if len(lines) < 2 or layout.align is Align.CENTRE:
        return
    block = bounds(
        Box(line.spans[0].x, _body(line, style)[0], line.spans[-1].x + line.spans[-1].width, _body(line, style)[1])
        for line in lines
    )
    cap = max(line.cap for line in (*lines, *layout.subtext))
    gap = 20 * unit + (BOX_MARGIN * cap if layout.mark is Mark.BOX else 0.0)
    width = 11 * unit
    left = block.right + gap if layout.align is Align.RIGHT else block.left - gap - width
    yield Box(left, block.top, left + width, block.bottom), 1.0


def drawn(shapes: Iterable[Shape], layout: Layout, mask: Mask, left: int, top: int) -> Mask:
    """Draws shapes at the layout's angle onto a mask whose corner lies at `left`, `top` of the picture."""
    for box, radius in shapes:
        turned = box.turned(layout.angle, (layout.pivot[0], layout.pivot[1])).centre
        x, y = box.centre
        rounded(mask, box.moved(turned[0] - x - left, turned[1] - y - top), radius, layout.angle)
    return mask


def _highlighted(layout: Layout) -> list[tuple[TextLine, Span]]:
    return [(line, span) for line in layout.lines for span in line.spans if span.role is Role.EMPHASIS]


def _sides(line: TextLine, span: Span) -> tuple[float, float]:
    """How far a box may reach past its word, in margins: hardly where the next letter stands against it."""
    at = line.spans.index(span)
    free = (at == 0 or bool(line.spans[at - 1].after), at == len(line.spans) - 1 or bool(span.after))
    before, after = (1.05 if side else _CLOSE for side in free)
    return before, after


def _body(line: TextLine, style: Style) -> tuple[float, float]:
    """Top and bottom of a line's letters: capitals for Latin, real ink for tall scripts."""
    pad = style.pad * line.cap
    top, bottom = line.ink.top + pad, line.ink.bottom - pad
    tall = line.baseline - top > 1.18 * line.cap or bottom - line.baseline > TAIL * line.cap
    return (top, bottom) if tall else (line.baseline - line.cap, line.baseline)
