"""Ground for type on a picture nobody prepared for it: as much of the palette's shade as legibility asks for."""

from __future__ import annotations

from dataclasses import replace

import cv2
import numpy as np

from core.compose.arrangement import Scheme
from core.compose.geometry import Box
from core.compose.layer import Layer, lay
from core.compose.layout import Layout, Role, TextLine
from core.compose.palette import (
    AIM,
    BLACK,
    LARGE_TEXT,
    WHITE,
    Palette,
    channels,
    contrast,
    from_channels,
    luminance,
    mix,
)
from core.compose.raster import Mask, Picture, extent, soft, tinted
from core.compose.style import Mark, Style

_STEPS = (0.0, 0.15, 0.3, 0.45, 0.6, 0.72, 0.82, 0.9)
_WORST = 92
"""Percentile of the ground's tones, counted from the ink's opposite."""
_ROUGH = 30.0
"""Standard deviation of grey levels from which ground is too restless for bare letters."""


_EASIER = 0.25
"""Opacity that white letters have to save before dark ones give way."""


def suited(picture: Picture, layout: Layout, style: Style) -> Palette:
    """The layout's palette; where dark letters stand on a dark picture, white ones instead of a veil of paper."""
    own = layout.palette
    if luminance(own.shade) < 0.4 or not layout.lines:
        return own
    accent = next(
        shown for shown in (mix(own.accent, WHITE, step / 8) for step in range(9)) if contrast(shown, BLACK) >= AIM
    )
    night = replace(own, ink=WHITE, quiet=WHITE, accent=accent, shade=BLACK, stroke=BLACK)
    saved = _strength(picture, layout, style) - _strength(picture, replace(layout, palette=night), style)
    # A veil of paper over a body looks like fog, so there a draw is enough.
    over_body = layout.scheme in (Scheme.BOTTOM, Scheme.AROUND)
    return night if saved >= (0.0 if over_body else _EASIER) else own


def shade(
    picture: Picture, layout: Layout, style: Style, silhouette: Mask, least: float = 0.0, card: bool = False
) -> Layer | None:
    """What goes under the type of `layout`; None where the picture is good ground already. Keeps off the head.

    `least` is its opacity at least; as a `card` it has an edge instead of fading out.
    """
    lines = (*layout.lines, *layout.subtext)
    strength = max(least, _strength(picture, layout, style))
    if not strength:
        return None
    cover: Mask = np.zeros(picture.shape[:2], np.uint8)
    for line, box in zip(lines, layout.text_boxes, strict=True):
        _fill(cover, box.grown(0.35 * line.cap))
    if not card:
        cover = soft(cover, 0.45 * max(line.cap for line in lines))
    if layout.head is not None:
        cover = cv2.multiply(cover, cv2.bitwise_not(_kept(silhouette, layout.head)), scale=1 / 255)
    cover = cv2.convertScaleAbs(cover, alpha=strength)
    place = extent(cover)
    if place is None:
        return None
    part = cover[place].copy()
    return Layer(place[1].start, place[0].start, tinted(part, layout.palette.shade), part)


def stacked(lower: Layer | None, upper: Layer | None) -> Layer | None:
    """One layer over another, as one."""
    if lower is None or upper is None:
        return upper or lower
    left, top = min(lower.left, upper.left), min(lower.top, upper.top)
    right = max(row.left + row.alpha.shape[1] for row in (lower, upper))
    bottom = max(row.top + row.alpha.shape[0] for row in (lower, upper))
    rgb, alpha = np.zeros((bottom - top, right - left, 3), np.uint8), np.zeros((bottom - top, right - left), np.uint8)
    for row in (lower, upper):
        place = replace(row, left=row.left - left, top=row.top - top).place
        lay(rgb[place], alpha[place], row.rgb, row.alpha)
    return Layer(left, top, rgb, alpha)


def _strength(picture: Picture, layout: Layout, style: Style) -> float:
    return max((_need(picture, layout, line, style) for line in (*layout.lines, *layout.subtext)), default=0.0)


def _need(picture: Picture, layout: Layout, line: TextLine, style: Style) -> float:
    """The least opacity of shade that makes a line legible; a stroke of its own does a part of that."""
    box, palette = line.ink, layout.palette
    rows = slice(max(0, round(box.top)), max(0, round(box.bottom)))
    columns = slice(max(0, round(box.left)), max(0, round(box.right)))
    ground = picture[rows, columns]
    if not ground.size:
        return 0.0
    tones = cv2.cvtColor(np.ascontiguousarray(ground[::2, ::2]), cv2.COLOR_RGB2GRAY)
    stroked = style.stroke > 0 and line in layout.lines
    restless = float(tones.std()) > _ROUGH and not stroked
    aim = LARGE_TEXT if stroked or line in layout.lines else AIM
    for step in _STEPS:
        if (step or not restless) and all(
            contrast(ink, _shaded(tones, ink, palette.shade, step)) >= aim for ink in _inks(line, layout)
        ):
            return step
    return _STEPS[-1]


def _inks(line: TextLine, layout: Layout) -> set[str]:
    """Colours a line's letters are filled with, but for those that bring a box along."""
    palette, boxed = layout.palette, layout.mark is Mark.BOX
    fills = {
        Role.PLAIN: palette.ink, Role.SECOND: palette.accent, Role.EMPHASIS: palette.accent, Role.SUBTEXT: palette.quiet
    }  # fmt: skip
    return {fills[span.role] for span in line.spans if not (boxed and span.role is Role.EMPHASIS)}


def _shaded(tones: Mask, ink: str, shade: str, step: float) -> str:
    """The ground's tone that is hardest on an ink, under `step` of the shade."""
    worst = float(np.percentile(tones, _WORST if contrast(ink, BLACK) > contrast(ink, WHITE) else 100 - _WORST))
    red, green, blue = (worst * (1 - step) + tone * step for tone in channels(shade))
    return from_channels(red, green, blue)


def _kept(silhouette: Mask, head: Box) -> Mask:
    """The person's head, softened: shade falls behind it, not on it."""
    kept = np.zeros_like(silhouette)
    foot = min(silhouette.shape[0], max(0, round(head.bottom)))
    kept[:foot] = silhouette[:foot]
    return soft(kept, 0.02 * silhouette.shape[0])


def _fill(cover: Mask, box: Box) -> None:
    rows = slice(max(0, round(box.top)), max(0, round(box.bottom)))
    columns = slice(max(0, round(box.left)), max(0, round(box.right)))
    cover[rows, columns] = 255
