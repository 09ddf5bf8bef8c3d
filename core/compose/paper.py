"""A sheet of cut paper that people stand behind in the looks on paper, with an edge and a tone of its own."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

import numpy as np

from core.compose.ground import Ground, blank, dice
from core.compose.palette import channels, mix
from core.compose.raster import Field, Mask, Picture, coats, moved, over, soft, to_mask
from core.compose.shape import disc
from core.domain.brief import Vibe

_SEEN, _STEP = 0.1, 8
"""Of the canvas' height, above the sheet: the strip it must differ from; px between the columns looked at."""
_NEAR, _SHARE = 48.0, 0.12
"""Levels between two colours that look alike; how much of the strip may look like the sheet."""


def lay(picture: Picture, vibe: Vibe, ground: Ground, lowest: float, highest: float) -> Mask:
    """From an edge that stays between two heights, px, to the picture's foot; gives where it lies."""
    return _SHEETS[vibe](picture, ground, lowest, max(0.0, lowest - highest))


def _slanted(picture: Picture, ground: Ground, low: float, room: float) -> Mask:
    """A straight cut that rises to the right, a stripe along it, and a grid of dots."""
    p = ground.palette
    rise, stripe = min(room, 0.045 * ground.width), 10 * ground.unit
    edge = low - rise * _across(ground, 0, 1)
    tone = _tone(picture, ground, low - rise, (p.mid, p.shade, p.edge, p.accent))
    line = p.edge if tone == p.shade else p.shade
    back, front = _below(ground, edge), _below(ground, edge + stripe)
    _shade(picture, ground, back)
    coats(picture, (line, back, 1.0), (tone, front, 1.0))
    dots, step = blank(ground), 26 * ground.unit
    rows = int((ground.height - low - stripe) / step) if ground.width > ground.height else 0
    for row in range(rows):
        for column in range(7):
            at = (ground.width - (column + 1) * step, ground.height - (row + 0.8) * step)
            disc(dots, at, 2.6 * ground.unit)
    over(picture, p.ink, dots, 0.2)
    return back


def _waved(picture: Picture, ground: Ground, low: float, room: float) -> Mask:
    """Waves one behind the other, the first with a border as stickers have."""
    p, rng = ground.palette, dice(ground)
    x = _across(ground, 0, 1)
    swing, border = min(0.5 * room, 0.022 * ground.height), 7 * ground.unit
    high = ground.height - low
    phase = float(rng.uniform(0, 2 * math.pi))
    tone = _tone(picture, ground, low, (p.mid, p.edge, mix(p.mid, p.accent, 0.25), mix(p.edge, p.accent, 0.35)))
    first = low - swing + swing * np.sin(2 * math.pi * 1.3 * x + phase)
    back = _below(ground, first)
    _shade(picture, ground, back)
    coats(picture, ("#ffffff", back, 1.0), (tone, _below(ground, first + border), 1.0))
    for layer, colour in enumerate((mix(tone, p.light, 0.4), mix(tone, p.light, 0.75))):
        wave = low + (0.36 + 0.3 * layer) * high + 0.1 * high * np.sin(2 * math.pi * (1.1 - 0.2 * layer) * x - phase)
        body = _below(ground, wave)
        over(picture, "#000000", moved(soft(body, 10 * ground.unit), 0, -4 * ground.unit), 0.1)
        over(picture, colour, body)
    return back


def _arched(picture: Picture, ground: Ground, low: float, room: float) -> Mask:
    """One wide arch, and a fine line along it."""
    p = ground.palette
    x = _across(ground, -1, 1)
    rise = min(room, 0.05 * ground.width)
    edge = low - rise * np.sqrt(1 - 0.9 * x**2)
    tone = _tone(picture, ground, low - rise, (p.accent, mix(p.edge, p.accent, 0.3)))
    back = _below(ground, edge)
    _shade(picture, ground, back)
    over(picture, tone, back)
    away, fine = 16 * ground.unit, 3 * ground.unit
    line = _below(ground, edge + away) - _below(ground, edge + away + fine)
    over(picture, p.accent if tone != p.accent else p.light, line)
    return back


_SHEETS: dict[Vibe, Callable[[Picture, Ground, float, float], Mask]] = {
    Vibe.CLEAN: _slanted,
    Vibe.PASTEL: _waved,
    Vibe.MINIMALIST: _arched,
}


def _tone(picture: Picture, ground: Ground, line: float, tones: Sequence[str]) -> str:
    """The first that hardly anything right above the line looks like."""
    rows = slice(max(0, round(line - _SEEN * ground.height)), max(1, round(line)))
    strip = picture[rows, ::_STEP][::4].reshape(-1, 3).astype(np.float32)
    shares = [_alike(strip, tone) for tone in tones]
    return next((t for t, share in zip(tones, shares, strict=True) if share < _SHARE), tones[int(np.argmin(shares))])


def _alike(strip: Field, tone: str) -> float:
    away = np.linalg.norm(strip - np.array(channels(tone), np.float32), axis=1)
    return float((away < _NEAR).mean())


def _shade(picture: Picture, ground: Ground, sheet: Mask) -> None:
    over(picture, "#000000", moved(soft(sheet, 14 * ground.unit), 0, -5 * ground.unit), 0.34)


def _below(ground: Ground, edge: Field) -> Mask:
    """Everything under a line that has a height in every column, smooth to a fraction of a pixel."""
    mask = blank(ground)
    first, last = max(0, math.floor(float(edge.min())) - 1), math.ceil(float(edge.max())) + 1
    rows = np.arange(first, min(last, ground.height), dtype=np.float32)[:, None]
    mask[first:last] = to_mask(np.clip(rows + 0.5 - edge, 0, 1))
    mask[last:] = 255
    return mask


def _across(ground: Ground, first: float, last: float) -> Field:
    """A number for every column, rising evenly."""
    return np.linspace(first, last, ground.width, dtype=np.float32)
