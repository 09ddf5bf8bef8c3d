"""A design as a Photoshop document: named pixel layers, and lines of type that can be edited.

Written after Adobe's file format specification. No library: those there are write no text layers, and pack rows in
Python; the 8-bit RGB document we need is these four sections.
"""

from __future__ import annotations

import struct
from collections.abc import Sequence
from io import BytesIO

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from core.compose.encode import SRGB
from core.compose.export import typetool
from core.compose.export.design import Design, Sheet

_RGB, _RGBA = 3, 4
_PACKED = struct.pack(">H", 1)
"""Compression 1, PackBits: what every reader knows."""
_STRIP_OFFSETS, _ROWS_PER_STRIP, _STRIP_BYTES = 273, 278, 279
"""TIFF tags."""


def write(design: Design) -> bytes:
    return b"".join(
        (
            struct.pack(">4sH6xHIIHH", b"8BPS", 1, _RGB, design.height, design.width, 8, 3),
            struct.pack(">I", 0),
            _sized(_resource(1005, _resolution()) + _resource(1039, SRGB)),
            _sized(_sized(_layers(design.sheets), 2) + struct.pack(">I", 0)),
            _channels([design.picture[..., plane] for plane in range(_RGB)], together=True)[0],
        )
    )


def _resolution() -> bytes:
    """72 px per inch, so that a font's px are its points."""
    return struct.pack(">IHHIHH", 72 << 16, 1, 1, 72 << 16, 1, 1)


def _resource(number: int, data: bytes) -> bytes:
    return b"8BIM" + struct.pack(">HH", number, 0) + _sized(data) + bytes(len(data) % 2)


def _layers(sheets: Sequence[Sheet]) -> bytes:
    records, pixels = [], []
    for sheet in sheets:
        rgba = sheet.layer.straight()
        planes = _channels([rgba[..., (plane - 1) % _RGBA] for plane in range(_RGBA)])  # transparency comes first
        records.append(_record(sheet, [len(plane) for plane in planes]))
        pixels.extend(planes)
    return struct.pack(">h", len(sheets)) + b"".join((*records, *pixels))


def _record(sheet: Sheet, lengths: Sequence[int]) -> bytes:
    layer = sheet.layer
    high, wide = layer.alpha.shape
    channels = b"".join(struct.pack(">hI", plane - 1, length) for plane, length in enumerate(lengths))
    plain = sheet.name.encode("ascii", "replace")[:31]
    named = bytes((len(plain),)) + plain
    extra = bytes(8) + named + bytes(-len(named) % 4) + _block(b"luni", _unicode(sheet.name))
    if sheet.text is not None:
        extra += _block(b"TySh", typetool.block(sheet.text))
    return b"".join(
        (
            struct.pack(">4i", layer.top, layer.left, layer.top + high, layer.left + wide),
            struct.pack(">H", _RGBA) + channels,
            b"8BIMnorm" + bytes((255, 0, 8, 0)),  # opaque, not clipped, visible
            _sized(extra),
        )
    )


def _block(key: bytes, data: bytes) -> bytes:
    return b"8BIM" + key + _sized(data, 4)


def _unicode(text: str) -> bytes:
    units = text.encode("utf-16-be")
    return struct.pack(">I", len(units) // 2) + units


def _sized(data: bytes, multiple: int = 1) -> bytes:
    """With its length in front, filled up with zeros to a multiple."""
    filled = data + bytes(-len(data) % multiple)
    return struct.pack(">I", len(filled)) + filled


def _channels(planes: Sequence[NDArray[np.uint8]], *, together: bool = False) -> list[bytes]:
    """Each plane with its compression and the lengths of its rows; `together`: all lengths first, as one.

    libtiff packs the rows: a TIFF of one row per strip holds them as a PSD wants them.
    """
    high = planes[0].shape[0]
    file = BytesIO()
    Image.fromarray(np.vstack(planes)).save(file, "TIFF", compression="packbits", tiffinfo={_ROWS_PER_STRIP: 1})
    data = file.getvalue()
    file.seek(0)
    with Image.open(file) as tiff:
        tags = tiff.tag_v2  # type: ignore[attr-defined]
        sizes = tags[_STRIP_BYTES]
        rows = [data[at : at + size] for at, size in zip(tags[_STRIP_OFFSETS], sizes, strict=True)]
    step = len(rows) if together else high
    return [
        b"".join((_PACKED, struct.pack(f">{step}H", *sizes[at : at + step]), *rows[at : at + step]))
        for at in range(0, len(rows), step)
    ]
