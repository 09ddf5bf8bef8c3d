"""Documentary: a grey studio, a panel, the lines of a map."""

from __future__ import annotations

import cv2
import numpy as np

from core.compose.ground import COARSE, Ground, blank, dice, haze, text_dark
from core.compose.palette import mix
from core.compose.raster import Field, Mask, Picture, enlarged, grid, over, stops, to_mask
from core.compose.shape import polygon


def _grey(ground: Ground) -> Picture:
    p = ground.palette
    x, y = grid(ground.width, ground.height, COARSE)
    distance: Field = np.hypot(
        (x - ground.light[0]) / (0.62 * ground.width), (y - ground.light[1]) / (0.95 * ground.height)
    ).astype(np.float32)
    colours = (p.light, mix(p.light, p.mid, 0.4), p.mid, p.edge)
    return enlarged(stops(distance, colours, (0.0, 0.28, 0.58, 1.05)), ground.width, ground.height)


def _studio(ground: Ground, _: Mask) -> Picture:
    picture = _grey(ground)
    haze(picture, ground, 0.16)
    over(picture, ground.palette.shade, text_dark(ground, 0.72))
    return picture


def _panel(ground: Ground, taken: Mask) -> Picture:
    """A flat field of the accent behind the head, as on a magazine."""
    picture = _grey(ground)
    over(picture, ground.palette.shade, text_dark(ground, 0.80))
    mask = blank(ground)
    (cx, cy), reach = ground.light, ground.reach
    half = 0.52 * reach
    polygon(
        mask,
        [
            (cx - half, cy - 0.40 * reach),
            (cx + half, cy - 0.40 * reach),
            (cx + half, cy + 0.95 * reach),
            (cx - half, cy + 0.95 * reach),
        ],
    )
    over(picture, ground.palette.pop, mask)
    taken[:] = mask
    return picture


def _contours(ground: Ground, _: Mask) -> Picture:
    """Height lines of a map."""
    picture = _studio(ground, _)
    rng = dice(ground)
    cells = rng.standard_normal((5, 8), dtype=np.float32)
    land = cv2.resize(cells, (ground.width, ground.height), interpolation=cv2.INTER_CUBIC) * 4
    near = np.abs(land - np.round(land))
    steep = np.maximum(
        np.hypot(cv2.Sobel(land, cv2.CV_32F, 1, 0, scale=0.125), cv2.Sobel(land, cv2.CV_32F, 0, 1, scale=0.125)), 1e-4
    )
    line = np.clip(1.4 * ground.unit - near / steep + 0.5, 0, 1)
    over(picture, ground.palette.rims[0], to_mask(line), 0.13)
    return picture


PAINTERS = (_studio, _panel, _contours)
