"""What lies below a body that runs out high in a dark picture: night goes on there, and is worth looking at.

Each is painted over person and ground from a line downwards, in px, and hides whatever ends there.
"""

from __future__ import annotations

import math
from collections.abc import Callable

import cv2
import numpy as np

from core.compose.ground import COARSE, Ground, blank, dice
from core.compose.grounds import neon
from core.compose.palette import mix
from core.compose.raster import Field, Mask, Picture, enlarged, grid, moved, over, screen, smoothstep, soft, to_mask
from core.compose.shape import arc, disc, ellipse, path, polygon
from core.domain.brief import Vibe

LEAST = 0.15
"""Of the canvas' height, below the line: less is no place for a floor."""


_UPRIGHT = 1.5
"""Height over width from which a floor may come up."""
_CHEST, _EYE = 0.35, 0.72
"""How far: to so much of a head's height under the chin, and to so much of the canvas' height."""


def _sunk(picture: Picture, ground: Ground, colour: str, first: float, last: float) -> None:
    """The body sinks into a colour, which covers all from `last` px down; a chin above it stays as it is."""
    if ground.person:
        first = max(first, min(ground.chin, last - 0.12 * ground.reach))
    _, y = grid(2, ground.height)
    over(picture, colour, np.repeat(to_mask(smoothstep(first, last, y)), ground.width, axis=1))


def _profile(ground: Ground, rng: np.random.Generator, cells: int) -> Field:
    """A line across the canvas, up and down by about one: a few slow waves with finer ones on them."""
    total: Field = np.zeros((1, ground.width), np.float32)
    for octave in range(6):
        heights = rng.standard_normal((1, cells * 2**octave + 3), dtype=np.float32)
        total += cv2.resize(heights, (ground.width, 1), interpolation=cv2.INTER_CUBIC) * 0.5**octave
    return total.ravel()


def _below(ground: Ground, edge: Field) -> Mask:
    """Everything under a line that has a height in every column."""
    mask = blank(ground)
    corners = [(float(x), float(y)) for x, y in enumerate(edge)]
    polygon(
        mask,
        [
            (-9.0, corners[0][1]),
            *corners[::4],
            corners[-1],
            (ground.width + 9.0, corners[-1][1]),
            (ground.width + 9.0, ground.height + 9.0),
            (-9.0, ground.height + 9.0),
        ],
    )
    return mask


_BANKS = 0.14
"""Of a head's height: how far fog stands higher in one place than in the next."""


def _fog(picture: Picture, ground: Ground, colour: str, last: float) -> None:
    """Fog in the dark tone of the far ground, which the body fades into from under its chin, in banks beside it."""
    rise = 0.42 * ground.reach
    if ground.person:
        rise = max(0.16 * ground.reach, min(rise, last - ground.chin))
    x, y = grid(ground.width, ground.height, COARSE)
    banks = cv2.resize(_profile(ground, dice(ground), 4)[None], (x.shape[1], 1), interpolation=cv2.INTER_AREA)
    # They rise to both sides of the body only: in front of it the fog stays under the chin.
    higher = _BANKS * ground.reach * (np.clip(0.5 + 0.3 * banks, 0, 1) - 0.5)
    beside = smoothstep(0.35, 0.95, (np.abs(x - ground.light[0]) / ground.reach).astype(np.float32))
    cover = smoothstep(last - rise, last, y + (higher + 0.5 * _BANKS * ground.reach) * beside)
    over(picture, colour, enlarged(to_mask(cover), ground.width, ground.height))


def _ridges(picture: Picture, ground: Ground, line: float) -> None:
    """Ridges of mountains, one behind the other in mist."""
    p, rng, high = ground.palette, dice(ground), ground.height - line
    mist = mix(p.mid, p.light, 0.30)
    _fog(picture, ground, mix(mist, p.shade, 0.66), line + 0.03 * ground.reach)
    _, y = grid(2, ground.height)
    for layer, depth in enumerate((0.56, 0.76, 0.93)):
        top = line + (0.16 + 0.22 * layer) * high
        edge = top + (0.055 + 0.02 * layer) * high * _profile(ground, rng, 3 + layer)
        body = _below(ground, edge)
        over(picture, mix(mist, p.shade, depth), body)
        if layer < 2:
            rising = smoothstep(top, top + 0.34 * high, y) * 0.7
            over(picture, mist, cv2.min(body, np.repeat(to_mask(rising), ground.width, axis=1)), 0.4)


_RINGS, _FLAT = (0.62, 0.92, 1.22, 1.52), 0.3
"""Half widths of a projector's rings, of a head's height, and how high they are of that."""


def _base(picture: Picture, ground: Ground, line: float) -> None:
    """The stage of a projector: an opaque disc in front of the person, with rings of light on it."""
    p, rng, stage = ground.palette, dice(ground), mix(ground.palette.edge, ground.palette.mid, 0.35)
    cx, top = ground.light[0] if ground.person else ground.width / 2, line
    if ground.person:
        # Its upper edge crosses neither a chin nor words under a head.
        words = ground.text[-1]
        kept = max(ground.chin, words.bottom) if words.top > ground.light[1] else ground.chin
        top = max(line, kept + 0.04 * ground.reach)
    cy = top + _RINGS[-1] * _FLAT * ground.reach
    _sunk(picture, ground, stage, line - 0.1 * ground.reach, line + 0.07 * ground.reach)
    whole = blank(ground)
    centre, widest = (cx, cy), (_RINGS[-1] * ground.reach, _RINGS[-1] * _FLAT * ground.reach)
    ellipse(whole, centre, widest)
    over(picture, stage, whole)
    x, y = grid(ground.width, ground.height, COARSE)
    away = np.hypot((x - cx) / (1.25 * ground.reach), (y - cy) / (0.5 * ground.reach)).astype(np.float32)
    # The light lies on the stage and below it: what stands behind is not lit through.
    lit = np.exp(-(away**2) * 1.6) * smoothstep(top - 0.02 * ground.reach, top + 0.3 * ground.reach, y)
    screen(picture, p.light, enlarged(to_mask(lit), ground.width, ground.height), 0.75)
    dots, step = blank(ground), 0.085 * ground.reach
    for row in range(1, 16):
        depth = (row / 15) ** 1.7 * (ground.height - line)
        spread, strength = 0.35 + 1.25 * depth / (ground.height - line), round(255 * min(1.0, (row / 9) ** 2))
        for column in range(-24, 25):
            at = cx + column * step * 2.2 * spread, line + depth
            disc(dots, at, (0.9 + 2.2 * spread) * ground.unit, strength)
    over(picture, p.rims[0], dots, 0.3)
    thin, thick, rim = blank(ground), blank(ground), blank(ground)
    for ring in _RINGS:
        axes = ring * ground.reach, ring * _FLAT * ground.reach
        arc(thin, centre, axes, 1.6 * ground.unit)
        first = float(rng.uniform(0, 360))
        last = first + float(rng.uniform(40, 110))
        arc(thick, centre, axes, max(2, 5 * ground.unit), (first, last))
    arc(rim, centre, widest, max(2, 3 * ground.unit))
    over(picture, p.rims[0], thin, 0.55)
    screen(picture, p.light, soft(cv2.max(rim, thick), 9 * ground.unit), 0.9)
    over(picture, p.accent, cv2.max(thick, cv2.convertScaleAbs(rim, alpha=0.7)), 0.9)


_STRAIGHTEST = 0.35
"""Of what paper is torn by, that is left where there is no room for it."""


def _torn(picture: Picture, ground: Ground, line: float) -> None:
    """Torn newspaper, in front of the person."""
    p, rng, high = ground.palette, dice(ground), ground.height - line
    paper = mix(mix(p.rims[0], p.light, 0.5), p.shade, 0.42)
    slope = np.linspace(-0.03, 0.03, ground.width, dtype=np.float32) * ground.width * float(rng.choice((-1, 1)))
    rough = 0.012 * ground.width * _profile(ground, rng, 9)
    torn = 0.012 * ground.width * (1.2 + 0.5 * _profile(ground, rng, 16))
    if ground.person:
        # Close under a chin it is torn straighter.
        rise = float(np.max(torn - slope - rough))
        share = min(1.0, max(_STRAIGHTEST, (line - ground.chin) / rise))
        slope, rough, torn = slope * share, rough * share, torn * share
    edge = line + slope + rough
    fibre = edge - torn
    back, front = _below(ground, np.minimum(fibre, edge)), _below(ground, edge)
    over(picture, "#000000", moved(soft(back, 16 * ground.unit), 0, -8 * ground.unit), 0.6)
    over(picture, mix(p.rims[0], p.shade, 0.12), back)
    over(picture, paper, front)
    print_, leading = blank(ground), 0.020 * ground.width
    lean = float(slope[-1] - slope[0]) / ground.width
    for column in range(4):
        left, right = (0.035 + 0.245 * column) * ground.width, (0.255 + 0.245 * column) * ground.width
        row = line + 2.6 * leading
        while row < ground.height + leading:
            end = right if rng.uniform() > 0.16 else left + (right - left) * float(rng.uniform(0.3, 0.8))
            path(print_, [(x, row + lean * (x - ground.width / 2)) for x in (left, end)], 0.36 * leading)
            row += leading
    over(picture, p.shade, soft(print_, 1.2 * ground.unit), 0.42)
    _, y = grid(2, ground.height)
    over(
        picture,
        p.shade,
        cv2.min(front, np.repeat(to_mask(smoothstep(line, line + 1.1 * high, y) * 0.8), ground.width, axis=1)),
    )


def _rings(picture: Picture, ground: Ground, line: float) -> None:
    """Half rings that rise from the lower edge, the inner the deeper."""
    p, high = ground.palette, ground.height - line
    widest = min(0.94 * high, 0.58 * ground.width)
    for step in range(3):
        ring = _disc(ground, (ground.width / 2, ground.height + 0.06 * high), widest * (1 - 0.28 * step))
        over(picture, p.edge, ring, 0.3)


def _hills(picture: Picture, ground: Ground, line: float) -> None:
    """Hills like folded paper, the nearer the deeper."""
    p, rng, high = ground.palette, dice(ground), ground.height - line
    x = np.arange(ground.width, dtype=np.float32) / ground.width
    for layer, colour in enumerate((mix(p.mid, p.light, 0.5), p.mid, p.edge)):
        phase, waves = float(rng.uniform(0, 2 * math.pi)), float(rng.uniform(0.8, 1.3))
        edge = line + (0.28 + 0.24 * layer) * high + 0.11 * high * np.sin(2 * math.pi * waves * x + phase)
        body = _below(ground, edge)
        over(picture, "#000000", moved(soft(body, 12 * ground.unit), 0, -4 * ground.unit), 0.10)
        over(picture, colour, body)


def _moon(picture: Picture, ground: Ground, line: float) -> None:
    """One half disc on the lower edge."""
    radius = min(0.72 * (ground.height - line), 0.36 * ground.width)
    over(picture, ground.palette.edge, _disc(ground, (ground.width / 2, ground.height), radius))


def _disc(ground: Ground, centre: tuple[float, float], radius: float) -> Mask:
    mask = blank(ground)
    disc(mask, centre, radius)
    return mask


_FLOORS: dict[Vibe, Callable[[Picture, Ground, float], None]] = {
    Vibe.CLEAN: _rings,
    Vibe.CINEMATIC: _ridges,
    Vibe.NEON: neon.ledge,
    Vibe.PASTEL: _hills,
    Vibe.TECH: _base,
    Vibe.MINIMALIST: _moon,
    Vibe.DOCUMENTARY: _torn,
}


UNDER_DISC = (Vibe.CLEAN, Vibe.PASTEL)
"""Vibes that go on below a person who comes out of a disc; others leave it alone or have a ground that fills it."""


def has_room(ground: Ground, line: float) -> bool:
    return ground.height - line > LEAST * ground.height


def raised(ground: Ground, line: float) -> float:
    """The line as high as a chest allows in an upright picture: more is to be seen below it than of what runs out."""
    if ground.height < _UPRIGHT * ground.width:
        return line
    return min(line, max(ground.chin + _CHEST * ground.reach, _EYE * ground.height))


def lay(picture: Picture, vibe: Vibe, ground: Ground, line: float) -> None:
    """From `line` px to the lower edge, where a vibe has one and there is room for it."""
    if vibe in _FLOORS and has_room(ground, line):
        _FLOORS[vibe](picture, ground, line)
