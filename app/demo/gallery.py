"""Every look in every format, to be looked at: `python -m app.demo.gallery [FOLDER]` writes contact sheets.

For each person one sheet per format, its nine looks at 100 %, one of everything as small as a feed shows it, and the
sets of six as small as that. `looks.jpg` are the nine for the README (`docs/looks.jpg`). The
bundled portrait always; with FACTORY_PHOTOS set, four further people from there.
`casts-*`: what a picture shows beside one person on one side, a look per column: words around the face, a thing, a
screenshot, a scene, and with FACTORY_PHOTOS two people; whole in 16:9, small in every format.
"""

from __future__ import annotations

import io
import os
import sys
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from importlib import resources
from multiprocessing import get_context
from pathlib import Path

import click
from PIL import Image

from app.demo import still
from core.domain import format as formats
from core.domain.brief import Brief, Emotion, People, TextPlace, Vibe
from core.domain.exhibit import Kind
from core.domain.format import FORMATS, Quality
from core.domain.job import PLACES, Recipe
from core.domain.model import Origin
from core.domain.record import to_record
from core.workshop import craft

CUSTOM = "1600x640"
SET = "youtube"
"""The format sets are shown in."""
TARGETS = (*FORMATS, CUSTOM)
HEADLINES: Mapping[Vibe, tuple[str, Emotion]] = {
    Vibe.BOLD: ("I quit my job", Emotion.SHOCK),
    Vibe.CLEAN: ("Learn this in 10 minutes", Emotion.AUTHORITY),
    Vibe.CINEMATIC: ("The last flight home", Emotion.CONCERN),
    Vibe.NEON: ("Don't open this", Emotion.CURIOSITY),
    Vibe.PASTEL: ("My morning routine", Emotion.JOY),
    Vibe.TECH: ("This changes everything", Emotion.CURIOSITY),
    Vibe.MINIMALIST: ("Less is enough", Emotion.DEADPAN),
    Vibe.MEME: ("Nobody told me", Emotion.SHOCK),
    Vibe.DOCUMENTARY: ("What really happened", Emotion.CONCERN),
}
BUNDLED, LOOKS_WIDTH = "collins", 1280
PEOPLE = 4
"""Further people, where there are photos."""
FEED_WIDTH, GAP = 168, 8
"""px; the smallest tile a feed shows."""


@dataclass(frozen=True, slots=True)
class Cell:
    person: str
    portrait: bytes
    target: str
    vibe: Vibe
    position: int = 0
    second: bytes = b""
    """Somebody beside the person."""
    around: bool = False
    """Words around the face."""
    exhibit: bool = False
    """The portrait is none: a photo that shows nobody."""


def stills() -> dict[str, bytes]:
    """Photos without a person, by what they are."""
    return {
        kind.value: _encoded(drawn)
        for kind, drawn in (
            (Kind.OBJECT, still.thing()),
            (Kind.SCREEN, still.screenshot()),
            (Kind.SCENE, still.scene()),
        )
    }


def casts(who: Mapping[str, bytes]) -> dict[str, list[Cell]]:
    """Rows of nine looks in one format, by what they show; positions go round, so that every composition is seen."""
    people, rows = list(who.values()), dict[str, list[Cell]]()
    for number, target in enumerate(TARGETS):
        looks = [(vibe, place, (place + number) % PLACES) for place, vibe in enumerate(HEADLINES)]
        first = [(vibe, people[place % len(people)]) for vibe, place, _ in looks]
        rows[f"around {target}"] = [Cell("", one, target, vibe, around=True) for vibe, one in first]
        if len(people) > 1:
            rows[f"two {target}"] = [
                Cell("", people[place % len(people)], target, vibe, position, people[(place + 1) % len(people)])
                for vibe, place, position in looks
            ]
        for name, photo in stills().items():
            rows[f"{name} {target}"] = [
                Cell("", photo, target, vibe, position, exhibit=True) for vibe, _, position in looks
            ]
    return rows


def people(photos: Path | None) -> dict[str, bytes]:
    """Name and photo; the further ones evenly out of the folder: others than the bundled one, each once."""
    found = {BUNDLED: resources.files("app.demo").joinpath("portrait.png").read_bytes()}
    files = sorted(photos.glob("*.jpg")) if photos else []
    by_name = {file.stem.rstrip("-0123456789"): file for file in reversed(files) if BUNDLED not in file.stem}
    for name in sorted(by_name)[:: max(1, len(by_name) // PEOPLE)][:PEOPLE]:
        found[name] = by_name[name].read_bytes()
    return found


def cells(who: Mapping[str, bytes]) -> Iterator[Cell]:
    for person, portrait in who.items():
        for target in TARGETS:
            yield from (Cell(person, portrait, target, vibe) for vibe in HEADLINES)
        for vibe in HEADLINES:
            yield from (Cell(person, portrait, SET, vibe, position) for position in range(1, PLACES))


def draw(cell: Cell) -> bytes:
    """A variant as anybody gets it who changes nothing."""
    headline, emotion = HEADLINES[cell.vibe]
    selfies = () if cell.exhibit else ("portrait", "second") if cell.second else ("portrait",)
    brief = Brief(
        headline=headline,
        vibe=cell.vibe,
        emotion=emotion,
        format=cell.target,
        selfies=selfies,
        exhibit="photo" if cell.exhibit else "",
        people=People.TWO if cell.second else People.ONE,
        text_place=TextPlace.AROUND if cell.around else TextPlace.AUTO,
    )
    recipe = to_record(Recipe(brief=brief, model="studio", origin=Origin.STUDIO, seed=7, position=cell.position))
    size = formats.find(cell.target).size(Quality.STANDARD)
    photos = (cell.portrait, *([cell.second] if cell.second else []))
    plate = craft.paint(recipe, cell.target, (size.width, size.height), photos)
    data: bytes = craft.finish(recipe, cell.target, (size.width, size.height), plate, b"", "", "jpg")["data"]
    return data


def _encoded(picture: Image.Image) -> bytes:
    file = io.BytesIO()
    picture.save(file, "JPEG", quality=92)
    return file.getvalue()


def _opened(data: bytes) -> Image.Image:
    return Image.open(io.BytesIO(data))


def whole(pictures: Sequence[Image.Image]) -> Image.Image:
    """Three in a row, pixel for pixel."""
    width, height = pictures[0].size
    sheet = Image.new("RGB", (3 * width + 4 * GAP, -(-len(pictures) // 3) * (height + GAP) + GAP), (18, 18, 22))
    for index, picture in enumerate(pictures):
        sheet.paste(picture, (GAP + index % 3 * (width + GAP), GAP + index // 3 * (height + GAP)))
    return sheet


def small(rows: Sequence[Sequence[Image.Image]]) -> Image.Image:
    """A row per format, as wide as the smallest feed shows them."""
    reduced = [
        [one.resize((FEED_WIDTH, round(FEED_WIDTH * one.height / one.width)), Image.Resampling.LANCZOS) for one in row]
        for row in rows
    ]
    width = GAP + max(len(row) for row in reduced) * (FEED_WIDTH + GAP)
    sheet = Image.new("RGB", (width, GAP + sum(row[0].height + GAP for row in reduced)), (15, 15, 15))
    top = GAP
    for row in reduced:
        for index, one in enumerate(row):
            sheet.paste(one, (GAP + index * (FEED_WIDTH + GAP), top))
        top += row[0].height + GAP
    return sheet


def main() -> None:
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else Path("out/gallery")
    photos = os.environ.get("FACTORY_PHOTOS", "")
    folder.mkdir(parents=True, exist_ok=True)
    who = people(Path(photos) if photos else None)
    wanted, shown = list(cells(who)), casts(who)
    every = [*wanted, *(cell for row in shown.values() for cell in row)]
    with ProcessPoolExecutor(mp_context=get_context("forkserver")) as pool:
        drawn = dict(zip(every, pool.map(draw, every), strict=True))
    for name, row in shown.items():
        if name.endswith(f" {SET}"):
            whole([_opened(drawn[cell]) for cell in row]).save(folder / f"casts-{name.split()[0]}.jpg", quality=90)
    small([[_opened(drawn[cell]) for cell in row] for row in shown.values()]).save(folder / "casts-small.png")
    for person in dict.fromkeys(cell.person for cell in wanted):
        theirs = [cell for cell in wanted if cell.person == person]
        rows = []
        for target in TARGETS:
            rows.append([_opened(drawn[cell]) for cell in theirs if cell.target == target and not cell.position])
            whole(rows[-1]).save(folder / f"{person}-{target}.jpg", quality=90)
        small(rows).save(folder / f"{person}-small.png")
        sets = [
            [_opened(drawn[cell]) for cell in theirs if (cell.target, cell.vibe) == (SET, vibe)] for vibe in HEADLINES
        ]
        small(sets).save(folder / f"{person}-sets.png")
        if person == BUNDLED:
            looks = whole(rows[TARGETS.index(SET)])
            looks.resize((LOOKS_WIDTH, LOOKS_WIDTH * looks.height // looks.width), Image.Resampling.LANCZOS).save(
                folder / "looks.jpg", quality=88, optimize=True, progressive=True
            )
    click.echo(f"{len(every)} pictures, nine looks in {len(TARGETS)} formats, in {folder}/")


if __name__ == "__main__":
    main()
