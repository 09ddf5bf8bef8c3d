"""Upkeep: what must happen without anybody asking."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import structlog

from core.services.rendering import Rendering
from core.store.blob import Blobs
from core.store.housekeeping import Housekeeping
from core.store.payment import Settling
from core.store.subscription import Periods

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Upkeep:
    housekeeping: Housekeeping
    settling: Settling
    periods: Periods
    rendering: Callable[[], Rendering]
    blobs: Blobs

    async def sweep(self, stale_seconds: float = 30) -> None:
        """Jobs, timers and schedules nobody works on go back to the queue or end, and people are told."""
        swept = await self.housekeeping.sweep_jobs(stale_seconds=stale_seconds)
        timers = await self.housekeeping.sweep_timers(stale_seconds=stale_seconds)
        payments = await self.settling.sweep()
        await self._tell()
        if swept.requeued or swept.ended or timers or payments:
            log.warning(
                "jobs.swept", requeued=len(swept.requeued), ended=len(swept.ended), timers=timers, payments=payments
            )

    async def reap(self) -> None:
        """Overdue holds are released, with the jobs they were for, and people are told."""
        if reaped := await self.housekeeping.reap_holds():
            log.warning("holds.reaped", reaped=len(reaped))
        await self._tell()

    async def grant(self) -> None:
        """Months that have begun bring their credits."""
        if moved := await self.periods.begin():
            log.info("periods.begun", credits=moved)

    async def expire(self) -> None:
        while wallets := await self.housekeeping.expire_credits():
            log.info("credits.expired", wallets=wallets)

    async def check(self) -> None:
        audit = await self.housekeeping.audit()
        if not audit.clean:
            log.critical("audit.failed", audit=str(audit))
            await self.housekeeping.raise_alert("audit", "audit", {"audit": str(audit)})

    async def purge(self) -> None:
        """Delete pictures past their 30 days, every blob nobody points to or will, and what killed writers left."""
        while await self.housekeeping.purge_due():
            pass
        while keys := await self.housekeeping.doomed_blobs():
            await self.blobs.delete(keys)
            await self.housekeeping.blobs_deleted(keys)
            log.info("blobs.deleted", blobs=len(keys))
        if left := await self.blobs.sweep():
            log.info("scratch.swept", files=left)

    async def prune(self) -> None:
        await self.housekeeping.prune()

    async def _tell(self) -> None:
        for job in await self.housekeeping.untold():
            await self.housekeeping.tell(job.id, [self.rendering().farewell(job)])
