"""What runs by itself: the worker with its tasks, the clock with its schedules."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from typing import Any

from core.bootstrap.workbench import Workbench
from core.services.conversing import SETTLE_ALBUM
from core.services.paying import SETTLE_PAYMENT, settle_payment
from core.services.till import TELL_PAID, TELL_STALLED, tell_paid, tell_stalled
from core.store.payment import Settling
from core.worker.clock import Clock
from core.worker.queue import Task
from core.worker.schedule import RUN_SCHEDULE, Run, Timetable
from core.worker.worker import Worker, lanes


class Tasks(Workbench):
    """From the name of a task or a schedule to a service's call. Needs a direct connection."""

    def worker(self) -> Worker:
        if self.dsn is None:
            raise TypeError("a worker needs a direct connection: set DATABASE_URL")
        tasks: dict[str, Task] = {
            SETTLE_ALBUM: self._settle_album,
            TELL_PAID: self._tell_paid,
            TELL_STALLED: self._tell_stalled,
            SETTLE_PAYMENT: self._settle_payment,
            RUN_SCHEDULE: self.timetable.run,
        }
        return Worker(
            self.dsn, self.work, self.rendering, tasks, lanes(self.settings.worker_render_slots), self.supervisor
        )

    def clock(self) -> Clock:
        return Clock(self.timetable)

    @cached_property
    def timetable(self) -> Timetable:
        return Timetable(self.housekeeping, self.runs())

    def runs(self) -> Mapping[str, Run]:
        """What each schedule does."""
        return {
            "sweep": lambda _: self.upkeep.sweep(),
            "holds": lambda _: self.upkeep.reap(),
            "grants": lambda _: self.upkeep.grant(),
            "expiry": lambda _: self.upkeep.expire(),
            "audit": lambda _: self.upkeep.check(),
            "discard": lambda _: self.overnight.discard(),
            "purge": lambda _: self.upkeep.purge(),
            "prune": lambda _: self.upkeep.prune(),
            "probe": lambda _: self.probing.run(),
            "refunds": lambda _: self._refund(),
            "reconcile": lambda _: self._reconcile(),
            "pools": lambda _: self.funds.tend(),
            "alarms": lambda _: self.alarm.tell(),
            "summary": self.alarm.summarise,
        }

    async def _refund(self) -> None:
        await self.refunding.carry_out()

    async def _reconcile(self) -> None:
        await self.reconcile()

    async def _settle_album(self, **args: object) -> None:
        await self.conversing.settle_album(args)

    async def _tell_paid(self, **args: Any) -> None:
        await tell_paid(self.conversing, args)

    async def _tell_stalled(self, **args: Any) -> None:
        await tell_stalled(self.conversing, args)

    async def _settle_payment(self, **args: Any) -> None:
        await settle_payment(Settling(self.direct), args["provider"], args["key"])
