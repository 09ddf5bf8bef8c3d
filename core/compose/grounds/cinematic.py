"""Cinematic: night, a lamp behind the head, haze and dust."""

from __future__ import annotations

from dataclasses import replace

import cv2
import numpy as np

from core.compose.ground import COARSE, Ground, blank, dice, haze, radial, rays, text_dark
from core.compose.headline import Align
from core.compose.palette import mix
from core.compose.raster import Field, Mask, Picture, enlarged, grid, over, screen, soft, stops, to_mask
from core.compose.shape import disc


def _night(ground: Ground) -> Picture:
    p = ground.palette
    x, y = grid(ground.width, ground.height, COARSE)
    away: Field = (np.abs(x - ground.light[0]) / ground.width * 0.9 + np.abs(y / ground.height - 0.45) * 0.55).astype(
        np.float32
    )
    picture = enlarged(
        stops(away, (mix(p.mid, p.rims[1], 0.16), p.mid, p.edge), (0.1, 0.32, 0.85)), ground.width, ground.height
    )
    away_from_type = {Align.LEFT: 0.34, Align.RIGHT: -0.34, Align.CENTRE: 0.0}[ground.text_side] * ground.person
    lamp = replace(
        ground, light=(ground.light[0] + away_from_type * ground.reach, ground.light[1] - 0.06 * ground.reach)
    )
    distance = radial(lamp, ground.reach * (0.86 if away_from_type else 0.72))
    # Paint first, light second: light alone on a complementary ground turns grey.
    over(picture, p.pop, enlarged(to_mask(np.exp(-(distance**2) * 1.1) * 0.9), ground.width, ground.height))
    screen(picture, p.light, enlarged(to_mask(np.exp(-(distance**2) * 2.6) * 0.85), ground.width, ground.height))
    return picture


def _dust(picture: Picture, ground: Ground, count: int, largest: float) -> None:
    rng, sharp, blurred = dice(ground), blank(ground), blank(ground)
    for _ in range(count):
        x, y = rng.uniform(0, ground.width), rng.uniform(0, ground.height)
        radius = largest * ground.unit * float(rng.uniform(0.15, 1)) ** 2
        disc(
            sharp if radius < largest * 0.3 * ground.unit else blurred,
            (x, y),
            max(0.7, radius),
            int(rng.uniform(40, 190)),
        )
    screen(picture, ground.palette.rims[0], soft(sharp, 0.8 * ground.unit), 0.8)
    screen(picture, ground.palette.light, soft(blurred, 3.0 * ground.unit), 0.38)


def _streak(picture: Picture, ground: Ground) -> None:
    """The flat flare of an anamorphic lens, through the light."""
    _, y = grid(2, ground.height)
    x, _ = grid(ground.width, 2)
    thin = np.exp(-(((y - ground.light[1] - 0.1 * ground.reach) / (5 * ground.unit)) ** 2))
    wide = np.exp(-(((x - ground.light[0]) / (0.42 * ground.width)) ** 2))
    screen(picture, ground.palette.rims[1], to_mask((thin * wide).astype(np.float32)), 0.55)


def _dusk(ground: Ground, _: Mask) -> Picture:
    picture = _night(ground)
    haze(picture, ground, 0.30)
    _streak(picture, ground)
    _dust(picture, ground, 110, 5.0)
    return _sunk(picture, ground)


def _bokeh(ground: Ground, _: Mask) -> Picture:
    """City lights out of focus."""
    picture = _night(ground)
    rng = dice(ground)
    for colour, opacity in ((ground.palette.light, 0.30), (ground.palette.rims[1], 0.22)):
        mask = blank(ground)
        for _light in range(15):
            centre = (rng.uniform(0, ground.width), rng.uniform(0.05, 0.95) * ground.height)
            layer, radius = blank(ground), float(rng.uniform(14, 52)) * ground.unit
            disc(layer, centre, radius, int(rng.uniform(60, 200)))
            mask = cv2.max(mask, layer)
        screen(picture, colour, soft(mask, 2.4 * ground.unit), opacity)
    _dust(picture, ground, 40, 4.0)
    return _sunk(picture, ground)


def _beams(ground: Ground, _: Mask) -> Picture:
    """Shafts of light from behind the head."""
    picture = _night(ground)
    haze(picture, ground, 0.22)
    fade = np.exp(-(radial(ground, ground.reach * 1.7) ** 2))
    shafts = soft(rays(ground, 15, float(dice(ground).uniform(0, 0.4))), 9 * ground.unit)
    screen(
        picture,
        ground.palette.light,
        cv2.multiply(shafts, enlarged(to_mask(fade), ground.width, ground.height), scale=1 / 255),
        0.42,
    )
    _dust(picture, ground, 80, 5.0)
    return _sunk(picture, ground)


def _sunk(picture: Picture, ground: Ground) -> Picture:
    over(picture, ground.palette.shade, text_dark(ground, 0.55))
    return picture


PAINTERS = (_dusk, _bokeh, _beams)
