"""Which word of a headline carries it."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence

# English function words; in other languages length and position decide, which needs no list.
_SMALL = frozenset(
    (
        "a", "about", "after", "against", "all", "am", "an", "and", "any", "are", "as", "at", "be", "because",
        "been", "before", "being", "but", "by", "can", "could", "did", "do", "does", "down", "each", "else",
        "every", "for", "from", "had", "has", "have", "he", "he's", "her", "hers", "him", "his", "how", "i",
        "i'll", "i'm", "i've", "if", "in", "inside", "into", "is", "it", "it's", "its", "just", "like", "may",
        "me", "might", "mine", "must", "my", "of", "off", "on", "onto", "or", "our", "ours", "out", "outside",
        "over", "shall", "she", "she's", "should", "since", "so", "some", "than", "that", "that's", "the",
        "their", "them", "then", "there", "these", "they", "they're", "this", "those", "through", "to", "too",
        "under", "until", "up", "us", "very", "was", "we", "we're", "we've", "were", "what", "what's", "when",
        "where", "which", "while", "who", "whose", "why", "will", "with", "without", "would", "you", "you're",
        "your", "yours",
    )
)  # fmt: skip
_STRONG = frozenset(
    (
        "never", "no", "not", "nothing", "nobody", "none", "stop", "quit", "don't", "dont", "can't", "cant", "won't",
        "wrong", "worst", "best", "first", "last", "only", "secret", "truth", "free", "new", "banned", "dead", "lost",
        "win", "won", "insane", "impossible", "finally", "ever", "zero", "ruin", "fired", "failed", "killed",
    )
)  # fmt: skip
_TELLING = 5
"""Letters from which a longer content word says no more than a shorter one."""


def strongest(words: Sequence[str]) -> int:
    """Index of the word to highlight: figures, then negations and superlatives, then the last content word."""
    return max(range(len(words)), key=lambda index: (_weight(words[index]), index))


def is_small(word: str) -> bool:
    return _bare(word) in _SMALL


def _weight(word: str) -> float:
    bare = _bare(word)
    if any(letter.isdigit() for letter in bare):
        return 40.0
    if bare in _STRONG:
        return 30.0
    letters = sum(unicodedata.category(letter)[0] in "LM" for letter in bare)
    return 0.01 * letters if bare in _SMALL else min(letters, _TELLING)


def _bare(word: str) -> str:
    return word.casefold().strip('.,:;!?…"“”„«»()[]—–-').replace("’", "'")
