"""The front of the room: a plate without type, and type set on it.

An edited headline only needs `typeset` on the stored plate. Same recipe, same subject: identical bytes.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from numpy.typing import NDArray

from core.compose import band, crest, imprint, lettering
from core.compose.drawing import draw_plate
from core.compose.exhibit import Exhibit
from core.compose.fitting import fitted
from core.compose.gate import Figures, measured, refusing
from core.compose.headline import DoesNotFit
from core.compose.layer import Layer
from core.compose.layout import Layout
from core.compose.letter import Letters
from core.compose.manner import MANNERS
from core.compose.plate import Plate
from core.compose.quiet import Quiet
from core.compose.raster import Picture
from core.compose.reduction import renewed, small
from core.compose.remedy import Backing, Fitting, mended
from core.compose.shade import shade, stacked
from core.compose.style import Style
from core.compose.subject import Subject
from core.compose.wording import ScriptNotCovered, words_of
from core.compose.zone import hard_zones
from core.domain.format import Family, Format, Size
from core.domain.job import Recipe
from core.domain.score import small_width

__all__ = [
    "Composition",
    "DoesNotFit",
    "Exhibit",
    "Plate",
    "ScriptNotCovered",
    "Subject",
    "draw_plate",
    "typeset",
]


@dataclass(frozen=True, slots=True, eq=False)
class Composition:
    """A finished picture, what it was set from, and its type, logo and signature as a layer."""

    picture: Picture
    layout: Layout
    type_layer: Layer | None
    letters: Letters
    plate: Plate
    style: Style
    """As it was set, with what a repair changed."""
    logo: crest.Logo | None
    ground: Layer | None
    """What the type was given to stand on: shade on an adopted plate, a band on ours."""
    seen: Picture
    """The picture at its smallest: what is measured of it is seen there."""


def typeset(
    recipe: Recipe,
    target: Format,
    size: Size,
    plate: Plate,
    logo: NDArray[Any] | None = None,
    *,
    strict: bool = True,
) -> Composition:
    """Sets the recipe's headline and subtext on a plate drawn for the same format and size, then logo and signature.

    `logo` is the upload, (height, width, 4) uint8 with straight alpha. What finds no free corner is left out, and
    the layout's imprint says so: neither is worth refusing the picture. What does not pass its gates is mended, and the
    layout says how; what a refusing gate still does not pass is refused, unless not `strict`. Raises
    ScriptNotCovered and DoesNotFit.
    """
    zones = hard_zones(target, size, recipe.brief)
    crested = None if logo is None else crest.read(logo)
    quiet = Quiet(plate.picture)

    def made(fitting: Fitting, backing: Backing) -> Composition:
        if fitting.bare and not (recipe.brief.subtext.split() and words_of(recipe)):
            raise DoesNotFit(len(words_of(recipe)))
        layout, style = fitted(recipe, target, size, plate, quiet, crested, fitting, backing)
        if logo is not None and crested is None:
            undrawn = (*layout.imprint.left_out, imprint.Part.LOGO)
            layout = replace(layout, imprint=replace(layout.imprint, left_out=undrawn))
        return _painted(recipe, target.family, plate, crested, layout, style, fitting, backing)

    def figures(one: Composition) -> Figures:
        return measured(one.picture, one.layout, one.style, zones, target.family, one.letters, one.seen)

    best, repair = mended(made, figures)
    if strict and repair is not None and refusing(repair.left):
        raise DoesNotFit(len(words_of(recipe)))
    return replace(best, layout=replace(best.layout, repair=repair))


def _painted(
    recipe: Recipe,
    family: Family,
    plate: Plate,
    crested: crest.Logo | None,
    layout: Layout,
    style: Style,
    fitting: Fitting,
    backing: Backing,
) -> Composition:
    if backing.loud:
        layout = replace(layout, palette=replace(layout.palette, quiet=layout.palette.ink))
    picture = plate.picture.copy()
    freely = plate.facts.adopted or fitting.around
    ground = band.draw(layout, plate.silhouette) if MANNERS[recipe.brief.vibe].band and not freely else None
    if freely or backing.shade:
        ground = stacked(shade(picture, layout, style, plate.silhouette, backing.shade, backing.card), ground)
    stamp = crest.draw(layout.imprint, crested, layout.palette, (layout.width, layout.height))
    drawn = lettering.draw(layout, style, plate.picture)
    layer = stacked(ground, stacked(drawn.layer, stamp))
    before, width = plate.seen, small_width(family, layout.width)
    if layer is not None:
        layer.onto(picture)
    if layer is None or before is None or before.shape[1] != width:
        seen = small(picture, width)
    else:
        seen = renewed(before, picture, layer.place[0])
    return Composition(picture, layout, layer, drawn.letters, plate, style, crested, ground, seen)
