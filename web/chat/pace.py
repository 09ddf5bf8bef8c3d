"""Pace: how often one browser may post. A sanity limit of this process; what costs anything is limited by the store."""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Callable

REMEMBERED = 10_000


class Pace:
    """A token bucket per name: `burst` at once, `per_minute` after that."""

    def __init__(self, per_minute: float, burst: int, clock: Callable[[], float] = time.monotonic) -> None:
        self._per_second = per_minute / 60
        self._burst = float(burst)
        self._clock = clock
        self._buckets: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def take(self, name: str) -> float:
        """0 when it may go on, else the seconds to wait."""
        now = self._clock()
        left, seen = self._buckets.pop(name, (self._burst, now))
        left = min(self._burst, left + (now - seen) * self._per_second)
        wait = 0.0 if left >= 1 else (1 - left) / self._per_second
        self._buckets[name] = (left - 1 if wait == 0 else left, now)
        if len(self._buckets) > REMEMBERED:
            self._buckets.popitem(last=False)
        return wait
