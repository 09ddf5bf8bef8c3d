"""Series codes: what a recipe looks like, in a line short enough to paste; the words and the person are not in it.

A code holds seed, position and every answer that shows, so that it works without the variant it came from, for anybody,
in any factory of this or a later release. It is a row of bits in Crockford's base32: version, seed, position, whether
only a part of the headline is shown, the answers that differ from a plain brief, and a check over all of it.

The tables below only ever grow at their ends: codes that are out there name their rows by number.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from hashlib import blake2b

from core.domain import format as formats
from core.domain.brief import Brief
from core.domain.job import PLACES, SHORT_PLACE, Recipe
from core.domain.record import Json, to_record
from core.domain.typeface import NAMES

PREFIX, VERSION = "TF", 1
_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_ALIKE = str.maketrans("OIL", "011")
_GROUP, _WHOLE = 5, 2
"""Characters between two dashes, and the fewest groups so long that stand before the last, which may be shorter."""
_LETTER = f"[{_ALPHABET}OIL]"
# A figure is in every code: words of a headline alone, however they are joined, are not one.
_CODE = re.compile(
    rf"\b{PREFIX}-(?=[A-Z-]*[0-9])(?:{_LETTER}{{{_GROUP}}}-){{{_WHOLE},}}{_LETTER}{{1,{_GROUP}}}(?![0-9A-Z-])",
    re.IGNORECASE,
)
_VERSION_BITS, _SEED_BITS, _POSITION_BITS, _NUMBER_BITS, _CHECK_BITS = 4, 31, 10, 5, 20
_FIXED = _VERSION_BITS + _SEED_BITS + _POSITION_BITS + 1


class Fault(StrEnum):
    """Why a code leads nowhere."""

    BROKEN = "broken"
    """Mistyped, or cut off."""
    NEWER = "newer"
    """Of a later release."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Series:
    code: str
    seed: int
    position: int
    """Of the recipe it was made from."""
    short: bool
    """That one showed a part of its headline."""
    answers: Mapping[str, Json]
    """Of every question that shows, those included that are as in a plain brief."""


class _Bits:
    """Bits from the left."""

    def __init__(self, value: int = 0, count: int = 0) -> None:
        self.value, self.count = value, count

    def put(self, value: int, width: int) -> None:
        self.value, self.count = self.value << width | value, self.count + width

    def take(self, width: int) -> int:
        """Raises ValueError when there are no more."""
        if width > self.count:
            raise ValueError("no more bits")
        self.count -= width
        taken, self.value = divmod(self.value, 1 << self.count)
        return taken


@dataclass(frozen=True, slots=True)
class _Field:
    name: str
    put: Callable[[_Bits, Json], None]
    take: Callable[[_Bits], Json]
    """Raises LookupError for what this release does not know."""


def _one(name: str, *values: Json) -> _Field:
    """One of at most 32 values."""
    return _Field(name, lambda bits, value: bits.put(values.index(value), 5), lambda bits: values[bits.take(5)])


def _some(name: str, *values: str) -> _Field:
    """Any of at most 16 values."""

    def put(bits: _Bits, chosen: Json) -> None:
        bits.put(sum(1 << values.index(value) for value in chosen), 16)

    def take(bits: _Bits) -> Json:
        chosen = bits.take(16)
        if chosen >> len(values):
            raise LookupError(name)
        return [value for index, value in enumerate(values) if chosen >> index & 1]

    return _Field(name, put, take)


def _put_format(bits: _Bits, format_id: Json) -> None:
    """A preset by its place, any other size by its sides."""
    if format_id in _FORMATS:
        return bits.put(_FORMATS.index(format_id), 5)
    size = formats.find(format_id).standard
    bits.put(31, 5)
    bits.put(size.width, 13)
    return bits.put(size.height, 13)


def _take_format(bits: _Bits) -> Json:
    place = bits.take(5)
    return _FORMATS[place] if place != 31 else formats.custom(bits.take(13), bits.take(13)).id


def _put_colours(bits: _Bits, colours: Json) -> None:
    bits.put(len(colours), 3)
    for colour in colours:
        bits.put(int(colour[1:], 16), 24)


def _take_colours(bits: _Bits) -> Json:
    return [f"#{bits.take(24):06x}" for _ in range(bits.take(3))]


def _face_number(name: str) -> int:
    return int.from_bytes(blake2b(name.encode(), digest_size=2).digest(), "big")


def _take_face(bits: _Bits) -> Json:
    number = bits.take(16)
    found = next((name for name in NAMES if _face_number(name) == number), None)
    if found is None:
        raise LookupError(number)
    return found


_FORMATS = ("youtube", "portrait", "square", "reels", "x_header", "whatsapp")
# A field's number in codes is its place here, from 1; 0 ends them.
_FIELDS: tuple[_Field, ...] = (
    _one("vibe", "bold", "clean", "cinematic", "neon", "pastel", "tech", "minimalist", "meme", "documentary"),
    _Field("format", _put_format, _take_format),
    _one("colours", "warm", "cool", "brand", "high_contrast", "greyscale_accent"),
    _Field("brand_colours", _put_colours, _take_colours),
    _one("emotion", "shock", "curiosity", "authority", "joy", "concern", "deadpan"),
    _one("face_side", "left", "right", "centre"),
    _one("focus", "auto", "top_left", "top_right", "bottom_left", "bottom_right"),
    _one("text_place", "auto", "top", "bottom", "left", "right", "around"),
    _one("reserve_overlays", True, False),
    _one(
        "type_mood", "auto", "chunky", "condensed", "slab", "handwritten", "rounded", "comic", "serif", "roman",
        "script", "tech", "mono", "scifi", "gaming", "pixel", "western", "stencil", "horror",
    ),
    _some("type_effects", "stroke", "shadow", "deep_shadow", "inner_glow", "extrude", "gradient"),
    _one("outline", "auto", "thin", "medium", "thick"),
    _one("highlight", "auto", "box", "colour", "marker", "none"),
    _one("word_cap", 0, 2, 3, 4, 5, 6),
    _one("every_word", False, True),
    _Field("brand_font", lambda bits, name: bits.put(_face_number(name), 16), _take_face),
)  # fmt: skip
SHOWN = tuple(row.name for row in _FIELDS)
"""The questions whose answers a code carries."""


def encode(recipe: Recipe) -> str:
    """The code of a recipe's look: `TF-…`."""
    bits, plain, brief = _Bits(), to_record(Brief()), to_record(recipe.brief)
    bits.put(VERSION, _VERSION_BITS)
    bits.put(recipe.seed & ((1 << _SEED_BITS) - 1), _SEED_BITS)
    bits.put(recipe.position & ((1 << _POSITION_BITS) - 1), _POSITION_BITS)
    bits.put(bool(recipe.short), 1)
    for number, row in enumerate(_FIELDS, 1):
        if brief[row.name] != plain[row.name]:
            bits.put(number, _NUMBER_BITS)
            row.put(bits, brief[row.name])
    bits.put(0, _NUMBER_BITS)
    bits.put(0, -bits.count % 5)
    bits.put(_check(bits.value, bits.count), _CHECK_BITS)
    letters = "".join(_ALPHABET[bits.take(5)] for _ in range(bits.count // 5))
    return "-".join((PREFIX, *(letters[at : at + _GROUP] for at in range(0, len(letters), _GROUP))))


def decode(code: str) -> Series | Fault:
    """What a code says, however it was typed: capitals, and letters that look like figures, do not matter."""
    letters = code.upper().removeprefix(PREFIX).replace("-", "").translate(_ALIKE)
    if not letters or set(letters) - {*_ALPHABET}:
        return Fault.BROKEN
    bits = _Bits()
    for letter in letters:
        bits.put(_ALPHABET.index(letter), 5)
    check, count = bits.value & ((1 << _CHECK_BITS) - 1), bits.count - _CHECK_BITS
    bits = _Bits(bits.value >> _CHECK_BITS, count)
    if count < _FIXED or _check(bits.value, count) != check:
        return Fault.BROKEN
    if bits.take(_VERSION_BITS) > VERSION:
        return Fault.NEWER
    seed, position, short = bits.take(_SEED_BITS), bits.take(_POSITION_BITS), bool(bits.take(1))
    plain = to_record(Brief())
    try:
        answers = {**{name: plain[name] for name in SHOWN}, **dict(_answers(bits))}
    except (LookupError, ValueError):
        return Fault.NEWER  # its check holds: it was written so
    return Series(code=code.upper(), seed=seed, position=position, short=short, answers=answers)


def fault(code: str) -> Fault | None:
    """Why a code leads nowhere; None: it does not."""
    found = decode(code)
    return found if isinstance(found, Fault) else None


def kept(brief: Brief) -> bool:
    """Whether a brief of a series still says what its code does of the look."""
    found, record = decode(brief.series), to_record(brief)
    return isinstance(found, Series) and all(record[name] == told for name, told in found.answers.items())


def left(answers: Mapping[str, Json]) -> dict[str, Json]:
    """Answers of a series without it: what its code said is taken back, what was said since stays."""
    found = decode(str(answers.get("series", "")))
    told = {**found.answers, "series": found.code} if isinstance(found, Series) else {}
    return {name: record for name, record in answers.items() if name not in told or told[name] != record}


def find(text: str) -> tuple[str, str]:
    """The first code in a text, empty where there is none, and the text without it."""
    match = _CODE.search(text)
    return (match[0], f"{text[: match.start()]} {text[match.end() :]}") if match else ("", text)


def shown(brief: Brief, place: int, seed: int) -> tuple[int, int]:
    """Seed and position of the variant at a place in a set: of a series the first is the look its code says, the
    others are the other looks of that one's set; `seed` is for briefs of no series."""
    found = decode(brief.series) if brief.series else Fault.BROKEN
    if isinstance(found, Fault):
        return seed, place
    turn, first = divmod(found.position, PLACES)
    return found.seed, turn * PLACES + (first + place) % PLACES


def short_place(brief: Brief) -> int:
    """Which variant shows a part of the headline: of a series whose look does, the first."""
    found = decode(brief.series) if brief.series else Fault.BROKEN
    return 0 if isinstance(found, Series) and found.short else SHORT_PLACE


def _answers(bits: _Bits) -> Iterator[tuple[str, Json]]:
    while number := bits.take(_NUMBER_BITS):
        row = _FIELDS[number - 1]
        yield row.name, row.take(bits)


def _check(value: int, count: int) -> int:
    digest = blake2b(value.to_bytes(-(-count // 8), "big") + bytes((count & 255,)), digest_size=4).digest()
    return int.from_bytes(digest, "big") >> 32 - _CHECK_BITS
