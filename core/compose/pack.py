"""The faces too large to lie beside the others: Noto Sans for the Far East, out of the extra `cjk`."""

from __future__ import annotations

import struct
from bisect import bisect_right
from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec
from pathlib import Path

from core.compose.script import Writing

PACKAGES = ("justmytype_intl_cjk", "budoux")
"""Faces, and where phrases end (`core.compose.phrase`): the extra is there as a whole or not at all."""
HEAVY, PLAIN = "Black", "Bold"
_WEIGHTS = {HEAVY: 900, PLAIN: 700}
FEATURES = ("palt",)
"""OpenType: kana and signs as wide as they are, not each in a square of its own. Headlines are set so."""


@dataclass(frozen=True, slots=True)
class Cut:
    """One weight of a variable font."""

    path: Path
    weight: int


def name(writing: Writing, weight: str) -> str:
    return f"NotoSans{writing.upper()}-{weight}"


@cache
def cuts() -> dict[str, Cut]:
    """The faces by name; empty without the extra."""
    found = [spec.origin for package in PACKAGES if (spec := find_spec(package)) and spec.origin]
    if len(found) < len(PACKAGES):
        return {}
    folder = Path(found[0]).parent / "fonts" / "ofl"
    return {
        name(writing, weight): Cut(folder / f"notosans{writing}" / f"NotoSans{writing.upper()}[wght].ttf", value)
        for writing in Writing
        for weight, value in _WEIGHTS.items()
    }


class Ranges:
    """The characters of a font, as the font itself lists them: tens of thousands, in runs."""

    def __init__(self, path: Path) -> None:
        # Of these fonts fontTools would make a dictionary of 30,000 rows, for 100 ms and some megabytes.
        # Here, because whoever writes prompts asks this module for Thai words only.
        from fontTools.ttLib import TTFont

        with TTFont(path, lazy=True) as font:
            table = font.reader["cmap"]
        records = struct.iter_unpack(">HHL", table[4 : 4 + 8 * struct.unpack_from(">H", table, 2)[0]])
        at = next(offset for *_, offset in records if struct.unpack_from(">H", table, offset) == (12,))
        (count,) = struct.unpack_from(">L", table, at + 12)
        groups = sorted(struct.iter_unpack(">LLL", table[at + 16 : at + 16 + 12 * count]))
        self._first = [first for first, _, _ in groups]
        self._last = [last for _, last, _ in groups]

    def __contains__(self, character: object) -> bool:
        code = ord(str(character))
        index = bisect_right(self._first, code) - 1
        return index >= 0 and code <= self._last[index]


@cache
def ranges(path: Path) -> Ranges:
    """Shared by the weights of a font."""
    return Ranges(path)
