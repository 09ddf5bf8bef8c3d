"""The child side of judging a picture from elsewhere: what our own layout would have said is found by looking."""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

import cv2
import numpy as np
from PIL import Image

from core.compose import check
from core.compose.geometry import Box
from core.domain import feed
from core.domain import format as formats
from core.domain.format import Format
from core.domain.recall import recall
from core.domain.record import to_record
from core.domain.score import DARK, LIGHT, SEEN, Appraisal, Check, Measure, Target, checked, small_width
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
    who = _face(pixels)
    rows = (
        *_legible(pixels, lines, letters, small_width(target.family)),
        *_person(pixels, who),
        *_placed(letters, who, target),
        checked(Measure.CLUTTER, round(check.clutter(pixels), 3)),
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
    pixels: Pixels, lines: Sequence[tuple[Region, Ink | None]], letters: Pixels, width: int
) -> Iterator[Check]:
    if letters.any():
        figure = round(_LOST * check.contrast(pixels, letters, width), 1)
        yield checked(Measure.CONTRAST, figure, about=_tone(pixels, letters))
        low = min(_capital(region.text, one) for region, one in lines if one is not None)
        yield checked(Measure.CAP_HEIGHT, round(low * width / pixels.shape[1], 1))
    if lines:
        wanted = " ".join(region.text for region, _ in lines)
        seen = ocr.regions(ocr.tile(pixels, width))
        yield checked(Measure.RECALL, round(recall(wanted, (one.text for one in seen)), 2))
        yield checked(Measure.WORDS, float(len(wanted.split())))


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


def _person(pixels: Pixels, who: Box | None) -> Iterator[Check]:
    if who is not None:
        yield checked(Measure.FACE, round(who.width * who.height / (pixels.shape[0] * pixels.shape[1]), 3))
        yield checked(Measure.SHARPNESS, round(check.sharpness(pixels, who)))


def _placed(letters: Pixels, who: Box | None, target: Format) -> Iterator[Check]:
    if not (letters.any() or who):
        return
    nobody = np.zeros_like(letters)
    worst, about = 0.0, ""
    for zone in target.zones:
        alone = replace(target, zones=(zone,))
        for what, share in (
            ("words", check.covered(letters, None, alone)),
            ("face", check.covered(nobody, who, alone)),
        ):
            if share > worst:
                worst, about = share, f"{what}.{zone.name}"
    yield checked(Measure.OVERLAYS, round(worst, 3), SEEN[Measure.OVERLAYS], about)
    if who is not None and letters.any():
        rows, columns = (
            slice(max(0, round(who.top)), round(who.bottom)),
            slice(max(0, round(who.left)), round(who.right)),
        )
        share = letters[rows, columns].sum(dtype=np.int64) / letters.sum(dtype=np.int64)
        yield checked(Measure.ON_FACE, round(float(share), 3))


def _weight(octets: int, target: Format) -> Check:
    return checked(Measure.BYTES, float(octets), Target(target.byte_budget, target.byte_budget, False))


def _face(pixels: Pixels) -> Box | None:
    """The main one; a soft backdrop can look like a face to the detector, the mesh is never taken in."""
    sure = (one for one in face.detect(pixels) if mesh.fit(pixels, one.box, one.tilt).presence > face.CONFIDENCE)
    box = next((one.box for one in sure), None)
    return None if box is None else Box(box.x, box.y, box.x + box.width, box.y + box.height)
