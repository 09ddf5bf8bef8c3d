"""The lock order: persons before wallets, wallets in one order; and who looks after everybody's waits for none."""

import asyncio
from collections.abc import Coroutine
from typing import Any

import psycopg
import pytest

from core.domain.plan import PLANS, PlanId
from core.store.administration import Administration
from core.store.person import People
from core.store.quarantine import Quarantine
from core.store.subscription import Periods, Subscriptions
from core.store.turn import CancelRequest
from core.store.voucher import Redeem
from tests.store.scene import Person, Scene, new_id, order, staged
from tests.store.test_quarantine import ADA, BOB, doubted
from tests.store.test_team import Office, now, office
from tests.store.test_voucher import made, redeemer


def wallet_of(scene: Scene, person: Person) -> str:
    ((found,),) = scene.rows("select id::text from tf.wallet where user_id = %s", person.id)
    return str(found)


async def seated_after(team: Office) -> Person:
    """A member whose own wallet comes after the team's."""
    while True:
        person = await team.scene.person()
        if wallet_of(team.scene, person) > wallet_of(team.scene, team.owner):
            await team.seat(person, cap=3)
            return person


def wallet(of: Person) -> tuple[bytes, str]:
    return b"select from tf.wallet where user_id = %s for update", of.id


def person(one: Person, how: bytes) -> tuple[bytes, str]:
    return b"select from tf.users where id = %s for " + how, one.id


async def beside(
    scene: Scene, first: tuple[bytes, str], then: tuple[bytes, str], call: Coroutine[Any, Any, Any]
) -> Any:
    """What `call` answers while somebody holds one row and takes the next once it waits, or is done."""
    async with await psycopg.AsyncConnection.connect(scene.dsn) as other:
        await other.execute(first[0], [first[1]])
        asked, waiting = asyncio.create_task(call), asyncio.create_task(scene.somebody_waits())
        await asyncio.wait({asked, waiting}, return_when=asyncio.FIRST_COMPLETED)
        waiting.cancel()
        await other.execute(then[0], [then[1]])
        await other.commit()
        return await asked


async def test_who_redeems_a_code_and_orders_takes_the_teams_wallet_in_its_turn(database: str) -> None:
    async with office(database) as (scene, team):
        ada = await seated_after(team)
        await made(scene)
        turn = ada.turn(redeem=Redeem("hash-k", redeemer(ada)), orders=[order(3)])
        await beside(scene, wallet(team.owner), wallet(ada), scene.turns.store(turn))
        assert ((await scene.wallet(ada)).purchased, (await team.wallet()).held) == (10, 3)


async def test_who_stops_all_their_jobs_takes_all_wallets_of_these_in_one_order(database: str) -> None:
    async with office(database) as (scene, team):
        ada = await seated_after(team)
        await scene.wallets.topup(ada.id, 10, key=new_id())
        first, second = sorted([new_id(), new_id()])
        await ada.submit(order(3, job_id=second))
        await ada.submit(order(4, job_id=first))
        assert ((await scene.wallet(ada)).held, (await team.wallet()).held) == (4, 3)
        await beside(scene, wallet(team.owner), wallet(ada), scene.turns.store(ada.turn(cancels=[CancelRequest()])))
        assert ((await scene.wallet(ada)).held, (await team.wallet()).held) == (0, 0)


async def test_months_that_begin_wait_for_nobodys_wallet_and_come_with_the_next_look(database: str) -> None:
    async with staged(database) as scene:
        plans, periods = Subscriptions(scene.direct), Periods(scene.direct)
        people = [await scene.person() for _ in range(2)]
        people.sort(key=lambda one: wallet_of(scene, one), reverse=True)
        for person in people:
            await plans.give(person.id, PLANS[PlanId.STARTER], key=person.id, at=now(scene))
        moved = await beside(scene, wallet(people[1]), wallet(people[0]), periods.begin())
        assert (moved, await periods.begin(), await periods.begin()) == (50, 50, 0)


async def test_who_leaves_is_let_go_of_first_by_whoever_brings_them_credits(database: str) -> None:
    async with staged(database) as scene:
        ada = await scene.person(5)
        await beside(scene, person(ada, b"key share"), wallet(ada), People(scene.direct).delete(ada.id))
        assert scene.rows("select count(*) from tf.users") == [(0,)]


@pytest.mark.parametrize("alone_up_to", [100, 0], ids=["alone", "by two"])
async def test_a_payment_is_released_to_who_is_about_to_join_another_in_one_order(
    database: str, alone_up_to: int
) -> None:
    async with staged(database) as scene:
        ada = await scene.person()
        doubted(scene, "pi_1", user_id=ada.id, paid_minor=400)
        release: Coroutine[Any, Any, Any] = Quarantine(scene.direct, alone_up_to).release(
            "stripe", "pi_1", key="k", why="ok", actor=ADA, amount=9, user_id=None
        )
        if not alone_up_to:
            waits = (await release).proposal
            release = Administration(scene.direct, alone_up_to).decide(waits, approve=True, actor=BOB)
        await beside(scene, person(ada, b"update"), wallet(ada), release)
        assert (await scene.wallet(ada)).purchased == 9
