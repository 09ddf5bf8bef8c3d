"""What people send, turned into one kind of picture: an upright sRGB JPEG without a word about where it was taken.

Runs in a child of its own (see `bounded`), so it imports Pillow and nothing heavier.
"""

import hashlib
import re
import warnings
from dataclasses import dataclass
from enum import StrEnum
from io import BytesIO
from typing import Final

import pi_heif
from PIL import ExifTags, Image, ImageCms

from core.domain.format import UPLOAD_BYTES

MIN_SIDE: Final = 64
LONG_SIDE: Final = 2560
_DRAFT_SIDE: Final = 1920
"""The least long side a JPEG may be decoded to: 12 megapixels then take the half-size path, twice as fast."""

_QUALITY: Final = 92
_WHITE: Final = (255, 255, 255)


class Refusal(StrEnum):
    """Why a file is not taken; the wording for people is the front ends'."""

    EMPTY = "empty"
    TOO_LARGE = "too_large"
    NOT_A_PICTURE = "not_a_picture"
    KIND_NOT_ACCEPTED = "kind_not_accepted"
    TOO_MANY_PIXELS = "too_many_pixels"
    BROKEN = "broken"
    TOO_SMALL = "too_small"
    TOO_SLOW = "too_slow"


class UploadRefused(Exception):
    """The file is not taken."""

    def __init__(self, reason: Refusal) -> None:
        super().__init__(reason)
        self.reason = reason


class Kind(StrEnum):
    """The kinds taken, by Pillow's name."""

    JPEG = "JPEG"
    PNG = "PNG"
    WEBP = "WEBP"
    HEIF = "HEIF"
    AVIF = "AVIF"

    @property
    def media_type(self) -> str:
        return "image/heic" if self is Kind.HEIF else f"image/{self.lower()}"

    @property
    def max_pixels(self) -> int:
        """As large as phones make them, and as the child's memory holds (each measured below 450 MB)."""
        return _MAX_PIXELS[self]


_MAX_PIXELS: Final = {
    Kind.JPEG: 65_000_000,  # decoded straight to a reduced size; 64-megapixel phones make 9248x6936
    Kind.HEIF: 50_000_000,  # 48-megapixel phones make 8064x6048
    Kind.AVIF: 40_000_000,
    Kind.PNG: 40_000_000,
    Kind.WEBP: 24_000_000,  # its decoder keeps two canvases beside the picture; no camera writes it
}


@dataclass(frozen=True, slots=True)
class Upload:
    """A picture taken in. jpeg: the re-encoded bytes, the only ones to be kept, long side at most 2560 px, upright;
    width, height: its pixels; media_type: what the original was; sha256: hexadecimal, of `jpeg`."""

    jpeg: bytes
    width: int
    height: int
    media_type: str
    sha256: str


_AVIF_BRANDS: Final = frozenset({b"avif", b"avis"})
_HEIF_BRANDS: Final = frozenset({b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1"})

_OTHER_KINDS: Final = (
    *(b"GIF87a", b"GIF89a", b"BM", b"II*\0", b"MM\0*", b"II+\0", b"MM\0+", b"8BPS", b"\0\0\1\0"),
    *(b"%PDF", b"PK\3\4", b"\xff\x0a", b"\0\0\0\x0cJXL ", b"\0\0\0\x0cjP  ", b"\x1a\x45\xdf\xa3"),
)
"""GIF, BMP, TIFF, Photoshop, icon; PDF, ZIP, JPEG XL, JPEG 2000, Matroska: named as what they are."""

_MARKUP: Final = re.compile(rb"(?:\xef\xbb\xbf)?\s*<(?:\?xml|svg|!doctype|html|!--)", re.IGNORECASE)


def kind_of(data: bytes) -> Kind:
    """The kind of picture, by its first bytes alone. Raises UploadRefused: empty, too large or not a kind we take."""
    if not data:
        raise UploadRefused(Refusal.EMPTY)
    if len(data) > UPLOAD_BYTES:
        raise UploadRefused(Refusal.TOO_LARGE)
    if data.startswith(b"\xff\xd8\xff"):
        return Kind.JPEG
    if data.startswith(b"\x89PNG\r\n\x1a\n"):
        return Kind.PNG
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return Kind.WEBP
    if data[4:8] == b"ftyp":
        end = min(int.from_bytes(data[:4], "big"), 128)
        brands = {data[8:12], *(data[i : i + 4] for i in range(16, end, 4))}
        if brands & _AVIF_BRANDS:
            return Kind.AVIF
        if brands & _HEIF_BRANDS:
            return Kind.HEIF
        raise UploadRefused(Refusal.KIND_NOT_ACCEPTED)  # a film
    if data.startswith(_OTHER_KINDS) or _MARKUP.match(data):
        raise UploadRefused(Refusal.KIND_NOT_ACCEPTED)
    raise UploadRefused(Refusal.NOT_A_PICTURE)


def decode(data: bytes) -> Upload:
    """Take a file in. Raises UploadRefused.

    Everything but the pixels is left behind: EXIF, GPS, XMP, comments, thumbnails, appended files. The colour profile
    is applied before it goes, transparency becomes white, of an animation the first picture stays.
    """
    kind = kind_of(data)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of odd metadata, which is dropped; sizes are checked below
            with _opened(data, kind) as picture:
                if picture.width * picture.height > kind.max_pixels:
                    raise UploadRefused(Refusal.TOO_MANY_PIXELS)
                if min(picture.size) < MIN_SIDE:
                    raise UploadRefused(Refusal.TOO_SMALL)
                upright = _turned(_reduced(picture), picture.getexif().get(ExifTags.Base.Orientation))
                result = _in_srgb(_flattened(upright))
    except UploadRefused:
        raise
    except (Image.DecompressionBombError, MemoryError) as error:
        raise UploadRefused(Refusal.TOO_MANY_PIXELS) from error
    # Decoders of hostile bytes end in whatever their parsers stumble over; all of it says the same about the file, but
    # for the native ones that have no MemoryError and only say so.
    except Exception as error:
        short_of_memory = re.search(r"memory|allocat", str(error), re.IGNORECASE)
        raise UploadRefused(Refusal.TOO_MANY_PIXELS if short_of_memory else Refusal.BROKEN) from error
    if min(result.size) < MIN_SIDE:
        raise UploadRefused(Refusal.TOO_SMALL)
    result.info.clear()  # Pillow would carry a JPEG's comment over
    jpeg = BytesIO()
    result.save(jpeg, "JPEG", quality=_QUALITY)
    content = jpeg.getvalue()
    return Upload(content, *result.size, kind.media_type, hashlib.sha256(content).hexdigest())


def _opened(data: bytes, kind: Kind) -> Image.Image:
    """The file with its head read and its pixels not yet decoded."""
    if kind is Kind.HEIF:
        opened: Image.Image = pi_heif.HeifImageFile(BytesIO(data))
        return opened
    return Image.open(BytesIO(data), formats=[kind])


def _reduced(picture: Image.Image) -> Image.Image:
    """The picture decoded, with its long side at most LONG_SIDE."""
    width, height = picture.size
    share = _DRAFT_SIDE / max(width, height)
    if share < 1:  # a JPEG is then decoded at a half, a quarter or an eighth; other kinds take no notice
        picture.draft(picture.mode, (int(width * share), int(height * share)))
    picture.load()
    colours = _with_colours(picture)
    share = LONG_SIDE / max(colours.size)
    if share >= 1:
        return colours
    size = tuple(max(1, round(side * share)) for side in colours.size)
    return colours.resize((size[0], size[1]), Image.Resampling.LANCZOS, reducing_gap=2.0)


def _with_colours(picture: Image.Image) -> Image.Image:
    """The picture in a mode whose values can be averaged: palettes resolved, 16 bits of grey cut to 8."""
    if picture.has_transparency_data:
        return picture if picture.mode in ("RGBA", "LA") else picture.convert("RGBA")
    if picture.mode.startswith("I"):
        return picture.convert("I").point(lambda grey: grey * (1 / 256)).convert("L")
    return picture if picture.mode in ("RGB", "L", "CMYK") else picture.convert("RGB")


_TURNS: Final = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
"""By EXIF orientation. Pillow's own `exif_transpose` also rewrites the EXIF, and fails on the rest of a damaged one."""


def _turned(picture: Image.Image, orientation: object) -> Image.Image:
    return picture.transpose(_TURNS[orientation]) if isinstance(orientation, int) and orientation in _TURNS else picture


def _flattened(picture: Image.Image) -> Image.Image:
    """Transparency on white."""
    if picture.mode not in ("RGBA", "LA"):
        return picture
    colours = picture.convert("RGBA")
    page = Image.new("RGB", picture.size, _WHITE)
    page.paste(colours, mask=colours)
    page.info = picture.info
    return page


_SPACES: Final = {"RGB": "RGB", "L": "GRAY", "CMYK": "CMYK"}


def _in_srgb(picture: Image.Image) -> Image.Image:
    """The picture in RGB, its profile applied. A profile that is damaged, or for another kind of colour, is as none."""
    profile = picture.info.get("icc_profile")
    if profile:
        try:
            source = ImageCms.ImageCmsProfile(BytesIO(profile))
            if source.profile.xcolor_space.strip() == _SPACES[picture.mode]:
                target = ImageCms.createProfile("sRGB")
                converted = ImageCms.profileToProfile(picture, source, target, outputMode="RGB")
                if converted is not None:
                    return converted
        except (ImageCms.PyCMSError, OSError):
            return picture.convert("RGB")
    return picture.convert("RGB")
