"""How each vibe sets type, and what a brief's typography answers and emotion change about it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum

from core.compose.feeling import FEELINGS
from core.compose.manner import MANNERS
from core.domain.brief import Brief, Highlight, Outline, TypeEffect, TypeMood, Vibe
from core.domain.format import Family
from core.domain.typeface import asked


class Mark(StrEnum):
    """How the highlighted words stand out."""

    BOX = "box"
    COLOUR = "colour"
    MARKER = "marker"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Style:
    """Lengths in capital heights."""

    upper: bool
    spread: float
    gap: float
    angle: float
    """Degrees counter-clockwise, in 16:9; flatter formats turn less."""
    stroke: float
    extrude: float
    tracking: float
    """In em, per letter."""
    sheen: float
    """Share of shade in the lower part of a plain fill; 0 is flat."""
    marks: tuple[Mark, Mark]
    """The vibe's own, and the one odd variants of a set use."""
    subtext: float
    """Capital height over the canvas' short side."""
    subtext_upper: bool
    subtext_tracking: float
    rule: bool
    """An upright bar stands beside the block."""
    shadow: float = 0.0
    """Opacity, 0–1."""
    glow: bool = False
    halo: float = 0.0
    """Opacity of the light around the letters, in the accent's colour, 0–1."""
    second: bool = False
    """Beside a box, one more line takes the accent."""
    largest: float = 1.0
    """Capital height over the canvas' short side."""
    depth: float = 0.0
    """Of letters that were asked to be blocks."""
    deep: float = 0.0
    """Opacity of a shadow that was asked for."""
    gradient: bool = False
    banded: bool = False
    """A marker that was asked for under outlined letters lies behind their outline, which hides a thin one."""

    @property
    def pad(self) -> float:
        """Room around the ink for stroke, extrusion and box."""
        boxed = BOX_MARGIN if Mark.BOX in self.marks else 0.0
        thick = self.extrude + 0.6 * self.depth
        return max(boxed + thick, self.stroke + (BAND if self.banded else 0.0) + thick, 0.04)


BOX_MARGIN = 0.17
BAND = 0.16
"""How far a band reaches past the outline."""
STYLES: dict[Vibe, Style] = {
    Vibe.BOLD: Style(
        True,
        2.1,
        0.34,
        3.0,
        0.085,
        0.045,
        0.0,
        0.0,
        (Mark.BOX, Mark.COLOUR),
        0.052,
        True,
        0.0,
        False,
        0.55,
        second=True,
    ),
    Vibe.CLEAN: Style(
        False, 1.0, 0.42, 0.0, 0.0, 0.0, -0.012, 0.0, (Mark.COLOUR, Mark.MARKER), 0.044, False, 0.0, False, largest=0.24
    ),
    Vibe.CINEMATIC: Style(
        True, 1.75, 0.32, 0.0, 0.0, 0.0, 0.02, 0.22, (Mark.COLOUR, Mark.COLOUR), 0.032, True, 0.12, False, 0.8
    ),
    Vibe.NEON: Style(
        True,
        1.6,
        0.40,
        0.0,
        0.0,
        0.0,
        0.015,
        0.0,
        (Mark.COLOUR, Mark.BOX),
        0.036,
        True,
        0.10,
        False,
        0.75,
        halo=0.9,
        largest=0.26,
    ),
    Vibe.PASTEL: Style(
        False,
        1.0,
        0.44,
        2.0,
        0.12,
        0.0,
        0.0,
        0.0,
        (Mark.COLOUR, Mark.BOX),
        0.046,
        False,
        0.0,
        False,
        0.24,
        largest=0.26,
    ),
    Vibe.TECH: Style(
        False,
        1.0,
        0.32,
        0.0,
        0.0,
        0.0,
        -0.015,
        0.0,
        (Mark.COLOUR, Mark.MARKER),
        0.040,
        False,
        0.0,
        False,
        0.5,
        largest=0.20,
    ),
    Vibe.MINIMALIST: Style(
        False,
        1.0,
        0.46,
        0.0,
        0.0,
        0.0,
        -0.02,
        0.0,
        (Mark.COLOUR, Mark.MARKER),
        0.038,
        False,
        0.0,
        False,
        largest=0.165,
    ),
    Vibe.MEME: Style(
        True,
        1.5,
        0.30,
        0.0,
        0.175,
        0.0,
        0.0,
        0.0,
        (Mark.COLOUR, Mark.BOX),
        0.050,
        True,
        0.0,
        False,
        0.8,
        largest=0.30,
    ),
    Vibe.DOCUMENTARY: Style(
        True, 1.4, 0.36, 0.0, 0.0, 0.0, 0.0, 0.0, (Mark.BOX, Mark.COLOUR), 0.036, False, 0.0, True, 0.6
    ),
}
_OUTLINES = {Outline.AUTO: 1.0, Outline.THIN: 0.6, Outline.MEDIUM: 1.0, Outline.THICK: 1.5}
_ASKED_STROKE = 0.06
"""For vibes that have none of their own, when the brief names an outline."""
_DEPTH = 0.13
_DEEP = {True: 0.3, False: 0.85}
"""On paper, where letters are dark themselves, and elsewhere."""
_MARKS = {
    Highlight.BOX: Mark.BOX,
    Highlight.COLOUR: Mark.COLOUR,
    Highlight.MARKER: Mark.MARKER,
    Highlight.NONE: Mark.NONE,
}
_JOINED = frozenset(("Pacifico-Regular",))
"""Faces whose letters run into each other, so that a line of capitals is none."""
_FLATTER = {Family.TALL: 0.8, Family.HEADER: 0.6}


def style_of(brief: Brief, family: Family) -> Style:
    """The vibe's style under the brief's effects, outline and emotion. Raises KeyError for a vibe not drawn here."""
    own = STYLES[brief.vibe]
    stroke = own.stroke or (_ASKED_STROKE if brief.outline is not Outline.AUTO else 0.0)
    effects = brief.type_effects
    stroke = stroke * _OUTLINES[brief.outline] if TypeEffect.STROKE in effects else 0.0
    depth = _DEPTH if TypeEffect.EXTRUDE in effects else 0.0
    mark = _MARKS.get(brief.highlight)
    gradient = TypeEffect.GRADIENT in effects
    return replace(
        own,
        upper=own.upper and not _joined(brief),
        marks=own.marks if mark is None else (mark, mark),
        angle=own.angle * _FLATTER.get(family, 1.0) * FEELINGS[brief.emotion].tilt,
        stroke=stroke,
        extrude=own.extrude if stroke and not depth else 0.0,
        sheen=0.0 if gradient else own.sheen,
        shadow=own.shadow if TypeEffect.SHADOW in effects else 0.0,
        glow=TypeEffect.INNER_GLOW in effects,
        depth=depth,
        deep=_DEEP[MANNERS[brief.vibe].paper] if TypeEffect.DEEP_SHADOW in effects else 0.0,
        gradient=gradient,
        banded=mark is Mark.MARKER and stroke > 0,
    )


def _joined(brief: Brief) -> bool:
    # What was handwritten before there was a script mood keeps its capitals.
    return brief.type_mood is not TypeMood.HANDWRITTEN and bool(_JOINED & {*asked(brief)})
