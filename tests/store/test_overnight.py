"""Jobs that wait for hours at a provider: set aside without a worker, and nothing of theirs left there."""

from core.domain.job import JobStatus
from core.store.person import People
from tests.store.scene import Scene, post, staged

NIGHT = {"batch": {"provider": "gemini", "name": "batches/b0"}}
HOUR = 3600.0


async def parked(scene: Scene, job_id: str, seconds: float = HOUR) -> None:
    work = scene.worker()
    await work.start(job_id)
    await work.keep_provider_state(job_id, NIGHT)
    assert not await work.park(job_id, "overnight", seconds=seconds, outbox=[post(f"night:{job_id}")])


async def test_a_job_set_aside_is_nobodys_until_its_time_has_come(database: str) -> None:
    async with staged(database) as scene:
        person = await scene.person(10)
        placed = await scene.ordered(person, 2, lane="one")
        assert scene.fetch_from_queue() is not None
        await parked(scene, placed.job_id)
        await scene.housekeeping.sweep_jobs(stale_seconds=0)
        assert scene.fetch_from_queue() is None
        listed = (await scene.jobs.get(placed.code, person.id)).job
        assert (listed.status, listed.stage, listed.attempts) == (JobStatus.QUEUED, "overnight", 0)
        assert (await scene.wallet(person)).held == 2
        scene.rows("update queue.procrastinate_jobs set scheduled_at = now() where status = 'todo'")
        assert scene.fetch_from_queue() is not None
        again = await scene.worker("w2").start(placed.job_id)
        assert again is not None and again.provider_state == NIGHT


async def test_a_job_set_aside_holds_up_no_other_of_its_person(database: str) -> None:
    async with staged(database) as scene:
        person = await scene.person()
        night = await scene.ordered(person, 0, lane="one")
        await parked(scene, night.job_id)
        day = await scene.ordered(person, 0, lane="sets")
        fetched = scene.fetch_from_queue()
        assert fetched is not None and fetched[1] == day.job_id


async def test_many_nights_of_looking_are_no_failed_attempts(database: str) -> None:
    async with staged(database) as scene:
        placed = await scene.ordered(await scene.person(), 0)
        for _ in range(6):
            await parked(scene, placed.job_id, seconds=0)
        assert await scene.worker().start(placed.job_id) is not None


async def test_a_job_the_person_wants_cancelled_is_not_set_aside(database: str) -> None:
    async with staged(database) as scene:
        person = await scene.person(10)
        placed = await scene.ordered(person, 2)
        work = scene.worker()
        await work.start(placed.job_id)
        await scene.jobs.cancel(person.id, placed.code)
        assert await work.park(placed.job_id, "overnight", seconds=HOUR)
        assert (await scene.jobs.get(placed.code, person.id)).job.status is JobStatus.RUNNING


async def test_however_a_job_ends_its_batch_is_to_be_discarded_once(database: str) -> None:
    async with staged(database) as scene:
        person = await scene.person(10)
        done, cancelled, late, left = [await scene.ordered(person, 2, lane=f"{n}") for n in range(4)]
        for placed in (done, cancelled, late, left):
            await parked(scene, placed.job_id)
        work = scene.worker()
        await work.start(done.job_id)
        await work.end(done.job_id, JobStatus.DONE)
        await scene.jobs.cancel(person.id, cancelled.code)
        scene.rows("update tf.hold set expires_at = tf.now() where job_id = %s", late.job_id)
        await scene.housekeeping.reap_holds()
        await People(scene.direct).delete(person.id)
        doomed = await scene.housekeeping.doomed_batches()
        assert {row.job_id for row in doomed} == {one.job_id for one in (done, cancelled, late, left)}
        assert all(row.state == NIGHT["batch"] for row in doomed)
        for row in doomed:
            await scene.housekeeping.batch_discarded(row.job_id)
        assert await scene.housekeeping.doomed_batches() == ()


async def test_a_batch_the_provider_has_forgotten_by_itself_is_forgotten_here(database: str) -> None:
    async with staged(database) as scene:
        person = await scene.person()
        placed = await scene.ordered(person, 0)
        await parked(scene, placed.job_id)
        await scene.jobs.cancel(person.id, placed.code)
        scene.advance("4 days")
        assert await scene.housekeeping.doomed_batches() == ()
        assert [row["kind"] for row in await scene.housekeeping.open_alerts()] == ["batch.left"]


async def test_batches_that_cannot_be_discarded_hold_up_no_newer_one(database: str) -> None:
    async with staged(database) as scene:
        scene.rows(
            "insert into tf.doomed_batch (job_id, state, at)"
            " select gen_random_uuid(), '{}', tf.now() - interval '1 hour' from generate_series(1, 60)"
        )
        first = {row.job_id for row in await scene.housekeeping.doomed_batches()}
        scene.advance("1 minute")
        then = {row.job_id for row in await scene.housekeeping.doomed_batches()}
        assert len(first) == len(then) == 50
        assert len(first | then) == 60
