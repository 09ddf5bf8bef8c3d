"""Jobs and switches in operators' hands: money moves once, and what is off is off at once."""

import asyncio
from datetime import timedelta

import pytest

from core.domain.job import Failure, JobStatus
from core.domain.record import Json
from core.domain.switch import KINDS, Feature
from core.store.administration import Administration
from core.store.control import Control
from core.store.error import Conflict, Ended, LimitReached
from core.store.model import Models, Pools
from core.store.usage import Usage
from tests.store.scene import Scene, staged
from tests.store.test_quarantine import told

ADA = "machine:ada"


async def turn(control: Control, name: str, *, off: bool, key: str, models: tuple[str, ...] = ()) -> bool:
    kinds = KINDS[Feature(name)] if name in list(Feature) else ()
    return await control.switch(name, off=off, kinds=kinds, models=models, key=key, why="why", actor=ADA)


async def test_a_job_its_worker_left_is_put_in_line_as_if_nothing_had_been_tried(database: str) -> None:
    async with staged(database) as scene:
        person, control = await scene.person(10), Control(scene.direct)
        placed = await scene.ordered(person, 4)
        await scene.worker().start(placed.job_id)
        with pytest.raises(Conflict):
            await control.take(placed.job_id, retry=True, key="k", why="stuck", actor=ADA)
        scene.advance("1 minute")
        assert await control.take(placed.job_id, retry=True, key="k", why="stuck", actor=ADA)
        assert not await control.take(placed.job_id, retry=True, key="k", why="stuck", actor=ADA)
        started = await scene.worker("w2").start(placed.job_id)
        assert started and started.attempts == 1
        assert (await scene.wallet(person)).held == 4


async def test_an_ended_job_gives_back_once_and_its_worker_is_told_to_drop_it(database: str) -> None:
    async with staged(database) as scene:
        person, control, worker = await scene.person(10), Control(scene.direct), scene.worker()
        placed = await scene.ordered(person, 4)
        await worker.start(placed.job_id)
        taken = [control.take(placed.job_id, retry=False, key="k", why="loops", actor=ADA) for _ in range(5)]
        assert sorted(await asyncio.gather(*taken)) == [False] * 4 + [True]
        with pytest.raises(Ended):
            await worker.report_stage(placed.job_id, "drawing")
        with pytest.raises(Ended):
            await control.take(placed.job_id, retry=True, key="again", why="loops", actor=ADA)
        job, _ = await scene.jobs.timeline(job_id=placed.job_id)
        assert (job.status, job.failure, job.captured) == (JobStatus.FAILED, Failure.STOPPED, 0)
        assert (await scene.wallet(person)).purchased == 10
        (row,) = await Administration(scene.direct, 100).journal(9)
        assert (row.act, row.subject, row.user_id) == ("release_job", f"job:{placed.code}", person.id)
        hold = await control.hold(placed.job_id)
        assert hold and (hold.status, hold.total) == ("released", 4)


async def test_a_feature_that_is_off_is_refused_before_anything_is_held_and_the_rest_goes_on(database: str) -> None:
    async with staged(database) as scene:
        person, control = await scene.person(10), Control(scene.direct)
        waiting = await scene.ordered(person, 1)
        assert await turn(control, "sets", off=True, key="k")
        assert not await turn(control, "sets", off=True, key="k")
        with pytest.raises(LimitReached) as refused:
            await scene.ordered(person, 4)
        assert refused.value.detail["name"] == "switched_off"
        wallet = await scene.wallet(person)
        assert (wallet.purchased, wallet.held) == (9, 1)
        await scene.ordered(person, 2, kind="reroll")
        assert await scene.worker().start(waiting.job_id), "what was ordered before is drawn"
        assert [one.name for one in await control.switches()] == ["sets"]
        await turn(control, "sets", off=False, key="k2")
        await scene.ordered(person, 4)


async def test_a_provider_that_is_off_is_known_everywhere_and_its_models_rest(database: str) -> None:
    async with staged(database) as scene:
        control = Control(scene.direct)
        await turn(control, "provider:gemini", off=True, key="k", models=("one", "two"))
        assert (await Models(scene.direct).state()).off == ("gemini",)
        assert all(one.rests_s > 3e9 for one in await Pools(scene.direct, "w").all())
        await turn(control, "provider:gemini", off=False, key="k2", models=("one", "two"))
        assert (await Models(scene.direct).state()).off == ()
        assert [one.rests_s for one in await Pools(scene.direct, "w").all()] == [0, 0]


async def test_jobs_are_listed_by_how_they_stand_in_pages(database: str) -> None:
    async with staged(database) as scene:
        placed = await _several(scene)
        control = Control(scene.direct)
        everything = {"text": "", "user_id": "", "limit": 2}
        first = await control.jobs(statuses=(), before=None, **everything)  # type: ignore[arg-type]
        last = (first[-1].created_at, first[-1].id)
        rest = await control.jobs(statuses=(), before=last, **everything)  # type: ignore[arg-type]
        assert [one.code for one in first + rest] == placed[::-1]
        (found,) = await control.jobs(
            statuses=("queued",), text=placed[1][:6].lower(), user_id="", limit=5, before=None
        )
        assert found.code == placed[1] and not found.stale


async def _several(scene: Scene) -> list[str]:
    person = await scene.person(10)
    codes = []
    for _ in range(3):
        codes.append((await scene.ordered(person, 1)).code)
        scene.advance("1 second")
    return codes


async def test_usage_counts_every_call_that_was_kept_and_what_people_paid(database: str) -> None:
    async with staged(database) as scene:
        person, worker, usage = await scene.person(10), scene.worker(), Usage(scene.direct)
        placed = await scene.ordered(person, 4)
        await worker.start(placed.job_id)
        failed = {"model": "a", "error": "Overloaded", "cost_micro_usd": 5}
        tried: list[Json] = [failed, {"model": "a", "error": "", "cost_micro_usd": 70}]
        await worker.end(placed.job_id, JobStatus.FAILED, captured=3, result={"attempts": tried})
        today = await usage.today()
        (row,) = await usage.calls(today)
        assert (row.model, row.calls, row.failed, row.cost_micro_usd) == ("a", 2, 1, 75)
        (day,) = await usage.takings(today)
        assert (day.credits, day.jobs, day.failed) == (3, 1, 1)
        assert await usage.calls(today + timedelta(days=1)) == () and await usage.revenue(today) == ()
        for name, facts in (("pi_1", {}), ("pi_2", {"refunded_minor": 200}), ("pi_3", {"paid_currency": "eur"})):
            bought = {"credits": 50, "minor": 500, "currency": "usd", "user_id": person.id, "paid_minor": 500}
            told(scene, name, **bought | facts)
        (paid,) = await usage.revenue(today)
        assert (paid.currency, paid.minor, paid.micro_usd) == ("usd", 800, 8_000_000), "in doubt is not yet paid"


async def test_an_alert_is_seen_to_once_and_open_again_when_it_is_raised_again(database: str) -> None:
    async with staged(database) as scene:
        usage = Usage(scene.direct)
        await scene.housekeeping.raise_alert("probe:x", "probe.failed", {"why": "401"})
        assert await usage.resolve("probe:x", key="k", why="new key", actor=ADA)
        assert not await usage.resolve("probe:x", key="k", why="new key", actor=ADA)
        with pytest.raises(Ended):
            await usage.resolve("probe:x", key="k2", why="again", actor=ADA)
        await scene.housekeeping.raise_alert("probe:x", "probe.failed", {"why": "401"})
        (alert,) = await usage.alerts(5)
        assert alert.resolved_at is None
