"""What a platform covers, as boxes, and how to stay clear of it."""

from __future__ import annotations

from collections.abc import Sequence

from core.compose.geometry import Box, clear_of
from core.domain.brief import Brief
from core.domain.format import Format, Size, Zone


def hard_zones(target: Format, size: Size, brief: Brief) -> tuple[Box, ...]:
    """What the platform covers, in px; empty when the brief reserves nothing."""
    return covering(target, size) if brief.reserve_overlays else ()


def soft_zones(target: Format, size: Size, brief: Brief) -> tuple[Box, ...]:
    """What the platform may cover, in px; empty when the brief reserves nothing."""
    return _zones(target, size, hard=False) if brief.reserve_overlays else ()


def covering(target: Format, size: Size) -> tuple[Box, ...]:
    """What the platform covers, in px, whatever a brief makes of it."""
    return _zones(target, size, hard=True)


def _zones(target: Format, size: Size, *, hard: bool) -> tuple[Box, ...]:
    return tuple(placed(zone, size) for zone in target.zones if zone.hard is hard)


def placed(zone: Zone, size: Size) -> Box:
    """A zone in px."""
    return Box(zone.left, zone.top, zone.right, zone.bottom).scaled(size.width, size.height)


def safe_area(canvas: Box, zones: Sequence[Box]) -> Box:
    """The canvas without the zones that run along a whole edge."""
    along = [zone for zone in zones if zone.width >= 0.99 * canvas.width or zone.height >= 0.99 * canvas.height]
    return clear_of(canvas, along)


def into(face: Box, safe: Box, zones: Sequence[Box]) -> tuple[float, float]:
    """The step that brings a face inside `safe` and out of `zones`."""
    dx = max(0.0, safe.left - face.left) or min(0.0, safe.right - face.right)
    dy = max(0.0, safe.top - face.top) or min(0.0, safe.bottom - face.bottom)
    moved = face.moved(dx, dy)
    for zone in zones:
        if moved.meets(zone):
            steps = ((0.0, zone.top - moved.bottom), (zone.left - moved.right, 0.0), (zone.right - moved.left, 0.0))
            inside = [step for step in steps if within(moved.moved(*step), safe)]
            step = min(inside or steps, key=lambda step: abs(step[0]) + abs(step[1]))
            dx, dy, moved = dx + step[0], dy + step[1], moved.moved(*step)
    return dx, dy


def within(box: Box, outer: Box) -> bool:
    """Up to half a pixel."""
    slack = 0.5
    return (
        box.left >= outer.left - slack
        and box.top >= outer.top - slack
        and box.right <= outer.right + slack
        and box.bottom <= outer.bottom + slack
    )
