"""Builders of the files people (and others) send."""

import struct
import zlib
from io import BytesIO
from typing import Any

from PIL import ExifTags, Image, ImageCms

CORNER = (200, 30, 30)


def scene(width: int = 320, height: int = 240) -> Image.Image:
    """A grey picture whose upper left quarter is red, so that one sees how it is turned."""
    image = Image.new("RGB", (width, height), (120, 120, 120))
    image.paste(CORNER, (0, 0, width // 2, height // 2))
    return image


def encoded(image: Image.Image, kind: str, **options: Any) -> bytes:
    stream = BytesIO()
    image.save(stream, kind, **options)
    return stream.getvalue()


def exif(orientation: int = 1) -> bytes:
    """EXIF with a place in it, and the canary `Canary Camera`."""
    data = Image.Exif()
    place = data.get_ifd(ExifTags.IFD.GPSInfo)
    place[ExifTags.GPS.GPSLatitudeRef] = "N"
    place[ExifTags.GPS.GPSLatitude] = (48.0, 8.0, 14.0)
    data[ExifTags.Base.Make] = "Canary Camera"
    data[ExifTags.Base.Orientation] = orientation
    return data.tobytes()


def png_claiming(width: int, height: int) -> bytes:
    """A PNG of 45 bytes of pixels whose head claims any size."""

    def chunk(name: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(b"\0" * 45)) + chunk(b"IEND", b"")


def profile_with_red_and_green_exchanged() -> bytes:
    """sRGB's profile with two primaries exchanged: what is red by its numbers is green to the eye."""
    data = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    return data.replace(b"rXYZ", b"????", 1).replace(b"gXYZ", b"rXYZ", 1).replace(b"????", b"gXYZ", 1)
