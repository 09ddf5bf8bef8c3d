"""A place around each call, over a real database; two budgets are two workers."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import replace

import pytest

from core.providers.catalogue import STAND_IN, STUDIO
from core.providers.error import Busy, Down, NoPicture, Overloaded
from core.routing.health import WELL
from core.services.budget import Budget
from core.store.direct import DirectTransport
from core.store.fund import Funds
from core.store.model import Pools
from tests.store.scene import Scene, new_id

MODEL = replace(STAND_IN, id="painter", per_minute=0, concurrency=2)
Workers = tuple[Budget, Budget]


@pytest.fixture
async def workers(database: str) -> AsyncIterator[Workers]:
    async with AsyncExitStack() as stack:
        one, other = [await stack.enter_async_context(DirectTransport(database, size=8)) for _ in range(2)]
        yield Budget(Pools(one, "one"), Funds(one)), Budget(Pools(other, "other"), Funds(other))


async def fail(budget: Budget, error: BaseException) -> None:
    with pytest.raises(type(error)):
        async with budget.place(MODEL, call_s=5):
            raise error


async def test_calls_of_two_workers_share_the_places_and_all_get_their_turn(workers: Workers) -> None:
    under_way, most = 0, 0

    async def call(budget: Budget) -> None:
        nonlocal under_way, most
        async with budget.place(MODEL, call_s=5, patience_s=20):
            under_way += 1
            most = max(most, under_way)
            await asyncio.sleep(0.05)
            under_way -= 1

    await asyncio.gather(*(call(workers[n % 2]) for n in range(6)))

    assert most == MODEL.concurrency


async def test_who_finds_no_place_in_time_is_told_that_the_model_is_overloaded(workers: Workers) -> None:
    one, other = workers
    async with one.place(MODEL, call_s=5), one.place(MODEL, call_s=5):
        with pytest.raises(Overloaded):
            async with other.place(MODEL, call_s=5, crowd_s=0.3):
                pytest.fail("there was no third place")

    async with other.place(MODEL, call_s=5, crowd_s=0.3):
        pass
    assert await one.health(new_id()) == WELL, "our own crowd is no trouble of the provider's"


async def test_a_busy_model_rests_for_every_worker(workers: Workers) -> None:
    one, other = workers

    await fail(one, Busy("quota", retry_after_s=90))

    health = await other.health(new_id())
    assert health.passes_by(MODEL.id)
    with pytest.raises(Overloaded) as told:
        async with other.place(MODEL, call_s=5, patience_s=5):
            pytest.fail("it rests")
    assert told.value.retry_after_s == pytest.approx(90, abs=3)


async def test_a_short_rest_is_waited_for(workers: Workers) -> None:
    await fail(workers[0], Busy("quota", retry_after_s=0.2))
    started = time.monotonic()

    async with workers[1].place(MODEL, call_s=5, patience_s=10):
        waited = time.monotonic() - started

    assert 1.5 < waited < 5, "at least the first pause of a busy model"


async def test_a_model_that_is_down_twice_in_a_row_rests_and_a_bad_picture_says_nothing(workers: Workers) -> None:
    for _ in range(4):
        await fail(workers[0], NoPicture("text"))
    await fail(workers[0], Down("gone"))
    assert await workers[1].health(new_id()) == WELL

    await fail(workers[0], Down("gone"))

    assert (await workers[1].health(new_id())).resting[MODEL.id] == pytest.approx(15, abs=2)


async def test_a_call_that_is_cancelled_gives_its_place_back(workers: Workers) -> None:
    alone = replace(MODEL, concurrency=1)
    inside = asyncio.Event()

    async def call() -> None:
        async with workers[0].place(alone, call_s=60):
            inside.set()
            await asyncio.sleep(60)

    task = asyncio.create_task(call())
    await inside.wait()
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)

    async with workers[1].place(alone, call_s=5, patience_s=0.1):
        pass
    assert await workers[1].health(new_id()) == WELL


async def test_time_spent_in_a_crowd_is_not_taken_off_the_patience_with_the_model(workers: Workers) -> None:
    alone = replace(MODEL, concurrency=1)
    inside = asyncio.Event()

    async def call() -> None:
        async with workers[0].place(alone, call_s=60):
            inside.set()
            await asyncio.sleep(2.5)
            raise Busy("quota", retry_after_s=0.2)  # the model rests for two seconds

    task = asyncio.create_task(call())
    await inside.wait()
    started = time.monotonic()
    async with workers[1].place(alone, call_s=5, patience_s=3.0, crowd_s=10):
        waited = time.monotonic() - started

    assert waited > 3.0
    assert isinstance((await asyncio.gather(task, return_exceptions=True))[0], Busy)


async def test_a_call_that_is_cancelled_twice_gives_its_place_back(database: str) -> None:
    alone = replace(MODEL, concurrency=1)
    inside = asyncio.Event()
    async with DirectTransport(database, size=1) as direct, DirectTransport(database, size=1) as other:

        async def call() -> None:
            async with Budget(Pools(direct, "one"), Funds(direct)).place(alone, call_s=60):
                inside.set()
                await asyncio.sleep(60)

        task = asyncio.create_task(call())
        await inside.wait()
        blocking = asyncio.create_task(direct.fetch("select pg_sleep(0.5)"))
        await asyncio.sleep(0.1)
        task.cancel()
        await asyncio.sleep(0.1)  # the only connection is busy: its place is still to be given back
        task.cancel()
        await asyncio.gather(task, blocking, return_exceptions=True)

        async with Budget(Pools(other, "other"), Funds(other)).place(alone, call_s=5, crowd_s=2):
            pass


async def test_the_studio_has_no_pool(database: str, workers: Workers) -> None:
    async with workers[0].place(STUDIO, call_s=5):
        pass

    assert Scene(database, DirectTransport(database)).rows("select 1 from tf.model_pool") == []


async def test_without_the_store_nobody_is_said_to_rest(database: str) -> None:
    direct = await DirectTransport(database, size=1).open()
    await direct.close()

    assert await Budget(Pools(direct, "one"), Funds(direct)).health(new_id()) == WELL
