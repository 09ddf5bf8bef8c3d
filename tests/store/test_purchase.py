"""What people bought elsewhere: credited once, taken back once, whoever tells of it how often, and in which order."""

import asyncio
import random
from typing import Any

import pytest

from core.domain.guild import Payer
from core.domain.job import JobStatus
from core.store.administration import Administration
from core.store.error import Conflict, Unknown
from core.store.guild import Given, GuildChange, Guilds
from core.store.happening import Happenings
from core.store.person import People
from core.store.purchase import Purchases, Tell
from tests.store.scene import PLATFORM, Person, Scene, new_id, order, staged
from tests.store.test_join import Chat, chat
from tests.store.test_privacy import traces

PACK = "7001"


def told(person: str, happening: str = "h", places: str = "^[0-9]+$") -> dict[str, Any]:
    return {"happening": happening, "tell": Tell(person, places)}


async def credited(scene: Scene, person: Person, purchase: str = "900") -> tuple[int, bool]:
    return await Purchases(scene.direct, PLATFORM).credit(
        purchase, PACK, user_id=person.id, amount=50, **told(person.ref)
    )


async def refunded(scene: Scene, person: Person, purchase: str = "900") -> int:
    """As often as it takes."""
    while True:
        try:
            return await Purchases(scene.direct, PLATFORM).refund(purchase, PACK, **told(person.ref))
        except Conflict:
            continue


async def give(scene: Scene, person: Person, guild: str, amount: int, having: int) -> None:
    await person.submit(guild=GuildChange(guild, given=Given(amount, having)))


async def owned(scene: Scene, guild: str) -> int:
    return (await Guilds(scene.direct).read(PLATFORM, guild, None)).wallet.purchased


async def test_whoever_is_told_of_it_at_the_same_moment_credits_it_once(database: str) -> None:
    async with staged(database) as scene:
        person = await scene.person()
        moved = await asyncio.gather(*(credited(scene, person) for _ in range(12)))
        assert sorted(amount for amount, _ in moved) == [0] * 11 + [50]
        assert (await scene.wallet(person)).purchased == 50


@pytest.mark.parametrize("seed", range(4))
async def test_credits_and_refunds_that_meet_come_to_nothing(database: str, seed: int) -> None:
    async with staged(database, size=12) as scene:
        person = await scene.person()
        numbers = [str(900 + n) for n in range(8)]
        calls = [call(scene, person, n) for n in numbers for call in (credited, credited, refunded, refunded)]
        random.Random(seed).shuffle(calls)
        await asyncio.gather(*calls)
        wallet = await scene.wallet(person)
        assert (wallet.purchased, wallet.debt) == (0, 0)
        assert scene.rows("select sum(credited)::int, count(*) from tf.payment") == [(0, 8)]


async def test_what_is_refunded_before_it_is_credited_is_never(database: str) -> None:
    async with staged(database) as scene:
        person = await scene.person()
        assert await refunded(scene, person) == 0
        assert await credited(scene, person) == (0, True)
        assert (await scene.wallet(person)).purchased == 0


async def test_what_is_spent_before_the_refund_is_owed(database: str) -> None:
    async with staged(database) as scene:
        person = await scene.person()
        await credited(scene, person)
        hold = new_id()
        await scene.wallets.hold(person.id, hold, 30)
        await scene.wallets.settle(hold, 30)
        assert await refunded(scene, person) == 50
        wallet = await scene.wallet(person)
        assert (wallet.purchased, wallet.debt) == (0, 30)


async def test_a_refund_takes_what_was_given_to_servers_before_it_makes_anybody_owe(database: str) -> None:
    async with staged(database) as scene:
        person = await scene.person()
        await credited(scene, person)
        await give(scene, person, "g1", 20, having=50)
        await give(scene, person, "g2", 20, having=30)
        await Administration(scene.direct, 1000).give_guild(
            PLATFORM, "g1", 5, key="k", why="welcome", actor="machine:ada"
        )
        assert await refunded(scene, person) == 50
        wallet = await scene.wallet(person)
        assert (wallet.purchased, wallet.debt) == (0, 0)
        assert [await owned(scene, name) for name in ("g1", "g2")] == [5, 0]


async def test_what_a_server_has_spent_before_the_refund_is_owed_by_who_gave_it(database: str) -> None:
    async with staged(database) as scene:
        person = await scene.person()
        await credited(scene, person)
        await give(scene, person, "g1", 50, having=50)
        await person.submit(guild=GuildChange("g1", {"payer": "guild"}))
        paid, work = order(30, guild="g1", member="h", payer=Payer.GUILD), scene.worker()
        await person.submit(paid)
        await work.start(paid.job_id)
        await work.end(paid.job_id, JobStatus.DONE, captured=30)
        assert await refunded(scene, person) == 50
        assert ((await scene.wallet(person)).debt, await owned(scene, "g1")) == (30, 0)


async def test_a_refund_reaches_what_was_given_by_who_has_gone_since(database: str) -> None:
    async with staged(database) as scene:
        person = await scene.person()
        await credited(scene, person)
        await give(scene, person, "g1", 50, having=50)
        await People(scene.direct).delete(person.id)
        assert await refunded(scene, person) == 50
        assert await owned(scene, "g1") == 0
        assert scene.rows("select sum(debt)::int from tf.wallet") == [(0,)]


async def test_a_refund_reaches_what_was_given_before_a_join_that_brought_nothing(database: str) -> None:
    async with staged(database) as scene:
        buyer, first = await scene.person(), await chat(scene, "discord")
        await credited(scene, buyer, "900")
        await give(scene, buyer, "g1", 50, having=50)
        joins = Chat(scene, PLATFORM, buyer.ref, await buyer.reopen())
        await joins.join(await first.issue())
        shop, starter = Purchases(scene.direct, PLATFORM), (await first.wallet()).purchased
        await shop.credit("901", PACK, user_id=first.id, amount=50, **told(first.ref))
        assert await shop.refund("900", PACK, **told(first.ref)) == 50
        assert await owned(scene, "g1") == 50, "what was bought since is nearer"
        assert await shop.refund("901", PACK, **told(first.ref)) == 50
        wallet = await first.wallet()
        assert (wallet.purchased, wallet.debt, await owned(scene, "g1")) == (starter, 0, 0)


async def test_gifts_and_refunds_that_meet_leave_nothing_with_the_server(database: str) -> None:
    async with staged(database, size=12) as scene:
        for round_ in range(8):
            person, number, guild = await scene.person(), str(900 + round_), f"g{round_}"
            await credited(scene, person, number)
            outcomes = await asyncio.gather(
                give(scene, person, guild, 50, having=50), refunded(scene, person, number), return_exceptions=True
            )
            assert outcomes[1] == 50
            assert outcomes[0] is None or isinstance(outcomes[0], Conflict)
            wallet = await scene.wallet(person)
            assert (wallet.purchased, wallet.debt, await owned(scene, guild)) == (0, 0, 0)


async def test_a_refund_follows_whoever_joined_another(database: str) -> None:
    async with staged(database) as scene:
        buyer, first = await chat(scene, "discord"), await chat(scene, "telegram")
        shop = Purchases(scene.direct, "discord")
        await shop.credit("900", PACK, user_id=buyer.id, amount=50, **told(buyer.ref))
        await buyer.join(await first.issue())
        before = (await first.wallet()).purchased
        assert await shop.refund("900", PACK, **told(buyer.ref)) == 50
        assert (await first.wallet()).purchased == before - 50


async def test_a_purchase_told_under_the_name_of_who_has_joined_is_the_joint_persons(database: str) -> None:
    async with staged(database) as scene:
        buyer, first = await chat(scene, "discord"), await chat(scene, "telegram")
        before, old = (await first.wallet()).purchased, buyer.id
        await buyer.join(await first.issue())
        shop = Purchases(scene.direct, "discord")
        assert await shop.credit("900", PACK, user_id=old, amount=50, **told(buyer.ref)) == (50, False)
        assert (await first.wallet()).purchased == before + 50


async def test_a_purchase_and_a_join_that_meet_lose_nothing(database: str) -> None:
    async with staged(database, size=12) as scene:
        shop = Purchases(scene.direct, "discord")
        for _ in range(6):
            buyer, first = await chat(scene, "discord"), await chat(scene, "telegram")
            code, before = await first.issue(), (await first.wallet()).purchased
            offer = await buyer.offer(code)
            number, old = new_id(), buyer.id

            async def buy(number: str = number, old: str = old, ref: str = buyer.ref) -> None:
                await shop.credit(number, PACK, user_id=old, amount=50, **told(ref))

            outcomes = await asyncio.gather(buyer.join(code, offer.terms), buy(), return_exceptions=True)
            assert outcomes[1] is None
            if isinstance(outcomes[0], Conflict):  # the terms had changed: shown anew, and confirmed
                await buyer.open()
                await buyer.join(code)
            assert (await first.wallet()).purchased == before + 50


async def test_of_who_has_gone_the_refund_still_balances_and_names_nobody(database: str) -> None:
    async with staged(database) as scene:
        person = await scene.person()
        await person.submit()
        await credited(scene, person)
        await People(scene.direct).delete(person.id)
        assert await refunded(scene, person) == 50
        assert traces(database, person.id) == []
        with pytest.raises(Unknown):
            await credited(scene, person, "901")


async def test_what_was_told_of_names_nobody_once_it_is_done_or_its_person_has_gone(database: str) -> None:
    async with staged(database) as scene:
        person, giver = await scene.person(), await scene.person()
        happenings = Happenings(scene.direct, PLATFORM)
        gift = {"id": "900", "user_id": person.ref, "gifter_user_id": giver.ref}
        for key in ("done", "open"):
            await happenings.record(key, "e", gift)
        await happenings.close("done")
        assert scene.rows("select record from tf.happening where key = 'done'") == [({"id": "900"},)]
        await People(scene.direct).delete(giver.id)
        assert scene.rows("select record from tf.happening where key = 'open'") == [
            ({"id": "900", "user_id": person.ref},)
        ]
        await People(scene.direct).delete(person.id)
        assert (traces(database, person.ref), traces(database, giver.ref)) == ([], [])
        assert await happenings.record("open", "e", gift) == (False, True), "it can still be done"


async def test_an_alert_is_one_purchases_own_and_ends_when_that_is_credited_or_refunded(database: str) -> None:
    async with staged(database) as scene:
        person, shop = await scene.person(), Purchases(scene.direct, PLATFORM)

        async def alerts() -> set[str]:
            return {one["detail"]["id"] for one in await scene.housekeeping.open_alerts()}

        assert [await shop.doubt(one, PACK, "test") for one in ("901", "902", "901")] == [True, True, False]
        await credited(scene, person, "900")
        assert await alerts() == {"901", "902"}, "a good one of the same pack says nothing about these"
        await credited(scene, person, "901")
        assert await alerts() == {"902"}
        await refunded(scene, person, "902")
        assert await alerts() == set()
        assert not await shop.doubt("902", PACK, "test"), "told of late"
        assert await alerts() == set()


async def test_they_are_told_where_they_were_last_seen_of_the_places_that_will_do(database: str) -> None:
    async with staged(database) as scene:
        person = await scene.person()
        for place in ("11", "11:shared"):
            await scene.turns.store(person.turn(place=place, version=0))
        await credited(scene, person)
        said = scene.rows("select args from queue.procrastinate_jobs where task_name = 'tell_paid'")
        assert [(args["user_id"], args["credits"]) for (args,) in said] == [(person.id, 50)]
        envelope = said[0][0]["envelope"]
        assert (envelope["id"], envelope["person"], envelope["place"]) == (f"paid:{PLATFORM}:900:1", person.ref, "11")
