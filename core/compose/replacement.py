"""A plate for words and a face that the recipe's own composition has no room for: the first other one that has it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

from core.compose.drawing import draw_plate
from core.compose.exhibit import Exhibit
from core.compose.fitting import arranged, holds, may_hold
from core.compose.plate import Instead, Plate
from core.compose.remedy import BARE
from core.compose.seam import breadth
from core.compose.subject import Subject
from core.compose.wording import words_of
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

    return held(plate, recipe, target, size)[0]


def held(plate: Callable[[Recipe], Plate], recipe: Recipe, target: Format, size: Size) -> tuple[Plate, bool]:
    """The first of the plates made for the recipe and for its other compositions that holds; else that holds without
    the small line; else the first, and that it does not. Only a composition that may hold is drawn at all."""
    first = plate(recipe)
    if holds(recipe, target, size, first):
        return first, True
    facts, made_so_far = first.facts, [first]
    tried, left = [arranged(recipe, target, facts)], _drawn_at_most(recipe)
    for instead in _others(recipe):
        other = instead.of(recipe)
        row = arranged(other, target, facts)
        if row in tried:
            continue
        tried.append(row)
        if not may_hold(other, target, size, facts):
            continue
        if not left:
            break
        left -= 1
        made = plate(other)
        made = replace(made, facts=replace(made.facts, instead=instead))
        if holds(recipe, target, size, made):
            return made, True
        made_so_far.append(made)
    if recipe.brief.subtext.split():
        for made in made_so_far:
            if holds(recipe, target, size, made, BARE):
                return made, True
    return first, False


_LETTERS, _FEWEST = 400, 3


def _drawn_at_most(recipe: Recipe) -> int:
    """How many other compositions are drawn: all there are for a headline of six words, the fewer the longer it is.
    The longer, the sooner a refusal is what helps, and somebody waits for it."""
    return max(_FEWEST, _LETTERS // max(1, breadth(" ".join(words_of(recipe)))))


def _others(recipe: Recipe) -> Iterator[Instead]:
    """What re-rolls of this place would show, so that nothing comes that a sibling shows; then without the brief's
    wishes for sides and places."""
    for freely in (False, True):
        for turn in range(0 if freely else 1, PLACES):
            yield Instead(recipe.position + turn * PLACES, freely)
