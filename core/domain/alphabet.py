"""Alphabets: what the writing of some letters is called, by Unicode's own names of them."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator

_WIDTHS = frozenset({"FULLWIDTH", "HALFWIDTH"})
_KINDS = frozenset(
    {"LETTER", "SYLLABLE", "SYLLABICS", "VOWEL", "SIGN", "CAPITAL", "SMALL", "MTAVRULI", "UNIFIED", "COMPATIBILITY"}
    | {"CHOSEONG", "JUNGSEONG", "JONGSEONG", "INDEPENDENT", "DEPENDENT", "SUBJOINED", "CONSONANT", "PROLONGED"}
)
"""Words of a letter's name that say what of its alphabet it is: those before them name the alphabet."""
_NONE = frozenset({"modifier", "mathematical"})
"""First words that name no alphabet."""


def alphabets(letters: str) -> tuple[str, ...]:
    """`armenian`, `old italic`: each once, in the order of the letters; signs and marks have none. Characters (`cjk`)
    beside kana are Japanese like these."""
    found = dict.fromkeys(filter(None, map(_alphabet, letters)))
    if found.keys() & {"hiragana", "katakana"}:
        found.pop("cjk", None)
    return tuple(found)


def _alphabet(letter: str) -> str:
    if unicodedata.category(letter)[0] != "L":
        return ""
    name = " ".join(_leading(unicodedata.name(letter, "")))
    return "" if name.split(" ")[0] in _NONE else name


def _leading(name: str) -> Iterator[str]:
    for word in name.partition("-")[0].split():
        if word in _KINDS:
            return
        if word not in _WIDTHS:
            yield word.lower()
