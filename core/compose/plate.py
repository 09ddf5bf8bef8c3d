"""A picture without type, what the typesetter must know of it, and the form it is stored in."""

from __future__ import annotations

import json
import struct
from dataclasses import dataclass, replace
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from core.compose.arrangement import WHOLE, Cut
from core.compose.geometry import Box
from core.compose.pairing import Pair
from core.compose.raster import Mask, Picture, extent
from core.compose.reduction import small
from core.domain.brief import Brief
from core.domain.exhibit import Kind
from core.domain.job import Recipe
from core.domain.record import from_record, to_record


@dataclass(frozen=True, slots=True)
class Instead:
    """Another composition than the recipe's, whose own leaves its words or its face no room."""

    position: int
    freely: bool = False
    """What the brief asks for of sides and places is given up."""

    def of(self, recipe: Recipe) -> Recipe:
        own = Brief()
        brief = replace(recipe.brief, text_place=own.text_place, focus=own.focus, face_side=own.face_side)
        return replace(recipe, position=self.position, brief=brief if self.freely else recipe.brief)


@dataclass(frozen=True, slots=True)
class PlateFacts:
    """What the typesetter needs to know of a plate besides its pixels."""

    face: Box | None
    head: Box | None
    cut: Cut = WHOLE
    adopted: bool = False
    """Painted by somebody else: the head is where it is, not where the arrangement put it."""
    exhibit: Kind | None = None
    """What is shown in place of a person."""
    pair: Pair | None = None
    """Two people: `head` is around both heads, `face` the first one's."""
    faces: tuple[Box, ...] = ()
    heads: tuple[Box, ...] = ()
    """Of a pair, from left to right."""
    instead: Instead | None = None

    def composed(self, recipe: Recipe) -> Recipe:
        """The recipe of the composition the plate was drawn for."""
        return recipe if self.instead is None else self.instead.of(recipe)


_FAST = (cv2.IMWRITE_PNG_COMPRESSION, 1, cv2.IMWRITE_PNG_STRATEGY, cv2.IMWRITE_PNG_STRATEGY_RLE)
_UP = (cv2.IMWRITE_PNG_FILTER, cv2.IMWRITE_PNG_FILTER_UP)
_LARGE = (*_FAST, cv2.IMWRITE_PNG_FILTER, cv2.IMWRITE_PNG_FILTER_AVG)
_PLAIN_TO = 2_500_000
"""px up to which a plate is stored as it is: grain halves at best, and at 720p that takes 32 ms to write and 19 to
read, against one for 3.2 MB as they are. What is larger (25 MB packed in 4K) would not pass every store."""
_PNG = int.from_bytes(b"\x89PNG", "little")
_SIGN = b"\x89TFP"
"""Of a plate stored as it is. As the length that opens the packed ones it would be more than a gigabyte."""
_HEADER = struct.Struct("<4sI6H")
"""Sign, bytes of the facts, width and height; left, top, width and height of the part that holds the silhouette."""
_SEEN = struct.Struct("<2H")
"""Rows and columns of the picture at its smallest, where that follows."""


@dataclass(frozen=True, slots=True, eq=False)
class Plate:
    """The picture without type."""

    picture: Picture
    silhouette: Mask
    facts: PlateFacts
    seen: Picture | None = None
    """The picture at its smallest, where it was stored with it: words change only the rows they stand in."""

    def to_bytes(self, smallest: int = 0) -> bytes:
        """Lossless, up to 2.5 megapixels as they are: header, facts as JSON, colours, the silhouette's part, and the
        picture as it is seen `smallest` px wide, if that is given. Larger ones: facts, then the picture and the
        silhouette as PNG, each after its length."""
        facts = json.dumps(to_record(self.facts)).encode()
        if self.silhouette.size > _PLAIN_TO:
            picture = _png(cv2.cvtColor(self.picture, cv2.COLOR_RGB2BGR), _LARGE)
            return b"".join((*_measured(facts), *_measured(picture), _png(self.silhouette, (*_FAST, *_UP))))
        high, wide = self.silhouette.shape
        rows, columns = extent(self.silhouette) or (slice(0, 0), slice(0, 0))
        body = self.silhouette[rows, columns]
        header = _HEADER.pack(_SIGN, len(facts), wide, high, columns.start, rows.start, *body.shape[::-1])
        look: tuple[bytes, ...] = ()
        if smallest:
            seen = small(self.picture, smallest)
            look = _SEEN.pack(*seen.shape[:2]), seen.tobytes()
        return b"".join((header, facts, np.ascontiguousarray(self.picture).data, body.tobytes(), *look))

    @staticmethod
    def from_bytes(data: bytes) -> Plate:
        """Pixels are read-only where they are the bytes themselves. Raises ValueError when these are not a plate's."""
        try:
            return _plain(data) if is_plain(data) else _packed(data)
        except (struct.error, ValueError) as error:
            raise ValueError("not a plate") from error


def is_plain(data: bytes) -> bool:
    """Whether a stored plate is read by looking at its bytes."""
    return data.startswith(_SIGN)


def _plain(data: bytes) -> Plate:
    _, length, wide, high, left, top, across, down = _HEADER.unpack_from(data)
    facts = from_record(PlateFacts, json.loads(data[_HEADER.size : _HEADER.size + length]))
    pixels = np.frombuffer(data, np.uint8, offset=_HEADER.size + length)
    colours, body = pixels[: 3 * wide * high], pixels[3 * wide * high :]
    body, seen = body[: across * down], body[across * down :]
    silhouette: Mask = np.zeros((high, wide), np.uint8)
    silhouette[top : top + down, left : left + across] = body.reshape(down, across)
    look = seen[_SEEN.size :].reshape(*_SEEN.unpack_from(seen.data), 3) if seen.size else None
    return Plate(colours.reshape(high, wide, 3), silhouette, facts, look)


def _packed(data: bytes) -> Plate:
    (length,) = struct.unpack_from("<I", data)
    facts = from_record(PlateFacts, json.loads(data[4 : 4 + length]))
    (following,) = struct.unpack_from("<I", data, 4 + length)
    files = np.frombuffer(data, np.uint8)[4 + length :]
    if following == _PNG:  # as plates were stored at first: the silhouette is the picture's alpha
        pixels = _pixels(files, 4)
        return Plate(cv2.cvtColor(pixels, cv2.COLOR_BGRA2RGB), np.ascontiguousarray(pixels[..., 3]), facts)
    picture, silhouette = _pixels(files[4 : 4 + following], 3), _pixels(files[4 + following :], 1)
    if picture.shape[:2] != silhouette.shape:
        raise ValueError("two sizes")
    return Plate(cv2.cvtColor(picture, cv2.COLOR_BGR2RGB), silhouette, facts)


def _measured(data: bytes) -> tuple[bytes, bytes]:
    return struct.pack("<I", len(data)), data


def _png(pixels: Picture, options: tuple[int, ...]) -> bytes:
    done, png = cv2.imencode(".png", pixels, options)
    assert done
    return png.tobytes()


def _pixels(png: NDArray[Any], channels: int) -> Picture:
    """Raises ValueError for what is no PNG of so many channels."""
    pixels = cv2.imdecode(png, cv2.IMREAD_UNCHANGED) if png.size else None
    if pixels is None or (1 if pixels.ndim == 2 else pixels.shape[2]) != channels:
        raise ValueError(f"no PNG of {channels} channels")
    return pixels
