"""Limits: what discord.py remembers of each path's rate limit, forgotten as soon as it says nothing any more.

Each interaction has a token, so paths, of its own. The library keeps what it counted for them for five minutes, and
looks all of it through for each new one: 3 kB an interaction, for a window of a few seconds.
"""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Callable

from discord.http import HTTPClient, Route

IDLE_S = 15.0
"""Longer than any window of Discord's for one path."""


class Limits:
    def __init__(self, http: HTTPClient, clock: Callable[[], float] = time.monotonic) -> None:
        self._http = http
        self._clock = clock
        self._used: OrderedDict[str, float] = OrderedDict()

    def used(self, route: Route) -> None:
        """Call after each request. The library has no public way to it; a request under way keeps its own count."""
        known = self._http._bucket_hashes.get(route.key, route.key)
        now, key = self._clock(), f"{known}:{route.major_parameters}"
        self._used[key] = now
        self._used.move_to_end(key)
        while self._used:
            oldest, at = next(iter(self._used.items()))
            if now - at < IDLE_S:
                return
            del self._used[oldest]
            self._http._buckets.pop(oldest, None)
