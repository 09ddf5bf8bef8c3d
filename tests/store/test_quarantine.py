"""Payments that are not what was agreed: accepted as they were paid, or let stand for nothing, once and on record."""

import asyncio
from typing import Any

import psycopg
import pytest
from psycopg.types.json import Jsonb

from core.store.administration import Administration
from core.store.error import Blocked, Conflict, Ended, Unknown
from core.store.quarantine import Quarantine
from tests.store.scene import Scene, staged

ADA, BOB = "machine:ada", "machine:bob"
ALONE = 100


def told(scene: Scene, reference: str, **facts: Any) -> None:
    record = {"provider": "stripe", "reference": reference, "paid_currency": "usd", **facts}
    scene.rows("select tf.merge_payment(%s)", Jsonb(record))


def doubted(scene: Scene, reference: str, **facts: Any) -> None:
    """Fifty credits were agreed at five dollars."""
    told(scene, reference, **{"credits": 50, "minor": 500, "currency": "usd", **facts})


def open_alerts(scene: Scene) -> int:
    return int(scene.rows("select count(*) from tf.alert where resolved_at is null")[0][0])


async def test_what_was_paid_otherwise_is_credited_once_by_whoever_releases_it(database: str) -> None:
    async with staged(database) as scene:
        person, till = await scene.person(), Quarantine(scene.direct, ALONE)
        doubted(scene, "pi_1", user_id=person.id, paid_minor=400)
        assert (await scene.wallet(person)).purchased == 0 and open_alerts(scene) == 1
        done = await asyncio.gather(
            *(till.release("stripe", "pi_1", key="k", why="ok", actor=ADA, amount=40, user_id=None) for _ in range(6))
        )
        assert sorted(one.replayed for one in done) == [False] + [True] * 5
        assert (await scene.wallet(person)).purchased == 40 and open_alerts(scene) == 0
        (row,) = await Administration(scene.direct, ALONE).journal(5)
        assert (row.act, row.subject, row.credits, row.actor) == ("release_payment", "payment:stripe:pi_1", 40, ADA)
        with pytest.raises(Ended):
            await till.release("stripe", "pi_1", key="k2", why="again", actor=ADA, amount=None, user_id=None)
        with pytest.raises(Conflict):
            await till.release("stripe", "pi_1", key="k", why="other", actor=ADA, amount=40, user_id=None)
        told(scene, "pi_1", refunded_minor=200)
        assert (await scene.wallet(person)).purchased == 20, "half of what was paid is half of what was released"


async def test_a_payment_of_no_order_is_credited_to_whom_the_operator_says(database: str) -> None:
    async with staged(database) as scene:
        person, till = await scene.person(), Quarantine(scene.direct, ALONE)
        told(scene, "pi_2", paid_minor=900)
        with pytest.raises(Unknown):
            await till.release("stripe", "pi_2", key="k", why="ok", actor=ADA, amount=None, user_id=person.id)
        with pytest.raises(Unknown):
            await till.release("stripe", "pi_2", key="k", why="ok", actor=ADA, amount=90, user_id=None)
        await till.release("stripe", "pi_2", key="k", why="ok", actor=ADA, amount=90, user_id=person.id)
        assert (await scene.wallet(person)).purchased == 90
        (one,) = await till.payments(doubted=False, text="pi_", user_id=person.id, limit=5, before=None)
        assert (one.credited, one.doubt) == (90, None)


async def test_what_is_rejected_stands_for_nothing_whatever_is_told_afterwards(database: str) -> None:
    async with staged(database) as scene:
        person, till = await scene.person(), Quarantine(scene.direct, ALONE)
        doubted(scene, "pi_3", user_id=person.id, paid_minor=400)
        assert await till.reject("stripe", "pi_3", key="k", why="stolen", actor=ADA)
        assert not await till.reject("stripe", "pi_3", key="k", why="stolen", actor=ADA)
        assert open_alerts(scene) == 0
        told(scene, "pi_3", refunded_minor=400)
        told(scene, "pi_3", paid_minor=500)
        assert (await scene.wallet(person)).purchased == 0 and open_alerts(scene) == 0
        with pytest.raises(Ended):
            await till.release("stripe", "pi_3", key="r", why="ok", actor=ADA, amount=None, user_id=None)
        doubted(scene, "pi_4", user_id=person.id, paid_minor=500)
        with pytest.raises(Ended):
            await till.reject("stripe", "pi_4", key="k4", why="no doubt", actor=ADA)
        assert (await scene.wallet(person)).purchased == 50


async def test_a_rejection_locks_the_wallet_before_the_payment_like_whatever_is_told_of_it(database: str) -> None:
    async with staged(database) as scene:
        person, till = await scene.person(), Quarantine(scene.direct, ALONE)
        doubted(scene, "pi_6", user_id=person.id, paid_minor=400)
        with psycopg.connect(database) as told_of_it:
            told_of_it.execute("select from tf.wallet where user_id = %s for update", (person.id,))
            rejecting = asyncio.create_task(till.reject("stripe", "pi_6", key="k", why="stolen", actor=ADA))
            await scene.somebody_waits()
            told_of_it.execute("select from tf.payment where reference = 'pi_6' for update nowait")
        assert await rejecting


async def test_a_large_payment_waits_for_a_second_word_and_counts_with_what_was_given(database: str) -> None:
    async with staged(database) as scene:
        person, till, admin = await scene.person(), Quarantine(scene.direct, ALONE), Administration(scene.direct, ALONE)
        doubted(scene, "pi_5", user_id=person.id, paid_minor=400)
        await admin.move(person.id, 60, key="g", why="sorry", actor=ADA)
        moved = await till.release("stripe", "pi_5", key="k", why="ok", actor=ADA, amount=None, user_id=None)
        assert moved.proposal and (await scene.wallet(person)).purchased == 60
        (proposal,) = await admin.proposals()
        assert (proposal.subject, proposal.credits) == ("payment:stripe:pi_5", 50)
        with pytest.raises(Blocked):
            await admin.decide(moved.proposal, approve=True, actor=ADA)
        await admin.decide(moved.proposal, approve=True, actor=BOB)
        assert (await scene.wallet(person)).purchased == 110
        sold = scene.rows("select sum(amount) from tf.entry where account = 'sales'")
        assert sold == [(-50,)], "what was paid for is no gift"
