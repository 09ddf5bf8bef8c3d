"""Overrides, probes and pools of models, over a real database and more than one connection to it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import replace
from uuid import uuid4

import pytest

from core.domain.model import Channel
from core.providers.catalogue import STAND_IN
from core.store.direct import DirectTransport
from core.store.error import Fault
from core.store.model import ModelRegister, Models, Override, Pool, Pools, Seen, Wait, Why
from tests.store.scene import Scene

MODEL = replace(STAND_IN, id="painter", per_minute=60, concurrency=3)
PAUSES, WINDOW_S = (0.0, 15.0, 60.0), 300.0


class Floor:
    """Two workers with connections of their own, on one database."""

    def __init__(self, scene: Scene, one: DirectTransport, other: DirectTransport) -> None:
        self.scene = scene
        self.one, self.other = Pools(one, "one"), Pools(other, "other")
        self.register, self.models = ModelRegister(one), Models(other)

    async def trouble(self, *, retry_after_s: float = 0.0, count: int = 1) -> None:
        """Calls that begin together and then all fail."""
        leases = [lease() for _ in range(count)]
        for one in leases:
            assert await self.one.take(MODEL, one, seconds=60) is None
        for one in leases:
            await self.one.give_back(one, fine=False, pauses=PAUSES, retry_after_s=retry_after_s, window_s=WINDOW_S)

    async def pool(self) -> Pool:
        (pool,) = await self.one.all()
        return pool


def lease() -> str:
    return str(uuid4())


@pytest.fixture
async def floor(database: str) -> AsyncIterator[Floor]:
    async with AsyncExitStack() as stack:
        one, other = [await stack.enter_async_context(DirectTransport(database, size=6)) for _ in range(2)]
        yield Floor(Scene(database, one), one, other)


# -- places --------------------------------------------------------------------------------------------------------


async def test_two_workers_together_never_hold_more_places_than_there_are(floor: Floor) -> None:
    leases = [lease() for _ in range(12)]

    answers = await asyncio.gather(
        *((floor.one, floor.other)[n % 2].take(MODEL, one, seconds=60) for n, one in enumerate(leases))
    )

    assert answers.count(None) == MODEL.concurrency
    assert {wait.why for wait in answers if wait} == {Why.FULL}
    assert (await floor.pool()).busy == MODEL.concurrency


async def test_a_place_given_back_is_anothers(floor: Floor) -> None:
    mine = [lease() for _ in range(3)]
    for one in mine:
        await floor.one.take(MODEL, one, seconds=60)
    assert isinstance(await floor.other.take(MODEL, lease(), seconds=60), Wait)

    assert await floor.one.give_back(mine[0], fine=True)

    assert await floor.other.take(MODEL, lease(), seconds=60) is None
    assert not await floor.one.give_back(mine[0], fine=True)


async def test_taking_twice_with_one_lease_is_one_place_and_one_request(floor: Floor) -> None:
    model = replace(MODEL, per_minute=2, concurrency=0)
    twice = lease()

    assert [await floor.one.take(model, twice, seconds=60) for _ in range(3)] == [None] * 3

    assert (await floor.pool()).busy == 1
    assert await floor.one.take(model, lease(), seconds=60) is None


async def test_the_place_of_a_killed_worker_comes_back_by_itself(floor: Floor) -> None:
    model = replace(MODEL, concurrency=1)
    await floor.one.take(model, lost := lease(), seconds=60)
    wait = await floor.other.take(model, lease(), seconds=60)
    assert wait is not None
    assert wait.seconds == pytest.approx(60, abs=2)

    floor.scene.advance("61 seconds")

    assert (await floor.pool()).busy == 0
    assert await floor.other.take(model, lease(), seconds=60) is None
    assert not await floor.one.give_back(lost, fine=False, pauses=(600.0,)), "its end says nothing any more"


async def test_requests_are_counted_by_the_minute_over_all_workers(floor: Floor) -> None:
    model = replace(MODEL, per_minute=4, concurrency=0)

    answers = await asyncio.gather(
        *((floor.one, floor.other)[n % 2].take(model, lease(), seconds=60) for n in range(6))
    )

    assert answers.count(None) == 4
    wait = next(one for one in answers if one)
    assert wait.why is Why.RATE
    assert wait.seconds == pytest.approx(15, abs=1)
    floor.scene.advance("16 seconds")
    assert await floor.one.take(model, lease(), seconds=60) is None
    assert await floor.one.take(model, lease(), seconds=60) is not None


async def test_a_model_without_bounds_is_never_waited_for(floor: Floor) -> None:
    model = replace(MODEL, per_minute=0, concurrency=0)

    assert [await floor.one.take(model, lease(), seconds=60) for _ in range(20)] == [None] * 20


async def test_models_have_pools_of_their_own(floor: Floor) -> None:
    full = replace(MODEL, concurrency=1)
    await floor.one.take(full, lease(), seconds=60)

    assert await floor.one.take(replace(full, id="other"), lease(), seconds=60) is None


# -- rests ---------------------------------------------------------------------------------------------------------


async def test_one_failed_call_is_no_outage_and_the_second_in_a_row_rests_the_model_for_all(floor: Floor) -> None:
    await floor.trouble()
    assert (await floor.pool()).rests_s == 0

    await floor.trouble()

    assert (await floor.pool()).rests_s == pytest.approx(15, abs=1)
    wait = await floor.other.take(MODEL, lease(), seconds=60)
    assert wait is not None
    assert (wait.why, round(wait.seconds)) == (Why.RESTING, 15)
    floor.scene.advance("16 seconds")
    await floor.trouble()
    assert (await floor.pool()).rests_s == pytest.approx(60, abs=1)


async def test_calls_that_fail_together_are_one_outage(floor: Floor) -> None:
    await floor.trouble(count=3)

    pool = await floor.pool()
    assert pool.rests_s == pytest.approx(15, abs=1)
    assert pool.failures == 2


async def test_a_rest_lasts_as_long_as_the_provider_asks(floor: Floor) -> None:
    await floor.trouble(retry_after_s=34)

    assert (await floor.pool()).rests_s == pytest.approx(34, abs=1)


async def test_a_picture_ends_the_count_but_not_a_rest(floor: Floor) -> None:
    await floor.one.take(MODEL, slow := lease(), seconds=60)
    await floor.trouble(count=2)

    await floor.one.give_back(slow, fine=True)
    assert (await floor.pool()).failures == 2
    floor.scene.advance("16 seconds")
    await floor.one.take(MODEL, good := lease(), seconds=60)
    await floor.one.give_back(good, fine=True)

    pool = await floor.pool()
    assert (pool.failures, pool.rests_s) == (0, 0)


async def test_trouble_long_after_the_last_begins_a_new_count(floor: Floor) -> None:
    await floor.trouble()
    floor.scene.advance("10 minutes")

    await floor.trouble()

    pool = await floor.pool()
    assert (pool.failures, pool.rests_s) == (1, 0)


async def test_a_call_that_tells_nothing_changes_nothing(floor: Floor) -> None:
    await floor.trouble()
    await floor.one.take(MODEL, told := lease(), seconds=60)

    await floor.one.give_back(told, fine=False)

    assert (await floor.pool()).failures == 1


# -- overrides and probes ------------------------------------------------------------------------------------------


async def test_an_override_is_what_was_said_last_and_can_be_taken_back(floor: Floor) -> None:
    first = Override(model="m", enabled=False, surcharge=2, prices={"1K": 5}, rank=1, per_minute=7, concurrency=2)
    await floor.register.override(first, by="operator")
    assert (await floor.models.state()).overrides == (first,)

    await floor.register.override(Override(model="m", rank=3))
    assert (await floor.models.state()).overrides == (Override(model="m", rank=3),)

    await floor.register.override(Override(model="m"))
    assert (await floor.models.state()).overrides == ()


async def test_an_override_nobody_could_mean_is_refused(floor: Floor) -> None:
    with pytest.raises(Fault):
        await floor.register.override(Override(model="m", surcharge=-1))


async def test_a_vanished_model_is_news_once_and_an_alert_until_it_returns(floor: Floor) -> None:
    seen = [Seen("m", answers=True, expected=True), Seen("old", answers=False, expected=False)]
    assert (await floor.register.record_probe(Channel.DIRECT, seen)).vanished == ()

    gone = [replace(seen[0], answers=False)]
    first = await floor.register.record_probe(Channel.DIRECT, gone)
    again = await floor.register.record_probe(Channel.DIRECT, gone)

    assert (first.vanished, again.vanished) == (("m",), ())
    (alert,) = await floor.scene.housekeeping.open_alerts()
    assert (alert["kind"], alert["detail"]) == ("model.vanished", {"model": "m", "channel": "direct"})
    assert (await floor.register.record_probe(Channel.DIRECT, seen)).returned == ("m",)
    assert await floor.scene.housekeeping.open_alerts() == ()


async def test_a_model_that_is_not_there_at_the_first_look_has_vanished(floor: Floor) -> None:
    news = await floor.register.record_probe(Channel.DIRECT, [Seen("m", answers=False, expected=True)])

    assert news.vanished == ("m",)


async def test_a_retired_model_that_answers_is_news_and_channels_are_looked_at_apart(floor: Floor) -> None:
    news = await floor.register.record_probe(Channel.ENTERPRISE, [Seen("m", answers=True, expected=False)])
    await floor.register.record_probe(Channel.DIRECT, [Seen("m", answers=False, expected=False)])

    assert news.returned == ("m",)
    probes = {row.channel: row.answers for row in (await floor.models.state()).probes}
    assert probes == {Channel.ENTERPRISE: True, Channel.DIRECT: False}


async def test_eight_workers_that_probe_at_once_tell_the_news_once(floor: Floor) -> None:
    seen = [Seen(f"m{n}", answers=False, expected=True) for n in range(4)]

    told = await asyncio.gather(*(floor.register.record_probe(Channel.DIRECT, seen) for _ in range(8)))

    assert sorted(model for news in told for model in news.vanished) == ["m0", "m1", "m2", "m3"]
