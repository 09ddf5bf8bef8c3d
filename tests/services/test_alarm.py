"""Alarms: operators hear of trouble once, in their own chat and by webhook, and people of a month nearly spent."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from aiohttp import web

from core.conversation.view import TextView
from core.domain.job import JobStatus
from core.domain.plan import PLANS, PlanId
from core.domain.record import from_record
from core.services.alarm import EMAIL, WEBHOOK, Alarm
from core.services.desk import Delivery, Refused, TryLater
from core.store.alarm import Alarms
from core.store.subscription import Periods, Subscriptions
from core.store.team import Seats
from tests.factory import listening
from tests.store.scene import PLATFORM, Scene, new_id, staged
from webhooks.alarm import AlarmCourier


@pytest.fixture
async def scene(database: str) -> AsyncIterator[Scene]:
    async with staged(database) as scene:
        yield scene


def said(scene: Scene, place: str, platform: str = PLATFORM) -> list[TextView]:
    rows = scene.rows("select view from tf.outbox where (platform, place) = (%s, %s) order by id", platform, place)
    return [from_record(TextView, view) for (view,) in rows]


async def test_operators_hear_once_of_what_is_new_and_again_only_if_it_comes_back(scene: Scene) -> None:
    admin, other = await scene.person(), await scene.person()
    await admin.submit()  # somebody with a session in the private chat
    alarm = Alarm(
        Alarms(scene.direct), Seats(scene.direct), [f"telegram:{admin.ref}", "telegram:404"], addresses=[WEBHOOK]
    )
    await scene.housekeeping.raise_alert("k", "probe.failed", {"provider": "gemini", "error": "503"})
    await asyncio.gather(*(alarm.tell() for _ in range(3)))
    (told,) = said(scene, admin.ref)
    assert "probe.failed" in told.text and "503" in told.text
    assert len(said(scene, "alerts", WEBHOOK)) == 1 and said(scene, other.ref) == []
    scene.advance("31 minutes")
    await scene.housekeeping.raise_alert("k", "probe.failed", {"provider": "gemini", "error": "503"})
    await alarm.tell()
    assert len(said(scene, admin.ref)) == 1, "it goes on, and they know"
    await scene.housekeeping.resolve_alert("k")
    await scene.housekeeping.raise_alert("k", "probe.failed", {"provider": "gemini", "error": "503"})
    await alarm.tell()
    assert len(said(scene, admin.ref)) == 2


async def test_what_nobody_could_be_told_is_told_once_somebody_can(scene: Scene) -> None:
    alarms, seats = Alarms(scene.direct), Seats(scene.direct)
    await scene.housekeeping.raise_alert("k", "probe.failed", {"provider": "gemini", "error": "503"})
    await Alarm(alarms, seats, ["telegram:404"], addresses=[]).tell()
    assert scene.rows("select told_at from tf.alert") == [(None,)]
    await Alarm(alarms, seats, ["telegram:404"], addresses=[EMAIL]).tell()
    assert len(said(scene, "alerts", EMAIL)) == 1


async def test_a_refill_is_asked_for_every_half_hour_and_no_more(scene: Scene) -> None:
    alarm = Alarm(Alarms(scene.direct), Seats(scene.direct), [], addresses=[WEBHOOK])
    level = {"provider": "gemini", "level": "dry", "balance": 1_230_000, "reserved": 0}
    for _ in range(5):
        await scene.housekeeping.raise_alert("pool.low:gemini", "pool.low", level)
        await alarm.tell()
        scene.advance("15 minutes")
    asked = said(scene, "alerts", WEBHOOK)
    assert len(asked) == 3 and all("$1.23" in one.text and "admin pools refill gemini" in one.text for one in asked)


async def test_models_that_are_ill_and_jobs_that_fail_are_alerts_that_end_by_themselves(scene: Scene) -> None:
    alarm = Alarm(Alarms(scene.direct), Seats(scene.direct), [], addresses=[WEBHOOK])
    scene.rows("insert into tf.model_pool (model, tokens, failures, rests_until) "
               "values ('painter', 1, 3, tf.now() + interval '1 minute')")  # fmt: skip
    person = await scene.person()
    jobs = [await scene.ordered(person, 0) for _ in range(10)]
    scene.rows("update tf.job set status = 'failed', ended_at = tf.now(), captured = 0, told_at = tf.now() "
               "where id = any(%s::uuid[])", [job.job_id for job in jobs[:3]])  # fmt: skip
    scene.rows("update tf.job set status = 'done', ended_at = tf.now(), captured = 0, told_at = tf.now() "
               "where ended_at is null")  # fmt: skip
    await alarm.tell()
    texts = [one.text for one in said(scene, "alerts", WEBHOOK)]
    assert (
        len(texts) == 2 and any("painter rests" in text for text in texts) and any("3 of 10" in text for text in texts)
    )
    scene.advance("31 minutes")
    await alarm.tell()
    assert await scene.housekeeping.open_alerts() == ()


async def test_who_has_spent_nine_tenths_of_a_month_is_told_once_in_it(scene: Scene) -> None:
    alarm, person = Alarm(Alarms(scene.direct), Seats(scene.direct), [], addresses=[]), await scene.person()
    await person.submit()
    plan = PLANS[PlanId.STARTER]
    await Subscriptions(scene.direct).give(person.id, plan, key="k", at=datetime.now(UTC))
    await Periods(scene.direct).begin()
    await scene.wallets.hold(person.id, new_id(), plan.monthly_credits - 6)
    await alarm.tell()
    assert said(scene, person.ref) == []
    await scene.wallets.hold(person.id, new_id(), 1)
    await asyncio.gather(*(alarm.tell() for _ in range(3)))
    (told,) = said(scene, person.ref)
    assert "5 credits" in told.text and str(plan.monthly_credits) in told.text
    scene.advance("32 days")
    await Periods(scene.direct).begin()
    await scene.wallets.hold(person.id, new_id(), plan.monthly_credits)
    await alarm.tell()
    assert len(said(scene, person.ref)) == 2


async def test_the_days_figures_reach_operators_once(scene: Scene) -> None:
    alarm, admin = Alarm(Alarms(scene.direct), Seats(scene.direct), [], addresses=[WEBHOOK]), await scene.person(40)
    job = await scene.ordered(admin, 3)
    await scene.worker().start(job.job_id)
    called = [{"model": "m", "provider": "gemini", "cost_micro_usd": 270_000}]
    scene.rows("update tf.job set earned = 2")
    await scene.worker().end(job.job_id, JobStatus.DONE, result={"attempts": called})
    slot = datetime.now(UTC) + timedelta(minutes=1)
    for _ in range(2):
        await alarm.summarise(slot)
    (told,) = said(scene, "alerts", WEBHOOK)
    facts = {fact.name: fact.value for fact in told.facts}
    assert facts["Jobs"] == "1 job, 0 failed, 1 people"
    assert (facts["Credits"], facts["Cost"]) == ("40 came in, 2 were spent", "gemini $0.27")
    assert (facts["Revenue"], facts["Open alerts"]) == ("none", "none")


async def test_an_address_takes_alerts_in_words_and_its_trouble_is_tried_again() -> None:
    taken: list[Any] = []
    answers = [200, 503, 429, 404]

    async def take(request: web.Request) -> web.Response:
        taken.append(await request.json())
        return web.Response(status=answers[len(taken) - 1])

    view = TextView(title="Alert", text="The pool is empty.")
    delivery = Delivery(id=1, key="k", place="alerts", view=view, language="en")
    async with listening((web.post("/hook", take),)) as origin:
        courier = AlarmCourier(f"{origin}/hook")
        assert await courier.deliver(delivery) == {}
        for expected in (TryLater, TryLater, Refused):
            with pytest.raises(expected):
                await courier.deliver(delivery)
    assert taken[0] == {"text": "Alert\nThe pool is empty.", "content": "Alert\nThe pool is empty."}
    with pytest.raises(TryLater):
        await courier.deliver(delivery)
