"""Which face can write a text: coverage by character map, choice by vibe and mood, honest refusal otherwise."""

from __future__ import annotations

import json
import unicodedata
from dataclasses import dataclass
from enum import StrEnum
from functools import cache, lru_cache
from pathlib import Path

from fontTools.ttLib import TTFont
from PIL import ImageFont, features

from core.domain.brief import TypeMood, Vibe

FOLDER = Path(__file__).parent / "fonts"
TEXT_FACE = "Inter-Bold"
_EM = 200
"""Measured once at this size and scaled: hinting makes small sizes lie."""


class Script(StrEnum):
    """Writing systems told apart; the last six have no face here."""

    LATIN = "latin"
    GREEK = "greek"
    CYRILLIC = "cyrillic"
    HEBREW = "hebrew"
    ARABIC = "arabic"
    DEVANAGARI = "devanagari"
    THAI = "thai"
    COMMON = "common"
    JAPANESE = "japanese"
    CHINESE = "chinese"
    KOREAN = "korean"
    EMOJI = "emoji"
    SYMBOL = "symbol"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class FontChoice:
    face: str
    """File name without ending."""
    scripts: tuple[Script, ...]

    @property
    def right_to_left(self) -> bool:
        return Script.ARABIC in self.scripts or Script.HEBREW in self.scripts

    @property
    def complex(self) -> bool:
        """Letters join or stack, so a line must not be set piece by piece."""
        return not set(self.scripts) <= {Script.LATIN, Script.GREEK, Script.CYRILLIC, Script.COMMON}


@dataclass(frozen=True, slots=True)
class NotCovered:
    scripts: tuple[Script, ...]
    characters: str


_RANGES: tuple[tuple[int, int, Script], ...] = (
    (0x0041, 0x024F, Script.LATIN),
    (0x0250, 0x02AF, Script.LATIN),
    (0x0370, 0x03FF, Script.GREEK),
    (0x0400, 0x052F, Script.CYRILLIC),
    (0x0590, 0x05FF, Script.HEBREW),
    (0x0600, 0x06FF, Script.ARABIC),
    (0x0750, 0x077F, Script.ARABIC),
    (0x08A0, 0x08FF, Script.ARABIC),
    (0x0900, 0x097F, Script.DEVANAGARI),
    (0x0E00, 0x0E7F, Script.THAI),
    (0x1100, 0x11FF, Script.KOREAN),
    (0x1E00, 0x1EFF, Script.LATIN),
    (0x1F00, 0x1FFF, Script.GREEK),
    (0x2000, 0x206F, Script.COMMON),
    (0x20A0, 0x20CF, Script.COMMON),
    (0x2100, 0x214F, Script.COMMON),
    (0x2190, 0x23FF, Script.SYMBOL),
    (0x2400, 0x25FF, Script.SYMBOL),
    (0x2600, 0x27BF, Script.EMOJI),
    (0x2B00, 0x2BFF, Script.EMOJI),
    (0x3000, 0x303F, Script.CHINESE),
    (0x3040, 0x30FF, Script.JAPANESE),
    (0x3130, 0x318F, Script.KOREAN),
    (0x31F0, 0x31FF, Script.JAPANESE),
    (0x3400, 0x9FFF, Script.CHINESE),
    (0xAC00, 0xD7AF, Script.KOREAN),
    (0xF900, 0xFAFF, Script.CHINESE),
    (0xFB50, 0xFDFF, Script.ARABIC),
    (0xFE70, 0xFEFF, Script.ARABIC),
    (0xFF00, 0xFF65, Script.CHINESE),
    (0xFF66, 0xFF9F, Script.JAPANESE),
    (0x1F000, 0x1FAFF, Script.EMOJI),
    (0x20000, 0x3FFFF, Script.CHINESE),
)

_MOODS: dict[TypeMood, tuple[str, ...]] = {
    TypeMood.CONDENSED: ("Anton-Regular", "Oswald-Bold", "Teko-Bold", "Lalezar-Regular"),
    TypeMood.CHUNKY: ("Montserrat-Black", "Poppins-Black", "Rubik-Black", "Baloo2-ExtraBold"),
    TypeMood.SLAB: ("TFSlab-Heavy",),
    TypeMood.HANDWRITTEN: ("PermanentMarker-Regular", "CaveatBrush-Regular", "Kalam-Bold", "Pacifico-Regular"),
}
_VIBES: dict[Vibe, tuple[str, ...]] = {
    Vibe.BOLD: ("Anton-Regular", "Oswald-Bold", "Lalezar-Regular"),
    Vibe.CLEAN: ("Poppins-Black", "Montserrat-Black", "Rubik-Black"),
    Vibe.CINEMATIC: ("Cinzel-ExtraBold", "TFDisplaySerif-Black"),
    Vibe.DOCUMENTARY: ("Oswald-Bold", "Anton-Regular", "Lalezar-Regular"),
}
_ALONE: dict[Vibe, TypeMood] = {Vibe.BOLD: TypeMood.CHUNKY}
"""What fills a picture nobody is in better than the vibe's own narrow faces."""
_ANY = (
    "Rubik-Black",
    "Cairo-Black",
    "Mukta-ExtraBold",
    "Kanit-ExtraBold",
    "Montserrat-Black",
    TEXT_FACE,
)


def shaping_ready() -> bool:
    """Whether Pillow carries raqm. Without it Arabic, Devanagari and Thai come out wrong without any error."""
    return bool(features.check("raqm"))


def script_of(character: str) -> Script:
    if unicodedata.category(character)[0] not in "LMS" and ord(character) < 0x2000:
        return Script.COMMON
    code = ord(character)
    return next((script for low, high, script in _RANGES if low <= code <= high), Script.OTHER)


def scripts_of(text: str) -> tuple[Script, ...]:
    """The scripts of a text in order of appearance, without COMMON unless there is nothing else."""
    found = dict.fromkeys(script_of(character) for character in text if _visible(character))
    if Script.JAPANESE in found:
        found.pop(Script.CHINESE, None)
    named = tuple(script for script in found if script is not Script.COMMON)
    return named or tuple(found)


def written(word: str) -> str:
    """The word without its emoji: no face here draws them, and they are no letters."""
    kept = (character for character in word if script_of(character) is not Script.EMOJI)
    return "".join(kept).strip("\ufe0f\u200d")


def choose(
    text: str, mood: TypeMood = TypeMood.AUTO, vibe: Vibe = Vibe.BOLD, *, alone: bool = False
) -> FontChoice | NotCovered:
    """The first face of the mood (or, on AUTO, of the vibe) that writes every character of `text`.

    `alone`: the picture is nothing but type.
    """
    if alone and mood is TypeMood.AUTO:
        mood = _ALONE.get(vibe, mood)
    wished = _VIBES.get(vibe, ()) if mood is TypeMood.AUTO else _MOODS[mood]
    return _first((*wished, *_ANY), text)


def choose_plain(text: str) -> FontChoice | NotCovered:
    """The face for subtext and small print."""
    return _first((TEXT_FACE, *_ANY), text)


def _first(faces: tuple[str, ...], text: str) -> FontChoice | NotCovered:
    wanted = frozenset(character for character in text if _visible(character))
    for face in faces:
        if wanted <= coverage(face):
            return FontChoice(face, scripts_of(text))
    fewest = min((wanted - coverage(face) for face in faces), key=len)
    missing = "".join(character for character in dict.fromkeys(text) if character in fewest)
    return NotCovered(scripts_of(missing), missing)


@cache
def coverage(face: str) -> frozenset[str]:
    """Every character the face has a glyph for."""
    with TTFont(FOLDER / f"{face}.ttf", lazy=True) as font:
        return frozenset(chr(code) for code in font.getBestCmap())


def _visible(character: str) -> bool:
    # Joiners, direction marks and variation selectors steer shaping; they need no glyph of their own.
    return not (character.isspace() or unicodedata.category(character) == "Cf" or 0xFE00 <= ord(character) <= 0xFE0F)


@cache
def faces() -> dict[str, dict[str, object]]:
    """The table beside the font files: mood, licence and subsets by file name."""
    rows = json.loads((FOLDER / "fonts.json").read_text(encoding="utf-8"))
    return {row["file"]: row for row in rows}


@lru_cache(128)
def load(face: str, size: float) -> ImageFont.FreeTypeFont:
    """A face at `size` px per em. Raises OSError when the file is damaged, ImportError without raqm."""
    return ImageFont.truetype(str(FOLDER / f"{face}.ttf"), size, layout_engine=ImageFont.Layout.RAQM)


@dataclass(frozen=True, slots=True)
class FaceMeasure:
    """Metrics of a real face; `tracking` is extra space after each letter, in em."""

    face: str
    tracking: float = 0.0

    @property
    def cap(self) -> float:
        return _ink(self.face, "H")[0]

    def advance(self, text: str) -> float:
        return _advance(self.face, text) + self.tracking * max(0, len(text) - 1)

    def ink(self, text: str) -> tuple[float, float]:
        return _ink(self.face, text)


@lru_cache(4096)
def _bbox(face: str, text: str) -> tuple[float, float, float, float]:
    left, top, right, bottom = load(face, _EM).getbbox(text, anchor="ls")
    return left / _EM, top / _EM, right / _EM, bottom / _EM


def _ink(face: str, text: str) -> tuple[float, float]:
    _, top, _, bottom = _bbox(face, text)
    return max(0.0, -top), max(0.0, bottom)


def _advance(face: str, text: str) -> float:
    left, _, right, _ = _bbox(face, text)
    return right - min(0.0, left)
