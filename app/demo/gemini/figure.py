"""The person of a reference, cut out and stood where the words want the head: as a model's picture would have it."""

from __future__ import annotations

import io
from dataclasses import dataclass
from functools import lru_cache
from threading import Lock

import numpy as np
from PIL import Image

from core.compose import subject
from core.compose.geometry import Box
from core.compose.palette import Palette
from core.compose.raster import Picture
from core.compose.stance import Stance
from core.compose.subject import Subject
from core.domain.brief import Vibe
from core.vision import cutout, face

HEADROOM = 0.05
"""Of the canvas' height over the hair, whatever the words say."""
LARGEST = 0.8
"""Of the canvas' height: a head."""
_ONE_AT_A_TIME = Lock()


@dataclass(frozen=True, slots=True, eq=False)
class Figure:
    who: Subject
    head: Box
    """Crown to chin, in px of the cut-out."""


def figure(reference: bytes) -> Figure | None:
    """None: there is no face in it."""
    with _ONE_AT_A_TIME:  # the variants of a set come at the same moment, with the same person
        return _cut_out(reference)


@lru_cache(maxsize=8)
def _cut_out(reference: bytes) -> Figure | None:
    pixels = np.asarray(Image.open(io.BytesIO(reference)).convert("RGB"))
    found = face.detect(pixels)
    if not found:
        return None
    try:
        cut = cutout.cut_out(pixels, found[0])
    except cutout.NobodyFound:
        return None
    if cut.face is None:
        return None
    box = Box(cut.face.x, cut.face.y, cut.face.x + cut.face.width, cut.face.y + cut.face.height)
    who = Subject(cut.rgba, box, tuple(edge.value for edge in cut.touches))
    return Figure(who, Box(box.left, who.crown, box.right, box.bottom))


def stance(one: Figure, wanted: Box, canvas: tuple[int, int]) -> Stance:
    """Where the cut-out goes so that its head is the wanted one (px), whole, under a little air, and no larger than the
    canvas bears; a body that the photo cuts off reaches the lower edge if growing a little makes it."""
    width, height = canvas
    tall = one.head.height
    scale = min(wanted.height, LARGEST * height) / tall
    top = max(wanted.top, HEADROOM * height)
    lack = (height - top) / ((one.who.rgba.shape[0] - one.head.top) * scale)
    scale *= min(max(1.0, lack), 1.25)
    left = min(max(wanted.centre[0] - one.head.width * scale / 2, 0.0), width - one.head.width * scale)
    x, y = left - one.head.left * scale, top - one.head.top * scale
    head, target = (box.scaled(scale, scale).moved(x, y) for box in (one.head, one.who.target))
    foot = y + one.who.rgba.shape[0] * scale
    return Stance(scale, x, y, target, head, foot, foot >= height - 1)


def draw(picture: Picture, one: Figure, where: Stance, vibe: Vibe, colours: Palette) -> None:
    """In place."""
    subject.draw(picture, one.who, where, vibe, colours, subject.End(where.foot))
