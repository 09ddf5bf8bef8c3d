"""A shorter headline out of a longer one: a clause of it as it was typed, or nothing.

A clause ends where the headline pauses or joins something on. Nothing is left out of its middle, for what stays then
says something nobody wrote.
"""

from collections.abc import Iterator, Sequence

from core.domain.brief import HEADLINE_WORDS

LEAST, FULL = 3, 5
"""Words from which a clause says something by itself, and from which it may end before an "of"."""
_JOINS = frozenset(
    (
        "and", "but", "because", "when", "while", "after", "before", "in", "on", "at", "with", "for", "from", "by",
        "und", "aber", "weil", "y", "pero", "porque", "et", "mais", "parce", "mas", "ma", "perché", "en", "maar",
        "omdat", "и", "но", "потому", "і", "але",
    )
)  # fmt: skip
"""Before them a clause may end; not before "without", "if", "than" or "to", which turn what was said."""
_PAIRED = frozenset(("between", "both", "either", "zwischen", "entre", "tra", "tussen", "между", "між"))
_RELATIVE = frozenset(("who", "whose", "which", "that", "where"))
"""What they begin is of a sentence whose own verb is still to come."""
_DEPENDENT = frozenset(("when", "if", "after", "before", "because", "while", "since", "although", "until", "as"))
_PARTS = frozenset(("all", "one", "some", "most", "half", "part", "lot", "kind", "because", "out", "instead"))
"""Nothing without their "of"."""
_LEADING = frozenset(
    (
        "a", "an", "the", "my", "your", "his", "her", "its", "our", "their", "this", "that", "these", "those", "is",
        "are", "was", "were", "be", "been", "am", "i'm", "to", "of", "not", "no", "very", "so", "really", "and", "or",
        "but", "than", "if", "as", "into", "how", "why", "what", "who", "can", "will", "would", "could", "should",
        "has", "have", "had", "without", "it's", "you're",
    )
) | _JOINS  # fmt: skip
"""Nothing ends with one."""
_PAUSES = (",", ";", ":", ".", "!", "?", "…", "—", "–", "-", "|")


def clause(headline: str, most: int = HEADLINE_WORDS) -> str:
    """The longest beginning of at most `most` words that stands by itself, else what follows the last pause.

    Empty: there is none, or the headline is as short already.
    """
    words = headline.split()
    said = [word.strip(",;:.!?…—–-|\"“”„«»()'‘").casefold().replace("’", "'") for word in words]
    ends = [end for end in range(min(most, len(words) - 1), LEAST - 1, -1) if _ends(words, said, end)]
    found = [words[:end] for end in ends] if said and said[0] not in _DEPENDENT else []
    found += [words[first:] for first in _closings(words, said, most)]
    # A question asks, a shout shouts; any other sign led on to what is left out.
    return " ".join(found[0]).rstrip(" .,;:—–-|") if found else ""


def _ends(words: Sequence[str], said: Sequence[str], end: int) -> bool:
    """Whether the first `end` words are a clause."""
    last = said[end - 1]
    if not last or last in _LEADING or _RELATIVE & set(said[1:end]):
        return False
    if words[end - 1].endswith(_PAUSES):
        return True
    joined = said[end] in _JOINS or (said[end] == "of" and end >= FULL and last not in _PARTS)
    return joined and not last.isdecimal() and not _PAIRED & set(said[:end])


def _closings(words: Sequence[str], said: Sequence[str], most: int) -> Iterator[int]:
    """Where what follows a pause begins, the last pause first."""
    for first in range(len(words) - LEAST, 0, -1):
        fits = len(words) - first <= most and words[first - 1].endswith(_PAUSES)
        if fits and said[first] not in _JOINS | _RELATIVE:
            yield first
