"""Tech: the dark of a screen, fine geometry, one light."""

from __future__ import annotations

import math

import cv2
import numpy as np

from core.compose.ground import Ground, blank, dice, gradient, radial, text_dark
from core.compose.palette import mix
from core.compose.raster import Mask, Picture, enlarged, over, screen, soft, to_mask
from core.compose.shape import arc, disc, path, polygon


def _screen(ground: Ground) -> Picture:
    p = ground.palette
    radius = 0.60 * math.hypot(ground.width, ground.height)
    picture = gradient(ground, (mix(p.mid, p.light, 0.22), p.mid, p.edge), (0.0, 0.3, 1.0), radius)
    glow = np.exp(-((radial(ground, 0.95 * ground.reach)) ** 2) * 1.3)
    screen(picture, p.light, enlarged(to_mask(glow.astype(np.float32)), ground.width, ground.height), 0.34)
    return picture


def _lattice(picture: Picture, ground: Ground, opacity: float) -> None:
    """Dots at the crossings of a grid nobody draws."""
    mask, step = blank(ground), 34 * ground.unit
    for row in range(int(ground.height / step) + 2):
        for column in range(int(ground.width / step) + 2):
            disc(mask, ((column + 0.5) * step, (row + 0.5) * step), 1.5 * ground.unit)
    over(picture, ground.palette.rims[0], mask, opacity)


def _arc(mask: Mask, ground: Ground, radius: float, first: float, last: float, width: float) -> None:
    arc(mask, ground.light, (radius, radius), width, (first, last))


def _orbits(ground: Ground, _: Mask) -> Picture:
    """Rings around the head, some of them only in part."""
    picture, rng = _screen(ground), dice(ground)
    _lattice(picture, ground, 0.20)
    thin, thick = blank(ground), blank(ground)
    for ring in range(4):
        radius = ground.reach * (0.74 + 0.24 * ring)
        _arc(thin, ground, radius, 0, 360, 1.2 * ground.unit)
        first = float(rng.uniform(0, 360))
        _arc(thick, ground, radius, first, first + float(rng.uniform(24, 70)), 4 * ground.unit)
    over(picture, ground.palette.rims[0], thin, 0.34)
    screen(picture, ground.palette.light, soft(thick, 8 * ground.unit), 0.9)
    over(picture, ground.palette.accent, thick, 0.9)
    over(picture, ground.palette.shade, text_dark(ground, 0.66))
    return picture


def _circuit(ground: Ground, _: Mask) -> Picture:
    """Traces that run straight, turn by 45 degrees and end in a dot."""
    picture, rng = _screen(ground), dice(ground)
    traces, ends, grid = blank(ground), blank(ground), 26 * ground.unit
    for _trace in range(44):
        x = round(float(rng.uniform(-2, ground.width / grid + 2))) * grid
        y = round(float(rng.uniform(-2, ground.height / grid + 2))) * grid
        direction = int(rng.integers(0, 8))
        points = [(x, y)]
        for _leg in range(int(rng.integers(2, 5))):
            length = int(rng.integers(2, 7)) * grid
            angle = direction * math.pi / 4
            x, y = x + length * round(math.cos(angle)), y + length * round(math.sin(angle))
            points.append((x, y))
            direction += int(rng.choice((-1, 1)))
        path(traces, points, 2 * ground.unit)
        disc(ends, points[-1], 5 * ground.unit)
    fade = np.exp(-((radial(ground, 1.9 * ground.reach)) ** 2)).astype(np.float32)
    near = enlarged(to_mask(0.18 + 0.82 * fade), ground.width, ground.height)
    over(picture, ground.palette.light, cv2.multiply(traces, near, scale=1 / 255), 0.55)
    screen(picture, ground.palette.light, soft(cv2.multiply(ends, near, scale=1 / 255), 7 * ground.unit), 0.9)
    over(picture, ground.palette.accent, cv2.multiply(ends, near, scale=1 / 255))
    over(picture, ground.palette.shade, text_dark(ground, 0.72))
    return picture


def _panes(ground: Ground, _: Mask) -> Picture:
    """Panes of a window system, one behind the other, behind the head."""
    picture = _screen(ground)
    _lattice(picture, ground, 0.14)
    (cx, cy), reach = ground.light, ground.reach
    for place, opacity in ((0.20, 0.10), (0.0, 0.16)):
        half, high = (0.86 - 0.3 * place) * reach, 0.66 * reach
        left, top = cx - half + place * reach, cy - high - 0.25 * place * reach
        pane = blank(ground)
        right, bottom = left + 2 * half, top + 2.1 * high
        corners = [(left, top), (right, top), (right, bottom), (left, bottom)]
        polygon(pane, corners)
        over(picture, ground.palette.light, pane, opacity)
        edge = blank(ground)
        path(edge, corners, 1.6 * ground.unit, closed=True)
        over(picture, ground.palette.rims[0], edge, 0.5)
        for button in range(3):
            dot = blank(ground)
            disc(dot, (left + (20 + 20 * button) * ground.unit, top + 20 * ground.unit), 5 * ground.unit)
            over(picture, (ground.palette.accent, ground.palette.rims[0], ground.palette.light)[button], dot, 0.9)
    over(picture, ground.palette.shade, text_dark(ground, 0.66))
    return picture


PAINTERS = (_orbits, _panes, _circuit)
