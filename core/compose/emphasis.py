"""Which word of a headline carries it."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence

# English function words; in other languages length and position decide, which needs no list.
_SMALL = frozenset(
    (
        "a", "an", "and", "are", "as", "at", "be", "been", "but", "by", "can", "did", "do", "for", "from", "had", "has",
        "have", "he", "her", "his", "how", "i", "if", "in", "into", "is", "it", "its", "just", "me", "my", "of", "off",
        "on", "or", "our", "she", "so", "than", "that", "the", "their", "them", "then", "there", "they", "this", "to",
        "too", "up", "was", "we", "were", "what", "when", "where", "who", "why", "will", "with", "you", "your",
    )
)  # fmt: skip
_STRONG = frozenset(
    (
        "never", "no", "not", "nothing", "nobody", "none", "stop", "quit", "don't", "dont", "can't", "cant", "won't",
        "wrong", "worst", "best", "first", "last", "only", "secret", "truth", "free", "new", "why", "banned", "dead",
        "lost", "win", "won", "insane", "impossible", "finally", "ever", "zero",
    )
)  # fmt: skip


def strongest(words: Sequence[str]) -> int:
    """Index of the word to highlight: figures, then negations and superlatives, then the longest; later wins a tie."""
    return max(range(len(words)), key=lambda index: (_weight(words[index]), index))


def is_small(word: str) -> bool:
    return _bare(word) in _SMALL


def _weight(word: str) -> float:
    bare = _bare(word)
    letters = sum(unicodedata.category(letter)[0] in "LM" for letter in bare)
    if any(letter.isdigit() for letter in bare):
        return 40.0 + letters
    if bare in _STRONG:
        return 30.0 + letters
    return letters * (0.2 if bare in _SMALL else 1.0)


def _bare(word: str) -> str:
    return word.casefold().strip('.,:;!?…"“”„«»()[]—–-').replace("’", "'")
