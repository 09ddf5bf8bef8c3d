"""Builders for the room's tests: recipes, a person nobody photographed, and the shared portraits cut out for real."""

import unicodedata
from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache
from pathlib import Path

import cv2
import numpy as np
from PIL import Image

from core.compose.geometry import Box
from core.compose.studio import Plate, draw_plate
from core.compose.subject import Subject
from core.domain.brief import Brief, Vibe
from core.domain.format import Format, Size
from core.domain.job import Recipe
from core.domain.model import Origin
from core.vision.cutout import cut_out
from core.vision.face import detect

VIBES = tuple(Vibe)
HEADLINES = {
    Vibe.BOLD: "I quit my job at NASA",
    Vibe.CLEAN: "How I became an astronaut",
    Vibe.CINEMATIC: "The last mission",
    Vibe.NEON: "Do not open this door",
    Vibe.PASTEL: "My morning routine in orbit",
    Vibe.TECH: "This chip changes everything",
    Vibe.MINIMALIST: "Less is enough",
    Vibe.MEME: "Nobody told me this",
    Vibe.DOCUMENTARY: "She was the first pilot",
}
SUBTEXTS = {
    Vibe.BOLD: "",
    Vibe.CLEAN: "A 10-year plan",
    Vibe.CINEMATIC: "What they never told us",
    Vibe.NEON: "60 seconds to space",
    Vibe.PASTEL: "Soft and slow",
    Vibe.TECH: "Ten times faster",
    Vibe.MINIMALIST: "A year without things",
    Vibe.MEME: "Not even once",
    Vibe.DOCUMENTARY: "The untold story of Eileen Collins",
}


def recipe(vibe: Vibe = Vibe.BOLD, position: int = 0, seed: int = 7, **answers: object) -> Recipe:
    given: dict[str, object] = {"headline": HEADLINES[vibe], "subtext": SUBTEXTS[vibe], **answers}
    brief = Brief(vibe=vibe, **given)  # type: ignore[arg-type]
    return Recipe(brief=brief, model="studio", origin=next(iter(Origin)), seed=seed, position=position)


def positions(*of: tuple[Sequence[object], object], count: int = 2) -> list[int]:
    """`count` of a set's six, others for each neighbour: together the values of `of` (all, one) see every position.

    The rest of the product of vibes, formats and positions is `make trial`'s, by chance.
    """
    first = sum(list(row).index(one) for row, one in of)
    return sorted((first + step * 6 // count) % 6 for step in range(count))


def kept_plate(wanted: Recipe, target: Format, size: Size, person: Subject | None) -> Plate:
    """`draw_plate`, once for all words: a plate knows nothing of them, which is what makes a text edit cheap."""
    brief = replace(wanted.brief, headline="", subtext="", title="", signature="")
    return _plate(replace(wanted, brief=brief), target, size, person)


@lru_cache(maxsize=64)
def _plate(wanted: Recipe, target: Format, size: Size, person: Subject | None) -> Plate:
    drawn = draw_plate(wanted, target, size, person)
    drawn.picture.flags.writeable = drawn.silhouette.flags.writeable = False
    return drawn


@lru_cache
def somebody(tall: int = 900) -> Subject:
    """Head and shoulders drawn with ellipses, cut off at the lower edge as in a selfie."""
    wide, unit = round(tall * 0.9), tall / 900
    rgba = np.zeros((tall, wide, 4), np.uint8)

    def ellipse(x: float, y: float, across: float, down: float, colour: tuple[int, int, int]) -> None:
        centre, axes = (round(x * unit), round(y * unit)), (round(across * unit), round(down * unit))
        cv2.ellipse(rgba, centre, axes, 0, 0, 360, (*colour, 255), -1, cv2.LINE_AA)

    ellipse(405, 900, 380, 330, (40, 70, 130))
    ellipse(405, 600, 90, 110, (205, 150, 120))
    ellipse(405, 250, 190, 240, (70, 45, 30))
    ellipse(405, 330, 160, 210, (222, 170, 140))
    for x in (345, 465):
        ellipse(x, 310, 24, 14, (255, 255, 255))
        ellipse(x, 310, 11, 12, (50, 40, 40))
    ellipse(405, 440, 60, 18, (170, 60, 70))
    face = Box(245, 190, 565, 540)
    return Subject(rgba, Box(face.left * unit, face.top * unit, face.right * unit, face.bottom * unit), ("bottom",))


def portrait(path: Path) -> Subject:
    """A real photo, detected and cut out."""
    image = np.asarray(Image.open(path).convert("RGB"))
    cut = cut_out(image, detect(image)[0])
    face = cut.face
    assert face is not None
    return Subject(cut.rgba, Box(face.x, face.y, face.x + face.width, face.y + face.height), tuple(sorted(cut.touches)))


def in_small(text: str) -> str:
    """In one case whatever the language: capitals lose Greek accents, and part i from ı."""
    letters = unicodedata.normalize("NFD", text.casefold().replace("ı", "i"))
    return "".join(letter for letter in letters if letter not in "\u0301\u0307\u0308")
