"""The clock: APScheduler decides when, a row per slot makes it once across replicas, the queue executes."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import structlog
from apscheduler.schedulers.asyncio import AsyncIOScheduler

from core.store.error import StoreError
from core.store.housekeeping import Housekeeping

log = structlog.get_logger(__name__)

TICK_S = 20


@dataclass(frozen=True, slots=True)
class Schedule:
    task: str
    every: timedelta

    def slot(self, now: datetime) -> datetime:
        """The latest moment, at or before now, at which it was due."""
        epoch = datetime(2020, 1, 1, tzinfo=UTC)
        return epoch + (now - epoch) // self.every * self.every


SCHEDULES = (
    Schedule("sweep", timedelta(minutes=1)),
    Schedule("discard", timedelta(minutes=2)),
    Schedule("purge", timedelta(minutes=10)),
    Schedule("prune", timedelta(days=1)),
    Schedule("probe", timedelta(days=1)),
)


class Clock:
    """Any number may tick; each slot is enqueued once."""

    def __init__(self, housekeeping: Housekeeping) -> None:
        self._housekeeping = housekeeping
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
            await self.enqueue_due(datetime.now(UTC))

    async def enqueue_due(self, now: datetime) -> None:
        try:
            for schedule in SCHEDULES:
                await self._housekeeping.enqueue_due(schedule.task, schedule.slot(now), schedule.task)
        except StoreError as lost:
            log.warning("clock.tick_missed", error=str(lost))
