"""A plate for words and a face that the recipe's own composition has no room for: the first other one that has it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

from core.compose.arrangement import Arrangement
from core.compose.exhibit import Exhibit
from core.compose.pairing import cast
from core.compose.studio import Instead, Plate, draw_plate, holds
from core.compose.subject import Subject
from core.domain.format import Format, Size
from core.domain.job import PLACES, Recipe


def drawn(
    recipe: Recipe,
    target: Format,
    size: Size,
    subject: Subject | None,
    exhibit: Exhibit | None = None,
    second: Subject | None = None,
) -> Plate:
    """The studio's plate; of the recipe's own composition wherever that holds, and where none does."""

    def plate(of: Recipe) -> Plate:
        return draw_plate(of, target, size, subject, exhibit, second)

    return held(plate, recipe, target, size)


def held(plate: Callable[[Recipe], Plate], recipe: Recipe, target: Format, size: Size) -> Plate:
    """The first of the plates made for the recipe and for its other compositions that holds; else the first."""
    first = plate(recipe)
    if holds(recipe, target, size, first):
        return first
    facts = first.facts

    def row_of(of: Recipe) -> Arrangement:
        person = facts.face is not None
        return cast(of.brief, target.family, of.position, person, facts.cut, facts.exhibit, facts.pair)

    tried = [row_of(recipe)]
    for instead in _others(recipe):
        other = instead.of(recipe)
        row = row_of(other)
        if row in tried:
            continue
        tried.append(row)
        made = plate(other)
        made = replace(made, facts=replace(made.facts, instead=instead))
        if holds(recipe, target, size, made):
            return made
    return first


def _others(recipe: Recipe) -> Iterator[Instead]:
    """What re-rolls of this place would show, so that nothing comes that a sibling shows; then without the brief's
    wishes for sides and places."""
    for freely in (False, True):
        for turn in range(0 if freely else 1, PLACES):
            yield Instead(recipe.position + turn * PLACES, freely)
