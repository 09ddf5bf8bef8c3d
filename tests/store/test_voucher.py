"""Codes: each person each code once, no oftener than it was made for, and beyond the limit not by one operator."""

import asyncio
from dataclasses import replace

import pytest

from core.domain.voucher import VoucherBar
from core.store.administration import Administration
from core.store.error import Blocked, Conflict, StoreError, Unknown
from core.store.person import People
from core.store.voucher import Made, Redeem, Redeemer, VoucherOffice, Vouchers
from tests.store.scene import Person, Scene, new_id, order, staged
from tests.store.test_privacy import traces

ADA, BOB = "machine:ada", "machine:bob"


async def made(scene: Scene, amount: int = 10, uses: int = 3, *, key: str = "k", owner: str | None = None) -> Made:
    office = VoucherOffice(scene.direct, alone_up_to=100)
    return await office.make(f"hash-{key}", amount, uses, owner=owner, note="launch", days=30, key=key, actor=ADA)


def redeemer(person: Person, *, anonymous: bool = False) -> Redeemer:
    return Redeemer(f"person-{person.ref}", anonymous)


async def look(scene: Scene, person: Person, key: str = "k", *, event: str = "", anonymous: bool = False) -> object:
    found = await Vouchers(scene.direct).look(
        f"hash-{key}",
        redeemer(person, anonymous=anonymous),
        user_id=person.id,
        platform="telegram",
        ref=person.ref,
        event=event or new_id(),
    )
    return found.bar or found.credits


async def redeem(person: Person, key: str = "k") -> None:
    await person.submit(redeem=Redeem(f"hash-{key}", redeemer(person)))


async def clean(scene: Scene) -> bool:
    return (await scene.housekeeping.audit()).clean


async def test_a_code_is_redeemed_once_per_person_and_as_often_as_it_was_made_for(database: str) -> None:
    async with staged(database) as scene:
        await made(scene, uses=3)
        people = [await scene.person() for _ in range(8)]
        # Each twice at the same time: by two presses, which are two events.
        tries = [redeem(person) for person in people for _ in range(2)]
        done = await asyncio.gather(*tries, return_exceptions=True)
        assert all(one is None or isinstance(one, Conflict) for one in done)
        assert sorted([(await scene.wallet(person)).purchased for person in people]) == [0] * 5 + [10] * 3
        winners = [person for person in people if (await scene.wallet(person)).purchased]
        assert await look(scene, winners[0]) is VoucherBar.USED
        assert await look(scene, await scene.person()) is VoucherBar.UNKNOWN
        assert await clean(scene)


async def test_the_same_event_again_redeems_nothing_and_says_so(database: str) -> None:
    async with staged(database) as scene:
        await made(scene)
        person = await scene.person()
        turn = person.turn(redeem=Redeem("hash-k", redeemer(person)))
        stored = [await scene.turns.store(turn) for _ in range(3)]
        assert [one.duplicate for one in stored] == [False, True, True]
        assert (await scene.wallet(person)).purchased == 10


async def test_what_a_turn_orders_is_paid_by_the_code_it_redeems_or_neither_happens(database: str) -> None:
    async with staged(database) as scene:
        await made(scene)
        person = await scene.person()
        dear = person.turn(redeem=Redeem("hash-k", redeemer(person)), orders=[order(11)])
        with pytest.raises(StoreError):
            await scene.turns.store(dear)
        assert (await scene.wallet(person)).purchased == 0
        await scene.turns.store(replace(dear, orders=[order(4)]))
        wallet = await scene.wallet(person)
        assert (wallet.purchased, wallet.held) == (6, 4)
        assert await clean(scene)


async def test_a_referral_brings_both_their_credits_and_its_owner_is_told(database: str) -> None:
    async with staged(database) as scene:
        owner, friend = await scene.person(), await scene.person()
        await owner.submit()  # with a chat to be told in
        await made(scene, owner=owner.id)
        assert await look(scene, owner) is VoucherBar.OWN
        assert await look(scene, friend, anonymous=True) is VoucherBar.UNKNOWN
        assert await look(scene, friend) == 10
        await redeem(friend)
        assert [(await scene.wallet(one)).purchased for one in (owner, friend)] == [10, 10]
        ((told,),) = scene.rows("select args from queue.procrastinate_jobs where task_name = 'tell_paid'")
        assert (told["user_id"], told["credits"], told["envelope"]["place"]) == (owner.id, 10, owner.ref)
        await People(scene.direct).delete(owner.id)
        assert traces(database, owner.id) == []
        other = await scene.person()
        await redeem(other)
        assert (await scene.wallet(other)).purchased == 10
        assert await clean(scene)


async def test_who_leaves_and_returns_redeems_no_second_time(database: str) -> None:
    async with staged(database) as scene:
        await made(scene)
        person = await scene.person()
        await redeem(person)
        await People(scene.direct).delete(person.id)
        assert traces(database, person.id) == []
        await person.reopen()
        assert await look(scene, person) is VoucherBar.USED
        with pytest.raises(Conflict):
            await redeem(person)


async def test_who_left_before_their_turn_came_redeems_nothing_and_is_told_apart_from_a_fault(database: str) -> None:
    async with staged(database) as scene:
        await made(scene)
        person = await scene.person()
        turn = person.turn(redeem=Redeem("hash-k", redeemer(person)))
        await People(scene.direct).delete(person.id)
        with pytest.raises(Unknown):
            await scene.turns.store(turn)


async def test_guessing_ends_after_five_wrong_codes_for_an_hour(database: str) -> None:
    async with staged(database) as scene:
        await made(scene)
        person = await scene.person()
        for number in range(5):
            for _ in range(2):  # an event that is handled again counts once
                assert await look(scene, person, f"wrong-{number}", event=f"e{number}") is VoucherBar.UNKNOWN
        assert await look(scene, person) is VoucherBar.TOO_MANY
        assert await look(scene, await scene.person()) == 10
        scene.advance("61 minutes")
        assert await look(scene, person) == 10


async def test_what_is_over_or_revoked_answers_as_what_never_was(database: str) -> None:
    async with staged(database) as scene:
        office, person = VoucherOffice(scene.direct, 100), await scene.person()
        revoked = await made(scene, key="revoked")
        await made(scene, key="late")
        assert await office.revoke(revoked.id, why="leaked", actor=BOB)
        assert not await office.revoke(revoked.id, why="leaked", actor=BOB)
        scene.advance("31 days")
        for key in ("revoked", "late", "never"):
            assert await look(scene, person, key) is VoucherBar.UNKNOWN
            with pytest.raises(Conflict):
                await redeem(person, key)
        assert [one.state for one in await office.all()] == ["expired", "revoked"]


async def test_codes_beyond_the_limit_are_good_once_somebody_else_has_said_so(database: str) -> None:
    async with staged(database) as scene:
        admin, person = Administration(scene.direct, 100), await scene.person()
        assert (await made(scene, 30, 2, key="a")).proposal is None
        beyond = await made(scene, 30, 2, key="b")
        assert beyond.proposal and (await made(scene, 30, 2, key="b")).replayed
        assert await look(scene, person, "b") is VoucherBar.UNKNOWN
        with pytest.raises(Blocked):
            await admin.decide(beyond.proposal, approve=True, actor=ADA)
        assert [one.credits for one in await admin.proposals()] == [60]
        assert await admin.decide(beyond.proposal, approve=True, actor=BOB)
        assert await look(scene, person, "b") == 30
        with pytest.raises(Conflict):
            await made(scene, 31, 2, key="b")
        owners = [await scene.person() for _ in range(2)]
        await made(scene, 1, 1, key="c", owner=owners[0].id)
        with pytest.raises(Conflict):
            await made(scene, 1, 1, key="c", owner=owners[1].id)
        await People(scene.direct).delete(owners[0].id)
        assert (await made(scene, 1, 1, key="c", owner=owners[0].id)).replayed
        acts = [(one.act, one.actor, one.credits, one.wallet_id) for one in await admin.journal(10)][1:]
        assert acts == [("approve", BOB, 60, None), ("propose", ADA, 60, None), ("voucher", ADA, 60, None)]


async def test_a_code_for_many_is_not_drained_by_one_persons_cookies(database: str) -> None:
    async with staged(database) as scene:
        await made(scene, uses=3)
        await made(scene, uses=1, key="one")
        stranger, buyer = await scene.person(), await scene.person(credits_bought=5)
        scene.rows("update tf.identity set platform = 'web' where platform = 'telegram'")
        for person in (stranger, buyer):
            assert await look(scene, person, anonymous=True) is VoucherBar.STRANGER, "a gift is not paid"
        assert await look(scene, stranger, "one", anonymous=True) == 10, "a code for one is spent by whoever has it"
        with pytest.raises(Conflict):
            await stranger.submit(redeem=Redeem("hash-k", redeemer(stranger, anonymous=True)))
        scene.rows("insert into tf.identity (platform, ref, user_id) values ('telegram', '77', %s)", stranger.id)
        scene.rows("insert into tf.payment (provider, reference, user_id, credited) values ('x', '1', %s, 5)", buyer.id)
        for person in (stranger, buyer):
            assert await look(scene, person, anonymous=True) == 10
