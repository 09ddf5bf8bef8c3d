"""The ground behind a person, and what is laid over person and ground: scrims, panels, vignettes."""

from __future__ import annotations

from collections.abc import Callable

import cv2
import numpy as np

from core.compose.geometry import Box
from core.compose.ground import Ground, blank, vignette
from core.compose.grounds import bold, cinematic, clean, documentary, meme, minimalist, neon, pastel, tech
from core.compose.manner import MANNERS
from core.compose.raster import Mask, Picture, darken, grain, grid, over, smoothstep, soft, to_mask
from core.compose.shape import disc, polygon
from core.compose.subject import TREATMENTS
from core.compose.zone import hard_zones
from core.domain.brief import Brief, Vibe
from core.domain.format import Format, Size

Painter = Callable[[Ground, Mask], Picture]
_PAINTERS: dict[Vibe, tuple[Painter, ...]] = {
    Vibe.BOLD: bold.PAINTERS,
    Vibe.CLEAN: clean.PAINTERS,
    Vibe.CINEMATIC: cinematic.PAINTERS,
    Vibe.NEON: neon.PAINTERS,
    Vibe.PASTEL: pastel.PAINTERS,
    Vibe.TECH: tech.PAINTERS,
    Vibe.MINIMALIST: minimalist.PAINTERS,
    Vibe.MEME: meme.PAINTERS,
    Vibe.DOCUMENTARY: documentary.PAINTERS,
}


_ROUND = {Vibe.CLEAN: 0, Vibe.PASTEL: 0, Vibe.MINIMALIST: 1}
"""The pattern of a vibe that has a disc behind the person: the one they come out of."""


def paint(vibe: Vibe, pattern: int, ground: Ground) -> tuple[Picture, Mask]:
    """The ground of a vibe in one of its three patterns, and the mask of shapes type must not run into.

    Raises KeyError for a vibe not drawn here.
    """
    painters = _PAINTERS[vibe]
    taken = blank(ground)
    if ground.disc is None:
        return painters[pattern % len(painters)](ground, taken), taken
    picture = painters[_ROUND.get(vibe, pattern) % len(painters)](ground, taken)
    disc(taken, *ground.disc)
    if vibe not in _ROUND:
        over(picture, "#000000", soft(taken, 16 * ground.unit), 0.35)
        over(picture, ground.palette.pop, taken)
    if ring := TREATMENTS[vibe].outline * ground.unit:
        rim = blank(ground)
        disc(rim, ground.disc[0], ground.disc[1] + 0.5 * ring, line=round(ring))
        over(picture, "#ffffff", rim)
    return picture, taken


def finish(vibe: Vibe, picture: Picture, ground: Ground) -> None:
    """What lies over person and ground alike: vignette, bars, grain."""
    manner = MANNERS[vibe]
    if manner.vignette:
        darken(picture, vignette(ground, manner.vignette))
    frame = frame_of(vibe, ground.width, ground.height)
    picture[: round(frame.top)] = 0
    picture[round(frame.bottom) :] = 0
    if manner.grain:
        grain(picture, manner.grain, ground.seed, ground.unit)


def frame_of(vibe: Vibe, width: int, height: int) -> Box:
    """The picture inside its letterbox, which is only there where the canvas is wide enough to be a film's."""
    bar = round(0.055 * height) if MANNERS[vibe].bars and 1.3 < width / height < 2.2 else 0
    return Box(0, bar, width, height - bar)


def bars(vibe: Vibe, size: Size) -> tuple[Box, ...]:
    """The bars of the letterbox and a little air, where no words stand."""
    frame, air = frame_of(vibe, size.width, size.height), _AIR * size.height
    if not frame.top:
        return ()
    return Box(0, 0, size.width, frame.top + air), Box(0, frame.bottom - air, size.width, size.height)


_AIR = 0.015
"""Of the height, between a bar and letters."""


def zones(brief: Brief, target: Format, size: Size) -> tuple[Box, ...]:
    """What a platform covers, and we ourselves, in px."""
    return *hard_zones(target, size, brief), *bars(brief.vibe, size)


def scrim(
    picture: Picture, vibe: Vibe, ground: Ground, boxes: tuple[Box, ...], head: Box | None, *, whole: bool
) -> None:
    """Darkens the body where type will cross it, fading into the picture around; paper gets cards instead.

    `whole`: the body goes on to the picture's edge, or nearly.
    """
    if MANNERS[vibe].paper:
        _cards(picture, ground, boxes, head, _LOWEST if whole else _LOW)
        return
    strength = 0.84
    _, y = grid(2, ground.height)
    for box in boxes:
        fade = 0.16 * ground.height
        near = smoothstep(box.top - 0.7 * fade, box.top + 0.5 * fade, y)
        if box.bottom < 0.8 * ground.height:
            near = near * (1 - 0.62 * smoothstep(box.bottom, box.bottom + 1.6 * fade, y))
        if box.centre[1] < 0.35 * ground.height:
            near = smoothstep(box.bottom + 0.7 * fade, box.bottom - 0.5 * fade, y)
        over(picture, ground.palette.shade, np.repeat(to_mask(near * strength), ground.width, axis=1))


def aisle(picture: Picture, vibe: Vibe, ground: Ground, box: Box, margin: float) -> None:
    """A field from top to bottom between two people, `margin` px wider than the words in `box`."""
    manner, high = MANNERS[vibe], ground.height + 9.0
    if not manner.flat:
        x, _ = grid(ground.width, 2)
        reach = 0.16 * ground.width
        near = smoothstep(box.left - 0.7 * reach, box.left + 0.3 * reach, x)
        near = near * (1 - smoothstep(box.right - 0.3 * reach, box.right + 0.7 * reach, x))
        over(picture, ground.palette.shade, np.repeat(to_mask(near[:1] * 0.86), ground.height, axis=0))
        return
    lean, stripe = 0.022 * ground.width, 0.010 * ground.width
    for by, colour in (
        (stripe, ground.palette.edge if manner.paper else ground.palette.pop),
        (0.0, ground.palette.shade),
    ):
        mask = blank(ground)
        left, right = box.left - margin - by, box.right + margin + by
        polygon(mask, [(left + lean, -9.0), (right + lean, -9.0), (right - lean, high), (left - lean, high)])
        if by:
            over(picture, "#000000", soft(mask, 12 * ground.unit), 0.3)
        over(picture, colour, mask)


def divide(picture: Picture, taken: Mask, vibe: Vibe, ground: Ground, *, photo: bool = False) -> None:
    """A slanted panel under the words that cuts the picture in two; shapes end at it. `photo`: beside it is one."""
    area, stripe = ground.text[0], 0.016 * min(ground.width, ground.height)
    wide, high = ground.width + 9.0, ground.height + 9.0
    manner = MANNERS[vibe]
    if manner.paper and not photo:
        over(picture, ground.palette.mid, np.full_like(taken, 255))
    panels = []
    for reach in (stripe, 0.0):
        mask = blank(ground)
        if area.width > 0.75 * ground.width:
            lean, low = 0.035 * ground.height, area.centre[1] > 0.5 * ground.height
            edge = area.top - reach - 1.6 * lean if low else area.bottom + reach + 1.6 * lean
            polygon(mask, [(-9.0, edge + lean), (wide, edge - lean), *(
                [(wide, high), (-9.0, high)] if low else [(wide, -9.0), (-9.0, -9.0)]
            )])  # fmt: skip
        else:
            lean, right = 0.05 * ground.width, area.centre[0] > 0.5 * ground.width
            edge = area.left - reach - lean if right else area.right + reach + lean
            far = wide if right else -9.0
            polygon(mask, [(edge + lean, -9.0), (edge - lean, high), (far, high), (far, -9.0)])
        panels.append(mask)
    over(picture, "#000000", soft(panels[0], 12 * ground.unit), 0.3)
    over(picture, ground.palette.edge if manner.paper else ground.palette.pop, panels[0])
    over(picture, ground.palette.shade, panels[1], 1.0 if manner.flat else 0.97 if photo else 0.93)
    taken[:] = cv2.min(taken, cv2.bitwise_not(panels[0]))


_HIGH = 0.2
"""Of the height, up to which a card goes up to the edge."""
_LOW, _LOWEST = 0.6, 0.8
"""Of the height, from which on a card goes down to the edge: under it is nothing to see, or little of a body."""


def _cards(picture: Picture, ground: Ground, boxes: tuple[Box, ...], head: Box | None, low: float) -> None:
    """A sheet of paper per box, up to the canvas' edge where the box is near it."""
    cards, margin = blank(ground), 0.035 * min(ground.width, ground.height)
    for box in boxes:
        card = box.grown(margin)
        chin = head.bottom if head is not None and head.centre[1] < box.centre[1] else card.top
        top = -9.0 if box.top < _HIGH * ground.height else max(card.top, chin)
        crown = head.top if head is not None and head.centre[1] > box.centre[1] else card.bottom
        bottom = ground.height + 9.0 if box.bottom > low * ground.height else min(card.bottom, crown)
        left, right = (-9.0, ground.width + 9.0) if bottom > ground.height or top < 0 else (card.left, card.right)
        polygon(cards, [(left, top), (right, top), (right, bottom), (left, bottom)])
    over(picture, "#000000", soft(cards, 16 * ground.unit), 0.22)
    over(picture, ground.palette.shade, cards)
