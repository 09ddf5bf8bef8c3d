"""Which writing systems a text is in, and for the Far East, whose forms of the characters it wants."""

from __future__ import annotations

import unicodedata
from enum import StrEnum
from functools import lru_cache


class Script(StrEnum):
    """Writing systems told apart."""

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
    """Also what Japanese and Korean share with it: characters and full-width signs."""
    KOREAN = "korean"
    EMOJI = "emoji"
    SYMBOL = "symbol"
    OTHER = "other"


class Writing(StrEnum):
    """Whose forms: the same character is drawn differently in Tokyo, Seoul, Beijing and Taipei."""

    JAPANESE = "jp"
    KOREAN = "kr"
    SIMPLIFIED = "sc"
    TRADITIONAL = "tc"


EASTERN = frozenset((Script.JAPANESE, Script.CHINESE, Script.KOREAN))

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
    (0x2E80, 0x303F, Script.CHINESE),
    (0x3040, 0x30FF, Script.JAPANESE),
    (0x3100, 0x312F, Script.CHINESE),
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
_LANGUAGES = {"ja": Writing.JAPANESE, "ko": Writing.KOREAN}
_TRADITIONAL_TAGS = frozenset(("hant", "tw", "hk", "mo"))


@lru_cache(4096)
def script_of(character: str) -> Script:
    if unicodedata.category(character)[0] not in "LMS" and ord(character) < 0x2000:
        return Script.COMMON
    code = ord(character)
    return next((script for low, high, script in _RANGES if low <= code <= high), Script.OTHER)


def scripts_of(text: str) -> tuple[Script, ...]:
    """The scripts of a text in order of appearance, without COMMON unless there is nothing else."""
    found = dict.fromkeys(script_of(character) for character in text if visible(character))
    if Script.JAPANESE in found or Script.KOREAN in found:
        found.pop(Script.CHINESE, None)
    named = tuple(script for script in found if script is not Script.COMMON)
    return named or tuple(found)


def visible(character: str) -> bool:
    # Joiners, direction marks and variation selectors steer shaping; they need no glyph of their own.
    return not (character.isspace() or unicodedata.category(character) == "Cf" or 0xFE00 <= ord(character) <= 0xFE0F)


def eastern(character: str) -> bool:
    """Kana, hangul, a Chinese character, or a full-width sign."""
    return script_of(character) in EASTERN


def writing_of(text: str, language: str = "") -> Writing | None:
    """Whose forms a text wants, None without anything Far Eastern in it.

    Kana and hangul tell; for characters alone the person's language (a BCP 47 tag) does, then the characters: those
    that only one of the national sets has.
    """
    scripts = {script_of(character) for character in text}
    if not scripts & EASTERN:
        return None
    if Script.JAPANESE in scripts:
        return Writing.JAPANESE
    if Script.KOREAN in scripts:
        return Writing.KOREAN
    tags = language.casefold().replace("_", "-").split("-")
    if tags[0] in _LANGUAGES:
        return _LANGUAGES[tags[0]]
    characters = [character for character in text if eastern(character)]
    mainland = [_in("gb2312", character) for character in characters]
    taiwan = [_in("big5", character) for character in characters]
    if tags[0] == "zh" and _TRADITIONAL_TAGS.intersection(tags) and all(taiwan):
        return Writing.TRADITIONAL
    if all(mainland):
        return Writing.SIMPLIFIED
    if all(taiwan):
        return Writing.TRADITIONAL
    if all(_in("shift_jis", character) for character in characters):
        return Writing.JAPANESE
    return Writing.TRADITIONAL if sum(taiwan) > sum(mainland) else Writing.SIMPLIFIED


def _in(national: str, character: str) -> bool:
    try:
        character.encode(national)
    except UnicodeEncodeError:
        return False
    return True
