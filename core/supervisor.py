"""Supervision: what must run as long as the process lives is begun again when it breaks, and named while it does."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable

import structlog

log = structlog.get_logger(__name__)

PAUSE_S = 1.0
STEADY_S = 30.0
"""Who has run for so long without breaking holds."""


class Supervisor:
    def __init__(
        self, pause_s: float = PAUSE_S, steady_s: float = STEADY_S, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._pause_s = pause_s
        self._steady_s = steady_s
        self._clock = clock
        self._broke: dict[str, tuple[float, bool]] = {}
        """When each last broke, and whether that was a relapse."""

    @property
    def failing(self) -> tuple[str, ...]:
        """What keeps breaking: one break that was got over is nobody's business."""
        steady = self._clock() - self._steady_s
        return tuple(sorted(name for name, (at, relapse) in self._broke.items() if relapse and at > steady))

    def broke(self, name: str) -> None:
        now = self._clock()
        before, _ = self._broke.get(name, (now - self._steady_s, False))
        self._broke[name] = now, now - before < self._steady_s

    async def keep_up(self, name: str, run: Callable[[], Awaitable[None]]) -> None:
        """Run until cancelled; what breaks is logged and begun again."""
        while True:
            try:
                await run()
            except Exception:
                log.exception("part.interrupted", part=name)
                self.broke(name)
            await asyncio.sleep(self._pause_s)
