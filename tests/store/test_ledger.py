"""Credits: the SQL against a model, against many clients at once, and against itself broken on purpose."""

import asyncio
import random
from contextlib import suppress

import psycopg
import pytest

from core.store.error import Conflict, Ended, Fault, Insufficient
from tests.money.crowd import at_work, connections_die
from tests.money.ledger import played
from tests.money.month import MOMENTS, ZONES, kept
from tests.money.mutant import CHECKS, MUTANTS
from tests.store.scene import new_id, staged


def test_the_ledger_behaves_as_its_model(database: str) -> None:
    """A part of what `make check-money` plays."""
    with psycopg.connect(database) as owner:
        assert played(owner, examples=10, steps=50, number=1)


def test_moved_across_month_ends_and_summer_time_the_clock_brings_every_month_once(database: str) -> None:
    with psycopg.connect(database) as owner:
        assert kept(owner) == len(ZONES) * len(MOMENTS)


def test_every_bug_of_the_mutation_check_can_be_planted_and_the_checks_catch_one_each(database: str) -> None:
    """`make check-money` catches them all."""
    with psycopg.connect(database) as owner:
        tried = set()
        for mutant in MUTANTS:
            mutant.plant(owner)
            if mutant.check not in tried:
                tried.add(mutant.check)
                with pytest.raises((AssertionError, psycopg.Error)):
                    CHECKS[mutant.check](owner)
            owner.rollback()
        assert tried == set(CHECKS)


async def test_a_partial_capture_gives_the_rest_back_where_it_came_from(database: str) -> None:
    async with staged(database) as scene:
        person = await scene.person(3)
        ((now,),) = scene.rows("select tf.now() + interval '30 days'")
        scene.month(person.id, 2, until=now)
        hold = new_id()
        await scene.wallets.hold(person.id, hold, 4)
        settled = await scene.wallets.settle(hold, 1)
        assert (settled.captured, settled.released) == (1, 3)
        wallet = await scene.wallet(person)
        assert (wallet.monthly, wallet.purchased, wallet.held) == (1, 3, 0)
        assert wallet.next_grant == now
        movements = (await scene.wallets.balance(person.id)).movements
        assert [(one.kind, one.credits, one.returned) for one in movements] == [
            ("capture", -1, 3),
            ("grant", 2, 0),
            ("topup", 3, 0),
        ]


async def test_an_order_is_held_then_paid_by_its_headline_and_nothing_that_came_to_nothing_is_told(
    database: str,
) -> None:
    async with staged(database) as scene:
        person = await scene.person(9)
        placed = await scene.ordered(person, 4, brief={"format": "youtube", "headline": "I QUIT"}, project_id=new_id())
        (held, _) = (await scene.wallets.balance(person.id)).movements
        assert (held.kind, held.credits, held.headline) == ("hold", -4, "I QUIT")
        dropped = new_id()
        await scene.wallets.hold(person.id, dropped, 2)
        await scene.wallets.settle(dropped, 0)
        now = (await scene.wallets.balance(person.id)).movements
        assert [(one.kind, one.reference) for one in now] == [("hold", str(placed.job_id)), ("topup", now[1].reference)]


async def test_credits_of_an_ended_month_come_back_for_seven_days(database: str) -> None:
    async with staged(database) as scene:
        person = await scene.person()
        ((until,),) = scene.rows("select tf.now() + interval '1 day'")
        scene.month(person.id, 5, until=until)
        hold = new_id()
        await scene.wallets.hold(person.id, hold, 4)
        scene.advance("2 days")
        assert (await scene.wallet(person)).available == 0, "the unspent credit expired with its month"
        await scene.wallets.settle(hold, 1)
        wallet = await scene.wallet(person)
        assert (wallet.monthly, wallet.granted, wallet.available) == (0, 3, 3)
        scene.advance("7 days")
        assert (await scene.wallet(person)).available == 0
        with pytest.raises(Insufficient):
            await scene.wallets.hold(person.id, new_id(), 1)


async def test_history_cannot_be_rewritten_even_by_the_owner(database: str) -> None:
    async with staged(database) as scene:
        await scene.person(5)
        for table in ("txn", "entry"):
            for statement in (
                f"update tf.{table} set amount = 1" if table == "entry" else "update tf.txn set kind = kind",
                f"delete from tf.{table}",
                f"truncate tf.{table} cascade",
            ):
                with pytest.raises(psycopg.Error) as refusal:
                    scene.rows(statement)
                assert refusal.value.sqlstate == "55000"
        with pytest.raises(psycopg.errors.CheckViolation):
            scene.rows("insert into tf.entry (txn_id, line, account, amount) select id, 9, 'sales', 1 from tf.txn")


async def test_late_captures_and_reapers_find_exactly_one_winner_each(database: str) -> None:
    async with staged(database, size=6) as scene:
        person = await scene.person(200)
        holds = [new_id() for _ in range(100)]
        for hold in holds:
            await scene.wallets.hold(person.id, hold, 2, seconds=0)

        async def capture(mine: list[str]) -> int:
            won = 0
            for hold in mine:
                with suppress(Ended):
                    won += not (await scene.wallets.settle(hold, 2)).replayed
            return won

        async def reap() -> int:
            reaped = 0
            for _ in range(30):
                reaped += len(await scene.housekeeping.reap_holds())
            return reaped

        *captured, reaped, again = await asyncio.gather(
            capture(holds), capture(holds[::-1]), capture(random.Random(1).sample(holds, 100)), reap(), reap()
        )
        assert sum(captured) + reaped + again == 100
        wallet = await scene.wallet(person)
        assert (wallet.held, wallet.purchased) == (0, 200 - 2 * sum(captured))


async def test_fifty_clients_and_killed_connections_leave_every_answer_in_the_books_once(database: str) -> None:
    journal = await at_work(database, 3, connections_die)
    assert journal.harmed >= 5
    assert (journal.lost, journal.doubled) == (0, 0)


async def test_the_same_topup_with_other_parameters_is_a_conflict(database: str) -> None:
    async with staged(database) as scene:
        person = await scene.person()
        assert await scene.wallets.topup(person.id, 5, key="k")
        assert not await scene.wallets.topup(person.id, 5, key="k")
        with pytest.raises(Conflict):
            await scene.wallets.topup(person.id, 6, key="k")
        with pytest.raises(Fault):
            await scene.wallets.topup(person.id, 0, key="zero")


async def test_a_gift_repays_what_is_owed_first_and_comes_from_no_sale(database: str) -> None:
    async with staged(database) as scene:
        person = await scene.person(5)
        await scene.wallets.clawback(person.id, 8, key=new_id())

        await scene.gift(person, 10)

        wallet = await scene.wallet(person)
        assert (wallet.purchased, wallet.debt) == (7, 0)
        booked = scene.rows(
            "select account, amount::int from tf.entry e join tf.txn t on t.id = e.txn_id "
            "where t.kind = 'gift' order by line"
        )
        assert booked == [("grants", -10), ("purchased", 7), ("debt", 3)]


async def test_what_a_refund_took_of_a_starter_grant_is_not_found_again_in_what_is_bought(database: str) -> None:
    async with staged(database) as scene:
        person = await scene.person(starter=4, person_hash="h")
        await scene.wallets.clawback(person.id, 3, key=new_id())

        await scene.wallets.topup(person.id, 9, key=new_id())

        assert scene.rows("select purchased::int, tf.unspent_starter(w)::int from tf.wallet w") == [(10, 1)]


async def test_a_gift_moves_with_its_person_unlike_a_starter_grant(database: str) -> None:
    async with staged(database) as scene:
        person = await scene.person(starter=4, person_hash="h")
        await scene.gift(person, 10)
        assert scene.rows("select tf.unspent_starter(w)::int from tf.wallet w") == [(4,)]
