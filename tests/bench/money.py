"""Row 5: credits held by fifty clients at once, and orders (hold + job + queue row) submitted by ten."""

import asyncio
import time
from dataclasses import replace
from uuid import uuid4

from core.domain.plan import PLANS, PlanId
from core.services import limit
from core.store.direct import DirectTransport
from core.store.turn import NewJob
from tests.bench.figure import Figure, Spread
from tests.bench.house import house
from tests.store.scene import Person, Scene, order

HOLDERS, HOLDS, POOL = 50, 100, 16
SUBMITTERS, SUBMITS = 10, 40
HOLDS_PER_S, SUBMIT_P99_S = 2_500, 0.100
LIMITS = tuple(replace(row, most=1_000_000) for row in limit.submits(PLANS[PlanId.FREE]))
"""The very checks of a real order, out of reach."""


async def rows() -> list[Figure]:
    async with house(working=False) as home:
        assert home.factory.dsn is not None
        async with DirectTransport(home.factory.dsn, size=POOL, prepare_threshold=5) as pool:
            scene = Scene(home.factory.dsn, pool)
            people = [await scene.person(1_000) for _ in range(HOLDERS)]
            rate = await _holds(scene, people)
            seen = Spread(await _submits(people[:SUBMITTERS]))
    return [
        Figure(
            f"holds, {HOLDERS} clients over {POOL} connections",
            f"{rate:.0f}/s",
            f">= {HOLDS_PER_S}/s",
            rate >= HOLDS_PER_S,
        ),
        Figure(
            f"submit (hold + enqueue), {SUBMITTERS} clients",
            seen.text(),
            f"p99 <= {SUBMIT_P99_S * 1e3:.0f} ms",
            seen.quantile(0.99) <= SUBMIT_P99_S,
        ),
    ]


async def _holds(scene: Scene, people: list[Person]) -> float:
    async def hold(person: Person, times: int) -> None:
        for _ in range(times):
            await scene.wallets.hold(person.id, str(uuid4()), 1)

    await asyncio.gather(*(hold(person, 10) for person in people))
    start = time.perf_counter()
    await asyncio.gather(*(hold(person, HOLDS) for person in people))
    return len(people) * HOLDS / (time.perf_counter() - start)


async def _submits(people: list[Person]) -> list[float]:
    async def submit(person: Person) -> list[float]:
        found = []
        for placed in [_order() for _ in range(SUBMITS)]:
            start = time.perf_counter()
            await person.submit(placed, limits=LIMITS)
            found.append(time.perf_counter() - start)
        return found

    return [one for times in await asyncio.gather(*map(submit, people)) for one in times]


def _order() -> NewJob:
    return order(2)
