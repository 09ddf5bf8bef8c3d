"""Schedules: each slot once, whoever ticks and whenever; none is skipped, and what a killed worker had runs again."""

import asyncio
from collections.abc import Mapping
from contextlib import AsyncExitStack
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path

import psycopg
import pytest
from psycopg.types.json import Jsonb

from core.worker.schedule import RUN_SCHEDULE, SCHEDULES, Run, Schedule, Timetable, UnknownSchedule
from tests.bots.scripted import eventually
from tests.factory import running
from tests.store.scene import Scene, staged

NOON = datetime(2026, 3, 29, 12, tzinfo=UTC)
MINUTELY, DAILY = Schedule("minutely", "", timedelta(minutes=1)), Schedule("daily", "", timedelta(days=1))


async def nothing(_: datetime) -> None:
    pass


def timetable(scene: Scene, runs: Mapping[str, Run] | None = None) -> Timetable:
    given = runs or {"minutely": nothing, "daily": nothing}
    return Timetable(scene.housekeeping, given, (MINUTELY, DAILY))


def queued(scene: Scene) -> list[tuple[str, str]]:
    found = scene.rows("select args from queue.procrastinate_jobs where task_name = %s order by id", RUN_SCHEDULE)
    return [(args["schedule"], args["slot"]) for (args,) in found]


async def test_two_replicas_that_tick_twenty_times_queue_each_slot_once(database: str) -> None:
    async with staged(database) as one, staged(database) as other:
        moments = [NOON + timedelta(seconds=20 * n) for n in range(20)]
        tables = timetable(one), timetable(other)
        await asyncio.gather(*(table.enqueue_due(now) for now in moments for table in tables))
        found = queued(one)
        assert len(found) == len(set(found)) == 7 + 1, "twenty ticks of 20 s are seven minutes of one day"
        assert len({slot for name, slot in found if name == "minutely"}) == 7


async def test_a_replica_that_is_killed_while_it_queues_a_slot_leaves_it_to_the_other(database: str) -> None:
    async with staged(database) as scene, AsyncExitStack() as stack:
        due = {"due": [{"schedule": "minutely", "slot": NOON.isoformat()}]}
        killed = await psycopg.AsyncConnection.connect(database)
        stack.push_async_callback(killed.close)
        await killed.execute("select tf.enqueue_due(%s)", (Jsonb(due),))
        other = asyncio.create_task(scene.housekeeping.enqueue_due({"minutely": NOON}))
        waiting = "select 1 from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'"
        await eventually(lambda: bool(scene.rows(waiting)))
        scene.rows("select pg_terminate_backend(%s)", killed.info.backend_pid)
        assert await other == ("minutely",), "what the killed one had written is gone with it"
        assert len(queued(scene)) == 1


@pytest.mark.parametrize(
    "start",
    [
        datetime(2026, 3, 29, 0, 30, tzinfo=UTC),  # summer time begins in Europe
        datetime(2026, 10, 25, 0, 30, tzinfo=UTC),  # and ends
        datetime(2026, 2, 28, 23, 30, tzinfo=UTC),
        datetime(2028, 2, 29, 23, 30, tzinfo=UTC),
        datetime(2026, 12, 31, 23, 30, tzinfo=UTC),
    ],
)
def test_around_summer_time_and_the_ends_of_months_slots_follow_one_another_without_a_gap(start: datetime) -> None:
    ticks = [start + timedelta(seconds=20 * n) for n in range(3 * 60 * 2)]
    for row in SCHEDULES:
        slots = sorted({row.slot(now) for now in ticks})
        assert all(later - before == row.every for before, later in pairwise(slots))
        assert slots[0] <= start < slots[0] + row.every
        assert slots[-1] <= ticks[-1] < slots[-1] + row.every


async def test_a_clock_that_is_put_back_queues_nothing_twice_and_one_put_ahead_skips_nothing_that_counts(
    database: str,
) -> None:
    async with staged(database) as scene:
        table = timetable(scene)
        hour = timedelta(hours=1)
        for now in (NOON, NOON + hour, NOON, NOON + hour, NOON + hour * 2):
            await table.enqueue_due(now)
        minutes = [slot for name, slot in queued(scene) if name == "minutely"]
        assert len(minutes) == 3, "an hour without ticks is one run, for its latest slot"
        assert len(queued(scene)) == 3 + 1


async def test_a_worker_that_was_killed_in_the_middle_is_followed_by_another_and_a_third_time_is_the_last(
    database: str,
) -> None:
    async with staged(database) as scene:
        await timetable(scene).enqueue_due(NOON)
        for _ in range(3):
            scene.rows("select queue.procrastinate_fetch_job_v2(null, null) from generate_series(1, 2)")
            assert await scene.housekeeping.sweep_timers() == 2
        scene.rows("select queue.procrastinate_fetch_job_v2(null, null) from generate_series(1, 2)")
        assert await scene.housekeeping.sweep_timers() == 0
        await scene.housekeeping.enqueue_due({"daily": NOON + timedelta(days=1)})
        scene.rows("update queue.procrastinate_jobs set status = 'aborted' where status = 'todo'")
        assert await scene.housekeeping.sweep_timers() == 1, "it stopped in the middle"
        assert scene.rows("select count(*) from queue.procrastinate_jobs where status = 'todo'") == [(1,)]


async def test_a_run_that_fails_is_an_alert_until_one_goes_well(database: str) -> None:
    async with staged(database) as scene:
        faults = [ValueError("no room")]

        async def failing(_: datetime) -> None:
            if faults:
                raise faults.pop()

        table = timetable(scene, {"minutely": failing, "daily": nothing})
        await table.enqueue_due(NOON)
        with pytest.raises(ValueError, match="no room"):
            await table.run("minutely", NOON.isoformat())
        (alert,) = await scene.housekeeping.open_alerts()
        assert (alert["kind"], alert["detail"]["schedule"]) == ("schedule.failed", "minutely")
        latest = (await table.latest())["minutely"]
        assert latest.slot == NOON and "no room" in str(latest.error)
        await table.run("minutely", NOON.isoformat())
        assert await scene.housekeeping.open_alerts() == ()
        latest = (await table.latest())["minutely"]
        assert latest.ended_at and latest.error is None
        with pytest.raises(UnknownSchedule):
            await table.run_now("hourly")


async def test_each_schedule_of_a_factory_runs_and_says_so(database: str, tmp_path: Path) -> None:
    async with running(database, tmp_path, worker=False) as here:
        table = here.factory.timetable
        for row in table.schedules:
            await table.run_now(row.name)
        latest = await table.latest()
        assert {row.name for row in SCHEDULES} == {*here.factory.runs()} == {*latest}
        assert all(one.ended_at and one.error is None for one in latest.values())


async def test_credits_whose_month_is_over_are_written_off_though_nobody_looks(database: str) -> None:
    async with staged(database) as scene:
        person, other = await scene.person(5), await scene.person()
        for one in (person, other):
            scene.month(one.id, 50, until=datetime.now(UTC) + timedelta(days=1))
        assert await scene.housekeeping.expire_credits() == 0
        scene.advance("25 hours")
        assert await scene.housekeeping.expire_credits() == 2
        assert await scene.housekeeping.expire_credits() == 0
        assert scene.rows("select sum(monthly), sum(purchased) from tf.wallet") == [(0, 5)]
        assert (await scene.housekeeping.audit()).clean
