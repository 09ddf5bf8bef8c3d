"""Many clients at work while connections, or the whole server, die under them: what was acknowledged is there once."""

from __future__ import annotations

import asyncio
import os
import random
import signal
from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import dataclass, field
from typing import Any, ParamSpec, TypeVar

from core.domain.pack import Pack
from core.domain.payment import Money, OrderState, Told
from core.store.embedded import EmbeddedPostgres
from core.store.error import Insufficient, Unavailable
from core.store.payment import Buyer, Payments, Settling
from tests.store.scene import PLATFORM, Person, Scene, new_id, staged

CLIENTS, PEOPLE = 50, 10
PACK = Pack("p", 20, Money(400, "usd"))
_Arguments, _Answer = ParamSpec("_Arguments"), TypeVar("_Answer")

# By what an operation is called in the books; a payment's movements are numbered.
BOOKS = """
select regexp_replace(t.reference, ':[0-9]+$', '') as reference,
       coalesce(-sum(e.amount) filter (where e.account = 'sales'), 0)::int as sold,
       coalesce(sum(e.amount) filter (where e.account = 'revenue'), 0)::int as captured
  from tf.txn t join tf.entry e on e.txn_id = t.id
 where e.account in ('sales', 'revenue') group by 1
"""
# Nobody had less than nothing at any point of history.
BELOW_ZERO = """
select count(*)::int from (
  select sum(amount * case when account = 'debt' then -1 else 1 end)
           over (partition by wallet_id, account order by txn_id, line) as balance
    from tf.entry where wallet_id is not null) history
 where balance < 0
"""


@dataclass
class Journal:
    """What the clients were told, and what the books say of it in the end."""

    sold: dict[str, int] = field(default_factory=dict)
    captured: dict[str, int] = field(default_factory=dict)
    acknowledged: int = 0
    repeated: int = 0
    """Calls that nobody answered, made again."""
    harmed: int = 0
    """Connections, or servers, that were killed."""
    lost: int = 0
    doubled: int = 0
    _goal: int = 0
    _reached: asyncio.Event = field(default_factory=asyncio.Event)

    async def insist(
        self, call: Callable[_Arguments, Awaitable[_Answer]], *arguments: _Arguments.args, **named: _Arguments.kwargs
    ) -> _Answer:
        """Repeat a call until somebody answers it."""
        while True:
            try:
                answer = await call(*arguments, **named)
            except Unavailable:
                self.repeated += 1
                await asyncio.sleep(0.01)
            else:
                self.acknowledged += 1
                if self.acknowledged == self._goal:
                    self._reached.set()
                return answer

    async def reaches(self, acknowledged: int) -> None:
        """Wait for so many answers; one at a time may."""
        self._goal = acknowledged
        self._reached.clear()
        if self.acknowledged < acknowledged:
            await self._reached.wait()

    def compare(self, scene: Scene) -> None:
        books = {reference: (sold, captured) for reference, sold, captured in scene.rows(BOOKS)}
        for reference in books.keys() | self.sold.keys() | self.captured.keys():
            told = self.sold.get(reference, 0), self.captured.get(reference, 0)
            for said, found in zip(told, books.get(reference, (0, 0)), strict=True):
                self.lost += found < said
                self.doubled += found > said


Harm = Callable[[Scene, Journal, random.Random], Coroutine[Any, Any, None]]


async def at_work(dsn: str, rounds: int, harm: Harm, *, clients: int = CLIENTS) -> Journal:
    """So many rounds of every client while somebody does harm; the books are clean and nothing is held afterwards."""
    async with staged(dsn, size=16) as scene:
        journal = Journal()
        people = [await scene.person() for _ in range(PEOPLE)]
        harming = asyncio.create_task(harm(scene, journal, random.Random(clients)))
        await asyncio.gather(*(_client(scene, journal, people, number, rounds) for number in range(clients)))
        harming.cancel()
        await asyncio.gather(harming, return_exceptions=True)
        journal.compare(scene)
        assert (await journal.insist(scene.housekeeping.audit)).clean
        assert scene.rows(BELOW_ZERO) == [(0,)]
        for person in people:
            assert (await journal.insist(scene.wallet, person)).held == 0
    return journal


async def _client(scene: Scene, journal: Journal, people: list[Person], number: int, rounds: int) -> None:
    """Tops up, pays and is refunded, orders and is charged; now and then told twice."""
    draw = random.Random(number)
    for _ in range(rounds):
        person, credits_, again = draw.choice(people), draw.randint(1, 9), draw.randint(1, 2)
        key = new_id()
        for _ in range(again):
            await journal.insist(scene.wallets.topup, person.id, credits_, key=key, reference=key)
        journal.sold[key] = credits_
        if draw.random() < 0.3:
            await _buy(scene, journal, person, refunded=draw.choice((0, 100, 400)), times=again)
        hold, price = new_id(), draw.randint(1, 12)
        try:
            await journal.insist(scene.wallets.hold, person.id, hold, price)
        except Insufficient:
            continue
        captured = draw.randint(0, price)
        for _ in range(again):
            await journal.insist(scene.wallets.settle, hold, captured)
        journal.captured[hold] = captured


async def _buy(scene: Scene, journal: Journal, person: Person, *, refunded: int, times: int) -> None:
    payments, settling = Payments(scene.direct, "stripe"), Settling(scene.direct)
    buyer = Buyer(event=new_id(), user_id=person.id, platform=PLATFORM, person=person.ref, place=person.ref)
    order = await journal.insist(payments.order, buyer, PACK, "t", "b", live=False, seconds=7200, least=1800)
    reference = new_id()
    for said in ({"paid": PACK.price, "state": OrderState.PAID}, {"refunded_minor": refunded}):
        told = Told(event=new_id(), kind="k", live=False, order=order.sale.id, payment=reference, **said)  # type: ignore[arg-type]
        for _ in range(times):
            await journal.insist(payments.take, told)
            await journal.insist(settling.settle, "stripe", told.event)
    journal.sold[f"stripe:{reference}"] = PACK.credits - PACK.credits * refunded // PACK.price.minor


# Somebody who is being answered, where there is one.
KILL = """
select pg_terminate_backend(pid) from (
  select pid from pg_stat_activity
   where datname = current_database() and pid <> pg_backend_pid() and query ~ '(api|tf)[.]'
   order by state <> 'active', random() limit 1) victim
"""


async def connections_die(scene: Scene, journal: Journal, draw: random.Random) -> None:
    """One at work after every few answers."""
    while True:
        await journal.reaches(journal.acknowledged + draw.randint(1, 25))
        journal.harmed += len(await asyncio.to_thread(scene.rows, KILL))


def the_server_dies(server: EmbeddedPostgres, after: tuple[int, ...]) -> Harm:
    """At once, as `pg_ctl stop -m immediate` does it, each time so many answers have been given; and starts again."""

    async def crash(_scene: Scene, journal: Journal, _draw: random.Random) -> None:
        for acknowledged in after:
            await journal.reaches(acknowledged)
            status = server.residence.data / "postmaster.pid"
            os.kill(int(status.read_text().split()[0]), signal.SIGQUIT)
            journal.harmed += 1
            await asyncio.to_thread(server.start)

    return crash
