"""The child side of judging a picture from elsewhere: what our own layout would have said is found by looking."""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from typing import Any

import cv2
import numpy as np
from PIL import Image

from core.compose import figure
from core.compose.geometry import Box
from core.compose.zone import placed
from core.domain import feed
from core.domain import format as formats
from core.domain.format import Family, Format, Size
from core.domain.recall import recall
from core.domain.record import to_record
from core.domain.score import DARK, LIGHT, SEEN, Appraisal, Check, Measure, Target, checked, small_width
from core.domain.word import counted
from core.vision import extra, face, mesh, ocr
from core.vision.ink import Ink, ink
from core.vision.ocr import Region
from core.vision.raster import Pixels

_LARGE = 0.6
"""Of the tallest line's height, from which on a line belongs to the headline."""
_SURE = 0.6
"""Share of a line's letters that must be read from the ink alone: else what was taken for ink is something else."""
_LOST = 1.05
"""Contrast over what is measured of it, because letters that are found have soft edges: median of the calibration."""
_LOW_LETTERS = 1.25
"""Capitals over the letters of a line in mixed case: 1.20 to 1.35 in the faces of our vibes."""
_RING = 9
"""px across, at the smallest tile: what counts as a letter's surroundings."""


def appraise(picture: bytes, octets: int) -> dict[str, Any]:
    """The record of an `Appraisal`; `octets`: the file's as it was sent, 0: unknown."""
    with Image.open(io.BytesIO(picture)) as image:
        pixels = np.asarray(image.convert("RGB"))
    record: dict[str, Any] = to_record(appraised(pixels, octets))
    return record


def appraised(pixels: Pixels, octets: int) -> Appraisal:
    height, width = pixels.shape[:2]
    target = formats.nearest(width, height)
    lines = _headline(pixels) if extra.reads() else ()
    letters = _union(pixels, [one for _, one in lines])
    people = _faces(pixels)
    rows = (
        *_legible(pixels, lines, letters, target.family),
        *_faced(pixels, people),
        *_placed(letters, people, target),
        checked(Measure.CLUTTER, round(figure.clutter(pixels), 3)),
        checked(Measure.WIDTH, float(width), Target(target.standard.width, target.standard.width / 2, True)),
        *([_weight(octets, target)] if octets else []),
    )
    return Appraisal(rows, target.id, " ".join(region.text for region, _ in lines), extra.reads())


def _headline(pixels: Pixels) -> tuple[tuple[Region, Ink | None], ...]:
    """The large lines, each with its letters where these are told from the ground."""
    found = [one for one in ocr.regions(pixels) if any(map(str.isalnum, one.text))]
    tallest = max((one.height for one in found), default=0.0)
    return tuple((one, _sure(pixels, one)) for one in found if one.height >= _LARGE * tallest)


def _sure(pixels: Pixels, region: Region) -> Ink | None:
    letters = ink(pixels, region)
    if letters is None:
        return None
    # Dark on light with air around it, as the reader likes it.
    line = cv2.copyMakeBorder(255 - letters.line, 8, 8, 16, 16, cv2.BORDER_CONSTANT, value=255)
    said = ocr.line(np.asarray(cv2.cvtColor(line, cv2.COLOR_GRAY2RGB), np.uint8))
    return letters if recall(region.text, (said,)) >= _SURE else None


def _union(pixels: Pixels, inks: Sequence[Ink | None]) -> Pixels:
    letters = np.zeros(pixels.shape[:2], np.uint8)
    for one in inks:
        if one is not None:
            letters = np.maximum(letters, one.mask)
    return letters


def _legible(
    pixels: Pixels, lines: Sequence[tuple[Region, Ink | None]], letters: Pixels, family: Family
) -> Iterator[Check]:
    width = small_width(family, pixels.shape[1])
    if letters.any():
        contrast = round(_LOST * figure.contrast(pixels, letters, width), 1)
        yield checked(Measure.CONTRAST, contrast, about=_tone(pixels, letters))
        caps = (_capital(region.text, one) for region, one in lines if one is not None)
        yield checked(Measure.CAP_HEIGHT, round(figure.cap_height(caps, pixels.shape[1], family), 1))
    if lines:
        wanted = " ".join(region.text for region, _ in lines)
        seen = ocr.regions(ocr.tile(pixels, width))
        yield checked(Measure.RECALL, round(recall(wanted, (one.text for one in seen)), 2))
        yield checked(Measure.WORDS, float(len(counted(wanted))))


def _capital(text: str, letters: Ink) -> float:
    """px, of a line's capitals, also where it has hardly any."""
    signs = [sign for sign in text if sign.isalpha()]
    return letters.height * (_LOW_LETTERS if 2 * sum(map(str.islower, signs)) > len(signs) else 1.0)


def _tone(pixels: Pixels, letters: Pixels) -> str:
    """Whether the letters are the lighter or the darker of the two."""
    grey = cv2.cvtColor(pixels, cv2.COLOR_RGB2GRAY)
    reach = max(3, round(_RING * pixels.shape[1] / feed.SMALLEST))
    around = (cv2.dilate(letters, np.ones((reach, reach), np.uint8)) > 0) & (letters == 0)
    return LIGHT if around.any() and grey[letters > 0].mean() > grey[around].mean() else DARK


def _faced(pixels: Pixels, people: Sequence[Box]) -> Iterator[Check]:
    """Of several faces the weakest."""
    if people:
        high, wide = pixels.shape[:2]
        yield checked(Measure.FACE, round(min(figure.size(face, wide, high) for face in people), 3))
        yield checked(Measure.SHARPNESS, float(round(min(figure.sharpness(pixels, face) for face in people))))


def _placed(letters: Pixels, people: Sequence[Box], target: Format) -> Iterator[Check]:
    if not (letters.any() or people):
        return
    size = Size(letters.shape[1], letters.shape[0])
    worst, about = 0.0, ""
    for zone in target.zones:
        if not zone.hard:
            continue
        box = (placed(zone, size),)
        faces = max((figure.under(face, box) for face in people), default=0.0)
        for what, share in (("words", figure.covered(letters, box)), ("face", faces)):
            if share > worst:
                worst, about = share, f"{what}.{zone.name}"
    yield checked(Measure.OVERLAYS, round(worst, 3), SEEN[Measure.OVERLAYS], about)
    if people and letters.any():
        yield checked(Measure.ON_FACE, round(max(figure.on_face(letters, face) for face in people), 3))


def _weight(octets: int, target: Format) -> Check:
    return checked(Measure.BYTES, float(octets), Target(target.byte_budget, target.byte_budget, False))


def _faces(pixels: Pixels) -> tuple[Box, ...]:
    """Of everybody who is no bystander; a soft backdrop can look like a face to the detector, the mesh is never taken
    in."""
    sure = [one for one in face.detect(pixels) if mesh.fit(pixels, one.box, one.tilt).presence > face.CONFIDENCE]
    boxes = [one.box for one in face.prominent(sure)]
    return tuple(Box(box.x, box.y, box.x + box.width, box.y + box.height) for box in boxes)
