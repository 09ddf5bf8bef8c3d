"""Prose: words made fit for a platform that counts them, before its own markup."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Sequence
from typing import TypeVar

T = TypeVar("T")

ELLIPSIS = "…"
# A cut further back than this share of the room loses more than a broken word costs.
_WORD_SEARCH = 0.2
_JOINERS = "\u200d\ufe0e\ufe0f"


def clean(text: str) -> str:
    """The text without control characters and lone surrogates, trimmed; empty if nothing in it can be seen."""
    kept = "".join(one for one in text if one in "\n\t" or unicodedata.category(one) not in {"Cc", "Cs"}).strip()
    return kept if any(unicodedata.category(one)[0] not in "CZ" for one in kept) else ""


def line(text: str) -> str:
    """The same in one line."""
    return " ".join(clean(text).split())


def units(text: str) -> int:
    """Length in UTF-16 code units: an emoji is two. Never less than any other way of counting."""
    return len(text.encode("utf-16-le")) // 2


def clip(text: str, limit: int) -> str:
    """The text itself if it fits into `limit` units, else its beginning up to a word's end, with an ellipsis."""
    if units(text) <= limit:
        return text
    room = limit - units(ELLIPSIS)
    head = text.encode("utf-16-le")[: 2 * room].decode("utf-16-le", errors="ignore")
    end = max(head.rfind(" "), head.rfind("\n"))
    if end > len(head) * (1 - _WORD_SEARCH):
        head = head[:end]
    return head.rstrip().rstrip(_JOINERS) + ELLIPSIS


def batches(items: Sequence[T], size: int) -> Iterator[Sequence[T]]:
    """Runs of at most `size`."""
    return (items[start : start + size] for start in range(0, len(items), size))
