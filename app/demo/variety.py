"""How different the variants of a set are: `python -m app.demo.variety [FORMAT ...]` prints the nearest two per vibe.

The distance is `core.compose.distance`; everything above its FLOOR is told apart at a glance. For the bundled portrait,
four further people with FACTORY_PHOTOS, and the composition without a person. Ends with 1 if two lie below the floor.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from itertools import combinations
from multiprocessing import get_context
from pathlib import Path

import click

from app.demo.gallery import CUSTOM, HEADLINES, people
from core.compose.distance import FLOOR, distance
from core.compose.impression import impression
from core.compose.studio import Plate, typeset
from core.domain import format as formats
from core.domain.brief import VARIANT_COUNTS, Brief, Vibe
from core.domain.format import FORMATS
from core.domain.job import PLACES, Recipe
from core.domain.model import Origin
from core.domain.record import to_record
from core.workshop import craft

NOBODY = "nobody"
SEEDS = (7, 8)


@dataclass(frozen=True, slots=True)
class Set:
    person: str
    portrait: bytes
    target: str
    vibe: Vibe

    def drawn(self) -> tuple[tuple[bytes, ...], bytes]:
        """Impressions of its variants, and of the first with another seed."""
        headline, emotion = HEADLINES[self.vibe]
        selfies = ("portrait",) if self.portrait else ()
        brief = Brief(headline=headline, vibe=self.vibe, emotion=emotion, format=self.target, selfies=selfies)
        target = formats.find(self.target)
        size = target.draft

        def seen(position: int, seed: int) -> bytes:
            recipe = Recipe(brief=brief, model="studio", origin=Origin.STUDIO, seed=seed, position=position)
            photos = (self.portrait,) if self.portrait else ()
            plate = craft.paint(to_record(recipe), self.target, (size.width, size.height), photos)
            return impression(typeset(recipe, target, size, Plate.from_bytes(plate)).picture)

        return tuple(seen(position, SEEDS[0]) for position in range(PLACES)), seen(0, SEEDS[1])


def nearest(variants: Sequence[bytes]) -> tuple[float, int, int]:
    """Distance and numbers of the two of a set that are least apart."""
    pairs = combinations(range(len(variants)), 2)
    return min((distance(variants[one], variants[other]), one + 1, other + 1) for one, other in pairs)


def main() -> None:
    photos = os.environ.get("FACTORY_PHOTOS", "")
    who = {**people(Path(photos) if photos else None), NOBODY: b""}
    targets = sys.argv[1:] or [*FORMATS, CUSTOM]
    wanted = [Set(name, photo, target, vibe) for name, photo in who.items() for target in targets for vibe in HEADLINES]
    with ProcessPoolExecutor(mp_context=get_context("forkserver")) as pool:
        sets = dict(zip(wanted, pool.map(Set.drawn, wanted, chunksize=len(HEADLINES)), strict=True))
    least = FLOOR
    for count in VARIANT_COUNTS:
        click.echo(f"Nearest two of a set of {count}:")
        for vibe in HEADLINES:
            told = []
            for target in targets:
                found = [(*nearest(sets[one][0][:count]), one.person) for one in wanted if _is(one, target, vibe)]
                gap, first, second, person = min(found)
                least = min(least, gap)
                told.append(f"{target} {gap:.1f} ({person} {first}/{second})")
            click.echo(f"  {vibe:<12} {'  '.join(told)}")
    seeds = max(distance(shown[0], other) for shown, other in sets.values())
    click.echo(f"Another seed alone: {seeds:.1f} at most. Floor: {FLOOR}.")
    sys.exit(least < FLOOR)


def _is(one: Set, target: str, vibe: Vibe) -> bool:
    return (one.target, one.vibe) == (target, vibe)


if __name__ == "__main__":
    main()
