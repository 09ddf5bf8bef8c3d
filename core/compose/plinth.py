"""What a person stands behind whose photo ends above the canvas' edge, and what is seen below it."""

from __future__ import annotations

import cv2
import numpy as np

from core.compose import floor, paper
from core.compose.ground import COARSE, Ground, blank, halftone
from core.compose.manner import MANNERS
from core.compose.raster import Mask, Picture, grid, over, smoothstep, to_mask
from core.compose.shape import polygon
from core.domain.brief import Vibe

_SHOULDERS = 0.9
"""Of a head's height, from its middle to where a body ends on one side."""
_JAW = 0.3
"""Of a head's height, from its middle to where a chin has turned into a cheek."""
OVER, _PAPER_OVER = 0.10, 0.03
"""Of a head's height, from the field's edge, and from the lowest of a sheet's, down to where the body ends."""
_LEVEL, _TILT = 0.012, 0.014
"""Of the width: how far a field before two leans to either side, and how far a band behind words does."""
NECK, _HIDDEN = 0.07, 0.02
"""Of a head's height: what stays free under a chin, and how much of a short neck the field hides all the same."""


def draw(picture: Picture, vibe: Vibe, ground: Ground, foot: float, *, level: bool = False) -> None:
    """Hides where a photo ends, at `foot` px: flat vibes a field with an edge, others darkness. `level`: two stand
    behind it."""
    manner = MANNERS[vibe]
    if manner.paper:
        sheet(picture, vibe, ground, foot)
        return
    edge = _line(ground, foot, OVER)
    if not manner.flat:
        if floor.has_room(ground, edge):
            floor.lay(picture, vibe, ground, edge)
        else:
            _sunk(picture, ground, foot)
        return
    lean, stripe = (_LEVEL if level else 0.035) * ground.width, 0.02 * ground.height
    # It leans down to one side: as high there as it takes to hide where the body runs out.
    far = ground.light[0] - _SHOULDERS * ground.reach
    if not level:
        # And on the other side no higher than a jaw leaves free.
        near = ground.light[0] + _JAW * ground.reach
        climb = max(0.0, 1 - 2 * far / ground.width) + 2 * near / ground.width - 1
        free = max(0.0, edge - ground.chin - 0.5 * NECK * ground.reach)
        lean = min(lean, free / climb) if climb > 0 else lean
    edge -= max(0.0, lean * (1 - 2 * (0.0 if level else far) / ground.width))
    for top, colour in ((edge, ground.palette.pop), (edge + stripe, ground.palette.shade)):
        mask, low, wide = blank(ground), ground.height + 9.0, ground.width + 9.0
        polygon(mask, [(-9.0, top + lean), (wide, top - lean), (wide, low), (-9.0, low)])
        over(picture, colour, mask)
    if floor.has_room(ground, edge):
        _dotted(picture, ground, mask)


def _line(ground: Ground, foot: float, over: float) -> float:
    """The height of an edge that hides an end at `foot` and leaves a neck free; so much of a head's height above it."""
    lowest = min(foot - _HIDDEN * ground.reach, ground.chin + NECK * ground.reach)
    return floor.raised(ground, max(foot - over * ground.reach, lowest))


def sheet(picture: Picture, vibe: Vibe, ground: Ground, foot: float) -> Mask:
    """The same of paper, and where it lies: words keep off its edge."""
    line = _line(ground, foot, _PAPER_OVER)
    covered = paper.lay(picture, vibe, ground, line, min(line, ground.chin + NECK * ground.reach))
    if ground.height > ground.width:
        floor.lay(picture, vibe, ground, line)
    return covered


def band(picture: Picture, taken: Mask, ground: Ground, foot: float) -> None:
    """The same where a band behind words will hide the ends: `taken` ends where it has to begin, and the field that
    goes on below it has no edge of its own."""
    field = blank(ground)
    field[round(foot) :] = 255
    over(picture, ground.palette.shade, field)
    if floor.has_room(ground, ground.text[-1].bottom):
        _dotted(picture, ground, field)
    taken[round(foot - _TILT * ground.width) :] = 0


def _dotted(picture: Picture, ground: Ground, field: Mask) -> None:
    """Halftone, rising from below."""
    _, y = grid(ground.width, ground.height, COARSE)
    rising = smoothstep(0.72, 1.05, (y / ground.height).astype(np.float32)) * np.float32(0.9)
    dots = halftone(ground, 26 * ground.unit, np.repeat(rising, max(2, ground.width // COARSE), axis=1))
    over(picture, ground.palette.pop, cv2.min(dots, field), 0.7)


def _sunk(picture: Picture, ground: Ground, foot: float) -> None:
    """Darkness the body sinks into."""
    _, y = grid(2, ground.height)
    dark = smoothstep(min(ground.chin, foot - 0.2 * ground.reach), foot - 0.04 * ground.reach, y)
    over(picture, ground.palette.shade, np.repeat(to_mask(dark * 0.96), ground.width, axis=1))
