"""The pictures: whatever the studio draws, and the same with one fault each. Seeds decide everything."""

from __future__ import annotations

import os
import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import cache
from importlib import resources
from pathlib import Path

import cv2
import numpy as np

from core.compose.geometry import Box, bounds
from core.compose.layout import Layout
from core.compose.lettering import draw
from core.compose.raster import Picture
from core.compose.studio import Composition, DoesNotFit, Plate, draw_plate, typeset
from core.compose.style import Style, style_of
from core.compose.subject import Subject
from core.domain.brief import Vibe
from core.domain.format import FORMATS, Format
from core.domain.job import Recipe
from core.domain.score import small_width
from tests.compose.builder import portrait, recipe

PEOPLE = (
    "nasa-eileen-collins.jpg",
    "house-dwight-evans-1.jpg",
    "house-nydia-velazquez.jpg",
    "navy-grace-hopper.jpg",
    "whitehouse-obama-1.jpg",
    "house-robert-scott.jpg",
)
SHAPES = ("youtube", "youtube", "youtube", "youtube", "square", "portrait", "reels", "x_header")
OVERLAID = ("youtube", "youtube", "reels", "x_header")
HEADLINES = (
    "I quit my job",
    "This changes everything",
    "The last flight home",
    "Do not open this door",
    "Nobody told me",
    "How I became an astronaut",
    "100 days in orbit",
    "We were wrong",
    "Less is enough",
    "What really happened",
    "Stop doing this today",
    "My biggest mistake",
    "Never again",
    "Secret of the deep sea",
    "Why I left",
    "Learn it in 10 minutes",
)
TALK = (
    "Why I finally left the best paid job in the whole country and never once looked back at it since then "
    "although everybody told me that it was a mistake"
)


class Fault(StrEnum):
    NONE = "none"
    FADED = "faded"
    """The type shines through: 6 to 22 % of it is left."""
    TINY = "tiny"
    """Capitals of 2.5 to 6 px on the smallest tile."""
    CROWDED = "crowded"
    """9 to 20 words, as many of them as pass."""
    ON_FACE = "on_face"
    COVERED = "covered"
    """Type moved to where the platform lays something over it."""
    BEHEADED = "beheaded"
    """The picture's upper edge cuts through the eyes."""
    SOFT = "soft"
    """The face blurred by 1.5 to 5 % of its height."""
    CLUTTERED = "cluttered"
    """Confetti everywhere but on face and type."""


@dataclass(frozen=True, slots=True, eq=False)
class Case:
    name: str
    fault: Fault
    target: Format
    recipe: Recipe
    style: Style
    layout: Layout
    picture: Picture


def names(good: int, bad: int) -> Iterator[str]:
    """Of `good` pictures, then of `bad` with each fault."""
    yield from (f"{Fault.NONE}-{number}" for number in range(good))
    yield from (f"{fault}-{number}" for fault in list(Fault)[1:] for number in range(bad))


def case(name: str) -> Case:
    """The same for the same name and people."""
    fault, number = Fault(name.partition("-")[0]), int(name.partition("-")[2])
    dice = random.Random(f"{fault}:{number}")
    target = FORMATS[dice.choice(OVERLAID if fault is Fault.COVERED else SHAPES)]
    wanted = recipe(
        dice.choice(tuple(Vibe)),
        dice.randrange(6),
        dice.randrange(1 << 30),
        headline=" ".join(TALK.split()[: dice.randint(9, 20)]) if fault is Fault.CROWDED else dice.choice(HEADLINES),
        subtext="",
    )
    somebody = people()[dice.randrange(len(people()))]
    plate = draw_plate(wanted, target, target.standard, somebody)
    wanted, made = _typeset(wanted, target, plate)
    shot = Shot(target, style_of(wanted.brief, target.family), plate.picture, made)
    layout, picture = _SPOILT[fault](dice, shot)
    return Case(name, fault, target, wanted, shot.style, layout, picture)


def _typeset(wanted: Recipe, target: Format, plate: Plate) -> tuple[Recipe, Composition]:
    """With as many of its words as pass at all."""
    while True:
        try:
            return wanted, typeset(wanted, target, target.standard, plate)
        except DoesNotFit:
            fewer = wanted.brief.headline.rpartition(" ")[0]
            wanted = replace(wanted, brief=replace(wanted.brief, headline=fewer))


@cache
def people() -> tuple[Subject, ...]:
    """Of FACTORY_PHOTOS, else the bundled portrait alone."""
    folder = os.environ.get("FACTORY_PHOTOS")
    if folder:
        return tuple(portrait(Path(folder) / name) for name in PEOPLE)
    with resources.as_file(resources.files("app.demo") / "portrait.png") as path:
        return (portrait(path),)


# -- what is spoilt -------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, eq=False)
class Shot:
    """What is to be spoilt, with its ground alone."""

    target: Format
    style: Style
    ground: Picture
    made: Composition

    @property
    def layout(self) -> Layout:
        return self.made.layout

    def on(self, ground: Picture) -> Picture:
        """Its own type on another ground."""
        picture = ground.copy()
        if self.made.type_layer is not None:
            self.made.type_layer.onto(picture)
        return picture

    def anew(self, layout: Layout) -> Picture:
        """Its ground with type set elsewhere."""
        picture = self.ground.copy()
        layer = draw(layout, self.style, self.ground).layer
        if layer is not None:
            layer.onto(picture)
        return picture


Spoiler = Callable[[random.Random, Shot], tuple[Layout, Picture]]


def _moved(layout: Layout, scale: float, centre: tuple[float, float]) -> Layout:
    """The type alone, `scale` times as large and about another centre."""
    block = bounds(line.ink for line in layout.lines)
    (x, y), (to_x, to_y) = block.centre, centre

    def at(box: Box) -> Box:
        return box.moved(-x, -y).scaled(scale, scale).moved(to_x, to_y)

    lines = tuple(
        replace(
            line,
            spans=tuple(replace(span, x=(span.x - x) * scale + to_x, width=span.width * scale) for span in line.spans),
            baseline=(line.baseline - y) * scale + to_y,
            size=line.size * scale,
            cap=line.cap * scale,
            ink=at(line.ink),
        )
        for line in layout.lines
    )
    return replace(layout, lines=lines, pivot=centre)


def _as_drawn(_: random.Random, shot: Shot) -> tuple[Layout, Picture]:
    return shot.layout, shot.made.picture


def _faded(dice: random.Random, shot: Shot) -> tuple[Layout, Picture]:
    left = dice.uniform(0.06, 0.22)
    return shot.layout, np.asarray(cv2.addWeighted(shot.ground, 1 - left, shot.made.picture, left, 0), np.uint8)


def _tiny(dice: random.Random, shot: Shot) -> tuple[Layout, Picture]:
    layout = shot.layout
    now = min(line.cap for line in layout.lines) * small_width(shot.target.family, layout.width) / layout.width
    centre = bounds(line.ink for line in layout.lines).centre
    small = _moved(layout, dice.uniform(2.5, 6.0) / now, centre)
    return small, shot.anew(small)


def _on_face(dice: random.Random, shot: Shot) -> tuple[Layout, Picture]:
    assert shot.layout.face is not None
    over = _moved(shot.layout, dice.uniform(0.7, 1.0), shot.layout.face.centre)
    return over, shot.anew(over)


def _covered(dice: random.Random, shot: Shot) -> tuple[Layout, Picture]:
    layout = shot.layout
    block = bounds(line.ink for line in layout.lines)
    zone = dice.choice([zone for zone in shot.target.zones if zone.hard])
    middle = ((zone.left + zone.right) / 2 * layout.width, (zone.top + zone.bottom) / 2 * layout.height)
    centre = (_inside(middle[0], block.width, layout.width), _inside(middle[1], block.height, layout.height))
    under = _moved(layout, 1.0, centre)
    return under, shot.anew(under)


def _inside(middle: float, long: float, whole: float) -> float:
    """Of something that long, so that it stays in the picture."""
    return max(long / 2, min(middle, whole - long / 2))


def _beheaded(_: random.Random, shot: Shot) -> tuple[Layout, Picture]:
    """Everything but the type goes up; what is uncovered below repeats the last row."""
    face, head = shot.layout.face, shot.layout.head
    assert face is not None and head is not None
    up = round(face.top + 0.37 * face.height)
    ground = np.concatenate((shot.ground[up:], np.repeat(shot.ground[-1:], up, axis=0)))
    return replace(shot.layout, face=face.moved(0, -up), head=head.moved(0, -up)), shot.on(ground)


def _soft(dice: random.Random, shot: Shot) -> tuple[Layout, Picture]:
    face = shot.layout.face
    assert face is not None
    ground, part = shot.ground.copy(), _part(face.grown(0.35 * face.height), shot.ground)
    ground[part] = cv2.GaussianBlur(ground[part], (0, 0), dice.uniform(0.015, 0.05) * face.height)
    return shot.layout, shot.on(ground)


def _cluttered(dice: random.Random, shot: Shot) -> tuple[Layout, Picture]:
    layout, ground = shot.layout, shot.ground.copy()
    for _place in range(dice.randint(400, 900)):
        at = (dice.randrange(layout.width), dice.randrange(layout.height))
        size = round(dice.uniform(0.008, 0.02) * min(layout.width, layout.height))
        colour = [dice.randrange(256) for _channel in range(3)]
        cv2.circle(ground, at, size, colour, -1, cv2.LINE_AA)
    kept = [*([layout.head.grown(20)] if layout.head else []), *(box.grown(24) for box in layout.text_boxes)]
    for box in kept:
        ground[_part(box, ground)] = shot.ground[_part(box, ground)]
    return layout, shot.on(ground)


def _part(box: Box, picture: Picture) -> tuple[slice, slice]:
    high, wide = picture.shape[:2]
    return (
        slice(max(0, round(box.top)), min(high, max(1, round(box.bottom)))),
        slice(max(0, round(box.left)), min(wide, max(1, round(box.right)))),
    )


_SPOILT: dict[Fault, Spoiler] = {
    Fault.NONE: _as_drawn,
    Fault.FADED: _faded,
    Fault.TINY: _tiny,
    Fault.CROWDED: _as_drawn,
    Fault.ON_FACE: _on_face,
    Fault.COVERED: _covered,
    Fault.BEHEADED: _beheaded,
    Fault.SOFT: _soft,
    Fault.CLUTTERED: _cluttered,
}
