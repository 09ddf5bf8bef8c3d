"""Charts as numbers: where the bars of a stacked column chart stand. The template draws them; a table says the same."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

WIDTH, HEIGHT = 720.0, 220.0
LEFT, BOTTOM, TOP = 76.0, 28.0, 16.0
GAP: Final = 0.24
"""Of a column's width."""
LABELS: Final = 8
"""At most, below the columns."""


@dataclass(frozen=True, slots=True)
class Bar:
    """`row`: which series, from 0. In the units of the drawing."""

    x: float
    y: float
    width: float
    height: float
    row: int
    day: date
    value: int


@dataclass(frozen=True, slots=True)
class Chart:
    bars: tuple[Bar, ...]
    series: tuple[str, ...]
    ticks: tuple[tuple[float, int], ...]
    """Height in the drawing, and what it stands for."""
    labels: tuple[tuple[float, date], ...]
    width: float = WIDTH
    height: float = HEIGHT
    left: float = LEFT
    base: float = HEIGHT - BOTTOM


def stacked(days: Sequence[date], series: Mapping[str, Mapping[date, int]]) -> Chart:
    """One column per day, one piece per series that has something on it, in the series' order from below."""
    top = _round_up(max((sum(row.get(day, 0) for row in series.values()) for day in days), default=0))
    room = HEIGHT - BOTTOM - TOP
    step = (WIDTH - LEFT) / max(1, len(days))
    bars = []
    for place, day in enumerate(days):
        foot = HEIGHT - BOTTOM
        for number, row in enumerate(series.values()):
            if value := row.get(day, 0):
                height = room * value / top
                foot -= height
                x = LEFT + step * (place + GAP / 2)
                bars.append(
                    Bar(round(x, 1), round(foot, 1), round(step * (1 - GAP), 1), round(height, 1), number, day, value)
                )
    every = -(-len(days) // LABELS)
    labels = tuple((LEFT + step * (place + 0.5), day) for place, day in enumerate(days) if not place % every)
    ticks = tuple((HEIGHT - BOTTOM - room * share, round(top * share)) for share in (0, 0.5, 1))
    return Chart(tuple(bars), tuple(series), ticks, labels)


def _round_up(value: int) -> int:
    """The next number people like to read on an axis: 1, 2 or 5 and zeros, even so that its half is whole."""
    size = 2
    while size < value:
        for factor in (2, 2.5, 2):
            size = int(size * factor)
            if size >= value:
                break
    return size
