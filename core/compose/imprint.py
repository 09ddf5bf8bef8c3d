"""Where a creator's logo and signature stand: a free corner by arithmetic, or nowhere, and then the record says so."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from core.compose.geometry import Box, Silhouette
from core.compose.measure import Measure
from core.domain.format import Family


class Part(StrEnum):
    LOGO = "logo"
    SIGNATURE = "signature"


@dataclass(frozen=True, slots=True)
class Signature:
    """A line of small print on its plate, in px of the picture."""

    text: str
    font: str
    x: float
    baseline: float
    size: float
    """Font size, px per em."""
    plate: Box


@dataclass(frozen=True, slots=True)
class Imprint:
    """What was placed; a part that was wanted and found no room is named in `left_out`."""

    logo: Box | None = None
    signature: Signature | None = None
    left_out: tuple[Part, ...] = ()

    @property
    def boxes(self) -> tuple[Box, ...]:
        signed = () if self.signature is None else (self.signature.plate,)
        return signed if self.logo is None else (self.logo, *signed)


NOTHING = Imprint()


@dataclass(frozen=True, slots=True)
class Line:
    """A signature to be placed."""

    text: str
    font: str
    measure: Measure


@dataclass(frozen=True, slots=True)
class Room:
    """What the imprint has to live with, in px."""

    area: Box
    """The canvas without what a platform cuts off along whole edges."""
    short: float
    """The canvas' short side."""
    family: Family
    zones: tuple[Box, ...]
    """Hard zones, never met; one that lies in a corner moves the corner beside it."""
    taken: tuple[Box, ...]
    """Never met: head, type."""
    avoided: tuple[Box, ...]
    """Met only when every corner is: soft zones."""
    body: Silhouette
    """As `avoided`."""
    busy: Callable[[Box], float] = lambda _: 0.0
    """0-1: which corner is the calmest, where it has to lie on something."""


@dataclass(frozen=True, slots=True)
class _Scale:
    """Over the canvas' short side."""

    logo: float
    """Side of a square logo; others keep its area."""
    cap: float
    """Capital height of the signature."""
    inset: float


_SCALES: dict[Family, _Scale] = {
    Family.WIDE: _Scale(0.125, 0.022, 0.035),
    Family.SQUARE: _Scale(0.105, 0.021, 0.035),
    Family.PORTRAIT: _Scale(0.105, 0.021, 0.035),
    Family.TALL: _Scale(0.115, 0.023, 0.02),
    Family.HEADER: _Scale(0.17, 0.036, 0.03),
}
_STEPS = (1.0, 0.85, 0.7)
"""Reductions tried before a part is left out."""
_LONGEST = 2.0
"""Longer side of a logo, in sides of a square one."""
_WIDEST = 0.46
"""Of the area's width, for a signature's plate."""
_LINE_HEIGHT = 2.3
"""Of a signature's plate, in capital heights."""
_SMALLEST_CAP = 6.0
"""px; smaller print is no longer letters."""


def place(room: Room, logo: float | None, line: Line | None) -> Imprint:
    """Logo (its width over its height) and signature side by side in one corner, or each in a corner of its own.

    Parted rather than together over the body, as long as the logo finds a corner beside it.
    """
    marks = [] if logo is None else [_logo_size(room, logo, step) for step in _STEPS]
    lines = [] if line is None else [_line_size(room, line, step) for step in _STEPS]
    mark = _alone(room, marks)
    for over in (False,) if mark is not None and not _soft(room, mark) else (False, True):
        pair = _together(room, marks, lines, over)
        if pair is not None and line is not None:
            return Imprint(pair[0], _signed(pair[1], line))
    plate = _alone(room, lines, () if mark is None else (mark,))
    wanted = ((Part.LOGO, logo, mark), (Part.SIGNATURE, line, plate))
    return Imprint(
        mark,
        None if plate is None or line is None else _signed(plate, line),
        tuple(part for part, asked, found in wanted if asked is not None and found is None),
    )


def is_quiet(room: Room, imprint: Imprint) -> bool:
    """Nothing of it lies on the person or on what the platform may cover, and nothing was left out."""
    return not imprint.left_out and not any(_soft(room, box) for box in imprint.boxes)


def _logo_size(room: Room, ratio: float, step: float) -> tuple[float, float]:
    side = _SCALES[room.family].logo * room.short * step
    width = side * min(math.sqrt(ratio), _LONGEST, _LONGEST * ratio)
    return width, width / ratio


def _line_size(room: Room, line: Line, step: float) -> tuple[float, float] | None:
    cap = _SCALES[room.family].cap * room.short * step
    width = line.measure.advance(line.text) * cap / line.measure.cap + 1.5 * cap
    return (width, _LINE_HEIGHT * cap) if cap >= _SMALLEST_CAP and width <= _WIDEST * room.area.width else None


def _signed(plate: Box, line: Line) -> Signature:
    cap = plate.height / _LINE_HEIGHT
    # Capitals sit in the middle; what hangs below the baseline finds room in the plate's lower margin.
    return Signature(
        line.text, line.font, plate.left + 0.75 * cap, plate.centre[1] + cap / 2, cap / line.measure.cap, plate
    )


def _together(
    room: Room,
    marks: Sequence[tuple[float, float]],
    lines: Sequence[tuple[float, float] | None],
    over: bool,
) -> tuple[Box, Box] | None:
    for mark, line in zip(marks, lines, strict=False):
        if line is None:
            continue
        gap = 0.35 * line[1]
        size = mark[0] + gap + line[0], max(mark[1], line[1])
        for box in _corners(room, size, over):
            middle = box.centre[1]
            first = Box(box.left, middle - mark[1] / 2, box.left + mark[0], middle + mark[1] / 2)
            return first, Box(first.right + gap, middle - line[1] / 2, box.right, middle + line[1] / 2)
    return None


def _alone(room: Room, sizes: Sequence[tuple[float, float] | None], taken: Sequence[Box] = ()) -> Box | None:
    gap = _SCALES[room.family].inset * room.short
    for over in (False, True):
        for size in sizes:
            for box in _corners(room, size, over) if size else ():
                if not any(box.grown(gap).meets(other) for other in taken):
                    return box
    return None


def _corners(room: Room, size: tuple[float, float], over: bool) -> Iterator[Box]:
    """The free corners for a box of that size, in one order for a whole set; `over` allows the body, the calmest first.

    Upper corners come first: shoulders fill the lower ones, and platforms write there.
    """
    inset = _SCALES[room.family].inset * room.short
    area = room.area.grown(-inset)
    width, height = size
    if width > area.width or height > area.height:
        return
    places = [
        Box(left, top, left + width, top + height)
        for top in (area.top, area.bottom - height)
        for left in (area.right - width, area.left)
    ]
    moved = [beside for box in places for beside in _beside(box, room.zones, inset, area)]
    if over:
        places, moved = sorted(places, key=room.busy), sorted(moved, key=room.busy)
    for corner in (*places, *moved):
        blocked = any(corner.grown(inset / 2).meets(other) for other in (*room.zones, *room.taken))
        if not blocked and (over or not _soft(room, corner)):
            yield corner


def _soft(room: Room, box: Box) -> bool:
    inset = _SCALES[room.family].inset * room.short
    return any(box.meets(other) for other in room.avoided) or room.body.meets(box, inset / 2)


def _beside(box: Box, zones: Sequence[Box], inset: float, area: Box) -> Iterator[Box]:
    """The box moved along the canvas' edges, clear of a zone in its corner."""
    for zone in zones:
        if box.meets(zone):
            right = zone.centre[0] > area.centre[0]
            low = zone.centre[1] > area.centre[1]
            yield box.moved(0, zone.top - inset - box.bottom if low else zone.bottom + inset - box.top)
            yield box.moved(zone.left - inset - box.right if right else zone.right + inset - box.left, 0)
