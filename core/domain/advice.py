"""Advice on a headline before anybody pays for it: what is wrong with the words themselves, and the one thing to do."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Ailment(StrEnum):
    """In the order of what costs a picture most; only the first is told of."""

    UNSEEN = "unseen"
    """Signs that no drawing or face here has, and that are left out."""
    LONG_WORD = "long_word"
    """One word fills its line and is still hardly large enough."""
    TINY = "tiny"
    """The letters are hardly large enough where a feed shows them smallest."""
    MANY_WORDS = "many_words"
    LONG = "long"
    """Few words, and many letters."""
    SMALL_WORDS = "small_words"
    """None of them says what it is about."""
    REPEATED = "repeated"
    FULL_STOP = "full_stop"


@dataclass(frozen=True, slots=True)
class Advice:
    ailment: Ailment
    n: int = 0
    """Words to leave or to cut, or letters, as the ailment has it."""
    word: str = ""
    """The word or the signs meant."""
    figure: float = 0.0
    """px of the lowest capitals at the small width."""
