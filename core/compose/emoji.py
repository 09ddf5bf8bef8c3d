"""Emoji in a text: which parts of it are one, and where their drawings lie. Imports no imaging library."""

from __future__ import annotations

import io
import json
import struct
import zlib
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path

from core.compose.script import Script, script_of

FILE = Path(__file__).parent / "fonts" / "NotoColorEmoji.tiles"
"""Written by `scripts.emoji`: length of the table (uint32), the table (zlib, JSON), then for each drawing its indices
(lossless WebP) and a palette (RGBA, straight alpha) for each of its emoji."""
VARIATION, JOINER, AS_TEXT = "\ufe0f", "\u200d", "\ufe0e"
TONES = frozenset("\U0001f3fb\U0001f3fc\U0001f3fd\U0001f3fe\U0001f3ff")
ASPECT = 136 / 128
"""Width of a drawing over its height."""
_ALWAYS = frozenset((Script.EMOJI, Script.SYMBOL))
"""Of these an emoji is meant without a variation selector too; a digit or a trademark sign is text."""
_FIRST = "\u203c"
"""No emoji does without a character from here on, if only a selector."""


@dataclass(frozen=True, slots=True)
class Run:
    text: str
    emoji: bool


@dataclass(frozen=True, slots=True)
class _Drawing:
    start: int
    length: int
    colours: int
    member: int


@dataclass(frozen=True, slots=True)
class _Table:
    body: int
    """Offset of the drawings in the file."""
    drawings: dict[str, _Drawing]
    """By text without variation selectors."""
    first: frozenset[str]
    longest: int

    def at(self, text: str, begin: int) -> int:
        """Where an emoji that begins there ends; `begin` where none does."""
        if text[begin] not in self.first:
            return begin
        end = min(len(text), begin + 2 * self.longest)
        while end > begin:
            part = text[begin:end]
            plain = part.replace(VARIATION, "")
            if plain in self.drawings and (len(plain) > 1 or _meant(plain, part, text[end : end + 1])):
                return end
            end -= 1
        return begin


@lru_cache(1024)
def runs(text: str) -> tuple[Run, ...]:
    """The text as letters and emoji by turns, each emoji by itself."""
    if max(text, default="") < _FIRST:
        return (Run(text, False),) if text else ()
    table, found, plain, at = _table(), list[Run](), 0, 0
    while at < len(text):
        end = table.at(text, at)
        if end == at:
            at += 1
            continue
        if plain < at:
            found.append(Run(text[plain:at], False))
        found.append(Run(text[at:end], True))
        plain = at = end
    if plain < len(text):
        found.append(Run(text[plain:], False))
    return tuple(found)


def without(text: str) -> str:
    """The letters alone."""
    return "".join(run.text for run in runs(text) if not run.emoji)


def has(text: str) -> bool:
    return any(run.emoji for run in runs(text))


def stored(text: str) -> tuple[bytes, bytes]:
    """The drawing of an emoji: its indices and the palette they point into. Raises KeyError for any other text."""
    table = _table()
    drawing = table.drawings[text.replace(VARIATION, "")]
    with FILE.open("rb") as file:
        file.seek(table.body + drawing.start)
        indices = file.read(drawing.length)
        file.seek(4 * drawing.colours * drawing.member, io.SEEK_CUR)
        return indices, file.read(4 * drawing.colours)


def _meant(letter: str, part: str, after: str) -> bool:
    return after != AS_TEXT and (VARIATION in part or script_of(letter) in _ALWAYS)


@cache
def _table() -> _Table:
    with FILE.open("rb") as file:
        (length,) = struct.unpack("<L", file.read(4))
        rows = json.loads(zlib.decompress(file.read(length)))
    drawings = {
        text: _Drawing(start, size, colours, member)
        for start, size, colours, members in rows
        for member, texts in enumerate(members)
        for text in texts.split(" ")
    }
    return _Table(4 + length, drawings, frozenset(text[0] for text in drawings), max(map(len, drawings)))
