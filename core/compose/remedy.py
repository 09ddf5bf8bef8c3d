"""What is tried when a picture does not pass its gates, in this order: first how type is fitted, then what backs it.

The first that passes is delivered and says so in its layout. Drawing and measuring are the caller's.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import TypeVar

from core.compose.gate import CONTRASTS, ENCODED, Figures, failed, refusing
from core.compose.headline import DoesNotFit
from core.compose.style import Mark, Style
from core.domain.brief import TypeEffect
from core.domain.score import Gate, Repair

Made = TypeVar("Made")


@dataclass(frozen=True, slots=True, kw_only=True)
class Fitting:
    name: str = ""
    """Empty: as the vibe sets it."""
    rebreak: bool = False
    """No line lower than the gate asks, whatever the lines are then."""
    level: bool = False
    """All lines in one size, flat, and closer."""
    plain: bool = False
    """The key word by its colour: a box takes room."""
    narrow: bool = False
    """In a condensed face."""
    subtext: float = 1.0
    """Of the vibe's own size."""
    bare: bool = False
    """Without the small line."""
    around: bool = False
    """Any arrangement the head leaves room for where it stands; nobody there: the vibe's first one."""

    def styled(self, style: Style) -> Style:
        if self.level:
            style = replace(style, spread=1.0, gap=min(style.gap, 0.28), angle=0.0, largest=1.0)
        return replace(style, subtext=self.subtext * style.subtext)


@dataclass(frozen=True, slots=True, kw_only=True)
class Backing:
    name: str = ""
    """Empty: as the vibe does it."""
    stroke: float = 1.0
    """Times the style's own, if it has one."""
    calm: bool = False
    """Without light or gradient in the letters, or a shadow that was asked for."""
    flat: bool = False
    """Without the thickness of letters that were asked to be blocks: their sides may be as light as they are."""
    halo: float = 1.0
    """Times the light around them."""
    loud: bool = False
    """The small line in the headline's ink."""
    shade: float = 0.0
    """Opacity of the palette's shade under the lines, at least."""
    plain: bool = False
    """As in `Fitting`: dark letters in a box on dark ground lose their edge."""
    card: bool = False
    """The shade is a card with an edge, and nothing shows through."""

    def styled(self, style: Style) -> Style:
        if self.calm:
            style = replace(style, glow=False, sheen=0.0, gradient=False, deep=0.0)
        if self.flat:
            style = replace(style, depth=0.0)
        return replace(style, stroke=self.stroke * style.stroke, halo=self.halo * style.halo)

    @property
    def without(self) -> tuple[TypeEffect, ...]:
        """Effects that are not drawn."""
        return (*(_LIGHT if self.calm else ()), *((TypeEffect.EXTRUDE,) if self.flat else ()))


_LIGHT = (TypeEffect.INNER_GLOW, TypeEffect.GRADIENT, TypeEffect.DEEP_SHADOW)
AS_SET, AS_BACKED = Fitting(), Backing()
FITTINGS = (
    Fitting(name="rebreak", rebreak=True),
    Fitting(name="level", rebreak=True, level=True),
    Fitting(name="unboxed", rebreak=True, level=True, plain=True),
    Fitting(name="small_subtext", rebreak=True, level=True, plain=True, subtext=0.75),
    Fitting(name="narrow", rebreak=True, level=True, plain=True, subtext=0.75, narrow=True),
    Fitting(name="elsewhere", rebreak=True, around=True),
    Fitting(name="level_elsewhere", rebreak=True, level=True, plain=True, subtext=0.75, around=True),
    Fitting(name="narrow_elsewhere", rebreak=True, level=True, plain=True, subtext=0.6, narrow=True, around=True),
)
BARE = (
    Fitting(name="bare", rebreak=True, bare=True),
    Fitting(name="bare_narrow", rebreak=True, level=True, plain=True, narrow=True, bare=True),
    Fitting(name="bare_elsewhere", rebreak=True, level=True, plain=True, narrow=True, around=True, bare=True),
)
"""After all others, where there is a headline: a small line nobody could read is left out, and that is said."""
BACKINGS = (
    Backing(name="loud", loud=True),
    Backing(name="calm", loud=True, calm=True, halo=0.5),
    Backing(name="stroke", loud=True, calm=True, halo=0.5, stroke=1.5),
    Backing(name="scrim", loud=True, calm=True, halo=0.5, shade=0.5),
    Backing(name="unboxed", loud=True, calm=True, halo=0.5, shade=0.3, plain=True),
    Backing(name="deep_scrim", loud=True, calm=True, halo=0.25, stroke=1.3, shade=0.85, plain=True),
    Backing(name="flat", loud=True, calm=True, flat=True, halo=0.25, stroke=1.3, shade=0.85, plain=True),
    Backing(name="card", loud=True, calm=True, flat=True, halo=0.0, shade=1.0, plain=True, card=True),
)
BACKED = CONTRASTS
"""Gates that what lies under the letters can mend; every other one takes another fitting."""


def mark_of(mark: Mark, fitting: Fitting, backing: Backing) -> Mark:
    return Mark.COLOUR if fitting.plain or backing.plain else mark


def mended(draw: Callable[[Fitting, Backing], Made], measured: Callable[[Made], Figures]) -> tuple[Made, Repair | None]:
    """What passes first, and how it came to that; None: as it was drawn.

    What nothing mends is given back as it came nearest, without a gate that refuses if there is such a way, its gates
    named. Raises DoesNotFit as `draw` does as the vibe
    sets it and however else type is fitted.
    """
    best: tuple[Made, Repair] | None = None
    at_first: tuple[Gate, ...] = (Gate.CAP_HEIGHT,)
    refused: DoesNotFit | None = None
    for fitting, backings in _tries():
        if fitting.name and BACKED.issuperset(at_first):
            break
        try:
            for backing, made, left in _drawn(draw, measured, fitting, backings):
                drawn_first = fitting is AS_SET and backing is AS_BACKED
                if drawn_first:
                    at_first = left
                if not left:
                    return made, None if drawn_first else _repair(at_first, fitting, backing)
                if best is None or _lack(left) < _lack(best[1].left):
                    best = made, _repair(at_first, fitting, backing, left)
        except DoesNotFit as error:
            refused = error
    if best is None:
        raise refused or DoesNotFit(0)
    return best


def _drawn(
    draw: Callable[[Fitting, Backing], Made],
    measured: Callable[[Made], Figures],
    fitting: Fitting,
    backings: tuple[Backing, ...],
) -> Iterator[tuple[Backing, Made, tuple[Gate, ...]]]:
    """With each backing what came of it and the gates it fails. Raises DoesNotFit where without any is no room."""
    for backing in backings:
        try:
            made = draw(fitting, backing)
        except DoesNotFit:
            if backing is AS_BACKED:
                raise
            continue  # a thicker stroke takes room that others leave
        left = failed(measured(made), ENCODED)
        yield backing, made, left
        if backing is AS_BACKED and not BACKED.issuperset(left):
            return  # no backing makes letters larger or takes them off a face


def _repair(failed_first: tuple[Gate, ...], fitting: Fitting, backing: Backing, left: tuple[Gate, ...] = ()) -> Repair:
    return Repair(failed_first, fitting.name, backing.name, left, backing.without, fitting.narrow, fitting.bare)


def _lack(left: tuple[Gate, ...]) -> tuple[int, int]:
    return len(refusing(left)), len(left)


def _tries() -> Iterator[tuple[Fitting, tuple[Backing, ...]]]:
    return ((fitting, (AS_BACKED, *BACKINGS)) for fitting in (AS_SET, *FITTINGS, *BARE))
