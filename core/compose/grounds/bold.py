"""Bold: loud colour, rays, slashes and a comic star."""

from __future__ import annotations

import math

import cv2
import numpy as np

from core.compose.ground import COARSE, Ground, blank, dice, gradient, halftone, radial, rays, text_dark
from core.compose.headline import Align
from core.compose.palette import mix
from core.compose.raster import Mask, Picture, coats, enlarged, grid, over, screen, smoothstep, to_mask
from core.compose.shape import polygon


def _bold_base(ground: Ground) -> Picture:
    p = ground.palette
    radius = 0.78 * math.hypot(ground.width, ground.height)
    return gradient(ground, (mix(p.light, "#ffffff", 0.35), p.light, p.mid, p.edge), (0.0, 0.16, 0.5, 1.0), radius)


def _bold_end(picture: Picture, ground: Ground) -> Picture:
    x, y = grid(ground.width, ground.height, COARSE)
    across = x / ground.width if ground.text_side is not Align.RIGHT else 1 - x / ground.width
    if ground.text_side is Align.CENTRE:
        across = 0.2 + 0.6 * np.abs(y / ground.height - 0.5) + 0 * x if not ground.person else y / ground.height + 0 * x
    strength = smoothstep(0.75, 0.0, (across + 0 * y).astype(np.float32)) * 0.9
    dots = halftone(ground, 20 * ground.unit, strength)
    coats(
        picture,
        (ground.palette.shade, text_dark(ground, 0.62), 1.0),
        (mix(ground.palette.edge, ground.palette.shade, 0.5), dots, 0.42),
    )
    return picture


def _sunburst(ground: Ground, _: Mask) -> Picture:
    picture = _bold_base(ground)
    mask = rays(ground, 26, float(dice(ground).uniform(0, 0.24)))
    fade = enlarged(
        to_mask(smoothstep(0.02, 0.22, radial(ground, math.hypot(ground.width, ground.height)))),
        ground.width,
        ground.height,
    )
    screen(picture, mix(ground.palette.light, "#ffffff", 0.5), cv2.multiply(mask, fade, scale=1 / 255), 0.24)
    return _bold_end(picture, ground)


def _slashes(ground: Ground, _: Mask) -> Picture:
    """Broad diagonal bands."""
    picture = _bold_base(ground)
    mask, step = blank(ground), 0.20 * ground.width if ground.width > ground.height else 0.3 * ground.width
    lean, offset = 0.45 * ground.height, float(dice(ground).uniform(0, 1)) * step
    for band in range(-4, 12):
        left = band * step + offset
        polygon(
            mask,
            [
                (left + lean, 0),
                (left + lean + step * 0.5, 0),
                (left + step * 0.5, ground.height),
                (left, ground.height),
            ],
        )
    over(picture, ground.palette.edge, mask, 0.42)
    return _bold_end(picture, ground)


def _burst(ground: Ground, _: Mask) -> Picture:
    """A comic star behind the head."""
    picture = _bold_base(ground)
    rng, points = dice(ground), 18
    turn = float(rng.uniform(0, 0.3))
    for scale, colour, opacity in (
        (1.28, ground.palette.edge, 0.55),
        (1.08, mix(ground.palette.light, "#ffffff", 0.55), 0.9),
    ):
        mask, corners = blank(ground), []
        for corner in range(points * 2):
            radius = ground.reach * scale * (0.98 if corner % 2 else 0.74)
            angle = turn + corner * math.pi / points
            corners.append((ground.light[0] + radius * math.cos(angle), ground.light[1] + radius * math.sin(angle)))
        polygon(mask, corners)
        over(picture, colour, mask, opacity)
    return _bold_end(picture, ground)


PAINTERS = (_sunburst, _slashes, _burst)
