"""Where a word of a script written without spaces may be broken: the Far East by `phrase`, Thai here.

Thai is broken between the words BudouX finds; without the extra it comes with by its spelling alone:
a leading vowel always begins a syllable, and some signs always end one: there a line may end. What no line break ever
parts is a cluster: a consonant with the vowels, tones and marks that are written around it (after Theeramunkong and
others, "Character cluster based Thai information retrieval", 2000).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable

from core.compose import emoji, pack, phrase
from core.compose.emphasis import is_unit
from core.compose.script import Script, Writing, eastern, script_of, writing_of

GLUE = "\u200b"
"""ZERO WIDTH SPACE at the end of a piece: it stands against the next one without a space."""

_CONSONANT, _LEADING, _MARK = "\u0e01-\u0e2e", "\u0e40-\u0e44", "\u0e31\u0e34-\u0e3a\u0e47-\u0e4e"
_CLUSTER = re.compile(
    # A leading vowel, its consonant (or two, when the marks stand on the second), marks, and the letters that end the
    # vowel: after SARA E and its marks O ANG, YO YAK, WO WAEN belong to it.
    rf"(?:[{_LEADING}][{_CONSONANT}](?:[\u0e23\u0e25\u0e27](?=[{_MARK}]))?[{_MARK}]*[\u0e22\u0e27\u0e2d]?"
    rf"|[{_CONSONANT}][{_MARK}]*)[\u0e30\u0e32\u0e33\u0e45]*"
    # MAI HAN-AKAT and MAITAIKHU need the consonant that closes their syllable.
    rf"(?:(?:(?<=[\u0e31\u0e47])|(?<=\u0e31[\u0e48-\u0e4b]))[{_CONSONANT}][{_MARK}]*)?"
    # Silent letters and the signs of repetition and abbreviation hang on what stands before them.
    rf"(?:[{_CONSONANT}][\u0e34-\u0e39]?\u0e4c)?[\u0e46\u0e2f]*"
    r"|.",
    re.DOTALL,
)
_SYLLABLE = re.compile(
    rf"(?<=[\u0e01-\u0e3a\u0e45-\u0e4e])(?=[{_LEADING}])|(?<=[\u0e30\u0e33\u0e46\u0e2f])(?=[{_CONSONANT}])"
)
_GROUPED, _GROUP = re.compile(r"(?<!\d)\d{1,3}( \d{3})*$"), re.compile(r"\d{3}(?!\d)")
"""A number that may go on with a group of three figures, and such a group."""
_MOST_EMOJI = 3
"""Kept on a line with a word."""
_FEWEST = 3
"""Letters of a piece that may stand alone on a line."""


def syllables(words: Iterable[str], language: str = "") -> tuple[str, ...]:
    """The words, broken wherever a phrase ends or a syllable certainly begins. `language` is the person's."""
    asked = _accompanied(words)
    writing = writing_of(" ".join(asked), language)
    return _seamed(asked, writing, _spaceless, phrase.phrases)


def clusters(words: Iterable[str], language: str = "") -> tuple[str, ...]:
    """The words, broken between any two clusters or characters: for a line that would not fit otherwise."""
    asked = _accompanied(words)
    writing = writing_of(" ".join(asked), language)
    return _seamed(
        asked,
        writing,
        lambda word: _merged(_CLUSTER.findall(word)) if _thai(word) else [word],
        lambda word, _: phrase.letters(word),
    )


def joined(pieces: Iterable[str]) -> str:
    """Pieces as one line of text."""
    return "".join(piece.removesuffix(GLUE) if piece.endswith(GLUE) else f"{piece} " for piece in pieces).rstrip(" ")


def tears(piece: str) -> bool:
    """Whether a line that ends with the piece may break a word: kana and characters stand without spaces anyway, and
    Thai whose words are known."""
    if not piece.endswith(GLUE) or (_thai(piece) and pack.cuts()):
        return False
    return not eastern(piece[-2]) or script_of(piece[-2]) is Script.KOREAN


def breadth(text: str) -> int:
    """Letters, those of the Far East counting twice."""
    return sum(1 + (unicodedata.east_asian_width(letter) in "WF") for letter in text)


def _accompanied(words: Iterable[str]) -> tuple[str, ...]:
    """Emoji with the word before them, at the beginning with the one after: they are no lines of their own. Nor are
    the figures of one number (20 000) and what it counts (10 €)."""
    kept: list[str] = []
    for word in words:
        if kept and _counts_on(kept[-1], word):
            kept[-1] += f" {word}"
            continue
        first = len(kept) == 1 and _wordless(kept[0])
        if kept and (first or _wordless(word)) and kept[-1].count(" ") < _MOST_EMOJI:
            kept[-1] += f" {word}"
        else:
            kept.append(word)
    return tuple(kept)


def _counts_on(number: str, word: str) -> bool:
    if is_unit(word):
        return number[-1].isdigit()
    return bool(_GROUP.match(word)) and bool(_GROUPED.search(number))


def _wordless(word: str) -> bool:
    return emoji.has(word) and not emoji.without(word).strip()


def _seamed(
    words: tuple[str, ...],
    writing: Writing | None,
    split: Callable[[str], list[str]],
    split_eastern: Callable[[str, Writing], list[str]],
) -> tuple[str, ...]:
    if writing is None:
        return tuple(piece for word in words for piece in _glued(split(word)))
    return tuple(
        piece
        for word in phrase.bound(words, " ")
        for piece in _glued(split_eastern(word, writing) if any(map(eastern, word)) else split(word))
    )


def _spaceless(word: str) -> list[str]:
    if not _thai(word):
        return [word]
    words = phrase.thai(word)
    return _merged(phrase.gathered(_CLUSTER.findall(word), words)) if words else spelled(word)


def spelled(word: str) -> list[str]:
    """A Thai word, broken where its spelling says that a syllable begins."""
    return _merged(_SYLLABLE.split(word))


def _merged(parts: list[str]) -> list[str]:
    pieces: list[str] = []
    for part in parts:
        if pieces and (len(part) < _FEWEST or len(pieces[-1]) < _FEWEST):
            pieces[-1] += part
        else:
            pieces.append(part)
    return pieces


def _glued(pieces: list[str]) -> list[str]:
    return [piece.rstrip(" ") if piece.endswith(" ") else piece + GLUE for piece in pieces[:-1]] + pieces[-1:]


def _thai(word: str) -> bool:
    return any("\u0e01" <= letter <= "\u0e2e" for letter in word)
