"""The bell: wakes this process's live connections when a chat has something new.

It carries no news, only "look". Another process's writes are found by polling, or by whoever listens to the database
and rings here.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager


class Ear:
    """One listener; a ring between two waits is not lost."""

    def __init__(self) -> None:
        self._rung = asyncio.Event()

    def hear(self) -> None:
        self._rung.set()

    async def wait(self, seconds: float) -> bool:
        """Whether the bell rang within that time."""
        try:
            async with asyncio.timeout(seconds):
                await self._rung.wait()
        except TimeoutError:
            return False
        self._rung.clear()
        return True


class Bell:
    def __init__(self) -> None:
        self._ears: dict[str, set[Ear]] = {}

    def ring(self, place: str) -> None:
        for ear in self._ears.get(place, ()):
            ear.hear()

    @contextmanager
    def listen(self, place: str) -> Iterator[Ear]:
        ear = Ear()
        self._ears.setdefault(place, set()).add(ear)
        try:
            yield ear
        finally:
            self._ears[place].discard(ear)
            if not self._ears[place]:
                del self._ears[place]

    def listeners(self, place: str) -> int:
        return len(self._ears.get(place, ()))
