"""Money through a company that takes it: whatever it tells, in whatever order and however often, moves credits once."""

import asyncio
from dataclasses import replace
from typing import Any

import psycopg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from psycopg.types.json import Jsonb

from core.domain.pack import Pack
from core.domain.payment import Claim, ClaimKind, ClaimStage, Mismatch, Money, OrderState, Page, Told
from core.services.paying import settle_payment
from core.store.error import Fault, Unknown
from core.store.payment import Buyer, Order, Payments, Settled, Settling
from core.store.person import People
from tests.money.order import OF_A_PAYMENT, Counter, claim, of_payment
from tests.store.scene import PLATFORM, Person, Scene, new_id, staged
from tests.store.test_join import chat
from tests.store.test_privacy import traces

PACK = Pack("price_1", 50, Money(500, "usd"))
PAID = Money(500, "usd")


def refund(minor: int, stage: ClaimStage = ClaimStage.LOST, name: str = "re_1") -> Claim:
    return Claim(name, ClaimKind.REFUND, minor, stage)


def dispute(minor: int, stage: ClaimStage, name: str = "du_1") -> Claim:
    return Claim(name, ClaimKind.DISPUTE, minor, stage)


class Shop:
    """One order after the other of one person, and what Stripe tells of them."""

    def __init__(self, scene: Scene, person: Person, provider: str = "stripe") -> None:
        self.scene, self.person = scene, person
        self.payments, self.settling = Payments(scene.direct, provider), Settling(scene.direct)
        self.provider = provider

    def buyer(self, event: str | None = None) -> Buyer:
        ref = self.person.ref
        return Buyer(event=event or new_id(), user_id=self.person.id, platform=PLATFORM, person=ref, place=ref)

    async def order(self, event: str | None = None) -> str:
        return (await self.ask(event)).sale.id

    async def ask(self, event: str | None = None, pack: Pack = PACK, title: str = "50 credits") -> Order:
        return await self.payments.order(
            self.buyer(event), pack, title, f"https://chat/{self.person.ref}", live=False, seconds=7200, least=1800
        )

    async def hear(self, order: str | None = None, payment: str | None = "pi_1", **said: Any) -> Settled | None:
        """Recorded, then settled."""
        key = said.pop("event", new_id())
        await self.payments.take(
            Told(event=key, kind="k", live=said.pop("live", False), order=order, payment=payment, **said)
        )
        return await self.settling.settle(self.provider, key)

    async def bought(self, payment: str = "pi_1") -> str:
        order = await self.order()
        assert await self.hear(order, payment, state=OrderState.PAID, paid=PAID) == Settled(50, payment, None)
        return order

    async def has(self) -> tuple[int, int]:
        """Bought credits and debt."""
        wallet = await self.scene.wallet(self.person)
        return wallet.purchased, wallet.debt

    def alerts(self) -> set[tuple[str, str]]:
        rows = self.scene.rows("select kind, detail->>'reason' from tf.alert where resolved_at is null")
        return {(kind, reason) for kind, reason in rows}


async def test_an_event_asked_twice_is_one_order_with_one_page(database: str) -> None:
    async with staged(database) as scene:
        shop = Shop(scene, await scene.person())
        first, again = await asyncio.gather(shop.order("tap"), shop.order("tap"))
        assert first == again != await shop.order("other tap")
        await shop.payments.paged(first, Page("cs_1", "https://pay"))
        found = await shop.ask("tap", replace(PACK, credits=99), "99 credits")
        assert (found.sale.id, found.url, found.sale.title) == (first, "https://pay", "50 credits"), "agreed"
        assert scene.rows("select credits from tf.checkout where id = %s", first) == [(50,)]


async def test_an_order_that_cannot_be_paid_any_more_gets_a_new_page_and_a_paid_one_does_not(database: str) -> None:
    async with staged(database) as scene:
        shop = Shop(scene, await scene.person())

        async def paged(event: str) -> Order:
            order = await shop.ask(event)
            await shop.payments.paged(order.sale.id, Page(new_id(), f"https://pay/{event}"))
            return order

        late, bare, paid = await paged("late"), await shop.ask("bare"), await paged("paid")
        failed = await paged("failed")
        await shop.hear(failed.sale.id, "pi_1", state=OrderState.FAILED)
        await shop.hear(paid.sale.id, "pi_2", state=OrderState.PAID, paid=PAID)
        assert await shop.ask("failed") != failed
        scene.advance("95 minutes")
        assert (await shop.ask("late")).url == "https://pay/late", "25 minutes are left to pay there"
        assert (await shop.ask("bare")).sale.expires_at > bare.sale.expires_at, "too few to open a page"
        scene.advance("30 minutes")
        again = await shop.ask("late")
        assert (again.sale.id, again.url) == (late.sale.id, None)
        await shop.hear(late.sale.id, None, state=OrderState.EXPIRED, page="the first")
        assert await shop.ask("late") == again
        assert (await shop.ask("paid")).url == "https://pay/paid"


async def test_what_is_told_is_recorded_once_and_settled_once(database: str) -> None:
    async with staged(database, size=12) as scene:
        shop = Shop(scene, await scene.person())
        told = Told(event="evt_1", kind="k", live=False, order=await shop.order(), payment="pi_1", paid=PAID)
        new = await asyncio.gather(*(shop.payments.take(told) for _ in range(8)))
        assert sorted(new) == [False] * 7 + [True]
        tasks = scene.rows("select queue_name, args from queue.procrastinate_jobs where task_name = 'settle_payment'")
        assert tasks == [("turns", {"provider": "stripe", "key": "evt_1"})]
        settled = await asyncio.gather(*(shop.settling.settle("stripe", "evt_1") for _ in range(8)))
        assert [one.moved for one in settled if one and one.moved] == [50]
        assert await shop.settling.settle("stripe", "evt_1") is None
        assert await shop.has() == (50, 0)


async def test_events_that_meet_come_to_what_they_say_together(database: str) -> None:
    async with staged(database, size=12) as scene:
        for round_ in range(3):
            shop = Shop(scene, await scene.person())
            order, payment = await shop.order(), f"pi_{round_}"
            said: list[dict[str, Any]] = [
                {"order": order, "state": OrderState.PENDING},
                {"order": order, "state": OrderState.PAID, "paid": PAID},
                {"refunded_minor": 100},
                {"claim": refund(100)},
                {"claim": dispute(500, ClaimStage.OPEN)},
                {"claim": dispute(500, ClaimStage.LIFTED)},
            ]
            keys = [f"evt_{round_}_{number}" for number in range(len(said))]
            for key, one in zip(keys, said, strict=True):
                await shop.payments.take(Told(event=key, kind="k", live=False, payment=payment, **one))
            await asyncio.gather(*(settle_payment(shop.settling, "stripe", key) for key in keys * 2))
            assert await shop.has() == (40, 0)


async def test_a_claim_that_meets_the_session_of_its_payment_does_not_lie_by_for_ever(database: str) -> None:
    async with staged(database) as scene:
        shop = Shop(scene, await scene.person())
        for key, said in (("paid", {"order": await shop.order(), "paid": PAID}), ("refund", {"claim": refund(100)})):
            await shop.payments.take(Told(event=key, kind="k", live=False, payment="pi_1", **said))  # type: ignore[arg-type]
        with psycopg.connect(database) as other:
            other.execute("select tf.settle_payment(%s)", (Jsonb({"provider": "stripe", "key": "paid"}),))
            meeting = asyncio.create_task(shop.settling.settle("stripe", "refund"))
            await asyncio.wait({meeting}, timeout=0.2)
        assert await meeting == Settled(-10, "pi_1", None)
        assert await shop.has() == (40, 0)


async def test_they_are_told_where_they_asked(database: str) -> None:
    async with staged(database) as scene:
        shop = Shop(scene, await scene.person())
        await shop.bought()
        ref = shop.person.ref
        ((said,),) = scene.rows("select args from queue.procrastinate_jobs where task_name = 'tell_paid'")
        about = said.pop("about")
        envelope = {"platform": PLATFORM, "person": ref, "place": ref, "anonymous": PLATFORM == "web"}
        assert said == {"user_id": shop.person.id, "credits": 50, "envelope": {"id": "paid:stripe:pi_1:1", **envelope}}
        paid = {"cause": "paid", "minor": 500, "currency": "usd", "credits": 50, "reference": "pi_1"}
        assert about == {**paid, "date": about["date"]}


async def test_what_a_claim_is_and_how_much_of_the_money_is_told_with_what_it_moves(database: str) -> None:
    async with staged(database) as scene:
        shop = Shop(scene, await scene.person())
        await shop.bought("pi_1")
        await shop.hear(payment="pi_1", claim=refund(100))
        await shop.hear(payment="pi_1", refunded_minor=250)
        await shop.hear(payment="pi_1", claim=refund(150, name="re_2"))
        for stage in (ClaimStage.OPEN, ClaimStage.LOST, ClaimStage.OPEN):
            await shop.hear(payment="pi_1", claim=dispute(200, stage))
        await shop.hear(payment="pi_1", claim=dispute(50, ClaimStage.OPEN, "du_2"))
        await shop.hear(payment="pi_1", claim=dispute(50, ClaimStage.LIFTED, "du_2"))
        await shop.hear(payment="pi_1", claim=refund(150, ClaimStage.LIFTED, name="re_2"))
        said = scene.rows("select args from queue.procrastinate_jobs where task_name = 'tell_paid' order by id")
        told = [(args["about"]["cause"], args["about"]["minor"], args["credits"]) for (args,) in said]
        assert told == [
            ("paid", 500, 50),
            ("refund_lost", 100, -10),
            ("refund_lost", 150, -15),
            ("dispute_open", 200, -20),
            ("dispute_lost", 200, 0),
            ("dispute_open", 50, -5),
            ("dispute_lifted", 50, 5),
            ("refund_lifted", 150, 15),
        ]
        assert len({args["envelope"]["id"] for (args,) in said}) == len(said), "each is told once"
        assert said[4][0]["about"]["credits"] == 20
        assert await shop.has() == (20, 0)


async def test_refunds_are_cumulative_and_a_part_is_rounded_up(database: str) -> None:
    async with staged(database) as scene:
        shop = Shop(scene, await scene.person())
        await shop.bought()
        await shop.hear(refunded_minor=101)
        assert await shop.has() == (39, 0)
        await shop.hear(refunded_minor=250)
        await shop.hear(refunded_minor=101)
        assert await shop.has() == (25, 0)
        await shop.hear(refunded_minor=500)
        assert await shop.has() == (0, 0)


async def test_a_refund_that_failed_gives_its_credits_back_and_the_next_one_counts(database: str) -> None:
    async with staged(database) as scene:
        shop = Shop(scene, await scene.person())
        await shop.bought()
        await shop.hear(claim=refund(500))
        await shop.hear(refunded_minor=500)
        assert await shop.has() == (0, 0)
        await shop.hear(claim=refund(500, ClaimStage.LIFTED))
        assert await shop.has() == (50, 0)
        await shop.hear(claim=refund(500))
        assert await shop.has() == (50, 0), "told late"
        await shop.hear(claim=refund(500, name="re_2"))
        await shop.hear(refunded_minor=500)
        assert await shop.has() == (0, 0)


async def test_a_dispute_freezes_what_is_left_and_makes_owe_what_is_not(database: str) -> None:
    async with staged(database) as scene:
        shop = Shop(scene, await scene.person())
        await shop.bought()
        hold = new_id()
        await scene.wallets.hold(shop.person.id, hold, 30)
        await scene.wallets.settle(hold, 30)
        await shop.hear(claim=dispute(500, ClaimStage.OPEN))
        assert await shop.has() == (0, 30)
        await shop.hear(claim=dispute(500, ClaimStage.LIFTED))
        assert await shop.has() == (20, 0)
        await shop.hear(claim=dispute(200, ClaimStage.LOST, name="du_2"))
        assert await shop.has() == (0, 0)


async def test_an_order_that_nobody_pays_moves_nothing_and_says_how_it_ended(database: str) -> None:
    async with staged(database) as scene:
        shop = Shop(scene, await scene.person())
        expired, failed, late = await shop.order(), await shop.order(), await shop.order()
        await shop.payments.paged(expired, Page("cs_1", "https://pay"))
        assert await shop.hear(expired, None, state=OrderState.EXPIRED, page="cs_1") == Settled(0, None, None)
        await shop.hear(failed, "pi_2", state=OrderState.FAILED)
        await shop.hear(failed, "pi_2", state=OrderState.PENDING)
        await shop.hear(late, "pi_3", state=OrderState.PENDING)
        assert await shop.has() == (0, 0)
        await shop.hear(late, "pi_3", state=OrderState.PAID, paid=PAID)
        states = dict(scene.rows("select id::text, state::text from tf.checkout"))
        assert [states[one] for one in (expired, failed, late)] == ["expired", "failed", "paid"]
        assert await shop.has() == (50, 0)


@pytest.mark.parametrize(
    ("said", "reason"),
    [
        ({"paid": Money(499, "usd")}, "amount"),
        ({"paid": Money(500, "jpy")}, "amount"),
        ({"paid": PAID, "live": True}, "livemode"),
        ({"paid": PAID, "order": "22222222-2222-4222-8222-222222222222"}, "unknown_order"),
    ],
)
async def test_what_is_not_as_agreed_is_set_apart_with_an_alert(
    database: str, said: dict[str, Any], reason: str
) -> None:
    async with staged(database) as scene:
        shop = Shop(scene, await scene.person())
        order = said.pop("order", None) or await shop.order()
        assert await shop.hear(order, state=OrderState.PAID, **said) == Settled(0, "pi_1", reason)
        assert await shop.has() == (0, 0)
        assert shop.alerts() == {("purchase.refused", reason)}
        assert scene.rows("select doubt from tf.payment") == [(reason,)]


async def test_what_is_paid_after_somebody_left_is_set_apart_and_names_nobody(database: str) -> None:
    async with staged(database) as scene:
        shop = Shop(scene, await scene.person())
        early, late = await shop.bought(), await shop.order()
        await People(scene.direct).delete(shop.person.id)
        assert traces(database, shop.person.id) == []
        assert traces(database, shop.person.ref) == []
        assert await shop.hear(late, "pi_2", state=OrderState.PAID, paid=PAID) == Settled(0, "pi_2", Mismatch.LEFT)
        assert await shop.hear(early, claim=refund(500)) == Settled(-50, "pi_1", None)
        with pytest.raises(Unknown):
            await shop.order()


async def test_suspected_fraud_is_an_alert_until_the_money_is_claimed(database: str) -> None:
    async with staged(database) as scene:
        shop = Shop(scene, await scene.person())
        await shop.bought()
        await shop.hear(suspected=True)
        assert (await shop.has(), shop.alerts()) == ((50, 0), {("payment.suspected", None)})
        await shop.hear(claim=dispute(500, ClaimStage.OPEN))
        await shop.hear(suspected=True)
        assert shop.alerts() == set()


async def test_a_payment_follows_whoever_joined_another(database: str) -> None:
    async with staged(database) as scene:
        buyer, first = await chat(scene, "discord"), await chat(scene, "telegram")
        payments, settling = Payments(scene.direct, "stripe"), Settling(scene.direct)
        who = Buyer(event="e", user_id=buyer.id, platform="discord", person=buyer.ref, place=buyer.ref)
        order = (await payments.order(who, PACK, "t", "b", live=False, seconds=7200, least=1800)).sale.id
        before = (await first.wallet()).purchased
        await buyer.join(await first.issue())
        for event, said in (("1", {"paid": PAID}), ("2", {"claim": refund(200)})):
            await payments.take(Told(event=event, kind="k", live=False, order=order, payment="pi_1", **said))  # type: ignore[arg-type]
            await settling.settle("stripe", event)
        assert (await first.wallet()).purchased == before + 30


def killed(scene: Scene) -> None:
    """Whoever worked on it is gone, for a minute."""
    scene.rows("update queue.procrastinate_jobs set status = 'failed' where task_name = 'settle_payment'")
    scene.advance("2 minutes")


async def test_what_no_worker_ended_is_handed_to_one_again(database: str) -> None:
    async with staged(database) as scene:
        shop = Shop(scene, await scene.person())
        told = Told(event="evt_1", kind="k", live=False, order=new_id(), payment="pi_1", state=OrderState.PENDING)
        await shop.payments.take(told)
        scene.advance("2 minutes")
        assert await shop.settling.sweep() == 0, "it is in the queue"
        killed(scene)
        assert await shop.settling.sweep() == 1, "though nobody ever ordered anything here"
        await shop.settling.settle("stripe", "evt_1")
        killed(scene)
        assert await shop.settling.sweep() == 0, "it is done"


async def test_what_fails_again_and_again_is_given_up_with_an_alert_until_it_is_sent_again(database: str) -> None:
    async with staged(database) as scene:
        shop = Shop(scene, await scene.person())
        # The reader lets nothing of the kind through: a fault of ours.
        poison = Told(event="evt_1", kind="k", live=False, order="customer_42", payment="pi_1", paid=PAID)
        await shop.payments.take(poison)
        handed = []
        for _ in range(5):
            with pytest.raises(Fault):
                await shop.settling.settle("stripe", "evt_1")
            killed(scene)
            handed.append(await shop.settling.sweep())
            if not handed[-1]:
                break
        assert handed == [1, 1, 1, 0]
        assert shop.alerts() == {("payment.given_up", None)}
        assert await shop.settling.settle("stripe", "evt_1") is None
        assert await shop.payments.take(replace(poison, order=await shop.order())), "mended, and sent again"
        assert await shop.settling.settle("stripe", "evt_1") == Settled(50, "pi_1", None)
        assert shop.alerts() == set()
        assert not await shop.payments.take(poison)


async def test_what_is_told_of_a_payment_lies_by_until_an_order_names_it(database: str) -> None:
    async with staged(database) as scene:
        shop = Shop(scene, await scene.person())
        for said in ({"suspected": True}, {"claim": refund(100)}, {"refunded_minor": 100}):
            for payment in ("pi_1", "pi_foreign"):
                assert await shop.hear(payment=payment, **said) == Settled(0, None, None)
        killed(scene)
        assert await shop.settling.sweep() == 0
        assert (scene.rows("select from tf.payment"), shop.alerts()) == ([], set())
        order = await shop.order()
        assert await shop.hear(order, state=OrderState.PAID, paid=PAID) == Settled(40, "pi_1", None)
        assert await shop.has() == (40, 0)
        assert scene.rows("select reference from tf.payment") == [("pi_1",)]
        left = scene.rows("select distinct record->>'reference' from tf.happening where done_at is null")
        assert left == [("pi_foreign",)]


# -- order and repetition ----------------------------------------------------------------------------------------------

MORE = (
    *OF_A_PAYMENT,
    claim("du_2", "dispute", 120, "open"),
    claim("du_2", "dispute", 120, "lost"),
    claim("re_1", "refund", 100, "lost"),
    claim("re_1", "refund", 100, "lifted"),
    claim("re_2", "refund", 150, "open"),
    {"suspected": True},
)


def test_orders_of_six_events_come_to_one_balance(database: str) -> None:
    """A seeded sixty of the 720; `make check-money` plays every one."""
    with psycopg.connect(database) as connection:
        assert of_payment(connection, 60) == 360


def test_what_comes_several_times_in_any_order_comes_to_what_comes_once(database: str) -> None:
    with psycopg.connect(database) as connection:
        counter = Counter(connection)

        @settings(max_examples=60, deadline=None, database=None, suppress_health_check=list(HealthCheck))
        @given(st.lists(st.sampled_from(MORE), min_size=1, max_size=14))
        def same(events: list[dict[str, Any]]) -> None:
            once = [one for one in MORE if one in events]
            assert counter.outcome(events) == counter.outcome(once)
            connection.rollback()

        same()


async def test_orders_nobody_paid_go_after_a_month_and_those_with_a_payment_stay(database: str) -> None:
    async with staged(database) as scene:
        shop = Shop(scene, await scene.person())
        await shop.bought("pi_1")
        left, late = await shop.order(), await shop.order()
        scene.rows("update tf.checkout set state = 'pending' where id = %s", late)
        orders = "select count(*), count(*) filter (where id = %s) from tf.checkout"
        scene.advance("30 days")
        await scene.housekeeping.prune()
        assert scene.rows(orders, left) == [(3, 1)], "it could be paid for two hours"
        scene.advance("3 hours")
        await scene.housekeeping.prune()
        assert scene.rows(orders, left) == [(2, 0)]
