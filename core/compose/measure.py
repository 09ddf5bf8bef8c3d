"""What layout knows of a face: widths and heights, so that it stays arithmetic."""

from __future__ import annotations

from collections.abc import Hashable
from typing import Protocol


class Measure(Hashable, Protocol):
    """Font metrics in em."""

    @property
    def cap(self) -> float:
        """Height of a Latin capital."""

    def advance(self, text: str) -> float: ...

    def ink(self, text: str) -> tuple[float, float]:
        """Ink above and below the baseline, both positive outwards."""
