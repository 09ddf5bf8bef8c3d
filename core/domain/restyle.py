"""One change of a finished picture's type, small enough for a button: `<what>.<value>`.

It says what is changed and not what comes out, so that two pressed one after the other both hold.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from enum import StrEnum

from core.domain.brief import Brief, Highlight, Outline, TypeEffect, TypeMood


class Style(StrEnum):
    """What can be changed."""

    MOOD = "mood"
    EFFECT = "effect"
    """`<effect>` puts it on, `no_<effect>` takes it off."""
    OUTLINE = "outline"
    """How thick, or `none`."""
    SHADOW = "shadow"
    HIGHLIGHT = "highlight"
    WORD = "word"
    """Which of the headline's words, from 1; 0: the rules choose."""


class Shadow(StrEnum):
    AUTO = "auto"
    """The vibe's own."""
    DEEP = "deep"
    NONE = "none"


NONE, OFF = "none", "no_"
EFFECTS = (TypeEffect.EXTRUDE, TypeEffect.GRADIENT, TypeEffect.INNER_GLOW)
"""Those that are put on and off; outline and shadow have choices of their own."""


def packed(what: Style, value: str) -> str:
    return f"{what}.{value}"


def restyled(brief: Brief, change: str) -> Brief:
    """The brief with its type changed. Raises ValueError for what is no change of this release."""
    name, _, value = change.partition(".")
    match Style(name):
        case Style.MOOD:
            return replace(brief, type_mood=TypeMood(value))
        case Style.EFFECT:
            effect = TypeEffect(value.removeprefix(OFF))
            return _with(brief, on=() if value.startswith(OFF) else (effect,), off=(effect,))
        case Style.OUTLINE if value == NONE:
            return _with(brief, off=(TypeEffect.STROKE,))
        case Style.OUTLINE:
            return replace(_with(brief, on=(TypeEffect.STROKE,)), outline=Outline(value))
        case Style.SHADOW:
            falls = {Shadow.AUTO: (TypeEffect.SHADOW,), Shadow.DEEP: (TypeEffect.DEEP_SHADOW,), Shadow.NONE: ()}
            return _with(brief, on=falls[Shadow(value)], off=(TypeEffect.SHADOW, TypeEffect.DEEP_SHADOW))
        case Style.HIGHLIGHT:
            return replace(brief, highlight=Highlight(value))
        case Style.WORD:
            # Whoever chooses a word wants to see it stand out.
            way = Highlight.AUTO if brief.highlight is Highlight.NONE else brief.highlight
            return replace(brief, key_word=int(value), highlight=way)


def outline_of(brief: Brief) -> str:
    """The value of Style.OUTLINE that stands for a brief."""
    return brief.outline if TypeEffect.STROKE in brief.type_effects else NONE


def shadow_of(brief: Brief) -> Shadow:
    if TypeEffect.DEEP_SHADOW in brief.type_effects:
        return Shadow.DEEP
    return Shadow.AUTO if TypeEffect.SHADOW in brief.type_effects else Shadow.NONE


def _with(brief: Brief, on: Iterable[TypeEffect] = (), off: Iterable[TypeEffect] = ()) -> Brief:
    kept = {*brief.type_effects} - {*off} | {*on}
    return replace(brief, type_effects=tuple(effect for effect in TypeEffect if effect in kept))
