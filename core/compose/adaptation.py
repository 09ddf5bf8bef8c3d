"""The layout around a head that already stands somewhere: a model does not always paint what it was told."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

from core.compose.arrangement import Arrangement, Scheme, arrange
from core.compose.composer import lay_out, roomy
from core.compose.geometry import Box, bounds
from core.compose.headline import DoesNotFit
from core.compose.layout import Layout
from core.compose.scene import Scene, Type
from core.domain.brief import Brief, FocusPoint, TextPlace
from core.domain.format import Family

_AIR = 0.015
"""Of the canvas' height, between head and type."""
_LEAST = 0.09
"""Of the canvas' side: a smaller area is not worth trying."""
_BODY_FROM = 0.42
"""Type across the chest starts no higher."""
_ELSEWHERE, _AGAINST, _OTHER_SIDE = 0.72, 0.3, 0.95
"""What an arrangement counts that is not the ordered one: another scheme, another one than the person asked for by
name, the same one mirrored."""
_BUSY = 0.6
"""What busy ground takes off."""


def settled(scene: Scene, type_: Type, brief: Brief, family: Family, busy: Callable[[Box], float]) -> Layout:
    """The best layout for the scene as it is; `scene.row` is the arrangement that was ordered. Raises DoesNotFit."""
    found: list[tuple[float, Layout]] = []
    refused: DoesNotFit | None = None
    for weight, row in _rows(scene, brief, family):
        try:
            layout = lay_out(replace(scene, row=row), type_)
        except DoesNotFit as error:
            refused = error
            continue
        if not layout.lines:
            return layout
        cap = min(line.cap for line in layout.lines)
        found.append((weight * cap * (1 - _BUSY * busy(bounds(layout.text_boxes))), layout))
    if not found:
        raise refused or DoesNotFit(len(type_.words))
    return max(found, key=lambda row: row[0])[1]


def may_settle(scene: Scene, type_: Type, brief: Brief, family: Family) -> bool:
    """Whether the words may find room anywhere in the scene, as `composer.roomy` tells."""
    return any(roomy(replace(scene, row=row), type_) for _, row in _rows(scene, brief, family))


def _rows(scene: Scene, brief: Brief, family: Family) -> Iterator[tuple[float, Arrangement]]:
    ordered = scene.row
    if scene.head is None:
        yield 1.0, ordered
        return
    head = scene.head.scaled(1 / scene.size.width, 1 / scene.size.height)
    side = head.centre[0] > 0.5
    for row in _schemes(ordered, brief, family):
        other = _ELSEWHERE if brief.text_place is TextPlace.AUTO else _AGAINST
        weight = 1.0 if row.scheme is ordered.scheme else other
        for turned in (row, row.mirrored()) if row.scheme is Scheme.SIDE else (row,):
            areas = _around(turned, head)
            if areas:
                there = weight if (turned.at[0] > 0.5) is side else weight * _OTHER_SIDE
                yield there, replace(turned, at=head.centre, head=head.height, areas=areas)


def _schemes(ordered: Arrangement, brief: Brief, family: Family) -> Iterator[Arrangement]:
    """One arrangement per scheme, the ordered one first; type around a face only where it was ordered."""
    yield ordered
    seen = {ordered.scheme, Scheme.AROUND}
    for place in (TextPlace.LEFT, TextPlace.TOP, TextPlace.BOTTOM):
        row = arrange(replace(brief, text_place=place, focus=FocusPoint.AUTO), family, 0, True)
        if row.scheme not in seen:
            seen.add(row.scheme)
            yield row


def _around(row: Arrangement, head: Box) -> tuple[Box, ...]:
    """The row's areas as far as this head leaves them; empty when it leaves none."""
    left, top = min(area.left for area in row.areas), min(area.top for area in row.areas)
    right, bottom = max(area.right for area in row.areas), max(area.bottom for area in row.areas)
    over = Box(left, top, right, head.top - _AIR)
    under = Box(left, max(head.bottom + _AIR, _BODY_FROM), right, bottom)
    areas: tuple[Box, ...]
    match row.scheme:
        case Scheme.SIDE:
            # Up to the middle of the head: line by line the silhouette says how far.
            areas = (
                (Box(left, top, head.centre[0], bottom),)
                if row.at[0] > 0.5
                else (Box(head.centre[0], top, right, bottom),)
            )
        case Scheme.TOP:
            areas = (over,)
        case Scheme.BOTTOM:
            areas = (under,)
        case Scheme.AROUND:
            areas = (over, under)
        case Scheme.BETWEEN | Scheme.SOLO:
            areas = row.areas
    return areas if all(area.width >= _LEAST and area.height >= _LEAST for area in areas) else ()
