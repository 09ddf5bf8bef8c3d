"""A picture somebody else painted, made a plate: cut or extended to the exact size, with what is known of the person.

Plates go in and come out: the picture as painted is a plate of its own size, and so another format of a variant is
made from the original and from a stored plate alike.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from PIL import Image

from core.compose.extension import extended
from core.compose.fitting import holds
from core.compose.geometry import Box, bounds
from core.compose.pairing import Pair
from core.compose.plate import Plate, PlateFacts
from core.compose.quiet import Quiet
from core.compose.raster import Mask, Picture
from core.compose.refit import refit
from core.compose.remedy import BARE, FITTINGS
from core.compose.replacement import held
from core.compose.showing import PAINTED
from core.compose.staging import staging
from core.compose.subject import Subject
from core.compose.window import Sight, window
from core.domain.brief import People
from core.domain.format import Format, Size
from core.domain.job import Recipe
from core.domain.record import Json
from core.domain.score import SOFT_FROM

_SOLID = 128


@dataclass(frozen=True, slots=True, eq=False)
class Person:
    """Somebody in a picture, in its px."""

    face: Box
    """As detected, brow to chin."""
    mask: Mask | None
    """The silhouette on the whole picture; None when it could not be told from the background."""


@dataclass(frozen=True, slots=True, eq=False)
class Adopted:
    plate: Plate
    facts: Mapping[str, Json]
    """`gates`: what a worker may act on, False where the picture falls short: "face" (a person was ordered and none
    is there), "both" (two were, and one is there), "sharp" (enlarged more than SOFT_FROM). `enlarged`: px of the plate
    per px of the source. `extended`: share of the plate that was painted on. `refitted`, if so: it was made smaller
    after all, for words or face."""


def whole(picture: Picture, people: Sequence[Person]) -> Plate:
    """The picture as a plate of its own size. `people`: those who matter, the main one first; bystanders left out."""
    high, wide = picture.shape[:2]
    silhouette: Mask = np.zeros((high, wide), np.uint8)
    heads = []
    for person in people:
        mask = person.mask if person.mask is not None else _oval(person.face, (high, wide))
        silhouette = cv2.max(silhouette, mask)
        crown = Subject(np.dstack((picture, mask)), person.face).crown
        heads.append(Box(person.face.left, max(0.0, crown), person.face.right, person.face.bottom))
    pairs = sorted(zip(heads, (person.face for person in people), strict=True), key=lambda pair: pair[0].left)
    facts = PlateFacts(
        people[0].face if people else None,
        bounds(heads) if heads else None,
        adopted=True,
        faces=tuple(face for _, face in pairs) if len(pairs) > 1 else (),
        heads=tuple(head for head, _ in pairs) if len(pairs) > 1 else (),
    )
    return Plate(picture, silhouette, facts)


def reframed(source: Plate, recipe: Recipe, target: Format, size: Size) -> Adopted:
    """A plate of exactly `size` from a plate of any size and ratio.

    Where the person leaves the words no room in any window, the picture gets smaller on a ground that carries it on;
    not for the small line, which is left out sooner.
    """
    adopted = _framed(source, recipe, target, size)
    fittings = (*FITTINGS, *BARE) if recipe.brief.subtext.split() else FITTINGS
    if holds(recipe, target, size, adopted.plate, fittings):
        return adopted
    plate, stands = held(lambda of: refit(source, of, target, size), recipe, target, size)
    if not stands:
        return adopted
    return Adopted(plate, {**adopted.facts, "refitted": True})


def _framed(source: Plate, recipe: Recipe, target: Format, size: Size) -> Adopted:
    part = window(_sight(source), size.ratio, staging(recipe.brief, target, recipe.position), size.width)
    scale = size.width / part.width

    def placed(box: Box) -> Box:
        return box.moved(-part.left, -part.top).scaled(scale, scale)

    face, head = (box and placed(box) for box in (source.facts.face, source.facts.head))
    faces, heads = (tuple(map(placed, boxes)) for boxes in (source.facts.faces, source.facts.heads))
    picture, silhouette = _cut(source, part, size, head)
    gates: dict[str, Json] = {"sharp": scale <= SOFT_FROM}
    if recipe.brief.selfies:
        gates["face"] = face is not None
        if recipe.brief.people is People.TWO:
            gates["both"] = len(heads) > 1
    high, wide = source.picture.shape[:2]
    inside = _clipped(part, wide, high)
    facts: dict[str, Json] = {
        "gates": gates,
        "enlarged": round(scale, 2),
        "extended": round(1 - inside.width * inside.height / (part.width * part.height), 3),
    }
    brief = recipe.brief
    shown = PAINTED if brief.exhibit and not brief.selfies and face is None else None
    pair = Pair.TOGETHER if brief.people is People.TWO and len(heads) > 1 else None
    known = PlateFacts(face, head, adopted=True, exhibit=shown, pair=pair, faces=faces, heads=heads)
    return Adopted(Plate(picture, silhouette, known), facts)


def _sight(source: Plate) -> Sight:
    high, wide = source.picture.shape[:2]
    solid = source.silhouette > _SOLID
    edges = {"left": solid[:, :2], "top": solid[:2], "right": solid[:, -2:], "bottom": solid[-2:]}
    return Sight(
        width=wide,
        height=high,
        head=source.facts.head,
        touches=frozenset(edge for edge, line in edges.items() if line.any()),
        busy=Quiet(source.picture).busy,
    )


def _clipped(part: Box, wide: int, high: int) -> Box:
    return Box(max(0.0, part.left), max(0.0, part.top), min(float(wide), part.right), min(float(high), part.bottom))


def _cut(source: Plate, part: Box, size: Size, head: Box | None) -> tuple[Picture, Mask]:
    high, wide = source.picture.shape[:2]
    inside, scale = _clipped(part, wide, high), size.width / part.width
    place = inside.moved(-part.left, -part.top).scaled(scale, scale)
    # Whole px: a side that reaches the canvas' edge reaches it exactly.
    left, top = max(0, round(place.left)), max(0, round(place.top))
    across = min(size.width, round(place.right)) - left
    down = min(size.height, round(place.bottom)) - top
    box = (inside.left, inside.top, inside.right, inside.bottom)
    picture: Picture = np.asarray(
        Image.fromarray(source.picture).resize((across, down), Image.Resampling.LANCZOS, box=box)
    )
    mask: Mask = np.asarray(
        Image.fromarray(source.silhouette).resize((across, down), Image.Resampling.BILINEAR, box=box)
    )
    if (across, down) == (size.width, size.height):
        return picture, mask
    return extended(picture, mask, Box(left, top, left + across, top + down), size, head)


def _oval(face: Box, shape: tuple[int, int]) -> Mask:
    """A head where the segmentation saw none: hair, ears and chin around the face."""
    mask = np.zeros(shape, np.uint8)
    x, y = face.centre
    centre, radii = (round(x), round(y - 0.1 * face.height)), (round(0.62 * face.width), round(0.82 * face.height))
    cv2.ellipse(mask, centre, radii, 0, 0, 360, 255, cv2.FILLED)
    return mask
