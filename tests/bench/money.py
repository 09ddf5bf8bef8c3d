"""Credits held by fifty clients at once, orders (hold + job + queue row) submitted by ten, and the audit of it all."""

import asyncio
import time
from dataclasses import replace
from typing import Any
from uuid import uuid4

from core.domain.plan import PLANS, PlanId
from core.services import limit
from core.store.direct import DirectTransport
from tests.bench.figure import Figure, Spread
from tests.bench.house import house
from tests.store.scene import Person, Scene, order
from tests.store.till import open_till

HOLDERS, HOLDS, POOL = 50, 100, 16
SUBMITTERS, SUBMITS = 10, 40
HOLDS_PER_S, SUBMIT_P99_S = 2_500, 0.150
ENTRIES, AUDITS, AUDIT_S = 100_000, 10, 0.200
EXPECTED = {"expected": {"provider": "gemini", "micro_usd": 1_000}}
"""What an order asks of the pool."""
LIMITS = tuple(replace(row, most=1_000_000) for row in limit.submits(PLANS[PlanId.FREE]))
"""The very checks of a real order, out of reach."""


async def rows() -> list[Figure]:
    async with house(working=False) as home:
        assert home.factory.dsn is not None
        async with DirectTransport(home.factory.dsn, size=POOL, prepare_threshold=5) as pool:
            open_till(home.factory.dsn)
            scene = Scene(home.factory.dsn, pool)
            people = [await scene.person(1_000) for _ in range(HOLDERS)]
            rate = await _holds(scene, people)
            seen = Spread(await _submits(people[:SUBMITTERS]))
            scene.rows(FUND)
            pooled = Spread(await _submits(people[:SUBMITTERS], quote=EXPECTED))
            audited = Spread(await _audits(scene))
    return [
        Figure(
            f"holds, {HOLDERS} clients over {POOL} connections",
            f"{rate:.0f}/s",
            f">= {HOLDS_PER_S}/s",
            rate >= HOLDS_PER_S,
        ),
        _submitted(f"submit (hold + enqueue), {SUBMITTERS} clients", seen),
        _submitted(f"submit from one hot pool, {SUBMITTERS} clients", pooled),
        Figure(
            f"audit of {ENTRIES:,} entries",
            audited.text(),
            f"<= {AUDIT_S * 1e3:.0f} ms",
            audited.quantile(1) <= AUDIT_S,
        ),
    ]


def _submitted(what: str, seen: Spread) -> Figure:
    return Figure(what, seen.text(), f"p99 <= {SUBMIT_P99_S * 1e3:.0f} ms", seen.quantile(0.99) <= SUBMIT_P99_S)


async def _holds(scene: Scene, people: list[Person]) -> float:
    async def hold(person: Person, times: int) -> None:
        for _ in range(times):
            await scene.wallets.hold(person.id, str(uuid4()), 1)

    await asyncio.gather(*(hold(person, 10) for person in people))
    start = time.perf_counter()
    await asyncio.gather(*(hold(person, HOLDS) for person in people))
    return len(people) * HOLDS / (time.perf_counter() - start)


async def _submits(people: list[Person], **changes: Any) -> list[float]:
    async def submit(person: Person) -> list[float]:
        found = []
        for placed in [order(2, **changes) for _ in range(SUBMITS)]:
            start = time.perf_counter()
            await person.submit(placed, limits=LIMITS)
            found.append(time.perf_counter() - start)
        return found

    return [one for times in await asyncio.gather(*map(submit, people)) for one in times]


FUND = """
with fund as (insert into tf.fund (provider) values ('gemini') returning provider)
insert into tf.fund_entry (provider, key, kind, amount, reference)
select provider, 'bench', 'refill', 1000000000000, 'bench' from fund
"""
# Bought credits, spread over all wallets, until there are so many entries.
FILL = """
with place as (select id, row_number() over () - 1 as number, count(*) over () as count from tf.wallet),
fresh as (
  insert into tf.txn (key, kind, wallet_id, request, result)
  select 'bench:' || n, 'topup', place.id, '[]', '{}'
    from generate_series(1, (%s - (select count(*) from tf.entry)) / 2) n join place on place.number = n %% place.count
  returning id, wallet_id),
entries as (
  insert into tf.entry (txn_id, line, wallet_id, account, amount)
  select fresh.id, line, case line when 2 then wallet_id end, case line when 1 then 'sales' else 'purchased' end,
         case line when 1 then -1 else 1 end
    from fresh, generate_series(1, 2) line)
update tf.wallet w set purchased = purchased + f.count
  from (select wallet_id, count(*) from fresh group by 1) f where f.wallet_id = w.id
"""


async def _audits(scene: Scene) -> list[float]:
    scene.rows(FILL, ENTRIES)
    scene.rows("analyze")
    found = []
    for _ in range(AUDITS):
        start = time.perf_counter()
        assert (await scene.housekeeping.audit()).clean
        found.append(time.perf_counter() - start)
    return found
