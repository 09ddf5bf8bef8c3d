"""Reading what is written in a picture: an optional extra of 110 MB, without which nothing is read.

The models (PP-OCRv6 small, inside rapidocr's wheel) know Latin and Chinese; see `core.domain.recall.covered`.
"""

from __future__ import annotations

import io
import math
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from typing import Any

import cv2
import numpy as np
from PIL import Image

from core.vision.raster import Pixels

LONG_SIDE = 960
"""px the detector looks at: from 640 on it finds every line of our own pictures, more only takes longer."""
UNCLIP = 1.6
"""How far boxes reach beyond the letters; 2.0 finds no more and overlaps lines set tight."""
CERTAIN = 0.5
"""From which on a text counts as read."""
ENLARGED = 4
"""Times a tile is enlarged before it is read: the models were made for letters of 30 px, a tile's have 8 to 30."""
_TILE_QUALITY = 80
"""Of the JPEG a feed makes of it."""


@dataclass(frozen=True, slots=True)
class Region:
    """A line of writing: its corners in px of the picture, clockwise from the upper left as it is read."""

    text: str
    certainty: float
    corners: tuple[tuple[float, float], ...]

    @property
    def height(self) -> float:
        """px, across the line."""
        (_, _), (right, top), (far, bottom), _ = self.corners
        return math.hypot(far - right, bottom - top)


def regions(picture: Pixels) -> tuple[Region, ...]:
    """Every line that is read in a picture (height, width, 3), from top to bottom. Needs the extra `ocr`."""
    # What a call asks for stays set for the next one.
    found = _engine()(np.ascontiguousarray(picture[:, :, ::-1]), use_det=True)
    if found.boxes is None or found.txts is None:
        return ()
    rows = zip(found.txts, found.scores, found.boxes, strict=True)
    return tuple(Region(text, float(score), tuple((float(x), float(y)) for x, y in box)) for text, score, box in rows)


def line(picture: Pixels) -> str:
    """What one line of writing says that fills a picture; empty: nothing. Needs the extra `ocr`."""
    found = _engine()(np.ascontiguousarray(picture[:, :, ::-1]), use_det=False)
    return "".join(found.txts or ())


def tile(picture: Pixels, width: int) -> Pixels:
    """The picture as the feed's tile of that width shows it, enlarged to be read."""
    height = max(1, round(width * picture.shape[0] / picture.shape[1]))
    file = io.BytesIO()
    small = Image.fromarray(cv2.resize(picture, (width, height), interpolation=cv2.INTER_AREA))
    small.save(file, "JPEG", quality=_TILE_QUALITY)
    with Image.open(file) as shown:
        large = shown.resize((width * ENLARGED, height * ENLARGED), Image.Resampling.BICUBIC)
        return np.asarray(large.convert("RGB"))


@cache
def _engine() -> Any:
    """One per process. One thread: whoever reads must not slow down whoever draws."""
    return import_module("rapidocr").RapidOCR(
        params={
            "Global.log_level": "critical",
            # It is there for pages upside down, and turned a headline of ours once.
            "Global.use_cls": False,
            "Global.text_score": CERTAIN,
            "EngineConfig.onnxruntime.intra_op_num_threads": 1,
            "EngineConfig.onnxruntime.inter_op_num_threads": 1,
            "Det.limit_type": "max",
            "Det.limit_side_len": LONG_SIDE,
            "Det.unclip_ratio": UNCLIP,
        }
    )
