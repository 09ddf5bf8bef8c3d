"""The clock: APScheduler decides when to look, a row per slot makes it once across replicas, the queue executes."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime

import structlog
from apscheduler.schedulers.asyncio import AsyncIOScheduler

from core.services.desk import Unavailable
from core.worker.schedule import Timetable

log = structlog.get_logger(__name__)

TICK_S = 20


class Clock:
    """Any number may tick; each slot is enqueued once."""

    def __init__(self, timetable: Timetable) -> None:
        self._timetable = timetable
        self._scheduler = AsyncIOScheduler(timezone=UTC)
        self._ticking = asyncio.Lock()

    def start(self) -> None:
        self._scheduler.add_job(
            self.tick, "interval", seconds=TICK_S, next_run_time=datetime.now(UTC), coalesce=True, max_instances=1
        )
        self._scheduler.start()

    async def stop(self) -> None:
        if self._scheduler.running:
            self._scheduler.pause()
            async with self._ticking:  # the scheduler would cancel a tick under way, and log that as a fault
                self._scheduler.shutdown(wait=False)

    async def tick(self) -> None:
        async with self._ticking:
            try:
                await self._timetable.tick()
            except Unavailable as lost:
                log.warning("clock.tick_missed", error=str(lost))
