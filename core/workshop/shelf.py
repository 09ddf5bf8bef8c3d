"""A shelf: what was made of a file's bytes, kept for the next time somebody brings the same bytes."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from typing import Generic, TypeVar

Thing = TypeVar("Thing")

_LEAST = 1024
"""Bytes counted for a thing however small: the entry itself is not free."""


class Shelf(Generic[Thing]):
    """Holds at most `most_bytes`; what nobody asked for the longest goes first, and what alone is larger is not kept.

    Bytes are told apart by length and Python's own hash: SipHash under a key of the process, four times faster than
    BLAKE2 and remembered by the bytes, so that whoever brings the same ones for all of a set has them hashed once.
    Things are shared by all who ask: nobody may write into them.
    """

    def __init__(self, make: Callable[[bytes], Thing], weigh: Callable[[Thing], int], most_bytes: int) -> None:
        self._make, self._weigh, self._most = make, weigh, most_bytes
        self._things: OrderedDict[tuple[int, int], tuple[Thing, int]] = OrderedDict()
        self.held_bytes = 0

    def of(self, content: bytes) -> Thing:
        """Raises what making raises, and keeps nothing of it."""
        key = len(content), hash(content)
        if (found := self._things.get(key)) is not None:
            self._things.move_to_end(key)
            return found[0]
        thing = self._make(content)
        weight = max(_LEAST, self._weigh(thing))
        if weight <= self._most:
            self._things[key] = thing, weight
            self.held_bytes += weight
            while self.held_bytes > self._most:
                self.held_bytes -= self._things.popitem(last=False)[1][1]
        return thing
