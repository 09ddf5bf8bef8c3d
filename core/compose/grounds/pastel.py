"""Pastel: soft light that runs from one tender colour into the next, and a few round shapes."""

from __future__ import annotations

import math

import numpy as np

from core.compose.geometry import Box
from core.compose.ground import COARSE, Ground, blank, dice
from core.compose.palette import mix
from core.compose.raster import Mask, Picture, enlarged, grid, over, smoothstep, soft, stops, to_mask
from core.compose.shape import disc, polygon


def _air(ground: Ground) -> Picture:
    """Clouds of the palette's colours that overlap."""
    p, rng = ground.palette, dice(ground)
    x, y = grid(ground.width, ground.height, COARSE)
    slope = (0.5 * x / ground.width + 0.5 * y / ground.height).astype(np.float32)
    picture = enlarged(stops(slope, (p.edge, p.light, p.mid), (0.0, 0.5, 1.0)), ground.width, ground.height)
    for colour in (p.mid, p.pop, p.edge, p.light):
        cx, cy = float(rng.uniform(0, ground.width)), float(rng.uniform(0, ground.height))
        distance = np.hypot(x - cx, y - cy) / (0.62 * max(ground.width, ground.height))
        cloud = smoothstep(1.0, 0.0, distance.astype(np.float32)) * 0.8
        over(picture, colour, enlarged(to_mask(cloud), ground.width, ground.height))
    return picture


def _bubbles(ground: Ground, _: Mask) -> Picture:
    """A large soft disc behind the head, small ones about it that keep off the words."""
    picture = _air(ground)
    (cx, cy), reach, rng = ground.light, ground.reach, dice(ground)
    large = blank(ground)
    disc(large, *(ground.disc or ((cx, cy + 0.12 * reach), 0.76 * reach)))
    over(picture, *(("#ffffff", large, 0.55) if ground.disc is None else (ground.palette.pop, large, 0.9)))
    small = blank(ground)
    for _bubble in range(9):
        angle, away = float(rng.uniform(0, 2 * math.pi)), float(rng.uniform(0.86, 1.25)) * reach
        x, y, radius = cx + away * math.cos(angle), cy + away * math.sin(angle), float(rng.uniform(0.02, 0.075)) * reach
        # Half behind a letter it looks like a part of it.
        if not any(Box(x - radius, y - radius, x + radius, y + radius).meets(words) for words in ground.text):
            disc(small, (x, y), radius)
    over(picture, ground.palette.pop, small, 0.85)
    return picture


def _hills(ground: Ground, _: Mask) -> Picture:
    """Two waves along the foot."""
    picture, rng = _air(ground), dice(ground)
    phase = float(rng.uniform(0, 2 * math.pi))
    for level, height, colour, opacity in ((0.62, 0.05, "#ffffff", 0.5), (0.76, 0.06, ground.palette.pop, 0.7)):
        mask = blank(ground)
        crest = [
            (step / 40 * ground.width, (level + height * math.sin(phase + step / 40 * 2.2 * math.pi)) * ground.height)
            for step in range(-1, 42)
        ]
        polygon(mask, [*crest, (ground.width + 9.0, ground.height + 9.0), (-9.0, ground.height + 9.0)])
        over(picture, colour, mask, opacity)
        phase += 1.7
    return picture


def _stripes(ground: Ground, _: Mask) -> Picture:
    """Broad stripes that hardly differ, and a rounded panel behind the head."""
    picture = _air(ground)
    mask, step = blank(ground), 0.11 * max(ground.width, ground.height)
    for stripe in range(-6, 14):
        left = stripe * step
        polygon(
            mask,
            [
                (left, -9.0),
                (left + 0.5 * step, -9.0),
                (left + 0.5 * step - 0.3 * ground.height, ground.height + 9.0),
                (left - 0.3 * ground.height, ground.height + 9.0),
            ],
        )
    over(picture, mix(ground.palette.light, "#ffffff", 0.6), mask, 0.42)
    (cx, cy), reach, arch = ground.light, ground.reach, blank(ground)
    half = 0.66 * reach
    disc(arch, (cx, cy - 0.02 * reach), half)
    polygon(
        arch, [(cx - half, cy), (cx + half, cy), (cx + half, ground.height + 9.0), (cx - half, ground.height + 9.0)]
    )
    over(picture, "#000000", soft(arch, 14 * ground.unit), 0.06)
    over(picture, ground.palette.pop, arch, 0.9)
    return picture


PAINTERS = (_bubbles, _stripes, _hills)
