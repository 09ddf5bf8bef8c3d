"""A worker process: runs jobs in lanes, shows signs of life, and lets go of everything when it stops."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from contextlib import suppress
from typing import Protocol

import structlog

from core.services.ordering import NIGHT, PREVIEWS, QUICK, READ, SETS
from core.store.error import StoreError
from core.store.work import HEARTBEAT_SECONDS, Work
from core.supervisor import Supervisor
from core.worker import queue
from core.worker.queue import Lane, Task

log = structlog.get_logger(__name__)

TURNS, HOUSEKEEPING = "turns", "housekeeping"
RUN_JOB = "run_job"
DROPS_WITHIN_S = 1.0
RESTART_PAUSE_S = 1.0
STOPS_WITHIN_S = 2.0


class Runner(Protocol):
    """Who does the jobs: `core.services.rendering.Rendering`."""

    async def run(self, job_id: str) -> None: ...

    async def cancelled(self, job_id: str) -> None: ...


def lanes(render_slots: int) -> tuple[Lane, ...]:
    """Previews, what somebody waits for and what may wait have places of their own; sets share the rest."""
    return (
        Lane("previews", (PREVIEWS,), 2),
        Lane("quick", (QUICK, TURNS), 3),
        Lane("sets", (SETS,), render_slots),
        Lane("night", (NIGHT,), 1),
        Lane("read", (READ,), 4),
        Lane("housekeeping", (HOUSEKEEPING,), 1),
    )


class Worker:
    def __init__(
        self,
        dsn: str,
        work: Work,
        runner: Runner,
        tasks: Mapping[str, Task],
        work_lanes: tuple[Lane, ...],
        supervisor: Supervisor,
    ) -> None:
        self._work = work
        self._runner = runner
        self._lanes = work_lanes
        self._supervisor = supervisor
        self._app = queue.build(dsn, {**tasks, RUN_JOB: self._run}, connections=4 + len(work_lanes))
        self._running: dict[str, asyncio.Task[None]] = {}
        self._workers: list[asyncio.Task[None]] = []
        self._heart: asyncio.Task[None] | None = None
        self._cancelled: set[str] = set()
        self._stopping = False

    async def start(self) -> None:
        await self._app.open_async()
        self._workers = [asyncio.create_task(self._serve(lane)) for lane in self._lanes]
        self._heart = asyncio.create_task(self._beat())

    async def stop(self) -> None:
        """Fetch no more, drop the work, give its jobs back."""
        self._stopping = True
        if self._heart:
            self._heart.cancel()
        # Dropped before given back: a job that was just being claimed would otherwise be missed, and stay ours.
        dropped = [*self._running.values()]
        for job in (*dropped, *self._workers):
            job.cancel()
        if dropped:
            await asyncio.wait(dropped, timeout=DROPS_WITHIN_S)
        with suppress(StoreError):
            given_back = await self._work.requeue()
            log.info("jobs.given_back", jobs=len(given_back))
        if self._workers:
            _, slow = await asyncio.wait(self._workers, timeout=STOPS_WITHIN_S / 2)
            for task in slow:  # a lane that was only just starting can lose its first cancellation
                task.cancel()
            await asyncio.wait(self._workers, timeout=STOPS_WITHIN_S / 2)
        await self._app.close_async()

    async def _serve(self, lane: Lane) -> None:
        """Work on a lane until cancelled; a database that goes away and returns is part of it."""
        while not self._stopping:
            try:
                await queue.worker(self._app, lane)
            except Exception as error:
                log.warning("lane.interrupted", lane=lane.name, error=repr(error))
                self._supervisor.broke(f"worker {lane.name}")
            if not self._stopping:
                await asyncio.sleep(RESTART_PAUSE_S)

    async def _run(self, job_id: str) -> None:
        """The queue's task. The job's own row says how it went; this one only ever succeeds."""
        if self._stopping:
            return  # the sweep finds it
        task = asyncio.create_task(self._guarded(job_id))
        self._running[job_id] = task
        try:
            await asyncio.wait({task})
        except asyncio.CancelledError:  # the queue aborts a task whose job was cancelled, sooner than a heartbeat tells
            task.cancel()
            await asyncio.wait({task}, timeout=DROPS_WITHIN_S)
            if not self._stopping:
                self._cancelled.add(job_id)
        finally:
            self._running.pop(job_id, None)
        if job_id in self._cancelled:
            self._cancelled.discard(job_id)
            await self._runner.cancelled(job_id)

    async def _guarded(self, job_id: str) -> None:
        with structlog.contextvars.bound_contextvars(job_id=job_id):
            try:
                await self._runner.run(job_id)
                return
            except StoreError as lost:
                log.warning("job.store_lost", error=repr(lost))
            except Exception:
                log.exception("job.crashed")
            await self._put_back(job_id)

    async def _put_back(self, job_id: str) -> None:
        """Whatever broke it off, the job is still ours and unfinished, and somebody waits for it."""
        while True:
            try:
                await self._work.put_back(job_id)
                return
            except StoreError:
                await asyncio.sleep(RESTART_PAUSE_S)

    async def _beat(self) -> None:
        """Keep our jobs ours, and stop what was cancelled or given to others."""
        while True:
            await asyncio.sleep(HEARTBEAT_SECONDS)
            try:
                pulse = await self._work.heartbeat()
            except Exception as lost:
                log.warning("worker.heartbeat_missed", error=repr(lost))
                continue
            for job_id, task in list(self._running.items()):
                if job_id in pulse.cancel:
                    self._cancelled.add(job_id)
                if job_id in pulse.cancel or job_id not in pulse.running:
                    task.cancel()
