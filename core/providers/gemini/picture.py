"""What a picture file says of itself in its first and last bytes, without decoding it."""

from __future__ import annotations

import struct
from dataclasses import dataclass

from core.providers.error import Undecodable

PNG, RIFF, WEBP, JPEG = b"\x89PNG\r\n\x1a\n", b"RIFF", b"WEBP", b"\xff\xd8\xff"
JPEG_END, PNG_END = b"\xff\xd9", b"IEND\xaeB`\x82"
FRAMES = frozenset({*range(0xC0, 0xD0)} - {0xC4, 0xC8, 0xCC})
"""JPEG markers whose segment holds height and width."""


@dataclass(frozen=True, slots=True)
class Header:
    media_type: str
    width: int
    height: int


def read(data: bytes) -> Header:
    """Type and size by the file's own bytes; the type a server declares is not asked.

    Raises Undecodable for anything but a whole JPEG, PNG or WebP file.
    """
    try:
        if data.startswith(PNG):
            width, height = struct.unpack(">II", data[16:24])
            whole = data.rstrip(b"\0").endswith(PNG_END)
            return _checked(Header("image/png", width, height), whole)
        if data.startswith(JPEG):
            width, height = _jpeg_size(data)
            return _checked(Header("image/jpeg", width, height), JPEG_END in data[-64:])
        if data[:4] == RIFF and data[8:12] == WEBP:
            whole = len(data) >= 8 + int.from_bytes(data[4:8], "little")
            return _checked(Header("image/webp", *_webp_size(data)), whole)
    except (struct.error, IndexError) as error:
        raise Undecodable("the picture's header is cut off") from error
    raise Undecodable(f"no picture: begins with {data[:8].hex()}")


def _checked(header: Header, whole: bool) -> Header:
    if not (header.width and header.height):
        raise Undecodable("a picture without size")
    if not whole:
        raise Undecodable("the picture's end is missing")
    return header


def _jpeg_size(data: bytes) -> tuple[int, int]:
    at = 2
    while True:
        if data[at] != 0xFF:
            raise Undecodable("broken JPEG segments")
        while data[at] == 0xFF:
            at += 1
        marker, at = data[at], at + 1
        (length,) = struct.unpack(">H", data[at : at + 2])
        if marker in FRAMES:
            height, width = struct.unpack(">HH", data[at + 3 : at + 7])
            return width, height
        at += length


def _webp_size(data: bytes) -> tuple[int, int]:
    match data[12:16]:
        case b"VP8 ":
            width, height = struct.unpack("<HH", data[26:30])
            return width & 0x3FFF, height & 0x3FFF
        case b"VP8L":
            (bits,) = struct.unpack("<I", data[21:25])
            return 1 + (bits & 0x3FFF), 1 + (bits >> 14 & 0x3FFF)
        case b"VP8X":
            return 1 + int.from_bytes(data[24:27], "little"), 1 + int.from_bytes(data[27:30], "little")
    raise Undecodable("unknown WebP")
