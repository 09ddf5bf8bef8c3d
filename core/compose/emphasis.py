"""Which word of a headline carries it."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

from core.compose.script import Script, eastern, script_of

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
_WITH_PARTICLE = re.compile(
    r"(.*[^\u3041-\u309f])((?:から|まで|だけ|より|など|って|[でをにはがのともへや])+|[的了吗嗎呢吧啊])"
)
_KEYCAP, _VARIATION = "\u20e3", "\ufe0f"
_TELLING = 5
"""Letters from which a longer content word says no more than a shorter one."""


def strongest(words: Sequence[str]) -> int:
    """Index of the word to highlight: figures, then negations and superlatives, then the last content word."""
    return max(range(len(words)), key=lambda index: (_weight(words[index]), index))


def is_small(word: str) -> bool:
    return _bare(word) in _SMALL


def core(piece: str) -> tuple[str, str, str]:
    """What of a piece is highlighted, between what stands before and after it.

    Emoji stand by themselves, and of a Far Eastern phrase the particle that ends it does.
    """
    words = piece.split(" ")
    spoken = [index for index, word in enumerate(words) if any(map(str.isalnum, word)) and _KEYCAP not in word]
    if not spoken:
        return "", piece, ""
    before, word, after = words[: spoken[0]], " ".join(words[spoken[0] : spoken[-1] + 1]), words[spoken[-1] + 1 :]
    found = _WITH_PARTICLE.fullmatch(word)
    said, particle = (found[1], found[2]) if found else (word, "")
    return "".join(f"{one} " for one in before), said, particle + "".join(f" {one}" for one in after)


def _weight(word: str) -> float:
    bare = _bare(word)
    if _KEYCAP in word:
        return 0.0
    if any(letter.isdigit() for letter in bare):
        return 40.0
    if bare in _STRONG:
        return 30.0
    if any(map(eastern, bare)):
        return min(sum(map(_says, core(bare)[1])), _TELLING)
    letters = sum(unicodedata.category(letter)[0] in "LM" for letter in bare)
    return 0.01 * letters if bare in _SMALL else min(letters, _TELLING)


def _says(letter: str) -> float:
    """In letters of a Latin word: a character says as much as some, a hiragana hardly anything."""
    if "\u3041" <= letter <= "\u309f":
        return 0.3
    return {Script.CHINESE: 2.5, Script.KOREAN: 2.0, Script.JAPANESE: 1.7}.get(script_of(letter), 1.0)


def _bare(word: str) -> str:
    """The word without the signs and emoji around it."""
    letters = [index for index, letter in enumerate(word) if unicodedata.category(letter)[0] in "LN"]
    if not letters:
        return ""
    end = letters[-1] + 1
    while end < len(word) and unicodedata.category(word[end]) in ("Mn", "Mc") and word[end] != _VARIATION:
        end += 1
    return word[letters[0] : end].casefold().replace("’", "'")
