"""A recipe's words fitted to a plate: their layout around whom or what it shows, and whether they have room there."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace

from core.compose import backdrop, crest
from core.compose import subject as person
from core.compose.adaptation import may_settle, settled
from core.compose.arrangement import Arrangement, apart
from core.compose.composer import lay_out, roomy
from core.compose.gate import failed, stood
from core.compose.geometry import Box, Silhouette
from core.compose.headline import DoesNotFit
from core.compose.layout import Layout
from core.compose.pairing import cast
from core.compose.plate import Plate, PlateFacts
from core.compose.quiet import Quiet
from core.compose.remedy import AS_BACKED, FITTINGS, Backing, Fitting
from core.compose.scene import Scene
from core.compose.shade import suited
from core.compose.signing import Signing
from core.compose.style import Style
from core.compose.wording import ScriptNotCovered, type_of
from core.compose.zone import hard_zones
from core.domain.format import Format, Size
from core.domain.job import Recipe


def fitted(
    recipe: Recipe,
    target: Format,
    size: Size,
    plate: Plate,
    quiet: Quiet,
    crested: crest.Logo | None,
    fitting: Fitting,
    backing: Backing,
) -> tuple[Layout, Style]:
    """The layout, and the style it was fitted in. `quiet` is of the plate's picture. Raises ScriptNotCovered and
    DoesNotFit."""
    facts = plate.facts
    recipe = facts.composed(recipe)
    brief = recipe.brief
    type_, style = type_of(recipe, target, size, facts, fitting, backing)
    scene = Scene(
        size=size,
        row=arranged(recipe, target, facts),
        zones=hard_zones(target, size, brief) if facts.adopted else backdrop.zones(brief, target, size),
        subject=person.silhouette(plate.silhouette),
        face=facts.face,
        head=facts.head,
        faces=facts.faces,
        heads=facts.heads,
    )
    if facts.adopted:
        scene = replace(scene, row=apart(scene.row, recipe.position))
    freely = facts.adopted or fitting.around

    def laid(around: Scene) -> Layout:
        if not freely:
            return lay_out(around, type_)
        layout = settled(around, type_, brief, target.family, quiet.busy)
        return replace(layout, palette=suited(plate.picture, layout, style))

    signing = Signing(recipe, target, scene, style, crested, quiet)
    return replace(signing.signed(laid), tracking=style.tracking), style


def holds(recipe: Recipe, target: Format, size: Size, plate: Plate, fittings: Sequence[Fitting] = FITTINGS) -> bool:
    """Whether the face of a plate stands where it may, and its words find room at a size that passes in one of the
    fittings; nothing is drawn. Words that no face writes count as held: no other plate helps them."""
    faces, zones = plate.facts.faces or (plate.facts.face,), hard_zones(target, size, recipe.brief)
    if any(failed(stood(face, size, zones)) for face in faces):
        return False
    quiet = Quiet(plate.picture)
    for fitting in fittings:
        try:
            fitted(recipe, target, size, plate, quiet, None, fitting, AS_BACKED)
        except DoesNotFit:
            continue
        except ScriptNotCovered:
            return True  # whatever plate is drawn
        return True
    return False


def may_hold(recipe: Recipe, target: Format, size: Size, like: PlateFacts) -> bool:
    """Whether the words may find room on a plate of the recipe's own composition that is not drawn yet, for whom or
    what another plate shows: as a sum, beside a head where the composition means it to be. Words that no face writes
    may: no plate helps them."""
    row = arranged(recipe, target, like)
    alone = like.face is not None and like.pair is None
    head = _meant(row, size) if alone else None
    subject = Silhouette(size.height / _STRIPS, (math.inf,) * _STRIPS, (-math.inf,) * _STRIPS)
    scene = Scene(
        size=size,
        row=row,
        zones=hard_zones(target, size, recipe.brief),
        subject=subject if head is None else subject.including(head),
        head=head,
    )
    for fitting in FITTINGS:
        try:
            type_, _ = type_of(recipe, target, size, like, fitting, AS_BACKED)
        except ScriptNotCovered:
            return True
        freely = like.adopted or fitting.around
        if may_settle(scene, type_, recipe.brief, target.family) if freely else roomy(scene, type_):
            return True
    return False


_STRIPS = 64
_MEANT = 0.8
"""Of a head's place in its composition: photos and zones move it."""


def _meant(row: Arrangement, size: Size) -> Box:
    x, y, half = row.at[0] * size.width, row.at[1] * size.height, _MEANT * row.head * size.height / 2
    return Box(x - 0.6 * half, y - half, x + 0.6 * half, y + half)


def arranged(recipe: Recipe, target: Format, facts: PlateFacts) -> Arrangement:
    """The composition of a recipe for whom or what a plate shows."""
    known = facts.face is not None, facts.cut, facts.exhibit, facts.pair
    return cast(recipe.brief, target, recipe.position, *known)
