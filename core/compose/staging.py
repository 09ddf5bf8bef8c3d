"""Where the studio's layout will want head and type, known before anything is painted: what a prompt describes.

Imports no imaging library, so that whoever writes prompts stays small.
"""

from __future__ import annotations

from dataclasses import replace

from core.compose.arrangement import Arrangement
from core.compose.geometry import Box, bounds, clear_of
from core.compose.pairing import Pair, cast, single
from core.compose.showing import PAINTED
from core.compose.zone import hard_zones, into, safe_area
from core.domain.brief import Brief, People
from core.domain.format import Format, Size
from core.domain.prompt import Area, Staging

HEAD_ASPECT = 0.74
"""Width over height of a head, crown to chin, between the temples."""
_WIDEST = 0.62
"""Of the canvas: what the layout lets a head fill."""
_AIR = 0.03
"""Of the short side, between head and type."""
_KEPT = 0.85
"""Of a head's height: the least of it that is asked for where a zone lies under it."""
_HEADROOM = 0.04
"""Of the canvas' height: a model that paints a little higher than told must not cut the hair."""


def staging(brief: Brief, target: Format, position: int) -> Staging:
    """The stage of one variant, in fractions of the canvas. Raises KeyError for a vibe the studio sets no type for."""
    size = target.standard
    shown = PAINTED if brief.exhibit and not brief.selfies else None
    pair = Pair.TOGETHER if brief.people is People.TWO and brief.selfies else None
    row = cast(brief, target, position, bool(brief.selfies), kind=shown, pair=pair)
    zones = hard_zones(target, size, brief)
    places = sorted((row.at,) if row.beside is None else (row.at, row.beside))
    heads = [_head(single(row, at), size, zones) for at in places] if brief.selfies else []
    head = bounds(heads) if heads else None
    kept = (*zones, head.grown(_AIR * min(size.width, size.height))) if head else zones
    areas = (clear_of(area.scaled(size.width, size.height), kept) for area in row.areas)
    return Staging(
        type_areas=tuple(_share(area, size) for area in areas),
        head=_share(head, size) if head else None,
        heads=tuple(_share(one, size) for one in heads) if pair else (),
        covered=tuple(_share(zone, size) for zone in zones),
    )


def _head(row: Arrangement, size: Size, zones: tuple[Box, ...]) -> Box:
    """The head where the layout would stand it: as tall as asked, as far as the platform leaves room."""
    safe = safe_area(Box(0, 0, size.width, size.height), zones)
    safe = replace(safe, top=max(safe.top, _HEADROOM * size.height))
    high = min(row.head * size.height, 0.96 * safe.height, _WIDEST * size.width / HEAD_ASPECT)
    wide = HEAD_ASPECT * high
    x, y = row.at[0] * size.width, row.at[1] * size.height
    box = Box(x - wide / 2, y - high / 2, x + wide / 2, y + high / 2)
    box = box.moved(*into(box, safe, ()))
    for zone in zones:
        kept = (zone.top - box.top) / box.height
        if box.meets(zone) and kept > _KEPT:
            # A head that reaches into a corner is asked for a little smaller rather than elsewhere.
            box = Box(x - kept * wide / 2, box.top, x + kept * wide / 2, zone.top)
    return box.moved(*into(box, safe, zones))


def _share(box: Box, size: Size) -> Area:
    left, right = (min(1.0, max(0.0, round(x / size.width, 3))) for x in (box.left, box.right))
    top, bottom = (min(1.0, max(0.0, round(y / size.height, 3))) for y in (box.top, box.bottom))
    return Area(left, top, right, bottom)
