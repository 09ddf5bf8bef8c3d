"""Clean: paper, and one large shape of colour."""

from __future__ import annotations

import cv2
import numpy as np

from core.compose.ground import COARSE, Ground, blank, radial
from core.compose.headline import Align
from core.compose.raster import Field, Mask, Picture, enlarged, grid, over, screen, smoothstep, stops, to_mask
from core.compose.shape import arc, disc, polygon


def _paper(ground: Ground) -> Picture:
    p = ground.palette
    x, y = grid(ground.width, ground.height, COARSE)
    slope: Field = (0.55 * x / ground.width + 0.45 * y / ground.height).astype(np.float32)
    return enlarged(stops(slope, (p.light, p.shade), (0.0, 1.0)), ground.width, ground.height)


def _speckle(picture: Picture, ground: Ground) -> None:
    """A small dot grid in the corner opposite the type: order without noise."""
    if ground.text_side is Align.CENTRE:
        return
    step, radius = 26 * ground.unit, 2.6 * ground.unit
    mask = blank(ground)
    left = ground.width - 7.5 * step if ground.text_side is Align.LEFT else 1.8 * step
    for row in range(5):
        for column in range(6):
            disc(mask, (left + column * step, 1.8 * step + row * step), radius)
    over(picture, ground.palette.ink, mask, 0.16)


def _orb(ground: Ground, taken: Mask) -> Picture:
    """One large disc behind the head, a ring around it."""
    picture = _paper(ground)
    _speckle(picture, ground)
    (cx, cy), radius = ground.light, ground.reach * (0.68 if ground.person else 0.62)
    centre, radius = ground.disc or ((cx, cy + 0.14 * ground.reach) if ground.person else (cx, cy), radius)
    second, away = blank(ground), 1 if ground.text_side is Align.LEFT else -1
    disc(second, (centre[0] + away * 0.78 * radius, centre[1] + 0.62 * radius), radius * 0.36)
    over(picture, ground.palette.edge, second)
    large, ring = blank(ground), blank(ground)
    disc(large, centre, radius)
    # The ring opens towards the type, which may then stand closer.
    upright = 90 if ground.text[0].centre[1] < centre[1] else -90
    opening = {Align.LEFT: 0, Align.RIGHT: 180, Align.CENTRE: upright}[ground.text_side]
    arc(ring, centre, (radius * 1.1, radius * 1.1), 3 * ground.unit, (-108, 108), opening)
    over(picture, ground.palette.ink, ring, 0.22)
    over(picture, ground.palette.mid, large)
    taken[:] = large
    shine = enlarged(to_mask(smoothstep(1.0, 0.0, radial(ground, radius * 1.1)) * 0.35), ground.width, ground.height)
    screen(picture, "#ffffff", cv2.min(shine, large), 0.8)
    return picture


def _arch(ground: Ground, taken: Mask) -> Picture:
    """A doorway: rectangle with a round top that stands on the lower edge."""
    picture = _paper(ground)
    half = ground.reach * (0.70 if ground.person else 0.5)
    if ground.text_side is not Align.CENTRE:
        half = min(half, 0.228 * ground.width)
    cx, top = ground.light[0], ground.light[1] - ground.reach * 0.66
    if ground.person and ground.text_side is Align.CENTRE and ground.text[0].centre[1] < ground.light[1]:
        top = max(top, ground.text[0].bottom + 0.1 * half)
    for scale, colour in ((1.09, ground.palette.edge), (1.0, ground.palette.mid)):
        mask = blank(ground)
        disc(mask, (cx, top + half), half * scale)
        polygon(
            mask,
            [
                (cx - half * scale, top + half),
                (cx + half * scale, top + half),
                (cx + half * scale, ground.height + 9),
                (cx - half * scale, ground.height + 9),
            ],
        )
        over(picture, colour, mask)
        taken[:] = cv2.max(taken, mask)
    return picture


def _split(ground: Ground, taken: Mask) -> Picture:
    """A slanted field of colour on the person's side, or under the person where type stands above."""
    picture = _paper(ground)
    width, height, mask = ground.width, ground.height, blank(ground)
    if ground.text_side is Align.CENTRE:
        line = ground.light[1] + (0.0 if ground.person else 0.05 * height)
        corners = [
            (0.0, line + 0.06 * height),
            (width, line - 0.06 * height),
            (width, height + 9.0),
            (0.0, height + 9.0),
        ]
    else:
        near, far = ground.light[0] - 0.16 * width, ground.light[0] - 0.04 * width
        corners = [(far, -9.0), (width + 9.0, -9.0), (width + 9.0, height + 9.0), (near, height + 9.0)]
        if ground.text_side is Align.RIGHT:
            near, far = ground.light[0] + 0.16 * width, ground.light[0] + 0.04 * width
            corners = [(far, -9.0), (-9.0, -9.0), (-9.0, height + 9.0), (near, height + 9.0)]
    polygon(mask, corners)
    over(picture, ground.palette.mid, mask)
    taken[:] = mask
    _speckle(picture, ground)
    return picture


PAINTERS = (_orb, _split, _arch)
