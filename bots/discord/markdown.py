"""Words as Discord's markdown: what a person or a model wrote is shown as written, never read as markup."""

from __future__ import annotations

import re
from collections.abc import Iterator

from core.conversation.prose import clean, units

# Discord takes the backslash away before any punctuation. What only means something at the start of a line is
# escaped there alone: every backslash counts against the room there is.
_ANYWHERE = re.compile(r"([\\*_~`|\[\]<])")
_AT_LINE_START = re.compile(r"(?m)^(\s*|\s*\d+)([#>+-]|(?<=\d)[.)])")
_ESCAPED_OR_BOLD = re.compile(r"\\([^0-9A-Za-z\s])|\*\*")


def escape(text: str) -> str:
    """Markdown that shows exactly the text."""
    return _AT_LINE_START.sub(r"\1\\\2", _ANYWHERE.sub(r"\\\1", text))


def unescape(text: str) -> str:
    """The text that `escape` was given, bold or not."""
    return _ESCAPED_OR_BOLD.sub(lambda found: found[1] or "", text)


def paragraphs(text: str, before: str = "", after: str = "", *, limit: int) -> Iterator[str]:
    """The text escaped, between marks, in pieces of at most `limit` units; none if there is nothing to see."""
    rest, room = clean(text), limit - units(before + after)
    while rest:
        head = _head(rest, room)
        if shown := escape(head.strip()):
            yield f"{before}{shown}{after}"
        rest = rest[len(head) :].lstrip()


def _head(text: str, room: int) -> str:
    """The longest beginning whose escaped form has room, up to a word's end where there is one."""
    low, high = 1, max(1, min(len(text), room))
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if units(escape(text[:middle])) <= room else (low, middle - 1)
    if low == len(text):
        return text
    end = max(text.rfind(" ", 0, low + 1), text.rfind("\n", 0, low + 1))
    return text[:end] if end > low // 2 else text[:low]
