"""A worker whose work breaks off: tried again at once, and not for ever."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import pytest

from core.domain.job import Failure, JobStatus
from core.services.ordering import SETS
from core.store.error import Unavailable
from core.store.work import Work
from core.supervisor import Supervisor
from core.worker.queue import Lane
from core.worker.worker import Worker
from tests.store.scene import Scene, staged

AT_ONCE_S = 5.0
"""Far less than the sweep's minute."""


@dataclass
class Breaking:
    """Implements `Runner`: claims the job and breaks off, as often as there are faults; then ends it."""

    work: Work
    faults: list[Exception]
    over: asyncio.Event = field(default_factory=asyncio.Event)
    before_the_claim: bool = False
    attempts: int = 0

    async def run(self, job_id: str) -> None:
        if self.before_the_claim and self.faults:
            raise self.faults.pop()
        job = await self.work.start(job_id)
        if job is None:
            self.over.set()
            return
        self.attempts = job.attempts
        if self.faults:
            raise self.faults.pop()
        await self.work.end(job_id, JobStatus.DONE, captured=job.price)
        self.over.set()

    async def cancelled(self, job_id: str) -> None:
        raise AssertionError(f"nobody cancelled {job_id}")


@asynccontextmanager
async def working(scene: Scene, runner: Breaking) -> AsyncIterator[None]:
    worker = Worker(scene.dsn, runner.work, runner, {}, (Lane("sets", (SETS,), 1),), Supervisor())
    await worker.start()
    try:
        yield
    finally:
        await worker.stop()


@pytest.mark.parametrize("before_the_claim", [False, True])
@pytest.mark.parametrize("fault", [Unavailable("the database did not answer"), ZeroDivisionError("a bug")])
async def test_a_job_that_breaks_off_is_tried_again_at_once(
    database: str, fault: Exception, before_the_claim: bool
) -> None:
    async with staged(database) as scene:
        person = await scene.person(4)
        placed = await scene.ordered(person, 4)
        runner = Breaking(scene.worker(), [fault], before_the_claim=before_the_claim)
        async with working(scene, runner), asyncio.timeout(AT_ONCE_S):
            await runner.over.wait()
        assert (await scene.jobs.get(placed.code, person.id)).job.status is JobStatus.DONE
        assert runner.attempts == (1 if before_the_claim else 2)
        assert (await scene.wallet(person)).available == 0


async def test_a_job_that_breaks_off_every_time_ends_with_its_credits_released(database: str) -> None:
    async with staged(database) as scene:
        person = await scene.person(4)
        placed = await scene.ordered(person, 4)
        runner = Breaking(scene.worker(), [ZeroDivisionError("a bug") for _ in range(9)])
        async with working(scene, runner), asyncio.timeout(AT_ONCE_S):
            await runner.over.wait()
        ended = (await scene.jobs.get(placed.code, person.id)).job
        assert (ended.status, ended.failure) == (JobStatus.FAILED, Failure.CRASHED_TOO_OFTEN)
        assert (await scene.wallet(person)).available == 4
