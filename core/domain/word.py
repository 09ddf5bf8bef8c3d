"""Words as people count them: an emoji, a dash or another sign that stands alone is none."""

from __future__ import annotations

import re

_SIGNS = re.compile(r"[^\w'’]+|_")


def bare(word: str) -> str:
    """Lower case, without signs; empty: nothing in it is a letter or a figure."""
    letters = _SIGNS.sub("", word).casefold()
    return letters if any(map(str.isalnum, letters)) else ""


def counted(text: str) -> tuple[str, ...]:
    """The bare words between the spaces of a text; of a script without spaces, a run of it is one."""
    return tuple(filter(None, map(bare, text.split())))
