"""What operators do to wallets: once, on record, and beyond a limit not alone."""

import asyncio

import psycopg
import pytest

from core.store.administration import Administration
from core.store.error import Blocked, Conflict, Ended, Insufficient, LimitReached, Unknown
from core.store.person import People
from core.store.wallet import Wallets
from tests.store.scene import Scene, new_id, staged
from tests.store.test_privacy import traces

ADA, BOB = "machine:ada", "machine:bob"


def office(scene: Scene) -> Administration:
    return Administration(scene.direct, alone_up_to=100)


async def test_a_double_submit_moves_credits_once_and_another_act_under_its_key_is_refused(database: str) -> None:
    async with staged(database) as scene:
        person, admin = await scene.person(), office(scene)
        moved = await asyncio.gather(*(admin.move(person.id, 40, key="k", why="sorry", actor=ADA) for _ in range(8)))
        assert sorted(one.replayed for one in moved) == [False] + [True] * 7
        for other in ({"amount": 41}, {"why": "thanks"}, {"actor": BOB}):
            given = {"amount": 40, "why": "sorry", "actor": ADA} | other
            with pytest.raises(Conflict):
                await admin.move(person.id, key="k", **given)  # type: ignore[arg-type]
        assert (await scene.wallet(person)).purchased == 40
        (done,) = await admin.journal(10)
        assert (done.actor, done.act, done.credits, done.reason) == (ADA, "grant", 40, "sorry")


async def test_a_deduction_takes_what_is_there_and_puts_nobody_into_debt(database: str) -> None:
    async with staged(database) as scene:
        person, admin = await scene.person(50), office(scene)
        with pytest.raises(Insufficient):
            await admin.move(person.id, -51, key="a", why="abuse", actor=ADA)
        await admin.move(person.id, -20, key="b", why="abuse", actor=ADA)
        balance = await Wallets(scene.direct).balance(person.id)
        assert (balance.wallet.purchased, balance.wallet.debt) == (30, 0)
        first = balance.movements[0]
        assert (first.kind, first.credits, first.reference) == ("deduct", -20, "abuse")
        assert [one.act for one in await admin.journal(10)] == ["deduct"], "what was refused left nothing"


async def test_what_is_deducted_comes_out_of_gifts_before_what_was_bought(database: str) -> None:
    async with staged(database) as scene:
        person, admin = await scene.person(50), office(scene)
        await scene.gift(person, 40)
        await admin.move(person.id, -40, key="k", why="by mistake", actor=ADA)
        assert scene.rows("select tf.giveable(w) from tf.wallet w where user_id = %s", person.id) == [(50,)]


async def test_beyond_the_limit_nothing_moves_until_somebody_else_approves(database: str) -> None:
    async with staged(database) as scene:
        person, admin = await scene.person(), office(scene)
        moved = await admin.move(person.id, 101, key="k", why="contest", actor=ADA)
        assert moved.proposal and (await scene.wallet(person)).purchased == 0
        assert (await admin.move(person.id, 101, key="k", why="contest", actor=ADA)).proposal == moved.proposal
        with pytest.raises(Blocked):
            await admin.decide(moved.proposal, approve=True, actor=ADA)
        fresh = await asyncio.gather(*(admin.decide(moved.proposal, approve=True, actor=BOB) for _ in range(6)))
        assert sorted(fresh) == [False] * 5 + [True]
        with pytest.raises(Ended):
            await admin.decide(moved.proposal, approve=False, actor=BOB)
        assert (await scene.wallet(person)).purchased == 101
        assert [(one.act, one.actor) for one in await admin.journal(10)] == [("approve", BOB), ("propose", ADA)]
        assert await admin.proposals() == ()


async def test_a_large_sum_in_small_parts_is_counted_together_for_a_day(database: str) -> None:
    async with staged(database) as scene:
        person, other, admin = await scene.person(), await scene.person(), office(scene)
        together = [admin.move(person.id, 60, key=f"k{n}", why="part", actor=ADA) for n in range(3)]
        parts = await asyncio.gather(*together)
        assert sorted(bool(one.proposal) for one in parts) == [False, True, True]
        assert (await admin.move(other.id, 60, key="o", why="part", actor=ADA)).proposal is None
        assert (await admin.move(person.id, 60, key="b", why="part", actor=BOB)).proposal is None
        scene.advance("25 hours")
        assert (await admin.move(person.id, 60, key="next", why="part", actor=ADA)).proposal is None


async def test_one_person_with_two_logins_is_no_second_operator_and_has_one_limit(database: str) -> None:
    async with staged(database) as scene:
        person, admin = await scene.person(), office(scene)
        me = await scene.person()
        scene.rows("insert into tf.identity (platform, ref, user_id) values ('discord', '890', %s)", me.id)
        here, there = f"telegram:{me.ref}", "discord:890"
        await admin.move(person.id, 60, key="a", why="hello", actor=here)
        split = await admin.move(person.id, 60, key="b", why="hello again", actor=there)
        assert split.proposal, "60 and 60 are more than 100, under whatever login"
        for actor, known in ((here, {}), (there, {}), ("ada", {"ada": [here, "machine:ada"]})):
            with pytest.raises(Blocked):
                await admin.decide(split.proposal, approve=True, actor=actor, known=known)
        assert await admin.decide(split.proposal, approve=True, actor=BOB, known={"ada": [here, ADA]})
        named = await admin.move(person.id, 101, key="c", why="contest", actor=ADA)
        assert named.proposal
        with pytest.raises(Blocked):
            await admin.decide(named.proposal, approve=True, actor="ada", known={"ada": [ADA]})
        assert (await scene.wallet(person)).purchased == 120


async def test_a_gift_to_a_server_is_on_record_and_beyond_the_limit_not_given_alone(database: str) -> None:
    async with staged(database) as scene:
        admin = office(scene)
        assert (await admin.give_guild("discord", "1", 60, key="a", why="welcome", actor=ADA)).proposal is None
        more = await admin.give_guild("discord", "1", 60, key="b", why="more", actor=ADA)
        (waiting,) = await admin.proposals()
        assert waiting.id == more.proposal and waiting.subject == "guild:discord:1"
        assert await admin.decide(waiting.id, approve=True, actor=BOB)
        assert scene.rows("select w.purchased from tf.guild g join tf.wallet w on w.id = g.wallet_id") == [(120,)]
        assert [one.subject for one in await admin.journal(10, act="grant")] == ["guild:discord:1"]


async def test_a_proposal_ends_by_its_time_by_its_proposer_or_with_the_person(database: str) -> None:
    async with staged(database) as scene:
        person, admin = await scene.person(), office(scene)
        one, late, left = [
            (await admin.move(person.id, 200, key=key, why="large", actor=ADA)).proposal or "" for key in "abc"
        ]
        assert await admin.decide(one, approve=False, actor=ADA)
        await People(scene.direct).delete(person.id)
        assert traces(database, person.id) == []
        with pytest.raises(Unknown):
            await admin.decide(left, approve=True, actor=BOB)
        scene.advance("4 days")
        with pytest.raises(Ended):
            await admin.decide(late, approve=True, actor=BOB)
        with pytest.raises(Unknown):
            await admin.decide(new_id(), approve=True, actor=BOB)
        assert await admin.proposals() == ()


@pytest.mark.parametrize("change", ["update tf.admin_action set reason = ''", "delete from tf.admin_action"])
async def test_the_journal_can_only_grow(database: str, change: str) -> None:
    async with staged(database) as scene:
        await office(scene).move((await scene.person()).id, 1, key="k", why="w", actor=ADA)
        with pytest.raises(psycopg.errors.ObjectNotInPrerequisiteState):
            scene.rows(change)


async def test_a_frozen_wallet_pays_for_nothing_and_keeps_what_is_held_and_bought(database: str) -> None:
    async with staged(database) as scene:
        person, admin = await scene.person(50), office(scene)
        await scene.ordered(person, 2)
        assert await admin.freeze(person.id, freeze=True, key="f", why="stolen card", actor=ADA)
        assert not await admin.freeze(person.id, freeze=True, key="f", why="stolen card", actor=ADA)
        with pytest.raises(Conflict):
            await admin.freeze((await scene.person()).id, freeze=True, key="f", why="stolen card", actor=ADA)
        with pytest.raises(LimitReached) as refused:
            await scene.ordered(person, 2)
        assert refused.value.detail["name"] == "frozen"
        await scene.ordered(person, 0)
        await admin.move(person.id, 5, key="g", why="sorry", actor=ADA)
        wallet = await scene.wallet(person)
        assert (wallet.purchased, wallet.held) == (53, 2)
        await admin.freeze(person.id, freeze=False, key="u", why="all well", actor=BOB)
        await scene.ordered(person, 3)
        assert [one.act for one in await admin.journal(10)] == ["unfreeze", "grant", "freeze"]


async def test_the_journal_is_read_by_who_what_and_whom_in_pages(database: str) -> None:
    async with staged(database) as scene:
        person, other, admin = await scene.person(), await scene.person(), office(scene)
        for n, (whose, who) in enumerate([(person, ADA), (other, ADA), (person, BOB), (person, ADA)]):
            await admin.move(whose.id, n + 1, key=f"k{n}", why="why", actor=who)
        assert [one.credits for one in await admin.journal(10, user_id=person.id)] == [4, 3, 1]
        assert [one.credits for one in await admin.journal(10, actor=BOB)] == [3]
        first = await admin.journal(2)
        assert [one.credits for one in first + await admin.journal(2, before=first[-1].id)] == [4, 3, 2, 1]


async def test_what_is_frozen_goes_to_no_server_and_stays_frozen_in_the_wallet_it_joins(database: str) -> None:
    async with staged(database) as scene:
        person, other, admin = await scene.person(50), await scene.person(), office(scene)
        giveable = "select tf.giveable(w) from tf.wallet w where user_id = %s"
        assert scene.rows(giveable, person.id) == [(50,)]
        await admin.freeze(person.id, freeze=True, key="f", why="stolen card", actor=ADA)
        assert scene.rows(giveable, person.id) == [(0,)]
        both = "tf.wallet f, tf.wallet w where (f.user_id, w.user_id) = (%s, %s)"
        scene.rows(f"select tf.join_wallets(f, w) from {both}", person.id, other.id)
        assert (await scene.wallet(other)).purchased == 50
        with pytest.raises(LimitReached) as refused:
            await scene.ordered(other, 1)
        assert refused.value.detail["name"] == "frozen"
