"""The score of a picture of ours: what its gates measured, and what they do not ask for."""

from __future__ import annotations

from collections.abc import Iterator

from core.compose import figure, gate
from core.compose.layout import Layout
from core.compose.raster import Picture
from core.compose.style import Style
from core.compose.zone import covering
from core.domain.format import Format, Size
from core.domain.score import Check, Gate, Measure, Target, checked
from core.domain.word import counted

_DIGITS = {Measure.CONTRAST: 1, Measure.CAP_HEIGHT: 1, Measure.OVERLAYS: 3}


def check(picture: Picture, layout: Layout, style: Style, target: Format, byte_count: int) -> tuple[Check, ...]:
    """What is measured on a picture (height, width, 3) of `byte_count` that was set from `layout`.

    Rows that need a headline or a face are left out without one. What the platform covers is told whether or not the
    brief reserved it.
    """
    zones = covering(target, Size(layout.width, layout.height))
    figures = gate.measured(picture, layout, style, zones, target.family)

    def gated(measure: Measure) -> Iterator[Check]:
        found = figures.get(Gate(measure.value))
        if found is not None:
            yield checked(measure, round(found, _DIGITS[measure]))

    return (
        *gated(Measure.CONTRAST),
        *gated(Measure.CAP_HEIGHT),
        *_worded(layout),
        *_faced(picture, layout),
        *gated(Measure.OVERLAYS),
        checked(Measure.BYTES, float(byte_count), Target(target.byte_budget, target.byte_budget, False)),
    )


def _worded(layout: Layout) -> Iterator[Check]:
    if layout.lines:
        yield checked(Measure.WORDS, float(sum(len(counted(line.text)) for line in layout.lines)))


def _faced(picture: Picture, layout: Layout) -> Iterator[Check]:
    """Of several faces the weakest."""
    if faces := layout.shown_faces:
        least = min(figure.size(face, layout.width, layout.height) for face in faces)
        yield checked(Measure.FACE, round(least, 3))
        yield checked(Measure.SHARPNESS, float(round(min(figure.sharpness(picture, face) for face in faces))))
