"""Words in capitals as their language writes them: Unicode's SpecialCasing, and CLDR's rules for Greek.

Greek leaves its accents and breathings to small letters and keeps the dialytika (Άνθρωπος, ΑΝΘΡΩΠΟΣ; γάιδαρος,
ΓΑΪΔΑΡΟΣ); Turkish and Azerbaijani dot the capital of i; ß becomes SS, which every face has.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence

from core.compose.emphasis import spoken_of, vocabulary_of
from core.compose.word import TURKISH

_DOTTED = ("tr", "az", "tt", "crh", "gag")
"""Languages in which i and ı are two letters."""
_SURELY = frozenset("ıİğĞ")
"""Letters that only these languages write."""
_FOREIGN = "qwx"
"""Letters that Turkish does not write; other such languages have two of them."""
_ENOUGH = 2
"""Words that tell another language, although there is a Turkish letter: a name may be all that is Turkish."""
_ACCENTS = frozenset("\u0300\u0301\u0342")
_BREATHINGS = frozenset("\u0313\u0314")
_DIALYTIKA = "\u0308"
_OR = "ή"
"""The word alone keeps its accent: without it, it is the article."""


def dotted(words: Sequence[str], language: str) -> bool:
    """Whether a small i keeps its dot in capitals. `language` is the person's, a BCP 47 tag, who may write in another,
    or of İstanbul in it: the words tell."""
    text, tag = "".join(words).casefold(), language.casefold().replace("_", "-").partition("-")[0]
    if any(letter in text for letter in ("w" if tag in _DOTTED and tag != "tr" else _FOREIGN)):
        return False
    known, said = vocabulary_of(words), spoken_of(words)
    hits = 0 if known is TURKISH else sum(word in known.small or known.is_strong(word) for word in said)
    if _SURELY.intersection("".join(words)):
        return hits < _ENOUGH
    return tag in _DOTTED and not hits


def capitals(word: str, dots: bool = False) -> str:
    if dots:
        word = word.replace("i", "İ")
    return _greek(word) if any(_is_greek(letter) for letter in word) else word.upper()


def _greek(word: str) -> str:
    if "".join(filter(str.isalpha, word)).casefold() == _OR:
        return word.upper()
    result: list[str] = []
    accented = False
    """Whether the vowel before has an accent: an iota or ypsilon after it is then a syllable of its own."""
    for letter, marks in _clusters(word):
        kept = "".join(mark for mark in marks if mark not in _ACCENTS and mark not in _BREATHINGS)
        accent = bool(_ACCENTS.intersection(marks))
        if accented and not accent and letter in "ιυΙΥ" and _DIALYTIKA not in kept:
            kept += _DIALYTIKA
        result.append((letter + (kept if _is_greek(letter) else marks)).upper())
        accented = accent and _is_greek(letter)
    return unicodedata.normalize("NFC", "".join(result))


def _clusters(word: str) -> list[tuple[str, str]]:
    """Letters without, and the marks on each."""
    found: list[tuple[str, str]] = []
    for letter in unicodedata.normalize("NFD", word):
        if found and unicodedata.combining(letter):
            found[-1] = found[-1][0], found[-1][1] + letter
        else:
            found.append((letter, ""))
    return found


def _is_greek(letter: str) -> bool:
    return "\u0370" <= letter <= "\u03ff" or "\u1f00" <= letter <= "\u1fff"
