"""Housekeeping: tidy in time, and every door of the schema shut."""

import pytest

from core.domain.job import JobStatus
from core.store.asset import Assets
from core.store.error import Ended
from tests.store.scene import asset, post, staged, written


@pytest.mark.parametrize("deleted", [False, True])
async def test_a_file_named_too_late_gets_no_row_whether_or_not_it_is_deleted_already(
    database: str, deleted: bool
) -> None:
    async with staged(database) as scene:
        person, assets = await scene.person(), Assets(scene.direct)
        in_time, late = [await written(scene.direct, asset("selfie")) for _ in range(2)]
        await assets.add(person.id, in_time)
        scene.advance("61 minutes")
        if deleted:
            doomed = await scene.housekeeping.doomed_blobs()
            assert doomed == (late["blob_key"],)
            await scene.housekeeping.blobs_deleted(doomed)
        with pytest.raises(Ended):
            await assets.add(person.id, late)
        assert (await assets.add(person.id, in_time)).id == in_time["id"], "said twice it is one row"


async def test_prune_forgets_what_is_over_and_keeps_what_is_open(database: str) -> None:
    async with staged(database) as scene:
        person = await scene.person()
        done, waiting = await scene.ordered(person, 0), await scene.ordered(person, 0)
        fetched = scene.fetch_from_queue()
        assert fetched is not None
        await scene.worker().start(done.job_id)
        await scene.worker().end(done.job_id, JobStatus.DONE, outbox=[post("done")])
        scene.rows("select queue.procrastinate_finish_job_v1(%s, 'succeeded', false)", fetched[0])
        pruned = await scene.housekeeping.prune()
        assert (pruned.processed_events, pruned.queue_jobs) == (0, 0)
        scene.rows("update queue.procrastinate_events set at = at - interval '25 hours'")
        scene.advance("8 days")
        pruned = await scene.housekeeping.prune()
        assert (pruned.processed_events, pruned.queue_jobs, pruned.outbox) == (2, 1, 0)
        assert scene.rows("select args->>'job_id' from queue.procrastinate_jobs") == [(waiting.job_id,)]


async def test_an_alert_is_new_once_until_it_is_resolved(database: str) -> None:
    async with staged(database) as scene:
        house = scene.housekeeping
        assert [await house.raise_alert("disk", "disk_full", {"free": 1}) for _ in range(2)] == [True, False]
        (alert,) = await house.open_alerts()
        assert (alert["times"], alert["detail"]) == (2, {"free": 1})
        assert await house.resolve_alert("disk")
        assert await house.open_alerts() == ()
        assert await house.raise_alert("disk", "disk_full")


OURS = "in ('tf'::regnamespace, 'api'::regnamespace, 'queue'::regnamespace)"
STRANGERS = "unnest(array['anon', 'authenticated'])"
EVERYBODY = "unnest(array['anon', 'authenticated', 'service_role'])"
RIGHTS = "'select,insert,update,delete,truncate'"
DOORS = {
    "a function a stranger may call": f"select p.oid::regprocedure::text from pg_proc p, {STRANGERS} r "
    f"where p.pronamespace {OURS} and has_function_privilege(r, p.oid, 'execute')",
    "an inner function the service may call": "select p.oid::regprocedure::text from pg_proc p "
    f"where p.pronamespace {OURS} and p.pronamespace <> 'api'::regnamespace "
    "and has_function_privilege('service_role', p.oid, 'execute')",
    "a function that follows its caller's search_path": "select p.oid::regprocedure::text from pg_proc p "
    f"where p.pronamespace {OURS} and not coalesce(array_to_string(p.proconfig, ',') like '%search_path=%', false)",
    "a table without row level security": "select c.oid::regclass::text from pg_class c "
    f"where c.relnamespace {OURS} and c.relkind = 'r' and not c.relrowsecurity",
    "a table somebody may touch directly": f"select c.oid::regclass::text from pg_class c, {EVERYBODY} r "
    f"where c.relnamespace {OURS} and c.relkind in ('r', 'v') and has_table_privilege(r, c.oid, {RIGHTS})",
}


@pytest.mark.parametrize("door", DOORS)
async def test_the_schema_has_not(database: str, door: str) -> None:
    async with staged(database) as scene:
        assert scene.rows(DOORS[door]) == []


async def test_the_sweep_of_an_untouched_house_finds_nothing(database: str) -> None:
    async with staged(database) as scene:
        await scene.ordered(await scene.person(5), 2)
        swept = await scene.housekeeping.sweep_jobs()
        assert (swept.requeued, swept.ended) == ((), ())
        assert await scene.housekeeping.reap_holds() == ()
        assert (await scene.housekeeping.audit()).clean
