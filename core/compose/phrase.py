"""Where Japanese, Chinese and Korean text, written without spaces or with few, may be broken.

First at phrases, which BudouX's models know; where that does not fit, between any two characters. Latin words and
figures stay whole, and kinsoku always holds: no line begins with a closing sign, a small kana or a long mark, and none
ends with an opening one.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from functools import cache
from itertools import accumulate
from typing import TYPE_CHECKING

from core.compose import pack
from core.compose.script import Script, Writing, eastern, script_of, visible

if TYPE_CHECKING:
    from budoux import Parser

NO_START = frozenset(
    "、。，．・：；！？）］｝〉》」』】〕〗〙〟’”»ー～〜…‥—―–‐々〻ゝゞヽヾ％‰℃°"
    "ぁぃぅぇぉっゃゅょゎゕゖァィゥェォッャュョヮヵヶㇰㇱㇲㇳㇴㇵㇶㇷㇸㇹㇺㇻㇼㇽㇾㇿ｡｣､･ｧｨｩｪｫｬｭｮｯｰﾞﾟ"
)
"""After JIS X 4051 and CSS `line-break: strict`."""
NO_END = frozenset("「『（［｛〈《【〔〖〘〝‘“«｢￥＄￡＃№")
_CLOSING, _OPENING = frozenset("!?.,:;%)]}"), frozenset("([{$#")
"""Narrow signs that hang on a neighbour when they stand alone, and in full-width text always."""
_HANGING = frozenset("的了吗嗎呢吧啊呀们們着著过過得地")
_LEANING = frozenset("一二三四五六七八九十百千两兩几幾这這那哪每第不没沒别別很太真最我你您他她它是")
"""Chinese particles of one character that belong to what stands before them, and others to what follows."""


def phrases(word: str, writing: Writing) -> list[str]:
    """The word in pieces that read as one. Korean puts spaces between them itself."""
    if writing is Writing.KOREAN:
        return [word]
    pieces = gathered(_atoms(word), _parser(writing).parse(word))
    if writing is not Writing.JAPANESE:
        pieces = _with_particles(pieces)
    return bound(pieces)


def thai(word: str) -> list[str]:
    """The words of a Thai text, which puts no space between them; empty without the extra, whose model knows them."""
    if not pack.cuts():
        return []
    found: list[str] = _thai_parser().parse(word)
    return found


def gathered(atoms: Iterable[str], words: Iterable[str]) -> list[str]:
    """The atoms in pieces that end where the words do; a word that would end within an atom ends after it."""
    ends = list(accumulate(map(len, words)))
    pieces, piece, at = list[str](), "", 0
    for atom in atoms:
        piece += atom
        if any(at < end <= at + len(atom) for end in ends):
            pieces.append(piece)
            piece = ""
        at += len(atom)
    return pieces


def letters(word: str) -> list[str]:
    """The word in the smallest pieces there are."""
    return bound(_atoms(word))


def bound(pieces: Iterable[str], between: str = "") -> list[str]:
    """The pieces with those joined that kinsoku keeps on one line."""
    kept: list[str] = []
    for piece in pieces:
        opening = len(kept) == 1 and script_of(kept[0][0]) is Script.EMOJI and not any(map(str.isalnum, kept[0]))
        if kept and (opening or hangs(piece) or leans(kept[-1])):
            kept[-1] += between + piece
        else:
            kept.append(piece)
    return kept


def hangs(piece: str) -> bool:
    """Whether no line may begin with the piece: signs that close something, and emoji."""
    if script_of(piece[0]) is Script.EMOJI or piece[0] in NO_START:
        return True
    return piece[0] in _CLOSING and not any(map(str.isalnum, piece))


def leans(piece: str) -> bool:
    """Whether no line may end with the piece."""
    last = piece.rstrip()[-1:]
    return last in NO_END or (last in _OPENING and not any(map(str.isalnum, piece)))


def _with_particles(pieces: Iterable[str]) -> list[str]:
    """A character left alone is the end of a word that was cut (没有 人, 到 底), unless it leans on what follows."""
    kept: list[str] = []
    for piece in pieces:
        alone = len(piece) == 1 and eastern(piece) and piece not in _LEANING
        if kept and (alone or piece in _HANGING or kept[-1] in _LEANING):
            kept[-1] += piece
        else:
            kept.append(piece)
    if len(kept) > 1 and len(kept[-1]) == 1:
        kept[-2:] = ["".join(kept[-2:])]
    return kept


def _atoms(word: str) -> list[str]:
    """Each Far Eastern character by itself with the marks on it, and what stands between them whole."""
    atoms: list[str] = []
    for letter in word:
        if atoms and (not visible(letter) or unicodedata.combining(letter) or (_narrow(letter) and _narrow(atoms[-1]))):
            atoms[-1] += letter
        else:
            atoms.append(letter)
    return atoms


def _narrow(atom: str) -> bool:
    """Set like Latin: words and figures, the full-width ones too."""
    return not eastern(atom[0]) or (unicodedata.normalize("NFKC", atom[0]).isascii() and atom[0].isalnum())


@cache
def _thai_parser() -> Parser:
    import budoux

    return budoux.load_default_thai_parser()


@cache
def _parser(writing: Writing) -> Parser:
    import budoux  # part of the extra whose faces write this text

    match writing:
        case Writing.JAPANESE:
            return budoux.load_default_japanese_parser()
        case Writing.TRADITIONAL:
            return budoux.load_default_traditional_chinese_parser()
        case _:
            return budoux.load_default_simplified_chinese_parser()
