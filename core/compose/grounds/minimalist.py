"""Minimalist: one tone, one shape at most, and air."""

from __future__ import annotations

import numpy as np

from core.compose.ground import COARSE, Ground, blank
from core.compose.headline import Align
from core.compose.raster import Mask, Picture, enlarged, grid, over, stops
from core.compose.shape import disc, polygon


def _wall(ground: Ground) -> Picture:
    """A wall in daylight: hardly darker at the foot."""
    p = ground.palette
    x, y = grid(ground.width, ground.height, COARSE)
    slope = (y / ground.height + 0 * x).astype(np.float32)
    return enlarged(stops(slope, (p.light, p.shade), (0.0, 1.0)), ground.width, ground.height)


def _plain(ground: Ground, taken: Mask) -> Picture:
    """Nothing but the wall and, on the person's side, a tone of it, whose edge no word crosses."""
    picture = _wall(ground)
    if ground.text_side is Align.CENTRE:
        return picture
    mask, width, high = blank(ground), float(ground.width), ground.height + 9.0
    side = 1 if ground.text_side is Align.LEFT else -1
    edge, far = ground.light[0] - side * 0.72 * ground.reach, width + 9.0 if side > 0 else -9.0
    polygon(mask, [(edge, -9.0), (far, -9.0), (far, high), (edge, high)])
    over(picture, ground.palette.mid, mask, 0.9)
    taken[:] = mask
    return picture


def _moon(ground: Ground, taken: Mask) -> Picture:
    """One disc, a tone darker than the wall."""
    picture, mask = _wall(ground), blank(ground)
    centre = (ground.light[0], ground.light[1] + 0.1 * ground.reach)
    disc(mask, *(ground.disc or (centre, (0.74 if ground.person else 0.5) * ground.reach)))
    over(picture, ground.palette.mid, mask)
    taken[:] = mask
    return picture


def _line(ground: Ground, _: Mask) -> Picture:
    """The line where a wall meets the floor."""
    picture, mask = _wall(ground), blank(ground)
    level = min(0.88 * ground.height, ground.light[1] + 0.62 * ground.reach)
    polygon(
        mask,
        [
            (-9.0, level),
            (ground.width + 9.0, level),
            (ground.width + 9.0, ground.height + 9.0),
            (-9.0, ground.height + 9.0),
        ],
    )
    over(picture, ground.palette.mid, mask, 0.55)
    return picture


PAINTERS = (_plain, _moon, _line)
