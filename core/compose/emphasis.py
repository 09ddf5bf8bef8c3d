"""Which word of a headline carries it."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from functools import lru_cache

from core.compose.script import Script, eastern, script_of
from core.compose.word import Vocabulary, vocabulary

_WITH_PARTICLE = re.compile(
    r"(.*[^\u3041-\u309f])((?:から|まで|だけ|より|など|って|[でをにはがのともへや])+|[的了吗嗎呢吧啊])"
)
_KEYCAP, _VARIATION = "\u20e3", "\ufe0f"
_DOTTED_I = "i\u0307"
"""What the capital of a Turkish i is in small letters."""
_TELLING = 5
"""Letters from which a longer content word says no more than a shorter one."""


def strongest(words: Sequence[str]) -> int:
    """Index of the word to highlight: figures, then negations and superlatives, then the last content word."""
    spoken = vocabulary_of(words)
    return max(range(len(words)), key=lambda index: (weight(words[index], spoken), index))


def shouted(words: Sequence[str]) -> int | None:
    """Index of the first word somebody typed in capitals among words that are not; None: nobody did.

    Short ones that say something are names (NASA), not loud.
    """
    cased = [word for word in words if any(map(str.islower, word)) or any(map(str.isupper, word))]
    loud = [word for word in cased if not any(map(str.islower, word)) and len(stripped(word)) > 1]
    if not loud or 2 * len(loud) >= len(cased):
        return None
    found = vocabulary_of(words)

    def meant(word: str) -> bool:
        bare = stripped(word)
        return len(bare) >= _TELLING or bare in found.small or found.is_strong(bare)

    return next((index for index, word in enumerate(words) if word in loud and meant(word)), None)


def vocabulary_of(words: Sequence[str]) -> Vocabulary:
    return vocabulary(spoken_of(words))


def spoken_of(words: Iterable[str]) -> tuple[str, ...]:
    """What is said in words, or in pieces of several, as vocabularies have it."""
    return tuple(bare for piece in words for bare in map(stripped, piece.split(" ")) if bare)


def core(piece: str) -> tuple[str, str, str]:
    """What of a piece is highlighted, between what stands before and after it.

    Emoji stand by themselves, and of a Far Eastern phrase the particle that ends it does.
    """
    words = piece.split(" ")
    spoken = [index for index, word in enumerate(words) if _is_spoken(word) and _KEYCAP not in word]
    if not spoken:
        return "", piece, ""
    before, word, after = words[: spoken[0]], " ".join(words[spoken[0] : spoken[-1] + 1]), words[spoken[-1] + 1 :]
    found = _WITH_PARTICLE.fullmatch(word)
    said, particle = (found[1], found[2]) if found else (word, "")
    return "".join(f"{one} " for one in before), said, particle + "".join(f" {one}" for one in after)


def _is_spoken(word: str) -> bool:
    """Letters or figures, or the sign of what a figure counts."""
    return any(map(str.isalnum, word)) or is_unit(word)


def is_unit(word: str) -> bool:
    return bool(word) and all(letter in "%‰" or unicodedata.category(letter) == "Sc" for letter in word)


def weight(word: str, spoken: Vocabulary) -> float:
    """How much a word says beside others of a headline in that vocabulary."""
    bare = stripped(word)
    if _KEYCAP in word:
        return 0.0
    if any(letter.isdigit() for letter in bare):
        return 40.0
    if spoken.is_strong(bare):
        return 30.0
    if any(map(eastern, bare)):
        return min(sum(map(_says, core(bare)[1])), _TELLING)
    letters = sum(unicodedata.category(letter)[0] in "LM" for letter in bare)
    return 0.01 * letters if bare in spoken.small else min(letters, _TELLING)


def _says(letter: str) -> float:
    """In letters of a Latin word: a character says as much as some, a hiragana hardly anything."""
    if "\u3041" <= letter <= "\u309f":
        return 0.3
    return {Script.CHINESE: 2.5, Script.KOREAN: 2.0, Script.JAPANESE: 1.7}.get(script_of(letter), 1.0)


@lru_cache(512)
def stripped(word: str) -> str:
    """The word without the signs and emoji around it."""
    letters = [index for index, letter in enumerate(word) if unicodedata.category(letter)[0] in "LN"]
    if not letters:
        return ""
    end = letters[-1] + 1
    while end < len(word) and unicodedata.category(word[end]) in ("Mn", "Mc") and word[end] != _VARIATION:
        end += 1
    return word[letters[0] : end].casefold().replace("’", "'").replace(_DOTTED_I, "i")
