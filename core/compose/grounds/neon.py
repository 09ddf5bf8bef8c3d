"""Neon: night, a sun that sets behind a grid, tubes that light what is near."""

from __future__ import annotations

import math

import cv2
import numpy as np

from core.compose.ground import Ground, blank, dice, gradient, text_dark
from core.compose.headline import Align
from core.compose.palette import mix
from core.compose.raster import Mask, Picture, over, screen, soft, to_mask
from core.compose.shape import disc, path, polygon


def _night(ground: Ground) -> Picture:
    p = ground.palette
    return gradient(ground, (mix(p.mid, p.rims[1], 0.3), p.mid, p.edge), (0.0, 0.36, 1.0), 0.62 * _diagonal(ground))


def _diagonal(ground: Ground) -> float:
    return math.hypot(ground.width, ground.height)


def _lines(ground: Ground, ends: list[tuple[tuple[float, float], tuple[float, float]]], width: float) -> Mask:
    mask = blank(ground)
    for pair in ends:
        path(mask, pair, width)
    return mask


def _lit(picture: Picture, ground: Ground, tubes: Mask, colour: str, strength: float = 1.0) -> None:
    """A tube: its light around it, and a core that is nearly white."""
    screen(picture, colour, soft(tubes, 22 * ground.unit), 0.75 * strength)
    screen(picture, colour, soft(tubes, 6 * ground.unit), 0.9 * strength)
    over(picture, mix(colour, "#ffffff", 0.55), tubes, strength)


def _horizon(ground: Ground, taken: Mask) -> Picture:
    """A striped sun over a floor of lines that run to it."""
    picture = _night(ground)
    p, (cx, cy) = ground.palette, ground.light
    line = min(0.74 * ground.height, cy + (0.30 if ground.person else 0.26) * ground.reach)
    radius = min(0.66 * ground.reach, 0.42 * ground.width)
    sun = blank(ground)
    disc(sun, (cx, line - 0.42 * radius), radius)
    sun[max(0, round(line)) :] = 0
    for step in range(5):
        top = line - (0.05 + 0.13 * step) * radius
        sun[max(0, round(top - 0.035 * radius * (1 - 0.15 * step))) : max(0, round(top))] = 0
    screen(picture, p.light, soft(sun, 46 * ground.unit), 0.5)
    fall = np.clip((np.arange(ground.height, dtype=np.float32) - (line - 1.4 * radius)) / (1.4 * radius), 0, 1)
    low = np.repeat(to_mask(fall[:, None]), ground.width, axis=1)
    over(picture, p.light, sun)
    over(picture, p.rims[1], cv2.min(sun, low), 0.85)
    if ground.person and ground.text_side is not Align.CENTRE:
        taken[:] = sun
    _floor(picture, ground, line)
    over(picture, p.shade, text_dark(ground, 0.62))
    return picture


def _floor(picture: Picture, ground: Ground, line: float) -> None:
    """Lines that run to the horizon at `line` px."""
    p, unit, cx = ground.palette, ground.unit, ground.light[0]
    mask, wide, high = blank(ground), ground.width + 9.0, ground.height + 9.0
    polygon(mask, [(-9.0, line), (wide, line), (wide, high), (-9.0, high)])
    over(picture, p.shade, mask, 0.9)
    depth = ground.height - line
    rails = [((cx + rail * 0.035 * wide, line), (cx + rail * 0.30 * wide, high)) for rail in range(-24, 25)]
    ties = [line + depth * (step / 11) ** 2.2 for step in range(1, 12)]
    lines = _lines(ground, [*rails, *(((-9.0, y), (wide, y)) for y in ties)], 1.6 * unit)
    near = np.clip((np.arange(ground.height, dtype=np.float32) - line) / max(1.0, depth), 0, 1) ** 0.7
    lines = cv2.min(lines, np.repeat(to_mask(0.25 + 0.75 * near[:, None]), ground.width, axis=1))
    lines = cv2.min(lines, mask)
    screen(picture, p.rims[1], soft(lines, 5 * unit), 0.8)
    over(picture, mix(p.rims[1], "#ffffff", 0.15), lines, 0.75)
    edge = _lines(ground, [((-9.0, line), (wide, line))], 3 * unit)
    screen(picture, p.rims[1], soft(edge, 14 * unit))


_STRIPES = ((0.0, 5, 1.0), (0.045, 2, 0.42), (0.095, 2, 0.32), (0.15, 2, 0.24), (0.21, 2, 0.18))
"""Tubes on a ledge, its edge first: how far down, of the canvas' height, how thick, px at 1280x720, how bright, 0–1."""


def ledge(picture: Picture, ground: Ground, edge: float) -> None:
    """A dark panel in front of the person, from a tube at `edge` px down: no second floor under the ground's own."""
    p, high = ground.palette, ground.height - edge
    panel = blank(ground)
    panel[max(0, round(edge)) :] = 255
    over(picture, mix(p.shade, p.edge, 0.5), panel)
    fall = np.clip((np.arange(ground.height, dtype=np.float32) - edge) / max(1.0, 0.9 * high), 0, 1)
    light = np.where(fall > 0, 1 - fall, 0).astype(np.float32)
    screen(picture, p.rims[0], np.repeat(to_mask(light[:, None]), ground.width, axis=1), 0.3)
    tubes = blank(ground)
    for down, thick, strength in _STRIPES:
        y = edge + down * ground.height
        path(tubes, [(-9.0, y), (ground.width + 9.0, y)], thick * ground.unit, round(255 * strength))
    # Brightest in front of the person: beside them words may cross it.
    away = (np.arange(ground.width, dtype=np.float32) - ground.light[0]) / ground.reach
    near = np.repeat(to_mask(np.exp(-(away[None] ** 2))), ground.height, axis=0)
    _lit(picture, ground, cv2.multiply(tubes, near, scale=1 / 255), p.rims[0])


def _frames(ground: Ground, _: Mask) -> Picture:
    """Two tubes bent to frames behind the head, one in each light."""
    picture = _night(ground)
    (cx, cy), reach = ground.light, ground.reach
    turn = float(dice(ground).uniform(0.06, 0.14))
    for size, angle, colour in ((1.02, turn, ground.palette.rims[0]), (0.84, -turn, ground.palette.rims[1])):
        half, mask = size * reach * 0.82, blank(ground)
        corners = []
        for quarter in range(4):
            at = angle + math.pi / 4 + quarter * math.pi / 2
            corners.append((cx + 1.3 * half * math.cos(at), cy + 1.3 * half * math.sin(at)))
        path(mask, corners, max(2, 6 * ground.unit), closed=True)
        _lit(picture, ground, mask, colour)
    over(picture, ground.palette.shade, text_dark(ground, 0.7))
    return picture


def _bars(ground: Ground, _: Mask) -> Picture:
    """Slanted tubes at uneven distances, brightest behind the head."""
    picture = _night(ground)
    rng, (cx, cy), lean = dice(ground), ground.light, 0.34
    for colour, count in ((ground.palette.rims[0], 6), (ground.palette.rims[1], 6)):
        ends = []
        for _bar in range(count):
            x = cx + float(rng.normal(0, 0.30)) * ground.width
            half = float(rng.uniform(0.12, 0.42)) * ground.height
            y = cy + float(rng.normal(0, 0.22)) * ground.height
            ends.append(((x - lean * half, y + half), (x + lean * half, y - half)))
        _lit(picture, ground, _lines(ground, ends, 4 * ground.unit), colour, 0.8)
    over(picture, ground.palette.shade, text_dark(ground, 0.86))
    return picture


PAINTERS = (_horizon, _frames, _bars)
