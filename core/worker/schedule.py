"""What happens without anybody asking, and when: data, the slots they come to, and one run of one of them."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import structlog

from core.services.desk import Unavailable
from core.store.error import StoreError
from core.store.housekeeping import Housekeeping, Slot

log = structlog.get_logger(__name__)

RUN_SCHEDULE = "run_schedule"
LONGEST_ERROR = 300

Run = Callable[[datetime], Awaitable[None]]
"""Is told its slot. May run twice, and on replicas at once."""


@dataclass(frozen=True, slots=True)
class Schedule:
    """Every so often, in UTC, which knows neither months nor summer time.

    Slots that were missed while nothing ran are one run, for the latest: every schedule looks at what has become due
    since, and none at how often it was asked. The summary covers all that was since the one before it.
    """

    name: str
    says: str
    """What it does, for operators."""
    every: timedelta
    after: timedelta = timedelta(0)
    """How long after midnight the first slot of a day is."""

    def slot(self, now: datetime) -> datetime:
        """The latest moment, at or before now, at which it was due."""
        epoch = datetime(2020, 1, 1, tzinfo=UTC) + self.after
        return epoch + (now - epoch) // self.every * self.every


MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)

SCHEDULES: tuple[Schedule, ...] = (
    Schedule("sweep", "takes up what dead workers left", MINUTE),
    Schedule("holds", "gives back credits whose reserved time is over", MINUTE),
    Schedule("grants", "credits the months that have begun", MINUTE),
    Schedule("expiry", "writes off credits whose month is over", 60 * MINUTE),
    Schedule("audit", "holds every wallet against its entries", 5 * MINUTE),
    Schedule("discard", "deletes what ended jobs left at providers", 2 * MINUTE),
    Schedule("purge", "deletes pictures past their 30 days", 10 * MINUTE),
    Schedule("prune", "forgets old traces of finished work", DAY),
    Schedule("refunds", "gives back money that operators said is to go back", 5 * MINUTE),
    Schedule("reconcile", "reads the books of who takes money against ours", 60 * MINUTE, 23 * MINUTE),
    Schedule("probe", "asks providers which models answer", DAY),
    Schedule(
        "alarms",
        "tells operators of trouble, and people of a month or a team that ends",
        MINUTE,
    ),
    Schedule("summary", "tells operators the figures since the last summary", DAY, after=timedelta(hours=7)),
    Schedule("pools", "looks which provider's money runs out, and moves what a month left over", 15 * MINUTE),
)
"""A further one is a row here and what it does in `core.bootstrap.task.Tasks.runs`."""


class UnknownSchedule(KeyError):
    """No schedule has this name."""


class Timetable:
    """The schedules of a factory: enqueued once per slot, whoever asks, and run."""

    def __init__(
        self, housekeeping: Housekeeping, runs: Mapping[str, Run], schedules: tuple[Schedule, ...] = SCHEDULES
    ) -> None:
        self._housekeeping = housekeeping
        self._runs = runs
        self.schedules = schedules

    async def tick(self) -> tuple[str, ...]:
        """Queue what is due at this moment by the database's clock: those of the machines decide nothing. Which, of
        what nobody had queued yet. Raises Unavailable."""
        with _asking():
            return await self.enqueue_due(await self._housekeeping.now())

    async def trigger(self, name: str) -> bool:
        """The same of one schedule; whether nobody had. Raises UnknownSchedule, Unavailable."""
        schedule = self._named(name)
        with _asking():
            slot = schedule.slot(await self._housekeeping.now())
            return bool(await self._housekeeping.enqueue_due({name: slot}))

    async def enqueue_due(self, now: datetime) -> tuple[str, ...]:
        return await self._housekeeping.enqueue_due({row.name: row.slot(now) for row in self.schedules})

    async def run(self, schedule: str, slot: str) -> None:
        """The queue's task. What it raises fails the row, which the sweep tries again twice."""
        await self._run(schedule, datetime.fromisoformat(slot))

    async def run_now(self, name: str) -> None:
        """By hand: here and at once, whatever was queued. Raises UnknownSchedule, and what the run does."""
        self._named(name)
        await self._run(name, await self._housekeeping.now())

    async def latest(self) -> Mapping[str, Slot]:
        """The latest slot of each schedule that had one."""
        return {row.schedule: row for row in await self._housekeeping.latest_slots()}

    async def _run(self, name: str, slot: datetime) -> None:
        run = self._runs[self._named(name).name]
        try:
            await run(slot)
        except Exception as error:
            log.exception("schedule.failed", schedule=name, slot=slot.isoformat())
            await self._housekeeping.end_slot(name, slot, error=repr(error)[:LONGEST_ERROR])
            raise
        await self._housekeeping.end_slot(name, slot)

    def _named(self, name: str) -> Schedule:
        for row in self.schedules:
            if row.name == name:
                return row
        raise UnknownSchedule(name)


@contextmanager
def _asking() -> Iterator[None]:
    try:
        yield
    except StoreError as lost:
        raise Unavailable(str(lost)) from lost
