"""A row of the table: what was measured, the figure reached, and the target it is held against."""

import math
import statistics
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Figure:
    what: str
    reached: str
    target: str
    met: bool

    def line(self) -> str:
        return f"{'ok  ' if self.met else 'MISS'}  {self.what:<58} {self.reached:<44} {self.target}"


@dataclass(frozen=True, slots=True)
class Spread:
    """Seconds of repeated measurements."""

    times: Sequence[float]

    def quantile(self, share: float) -> float:
        """Nearest rank: a value that was really seen."""
        ordered = sorted(self.times)
        return ordered[max(0, math.ceil(share * len(ordered)) - 1)]

    @property
    def median(self) -> float:
        return statistics.median(self.times)

    def text(self) -> str:
        """Milliseconds; of few measurements only as much as they can carry."""
        parts = [f"median {self.median * 1e3:.0f}", f"p95 {self.quantile(0.95) * 1e3:.0f}"]
        if len(self.times) >= 100:
            parts.append(f"p99 {self.quantile(0.99) * 1e3:.0f}")
        return f"{' · '.join(parts)} ms (n={len(self.times)})"
