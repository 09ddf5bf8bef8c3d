"""Plans by card: whatever Stripe tells, in whatever order and however often, comes to one plan and one balance."""

import json
import random
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import psycopg
import pytest
from psycopg.types.json import Jsonb

from core.domain.payment import Mismatch, Money, Told
from core.domain.plan import PlanId, Tariff
from core.domain.subscription import Heard, Status, Subscription
from core.payments.stripe.event import read
from core.store.fund import Funds
from core.store.payment import Buyer, Payments, Settled, Settling
from core.store.person import People
from core.store.subscription import Subscriptions
from tests.store.scene import PLATFORM, Person, Scene, new_id, staged
from tests.stripe_server.contract import Contract
from tests.stripe_server.customer import Customer
from tests.stripe_server.world import Thing, World

STARTER = Tariff(PlanId.STARTER, "price_starter", Money(900, "usd"))
PRO = Tariff(PlanId.PRO, "price_pro", Money(2900, "usd"))
TARIFFS = (STARTER, PRO)
MONTH = timedelta(days=30)


class Shop:
    """One person who subscribes at a Stripe whose clock goes with the database's, and what we make of its news."""

    def __init__(self, scene: Scene, person: Person, contracts: Path) -> None:
        self.scene, self.person = scene, person
        self.world = World(Contract.load(contracts))
        self.customer = Customer(self.world)
        for one in TARIFFS:
            self.world.price(one.item, one.price.minor, monthly=True)
        self.payments, self.settling = Payments(scene.direct, "stripe"), Settling(scene.direct)
        self.subscriptions = Subscriptions(scene.direct)
        self._told = 0

    async def order(self, tariff: Tariff = STARTER, *, live: bool = False) -> str:
        """Its page, as Stripe opened it."""
        ref = self.person.ref
        buyer = Buyer(event=new_id(), user_id=self.person.id, platform=PLATFORM, person=ref, place=ref)
        ordered = await self.payments.order(
            buyer, tariff.month, "Starter", "", live=live, seconds=7200, least=1800, plan=tariff.plan
        )
        assert ordered.sale.monthly
        about = {"order": ordered.sale.id}
        session = self.world.open_session(
            {
                "mode": "subscription", "success_url": "https://a", "client_reference_id": ordered.sale.id,
                "metadata": about, "subscription_data": {"metadata": about},
                "line_items": [{"price": tariff.item, "quantity": 1}],
            }
        )  # fmt: skip
        return str(session["id"])

    async def subscribe(self, tariff: Tariff = STARTER, **said: bool) -> str:
        return self.customer.pay(await self.order(tariff, **said))

    def later(self, **time: float) -> None:
        self.world.ahead_s += timedelta(**time).total_seconds()
        self.scene.advance(f"{timedelta(**time).total_seconds()} seconds")

    def news(self) -> list[Thing]:
        fresh = self.world.events[self._told :]
        self._told = len(self.world.events)
        return fresh

    async def hear(
        self, events: Iterable[Thing] | None = None, *, tariffs: Sequence[Tariff] = TARIFFS
    ) -> list[Settled]:
        """Recorded, then settled; what is not about us left out."""
        settled = []
        for event in self.news() if events is None else events:
            told = read(event)
            if isinstance(told, Heard):
                await self.subscriptions.take("stripe", told, tariffs)
            elif isinstance(told, Told):
                await self.payments.take(told)
            if told and (done := await self.settling.settle("stripe", told.event)):
                settled.append(done)
        return settled

    async def has(self) -> tuple[PlanId, int, int]:
        """Plan, credits of the month, debt."""
        wallet = await self.scene.wallet(self.person)
        plan, _ = await self.subscriptions.of(self.person.id)
        return plan, wallet.monthly, wallet.debt

    async def held(self) -> Subscription:
        _, (one,) = await self.subscriptions.of(self.person.id)
        return one

    def alerts(self) -> list[str]:
        rows = self.scene.rows("select detail->>'reason' from tf.alert where resolved_at is null")
        return [reason for (reason,) in rows]


async def test_a_month_is_credited_by_its_invoice_and_the_next_one_when_it_begins(
    database: str, contracts: Path
) -> None:
    async with staged(database) as scene:
        shop = Shop(scene, await scene.person(), contracts)
        name = await shop.subscribe()
        assert [one.moved for one in await shop.hear()] == [0, 0, 0, 50, 0]
        assert (await shop.has(), (await shop.held()).status) == ((PlanId.STARTER, 50, 0), Status.ACTIVE)
        assert scene.rows("select state::text from tf.checkout") == [("paid",)]
        shop.later(days=30, seconds=1)
        shop.customer.renews(name)
        await shop.hear()
        assert await shop.has() == (PlanId.STARTER, 50, 0)
        told = scene.rows("select args->>'credits' from queue.procrastinate_jobs where task_name = 'tell_paid'")
        assert told == [("50",), ("50",)]


def _changed(shop: Shop, name: str) -> None:
    """For a dearer plan, back again, and cancelled, within the month."""
    for days, price in ((10, PRO.item), (2, STARTER.item)):
        shop.later(days=days)
        shop.customer.changes(name, price)
    shop.later(days=1)
    shop.customer.cancels(name)


def _failed(shop: Shop, name: str) -> None:
    """The next month is not paid, paid after all, and the plan cancelled; nothing was told before."""
    shop.later(days=30, minutes=1)
    failed = shop.customer.invoice_fails(name)
    shop.later(days=2)
    shop.customer.pays_after_all(name, failed)
    shop.later(days=1)
    shop.customer.cancels(name)


def _regretted(shop: Shop, name: str) -> None:
    """A fifth of the month is refunded, a second fifth is not after all, and half is disputed in vain."""
    month = shop.customer.month_of(name)
    shop.customer.is_refunded(month, 180)
    shop.customer.refund_fails(shop.customer.is_refunded(month, 180))
    shop.customer.dispute_ends(shop.customer.disputes(month, 450), "won")
    shop.later(days=1)
    shop.customer.cancels(name)


def _undone(shop: Shop, name: str) -> None:
    """Changed for a dearer plan, and only that is disputed, and lost."""
    shop.later(days=15)
    changed = shop.customer.changes(name, PRO.item)
    shop.customer.dispute_ends(shop.customer.disputes(shop.customer.paid_with(changed)), "lost")
    shop.later(days=1)
    shop.customer.cancels(name)


@pytest.mark.parametrize(("lived", "monthly"), [(_changed, 62), (_failed, 50), (_regretted, 40), (_undone, 50)])
async def test_scrambled_and_told_again_it_comes_to_one_state_and_one_balance(
    database: str, contracts: Path, lived: Callable[[Shop, str], None], monthly: int
) -> None:
    """Thirty orders of all of it, each with some told again, each undone, so that nothing waits for a disk."""
    async with staged(database) as scene:
        shop = Shop(scene, await scene.person(), contracts)
        lived(shop, await shop.subscribe())
        said = [(told, event) for event in shop.news() if (told := read(event))]
        for told, _ in said:  # recorded, and left to a worker that has not come yet
            if isinstance(told, Heard):
                await shop.subscriptions.take("stripe", told, TARIFFS)
            else:
                assert isinstance(told, Told)
                await shop.payments.take(told)
    keys = [told.event for told, _ in said]
    draw, outcomes = random.Random(11), set()
    with psycopg.connect(database) as owner:
        owner.execute("begin")

        def ask(statement: str, *values: Any) -> Any:
            return owner.execute(statement, values).fetchone()[0]  # type: ignore[index]

        for _ in range(30):
            owner.execute("savepoint begun")
            for key in draw.sample(keys, len(keys)):
                ask("select tf.settle_told(%s)", Jsonb({"provider": "stripe", "key": key}))
            for key in draw.sample(keys, 4):
                owner.execute("update tf.happening set done_at = null where key = %s", (key,))
                again = ask("select tf.settle_told(%s)", Jsonb({"provider": "stripe", "key": key}))
                assert again["moved"] == 0
            whose = Jsonb({"user_id": shop.person.id})
            wallet = ask("select api.balance(%s)", whose)["wallet"]
            plan, (one,) = ask("select api.subscriptions(%s)", whose).values()
            outcomes.add((plan, wallet["monthly"], wallet["debt"], *one.values()))
            assert owner.execute("select * from tf.audit").fetchone() == (0, 0, 0, 0)
            assert ask("select count(*) from tf.happening where done_at is null") == 0
            owner.execute("rollback to savepoint begun")
        owner.rollback()
    (found,) = outcomes
    assert found[1:3] == (monthly, 0) and "cancelled" in found


async def test_a_dearer_plan_brings_its_part_of_the_month_and_no_more(database: str, contracts: Path) -> None:
    """Whoever changes on the last day pays for a day: credits for a whole month would be a gift."""
    async with staged(database) as scene:
        shop = Shop(scene, await scene.person(), contracts)
        name = await shop.subscribe()
        await shop.hear()
        shop.later(days=15)
        shop.customer.changes(name, PRO.item)
        await shop.hear()
        assert await shop.has() == (PlanId.PRO, 50 + 100, 0)
        shop.later(days=14)
        shop.customer.changes(name, STARTER.item)
        await shop.hear()
        _, monthly, debt = await shop.has()
        assert (debt, 140 <= monthly <= 144) == (0, True), "a day's difference goes back with its money"
        assert not shop.alerts()


async def test_money_of_a_month_that_goes_back_takes_its_part_and_comes_back_with_it(
    database: str, contracts: Path
) -> None:
    async with staged(database) as scene:
        shop = Shop(scene, await scene.person(), contracts)
        month = shop.customer.month_of(await shop.subscribe())
        await shop.hear()
        shop.customer.is_refunded(month, 10)
        failing = shop.customer.is_refunded(month, 440)
        await shop.hear()
        assert await shop.has() == (PlanId.STARTER, 25, 0), "of a part of a credit the house keeps the rest"
        shop.customer.refund_fails(failing)
        await shop.hear()
        assert await shop.has() == (PlanId.STARTER, 49, 0)
        dispute = shop.customer.disputes(month, 890)
        await shop.hear()
        assert await shop.has() == (PlanId.FREE, 0, 0), "as long as it is disputed it is not paid"
        shop.customer.dispute_ends(dispute, "won")
        await shop.hear()
        assert await shop.has() == (PlanId.STARTER, 49, 0)
        told = scene.rows("select args->'about'->>'cause' from queue.procrastinate_jobs where task_name = 'tell_paid'")
        assert [cause for (cause,) in told] == [
            None, "refund_lost", "refund_lost", "refund_lifted", "dispute_open", "dispute_lifted",
        ]  # fmt: skip
        assert not shop.alerts()


async def test_a_months_money_is_set_aside_and_summed_up_as_a_packs_is(database: str, contracts: Path) -> None:
    async with staged(database) as scene:
        shop, funds = Shop(scene, await scene.person(), contracts), Funds(scene.direct)
        await funds.refill("gemini", 1, key="k", why="prepaid", actor="machine:ada")
        month = shop.customer.month_of(await shop.subscribe())
        await shop.hear()
        assert (await funds.all())[0].balance - 1 == 7_200_000
        shop.customer.is_refunded(month, 450)
        await shop.hear()
        assert (await funds.all())[0].balance - 1 == 3_600_000
        ((told,),) = scene.rows("select tf.summary(jsonb_build_object('slot', tf.now()))")
        assert told["revenue"] == {"usd": 450}


async def test_a_month_disputed_after_it_was_spent_is_owed(database: str, contracts: Path) -> None:
    async with staged(database) as scene:
        shop = Shop(scene, await scene.person(), contracts)
        month = shop.customer.month_of(await shop.subscribe())
        await shop.hear()
        hold = new_id()
        await scene.wallets.hold(shop.person.id, hold, 30)
        await scene.wallets.settle(hold, 30)
        shop.customer.dispute_ends(shop.customer.disputes(month), "lost")
        shop.customer.is_suspected(month)
        await shop.hear()
        assert await shop.has() == (PlanId.FREE, 0, 30)


async def test_a_month_that_went_back_before_anybody_told_of_it_brings_nothing(database: str, contracts: Path) -> None:
    async with staged(database) as scene:
        shop = Shop(scene, await scene.person(), contracts)
        shop.customer.is_refunded(shop.customer.month_of(await shop.subscribe()))
        await shop.hear(reversed(shop.news()))
        assert await shop.has() == (PlanId.FREE, 0, 0)
        assert scene.rows("select credited, credits from tf.payment") == [(0, 50)]


async def test_bills_and_refunds_over_the_same_account_that_are_not_ours_lie_by(database: str, contracts: Path) -> None:
    async with staged(database) as scene:
        shop = Shop(scene, await scene.person(), contracts)
        session = shop.world.open_session(
            {"mode": "subscription", "success_url": "https://a", "line_items": [{"price": PRO.item, "quantity": 1}]}
        )
        shop.customer.is_refunded(shop.customer.month_of(shop.customer.pay(session["id"])))
        assert {one.moved for one in await shop.hear()} == {0} and not shop.alerts()
        assert scene.rows("select count(*) from tf.payment") == [(0,)]


async def test_a_failed_month_has_its_grace_and_the_money_brings_it_back(database: str, contracts: Path) -> None:
    async with staged(database) as scene:
        shop = Shop(scene, await scene.person(), contracts)
        name = await shop.subscribe(PRO)
        await shop.hear()
        shop.later(days=30, hours=1)
        failed = shop.customer.invoice_fails(name)
        first, *_ = shop.news()
        await shop.hear([first])
        assert (await shop.has(), (await shop.held()).status) == ((PlanId.PRO, 0, 0), Status.GRACE)
        await shop.hear()
        told = scene.rows("select count(*) from queue.procrastinate_jobs where task_name = 'tell_stalled'")
        assert told == [(1,)], "its person is told once"
        shop.later(days=7)
        assert (await shop.has(), (await shop.held()).status) == ((PlanId.FREE, 0, 0), Status.PAST_DUE)
        shop.customer.pays_after_all(name, failed)
        await shop.hear()
        assert (await shop.has(), (await shop.held()).status) == ((PlanId.PRO, 250, 0), Status.ACTIVE)


async def test_what_is_cancelled_is_kept_until_its_end(database: str, contracts: Path) -> None:
    async with staged(database) as scene:
        shop = Shop(scene, await scene.person(), contracts)
        name = await shop.subscribe()
        shop.later(minutes=1)
        shop.customer.cancels(name)
        await shop.hear()
        held = await shop.held()
        assert (await shop.has(), held.status, held.ends) == ((PlanId.STARTER, 50, 0), Status.CANCELLED, True)
        shop.later(days=30)
        shop.customer.cancels(name, at_once=True)
        await shop.hear()
        assert (await shop.has(), (await shop.held()).status) == ((PlanId.FREE, 0, 0), Status.ENDED)


@pytest.mark.parametrize(
    "bill",
    [{"total": 800}, {"total": 0}],
    ids=["a discount nobody agreed on", "a trial"],
)
async def test_a_bill_that_is_not_what_was_agreed_is_set_apart(
    database: str, contracts: Path, bill: dict[str, Any]
) -> None:
    async with staged(database) as scene:
        shop = Shop(scene, await scene.person(), contracts)
        name = await shop.subscribe()
        await shop.hear()
        shop.later(days=30, hours=1)
        shop.customer.renews(name, **bill)
        assert Mismatch.AMOUNT in {one.doubt for one in await shop.hear()}
        assert (await shop.has())[1] == 0 and shop.alerts() == ["amount"]


async def test_a_price_that_is_no_plan_of_ours_brings_nothing(database: str, contracts: Path) -> None:
    async with staged(database) as scene:
        shop = Shop(scene, await scene.person(), contracts)
        name = await shop.subscribe()
        await shop.hear()
        shop.world.price("price_else", 100, monthly=True)
        shop.customer.changes(name, "price_else")
        await shop.hear()
        assert await shop.has() == (PlanId.STARTER, 50, 0) and shop.alerts() == ["amount"]


async def test_who_began_at_an_older_price_keeps_it(database: str, contracts: Path) -> None:
    async with staged(database) as scene:
        shop = Shop(scene, await scene.person(), contracts)
        name = await shop.subscribe()
        await shop.hear()
        shop.later(days=30, hours=1)
        shop.customer.renews(name)
        await shop.hear(tariffs=(Tariff(PlanId.STARTER, "price_new", Money(1200, "usd")),))
        assert await shop.has() == (PlanId.STARTER, 50, 0) and not shop.alerts()


async def test_an_order_nobody_made_and_money_of_another_kind_are_set_apart(database: str, contracts: Path) -> None:
    async with staged(database) as scene:
        shop = Shop(scene, await scene.person(), contracts)
        await shop.subscribe(live=True)
        await shop.hear()
        await shop.subscribe()
        unknown = [
            json.loads(json.dumps(event).replace(order, new_id())) for event in shop.news() if (order := _of(event))
        ]
        await shop.hear(unknown)
        assert set(shop.alerts()) == {"livemode", "unknown_order"}
        assert await shop.has() == (PlanId.FREE, 0, 0)


def _of(event: Thing) -> str:
    told = read(event)
    return told.order if isinstance(told, Heard) else ""


async def test_who_has_left_is_credited_nothing_and_somebody_has_to_look(database: str, contracts: Path) -> None:
    async with staged(database) as scene:
        shop = Shop(scene, await scene.person(), contracts)
        name = await shop.subscribe()
        await shop.hear()
        await People(scene.direct).delete(shop.person.id)
        shop.later(days=30, hours=1)
        shop.customer.renews(name)
        assert [one.moved for one in await shop.hear()] == [0, 0, 0]
        assert shop.alerts() == ["left"]


@pytest.mark.parametrize(
    "begun",
    [
        datetime(2027, 1, 31, 12, tzinfo=UTC),
        datetime(2027, 3, 28, 0, 30, tzinfo=UTC),
        datetime(2028, 2, 29, tzinfo=UTC),
    ],
    ids=["a month's last day", "the night clocks go forward", "a leap day"],
)
async def test_a_period_ends_when_its_bill_says_whatever_the_calendar(
    database: str, contracts: Path, begun: datetime
) -> None:
    """Periods are moments, told by the company: months' lengths and summer time are theirs to know."""
    async with staged(database) as scene:
        shop = Shop(scene, await scene.person(), contracts)
        shop.later(seconds=(begun - datetime.now(UTC)).total_seconds())
        name = await shop.subscribe()
        await shop.hear()
        until = (await shop.held()).until
        assert until is not None and abs(until - begun - MONTH) < timedelta(minutes=5)
        shop.later(days=30, minutes=-10)
        assert await shop.has() == (PlanId.STARTER, 50, 0)
        shop.later(minutes=20)
        assert (await shop.has())[1] == 0, "its credits end with it; the plan has its grace"
        shop.customer.renews(name)
        await shop.hear()
        assert await shop.has() == (PlanId.STARTER, 50, 0)


async def test_whoever_pays_for_a_plan_is_let_into_no_other_until_it_is_cancelled(
    database: str, contracts: Path
) -> None:
    async with staged(database) as scene:
        shop = Shop(scene, await scene.person(), contracts)
        taken, other = await shop.order(), await shop.order(PRO)
        order = shop.world.find("checkout.session", other)["client_reference_id"]

        async def is_open() -> bool:
            agreed = await shop.payments.agreed(order)
            return agreed is not None and agreed.open

        assert await is_open()
        name = shop.customer.pay(taken)
        await shop.hear()
        assert not await is_open()
        shop.later(seconds=1)
        shop.customer.cancels(name)
        await shop.hear()
        assert await is_open()
