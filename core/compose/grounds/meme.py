"""Meme: flat loud colour that everybody has seen before."""

from __future__ import annotations

import math

import cv2

from core.compose.ground import Ground, blank, dice, gradient, halftone, radial, rays
from core.compose.palette import mix
from core.compose.raster import Mask, Picture, enlarged, over, screen, smoothstep, to_mask
from core.compose.shape import polygon


def _flat(ground: Ground) -> Picture:
    p = ground.palette
    return gradient(ground, (p.light, p.mid, p.edge), (0.0, 0.45, 1.2), 0.66 * math.hypot(ground.width, ground.height))


def _rays(ground: Ground, _: Mask) -> Picture:
    """Broad rays from behind the head."""
    picture = _flat(ground)
    fade = smoothstep(0.0, 0.16, radial(ground, math.hypot(ground.width, ground.height)))
    mask = cv2.multiply(
        rays(ground, 14, float(dice(ground).uniform(0, 0.12))),
        enlarged(to_mask(fade), ground.width, ground.height),
        scale=1 / 255,
    )
    screen(picture, mix(ground.palette.light, "#ffffff", 0.4), mask, 0.34)
    return picture


def _dots(ground: Ground, _: Mask) -> Picture:
    """Comic dots that grow towards the edges."""
    picture = _flat(ground)
    away = radial(ground, 0.55 * math.hypot(ground.width, ground.height))
    over(picture, ground.palette.edge, halftone(ground, 34 * ground.unit, smoothstep(0.25, 1.2, away)), 0.55)
    return picture


def _zoom(ground: Ground, _: Mask) -> Picture:
    """Lines that rush to the head, as in a manga."""
    picture, rng, mask = _flat(ground), dice(ground), blank(ground)
    (cx, cy), far = ground.light, 1.3 * math.hypot(ground.width, ground.height)
    for _line in range(90):
        angle, thin = float(rng.uniform(0, 2 * math.pi)), float(rng.uniform(0.004, 0.018))
        near = ground.reach * float(rng.uniform(0.75, 1.5))
        tip = (cx + near * math.cos(angle), cy + near * math.sin(angle))
        base = [(cx + far * math.cos(angle + side), cy + far * math.sin(angle + side)) for side in (-thin, thin)]
        polygon(mask, [tip, *base])
    over(picture, "#ffffff", mask, 0.75)
    return picture


PAINTERS = (_rays, _dots, _zoom)
