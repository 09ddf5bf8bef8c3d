"""Word recall: how much of a headline a reader found again, judged as an eye would and not letter by letter."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from difflib import SequenceMatcher

ALIKE = 0.8
"""Share of a word's letters from which it counts as found: readers of tiny type take an m for rn, people do not."""

_WORD = re.compile(r"[^\W_]+")
_LOOKALIKES = str.maketrans("0158|ı", "olsbll") | str.maketrans("ij", "ll")
"""At the smallest size a feed shows, these are the same few pixels in many a typeface."""
_READ = ("LATIN", "CJK UNIFIED")


def covered(text: str) -> bool:
    """Whether a reader of Latin and Chinese can say anything of it: there are letters, and each is one or the other."""
    letters = [sign for sign in text if sign.isalpha()]
    return bool(letters) and all(unicodedata.name(sign, "").startswith(_READ) for sign in letters)


def recall(wanted: str, seen: Iterable[str]) -> float:
    """Share of the wanted words, by letters, that are in what was seen; 0 to 1. Words may be run together or torn.

    By letters, because an "I" is found anywhere and says nothing."""
    words = [_plain(word) for part in _WORD.findall(wanted) for word in _split(part)]
    found = "".join(_plain(part) for text in seen for part in _WORD.findall(text))
    whole = sum(map(len, words))
    return sum(len(word) for word in words if _holds(found, word)) / whole if whole else 0.0


def _split(part: str) -> Iterable[str]:
    """Chinese is written without spaces: each character is a word."""
    return re.findall(r"[㐀-鿿豈-﫿]|[^㐀-鿿豈-﫿]+", part)


def _plain(word: str) -> str:
    """Without case, marks, and what tells lookalikes apart."""
    bare = "".join(sign for sign in unicodedata.normalize("NFKD", word.casefold()) if not unicodedata.combining(sign))
    return bare.translate(_LOOKALIKES)


def _holds(found: str, word: str) -> bool:
    if word in found:
        return True
    size = len(word)
    if size < 1 / (1 - ALIKE):  # nothing may be wrong in a short one
        return False
    pieces = (found[start : start + size] for start in range(max(1, len(found) - size + 1)))
    return any(SequenceMatcher(None, word, piece, autojunk=False).ratio() >= ALIKE for piece in pieces)
