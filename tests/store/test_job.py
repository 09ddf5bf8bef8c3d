"""Jobs: claimed by one, reported on, ended once; what the queue alone never heals is healed here."""

import asyncio
from itertools import count

import pytest

from core.domain.job import Failure, JobStatus
from core.store.error import Blocked, Ended, Unknown
from core.store.variant import Variants
from tests.store.scene import Person, Scene, asset, code_of, drawn, new_id, order, post, staged, version

_positions = count()


async def store_one(scene: Scene, job_id: str, *, position: int = 0, earned: int = 0, worker: str = "w1") -> str:
    """Code of a variant the job made."""
    variant_id = new_id()
    kept = await scene.worker(worker).store_variant(
        job_id,
        variant_id=variant_id,
        code=code_of(variant_id),
        position=position,
        version=await drawn(scene.direct),
        earned=earned,
        outbox=[post(f"variant:{job_id}:{position}")],
    )
    return kept.code


async def status_of(scene: Scene, person: Person, code: str) -> JobStatus:
    return (await scene.jobs.get(code, person.id)).job.status


async def test_a_job_goes_from_order_to_settled_end(database: str) -> None:
    async with staged(database) as scene:
        person = await scene.person(10)
        placed = await scene.ordered(person, 4, model="stand-in", brief={"format": "youtube"}, project_id=new_id())
        listed = await scene.jobs.get(placed.code, person.id)
        assert (listed.queue_position, listed.job.status) == (1, JobStatus.QUEUED)
        assert scene.fetch_from_queue(["sets"]) is not None

        work = scene.worker()
        started = await work.start(placed.job_id)
        assert started is not None
        assert (started.order, started.brief, started.language) == ({"seed": 7}, {"format": "youtube"}, "en")
        await work.report_stage(placed.job_id, "drawing", [post("p", slot="status")])
        codes = [await store_one(scene, placed.job_id, position=n, earned=n + 1) for n in range(3)]
        ended = await work.end(placed.job_id, JobStatus.PARTLY_DONE, outbox=[post("end")])
        assert (ended.captured, ended.released, ended.replayed) == (3, 1, False)
        wallet = await scene.wallet(person)
        assert (wallet.purchased, wallet.held) == (7, 0)

        listed = await scene.jobs.get(placed.code, person.id)
        assert (listed.variants, listed.job.captured) == (tuple(codes), 3)
        job, timeline = await scene.jobs.timeline(code=placed.code)
        assert job.id == placed.job_id
        whats = [one.what for one in timeline]
        assert whats[0] == "hold"
        assert [whats.count(one) for one in ("variant", "message", "capture")] == [3, 5, 1]
        history = [(one.facts["status"], one.facts["stage"]) for one in timeline if one.what == "job"]
        assert history == [
            ("queued", "queued"),
            ("running", "queued"),
            ("running", "drawing"),
            ("partly_done", "drawing"),
        ]


async def test_a_failed_job_releases_its_hold_and_says_so_once(database: str) -> None:
    async with staged(database) as scene:
        person = await scene.person(10)
        placed = await scene.ordered(person, 4)
        work = scene.worker()
        await work.start(placed.job_id)
        for expected in (False, True):
            ended = await work.end(
                placed.job_id, JobStatus.FAILED, failure=Failure.PROVIDER_DOWN, outbox=[post("sorry")]
            )
            assert (ended.status, ended.captured, ended.replayed) == (JobStatus.FAILED, 0, expected)
        assert (await scene.wallet(person)).purchased == 10
        assert scene.rows("select count(*) from tf.outbox") == [(1,)]
        assert await scene.housekeeping.untold() == ()


async def test_what_can_never_be_captured_is_refused_and_the_job_stays_open(database: str) -> None:
    async with staged(database) as scene:
        person = await scene.person(10)
        placed = await scene.ordered(person, 4)
        work = scene.worker()
        await work.start(placed.job_id)
        with pytest.raises(Exception, match="out of range"):
            await work.end(placed.job_id, JobStatus.DONE, captured=5)
        assert await status_of(scene, person, placed.code) == JobStatus.RUNNING


async def test_one_worker_claims_a_job_and_another_only_after_silence(database: str) -> None:
    async with staged(database) as scene:
        placed = await scene.ordered(await scene.person(), 0)
        claims = await asyncio.gather(*(scene.worker(f"w{n}").start(placed.job_id) for n in range(6)))
        assert [one is not None for one in claims].count(True) == 1
        scene.advance("31 seconds")
        assert await scene.worker("late").start(placed.job_id) is not None
        with pytest.raises(Ended):
            await scene.worker(f"w{[one is not None for one in claims].index(True)}").report_stage(
                placed.job_id, "drawing"
            )


async def test_a_variant_reported_twice_is_stored_once_and_its_second_files_go(database: str) -> None:
    async with staged(database) as scene:
        person = await scene.person()
        placed = await scene.ordered(person, 0)
        await scene.worker().start(placed.job_id)
        codes = {await store_one(scene, placed.job_id) for _ in range(2)}
        assert len(codes) == 1
        assert scene.rows("select count(*) from tf.asset") == [(2,)]
        scene.advance("61 minutes")  # what was promised for the second files
        assert len(await scene.housekeeping.doomed_blobs()) == 2


async def test_a_refinement_adds_a_version_that_can_be_undone_and_files_of_further_sizes(database: str) -> None:
    async with staged(database) as scene:
        person = await scene.person()
        placed = await scene.ordered(person, 0)
        work, variants = scene.worker(), Variants(scene.direct)
        await work.start(placed.job_id)
        code = await store_one(scene, placed.job_id)
        await work.end(placed.job_id, JobStatus.DONE)
        variant, _ = await variants.get(code, person.id)

        edit = await scene.ordered(person, 0, kind="edit_text")
        await work.start(edit.job_id)
        plate = variant.shown.plate_asset
        assert plate is not None
        fresh = await drawn(scene.direct)
        for replayed in (False, True):
            kept = await work.store_version(edit.job_id, variant.id, fresh)
            assert (kept.version, kept.replayed) == (2, replayed)
        further = (await drawn(scene.direct, version(asset(), format_id="reels"))).renders
        for _ in range(2):
            await work.store_renders(edit.job_id, variant.id, 2, further)
        await work.end(edit.job_id, JobStatus.DONE)

        variant, job = await variants.get(code, person.id)
        assert (variant.current, job.id) == (2, placed.job_id)
        assert [one.format for one in variant.shown.renders] == ["youtube", "reels"]
        assert (await variants.mark(code, person.id, current=1)).shown.renders[0].format == "youtube"
        with pytest.raises(Unknown):
            await variants.mark(code, person.id, current=3)


async def test_gallery_shows_what_was_not_deleted_to_its_owner_alone(database: str) -> None:
    async with staged(database) as scene:
        person, stranger, variants = await scene.person(), await scene.person(), Variants(scene.direct)
        placed = await scene.ordered(person, 0)
        await scene.worker().start(placed.job_id)
        codes = [await store_one(scene, placed.job_id, position=n) for n in range(3)]
        await variants.mark(codes[1], person.id, deleted=True)
        page = await variants.gallery(person.id, limit=1)
        assert (page.total, [one.variant.code for one in page.items], page.items[0].job_code) == (
            2,
            [codes[2]],
            placed.code,
        )
        assert (await variants.gallery(stranger.id)).total == 0
        await variants.mark(codes[1], person.id, deleted=False)
        assert (await variants.gallery(person.id, job_id=placed.job_id)).total == 3
        for attempt in (
            variants.get(codes[0], stranger.id),
            variants.mark(codes[0], stranger.id, deleted=True),
            scene.jobs.get(placed.code, stranger.id),
            scene.jobs.cancel(stranger.id, placed.code),
        ):
            with pytest.raises(Blocked):
                await attempt


async def test_cancelling_ends_what_waits_and_asks_what_runs_to_stop(database: str) -> None:
    async with staged(database) as scene:
        person = await scene.person(10)
        running, waiting = await scene.ordered(person, 4), await scene.ordered(person, 2)
        work = scene.worker()
        await work.start(running.job_id)
        await store_one(scene, running.job_id, earned=1)
        cancelled = await scene.jobs.cancel(person.id, closing=[post("cancelled")])
        assert {one.code: one.status for one in cancelled} == {
            running.code: JobStatus.RUNNING,
            waiting.code: JobStatus.CANCELLED,
        }
        assert (await work.heartbeat()).cancel == {running.job_id}
        assert await work.report_stage(running.job_id, "drawing")
        assert (await work.end(running.job_id, JobStatus.CANCELLED)).captured == 1
        wallet = await scene.wallet(person)
        assert (wallet.purchased, wallet.held) == (9, 0)
        assert await work.start(waiting.job_id) is None


async def test_cancel_and_end_race_to_one_terminal_state(database: str) -> None:
    async with staged(database) as scene:
        person, work = await scene.person(100), scene.worker()
        for _ in range(25):
            placed = await scene.ordered(person, 2)
            if next(_positions) % 2:
                await work.start(placed.job_id)
            await asyncio.gather(
                scene.jobs.cancel(person.id, placed.code, closing=[post(f"closed:{placed.job_id}")]),
                work.end(placed.job_id, JobStatus.DONE, captured=2, outbox=[post(f"closed:{placed.job_id}")]),
                scene.jobs.cancel(person.id, placed.code, closing=[post(f"closed:{placed.job_id}")]),
                work.start(placed.job_id),
                return_exceptions=True,
            )
            if await status_of(scene, person, placed.code) == JobStatus.RUNNING:
                await work.end(placed.job_id, JobStatus.CANCELLED, outbox=[post(f"closed:{placed.job_id}")])
        terminal = "select count(*) from tf.job_event where status in ('done', 'cancelled') group by job_id"
        assert scene.rows(terminal) == [(1,)] * 25
        assert scene.rows("select count(*) from tf.outbox") == [(25,)]
        assert (await scene.wallet(person)).held == 0


async def test_a_job_left_doing_by_a_dead_worker_comes_back_and_gives_up_after_the_third_death(database: str) -> None:
    async with staged(database) as scene:
        person = await scene.person(10)
        placed = await scene.ordered(person, 4)
        for attempt in range(3):
            fetched = scene.fetch_from_queue()
            assert fetched is not None
            assert fetched[1] == placed.job_id
            started = await scene.worker(f"dead{attempt}").start(placed.job_id)
            assert started is not None
            assert started.attempts == attempt + 1
            assert (await scene.housekeeping.sweep_jobs()).requeued == ()
            scene.advance("31 seconds")
            swept = await scene.housekeeping.sweep_jobs()
            assert swept.requeued == ((placed.job_id,) if attempt < 2 else ())
        assert swept.ended == (placed.job_id,)
        listed = await scene.jobs.get(placed.code, person.id)
        assert (listed.job.status, listed.job.failure) == (JobStatus.FAILED, Failure.CRASHED_TOO_OFTEN)
        assert (await scene.wallet(person)).purchased == 10

        (untold,) = await scene.housekeeping.untold()
        assert untold.id == placed.job_id
        tellings = await asyncio.gather(*(scene.housekeeping.tell(untold.id, [post(f"sorry{n}")]) for n in range(4)))
        assert sorted(tellings) == [False, False, False, True]
        assert scene.rows("select count(*) from tf.outbox") == [(1,)]
        assert await scene.housekeeping.untold() == ()


async def test_what_was_delivered_before_the_last_death_is_kept_and_paid(database: str) -> None:
    async with staged(database) as scene:
        person = await scene.person(10)
        placed = await scene.ordered(person, 4)
        for attempt in range(3):
            await scene.worker(f"dead{attempt}").start(placed.job_id)
            if attempt == 1:
                await store_one(scene, placed.job_id, earned=1, worker="dead1")
            scene.advance("31 seconds")
            await scene.housekeeping.sweep_jobs()
        listed = await scene.jobs.get(placed.code, person.id)
        assert (listed.job.status, listed.job.captured) == (JobStatus.PARTLY_DONE, 1)
        assert (await scene.wallet(person)).purchased == 9


async def test_a_worker_presumed_dead_can_no_longer_report(database: str) -> None:
    async with staged(database) as scene:
        placed = await scene.ordered(await scene.person(4), 4)
        scene.fetch_from_queue()
        zombie = scene.worker("zombie")
        await zombie.start(placed.job_id)
        scene.advance("31 seconds")
        await scene.housekeeping.sweep_jobs()
        await scene.worker("next").start(placed.job_id)
        assert (await zombie.heartbeat()).running == frozenset()
        with pytest.raises(Ended):
            await store_one(scene, placed.job_id, worker="zombie")
        with pytest.raises(Ended):
            await zombie.end(placed.job_id, JobStatus.DONE, captured=4)
        await scene.worker("next").end(placed.job_id, JobStatus.DONE, captured=4)


@pytest.mark.parametrize("loss", ["delete", "failed", "aborted", "succeeded", "unclaimed"])
async def test_an_open_job_the_queue_has_lost_is_queued_again(database: str, loss: str) -> None:
    async with staged(database) as scene:
        placed = await scene.ordered(await scene.person(), 0)
        match loss:
            case "delete":
                scene.rows("delete from queue.procrastinate_jobs")
            case "unclaimed":
                scene.fetch_from_queue()
            case _:
                scene.fetch_from_queue()
                scene.rows("update queue.procrastinate_jobs set status = %s::queue.procrastinate_job_status", loss)
        swept = await asyncio.gather(*(scene.housekeeping.sweep_jobs() for _ in range(4)))
        assert [one.requeued for one in swept if one.requeued] == [(placed.job_id,)]
        fetched = scene.fetch_from_queue()
        assert fetched is not None
        assert fetched[1] == placed.job_id


async def test_only_who_runs_a_job_can_put_it_back_and_never_twice(database: str) -> None:
    async with staged(database) as scene:
        placed = await scene.ordered(await scene.person(), 0)
        scene.fetch_from_queue()
        await scene.worker("its").start(placed.job_id)
        assert not await scene.worker("other").put_back(placed.job_id)
        assert await scene.worker("its").put_back(placed.job_id)
        assert not await scene.worker("its").put_back(placed.job_id), "it stands in the queue"
        started = await scene.worker("next").start(placed.job_id)
        assert started is not None
        assert started.attempts == 2
        assert not await scene.worker("its").put_back(placed.job_id)


async def test_a_stopping_worker_gives_its_jobs_back_without_losing_an_attempt(database: str) -> None:
    async with staged(database) as scene:
        person = await scene.person()
        placed = await scene.ordered(person, 0)
        fetched = scene.fetch_from_queue()
        assert fetched is not None
        await scene.worker("stopping").start(placed.job_id)
        assert await scene.worker("stopping").requeue() == (placed.job_id,)
        again = scene.fetch_from_queue()
        assert again is not None, "the lock of the row left behind must not block its successor"
        assert again[1] == placed.job_id
        started = await scene.worker("next").start(placed.job_id)
        assert started is not None
        assert started.attempts == 1
        # procrastinate finishes the row it fetched; that must neither fail nor touch the successor
        scene.rows("select queue.procrastinate_finish_job_v1(%s, 'aborted', false)", fetched[0])
        assert (await scene.housekeeping.sweep_jobs()).requeued == ()


async def test_a_hold_past_its_time_ends_its_job(database: str) -> None:
    async with staged(database) as scene:
        person = await scene.person(10)
        started, waiting = await scene.ordered(person, 4, hold_seconds=60), await scene.ordered(person, 2)
        work = scene.worker()
        await work.start(started.job_id)
        await store_one(scene, started.job_id, earned=1)
        scene.advance("61 seconds")
        assert await scene.housekeeping.reap_holds() == (started.job_id,)
        assert await status_of(scene, person, started.code) == JobStatus.PARTLY_DONE
        assert await status_of(scene, person, waiting.code) == JobStatus.QUEUED
        wallet = await scene.wallet(person)
        assert (wallet.purchased, wallet.held) == (7, 2)
        late = await work.end(started.job_id, JobStatus.DONE, captured=4)
        assert (late.replayed, late.captured) == (True, 1)


async def test_what_a_provider_was_asked_survives_the_worker(database: str) -> None:
    async with staged(database) as scene:
        placed = await scene.ordered(await scene.person(), 0)
        await scene.worker("a").start(placed.job_id)
        await scene.worker("a").keep_provider_state(placed.job_id, {"0": "request-1"})
        await scene.worker("a").keep_provider_state(placed.job_id, {"1": "request-2"})
        scene.advance("31 seconds")
        await scene.housekeeping.sweep_jobs()
        started = await scene.worker("b").start(placed.job_id)
        assert started is not None
        assert started.provider_state == {"0": "request-1", "1": "request-2"}


async def test_position_and_estimate_come_from_the_queue_and_from_what_such_jobs_took(database: str) -> None:
    async with staged(database) as scene:
        person, work = await scene.person(), scene.worker()
        past = await scene.ordered(person, 0)
        await work.start(past.job_id)
        scene.advance("20 seconds")
        await work.end(past.job_id, JobStatus.DONE)
        low, high = await scene.ordered(person, 0), await scene.ordered(await scene.person(), 0, priority=5)
        page = await scene.jobs.page(person.id)
        assert (page.total, [one.job.code for one in page.jobs]) == (2, [low.code, past.code])
        assert page.jobs[0].queue_position == 2
        assert page.jobs[0].seconds_left in (40, 41)
        await work.start(high.job_id)
        scene.advance("5 seconds")
        assert (await scene.jobs.get(low.code, person.id)).queue_position == 1


async def test_an_ended_job_cannot_be_changed_even_by_hand(database: str) -> None:
    async with staged(database) as scene:
        placed = await scene.ordered(await scene.person(), 0)
        await scene.worker().start(placed.job_id)
        await scene.worker().end(placed.job_id, JobStatus.DONE)
        with pytest.raises(Exception, match="has ended"):
            scene.rows("update tf.job set status = 'queued', ended_at = null, captured = null")


async def test_an_order_for_later_waits_in_the_queue(database: str) -> None:
    async with staged(database) as scene:
        person = await scene.person()
        ((now,),) = scene.rows("select tf.now()")
        await person.submit(order(0, run_at=now.replace(year=now.year + 1)))
        assert scene.fetch_from_queue() is None
