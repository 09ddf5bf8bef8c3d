"""Formats: sizes, byte budgets and the places a platform covers with its own furniture (product.md §2)."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from math import log

from core.domain.feed import badge_corner


class Quality(StrEnum):
    DRAFT = "draft"
    STANDARD = "standard"
    FOUR_K = "4k"


class Family(StrEnum):
    """Shapes that need a composition of their own; a layout is drawn for a family, never scaled from another one."""

    WIDE = "wide"
    SQUARE = "square"
    PORTRAIT = "portrait"
    TALL = "tall"
    HEADER = "header"


@dataclass(frozen=True, slots=True)
class Size:
    """Pixels."""

    width: int
    height: int

    @property
    def ratio(self) -> float:
        return self.width / self.height

    def __str__(self) -> str:
        return f"{self.width}x{self.height}"


@dataclass(frozen=True, slots=True)
class Zone:
    """A rectangle the platform draws over, as fractions of the canvas (left, top, right, bottom).

    `hard` zones must stay free of type and faces; the others are avoided when there is room elsewhere.
    """

    name: str
    left: float
    top: float
    right: float
    bottom: float
    hard: bool
    source: str


@dataclass(frozen=True, slots=True)
class Format:
    id: str
    family: Family
    draft: Size
    standard: Size
    four_k: Size
    byte_budget: int
    """Largest JPEG that is delivered, in bytes."""
    zones: tuple[Zone, ...] = ()

    def size(self, quality: Quality) -> Size:
        return {Quality.DRAFT: self.draft, Quality.STANDARD: self.standard, Quality.FOUR_K: self.four_k}[quality]


MEGABYTE = 1_000_000
UPLOAD_BYTES = 20 * MEGABYTE
"""The most that a picture somebody sends may have: what Telegram lets a bot fetch, to a few per cent."""

_BADGE = Zone(
    "duration_badge", *badge_corner(16 / 9), 1.0, 1.0, True, "no official figure; the badge's px on the smallest tile"
)
_REELS = (
    Zone("reels_top", 0.0, 0.0, 1.0, 0.14, True, "Meta ads specification: top 14 %"),
    Zone("reels_bottom", 0.0, 0.65, 1.0, 1.0, True, "Meta ads specification: bottom 35 %"),
    Zone("reels_left", 0.0, 0.0, 0.06, 1.0, True, "Meta ads specification: sides 6 %"),
    Zone("reels_right", 0.94, 0.0, 1.0, 1.0, True, "Meta ads specification: sides 6 %"),
    Zone("shorts_rail", 0.84, 0.45, 1.0, 1.0, False, "Shorts right rail, unofficial"),
)
_X_HEADER = (
    Zone("x_avatar", 0.0, 0.57, 0.28, 1.0, True, "avatar over the lower left, seen on the site"),
    Zone("x_crop_top", 0.0, 0.0, 1.0, 0.12, True, "about 60 px may be cut at the top"),
    Zone("x_crop_bottom", 0.0, 0.88, 1.0, 1.0, True, "about 60 px may be cut at the bottom"),
)
_BANNER = (
    Zone("banner_left", 0.0, 0.0, 0.10, 1.0, True, "centre 80 % kept safe; crop unpublished"),
    Zone("banner_right", 0.90, 0.0, 1.0, 1.0, True, "centre 80 % kept safe; crop unpublished"),
    Zone("banner_top", 0.0, 0.0, 1.0, 0.10, True, "centre 80 % kept safe; crop unpublished"),
    Zone("banner_bottom", 0.0, 0.90, 1.0, 1.0, True, "centre 80 % kept safe; crop unpublished"),
)

FORMATS: dict[str, Format] = {
    row.id: row
    for row in (
        Format(
            "youtube",
            Family.WIDE,
            Size(768, 432),
            Size(1280, 720),
            Size(3840, 2160),
            2 * MEGABYTE,
            (_BADGE,),
        ),
        Format("portrait", Family.PORTRAIT, Size(614, 768), Size(1080, 1350), Size(2160, 2700), 8 * MEGABYTE),
        Format("square", Family.SQUARE, Size(768, 768), Size(1080, 1080), Size(2160, 2160), 8 * MEGABYTE),
        Format("reels", Family.TALL, Size(432, 768), Size(1080, 1920), Size(2160, 3840), 2 * MEGABYTE, _REELS),
        Format("x_header", Family.HEADER, Size(768, 256), Size(1500, 500), Size(3000, 1000), 2 * MEGABYTE, _X_HEADER),
        Format("whatsapp", Family.WIDE, Size(768, 432), Size(1080, 608), Size(2160, 1216), 2 * MEGABYTE, _BANNER),
    )
}

SMALLEST_SIDE, LARGEST_SIDE, LARGEST_RATIO, DRAFT_LONG_SIDE = 64, 4096, 5.0, 768


class SizeRefused(ValueError):
    """A custom size outside 64–4096 px a side or beyond a ratio of 5:1."""


def custom(width: int, height: int) -> Format:
    """The format for a size the person typed. Raises SizeRefused."""
    sides = (width, height)
    if not all(SMALLEST_SIDE <= side <= LARGEST_SIDE for side in sides) or max(sides) > LARGEST_RATIO * min(sides):
        raise SizeRefused(f"{width}x{height}")
    longest = max(sides)

    def scaled(factor: float) -> Size:
        return Size(max(1, round(width * factor)), max(1, round(height * factor)))

    draft = min(1.0, DRAFT_LONG_SIDE / longest)
    large = min(2.0, LARGEST_SIDE / longest)
    return Format(
        f"{width}x{height}", _family(width / height), scaled(draft), Size(width, height), scaled(large), 8 * MEGABYTE
    )


def find(format_id: str) -> Format:
    """The format of an id as stored in a brief: a preset's name or `WxH`. Raises KeyError or SizeRefused."""
    if format_id in FORMATS:
        return FORMATS[format_id]
    width, cross, height = format_id.partition("x")
    if not (cross and width.isdecimal() and height.isdecimal()):
        raise KeyError(format_id)
    return custom(int(width), int(height))


_SAME_SHAPE = 0.08
"""Natural logarithm of the factor by which two ratios may differ."""


def nearest(width: int, height: int) -> Format:
    """The format a finished picture was most likely made for: the preset of its shape, else one of its own."""

    def apart(row: Format) -> float:
        return abs(log(row.standard.ratio * height / width))

    preset = min(FORMATS.values(), key=apart)
    if apart(preset) <= _SAME_SHAPE:
        return preset
    try:
        factor = min(1.0, LARGEST_SIDE / max(width, height))
        return custom(round(width * factor), round(height * factor))
    except SizeRefused:
        return preset


def _family(ratio: float) -> Family:
    # Geometric means between the ratios the families are drawn for (9:16, 4:5, 1:1, 16:9, 3:1).
    bounds = ((0.67, Family.TALL), (0.894, Family.PORTRAIT), (1.333, Family.SQUARE), (2.31, Family.WIDE))
    return next((family for bound, family in bounds if ratio < bound), Family.HEADER)
