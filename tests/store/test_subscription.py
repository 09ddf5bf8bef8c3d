"""Subscriptions: whatever is told, in any order and however often, comes to one plan, one end and one balance."""

import asyncio
import calendar
from datetime import UTC, datetime, timedelta
from typing import Any

import psycopg
import pytest

from core.domain.plan import PLANS, PlanId
from core.domain.subscription import Standing, State, Status, Term
from core.store.error import Unknown
from core.store.person import People
from core.store.subscription import Merged, Periods, Subscriptions
from tests.money.order import of_entitlements, of_months, of_subscription
from tests.store.scene import Person, Scene, new_id, staged

FREE, STARTER, PRO = PlanId.FREE, PlanId.STARTER, PlanId.PRO
MONTH = timedelta(days=30)


class Desk:
    """Subscriptions of one person; times are days from the moment it began."""

    def __init__(self, scene: Scene, person: Person) -> None:
        self.scene, self.person = scene, person
        self.subscriptions, self.periods = Subscriptions(scene.direct), Periods(scene.direct)
        ((self.start,),) = scene.rows("select tf.now()")

    def at(self, days: float) -> datetime:
        moment: datetime = self.start + timedelta(days=days)
        return moment

    def term(self, payment: str, plan: PlanId = STARTER, begins: float = 0, ends: float = 30, **said: Any) -> Term:
        said = {"paid": True, **said}
        brings = PLANS[plan].monthly_credits
        return Term(payment=payment, plan=plan, credits=brings, starts_at=self.at(begins), until=self.at(ends), **said)

    def standing(self, day: float = 0, plan: PlanId = STARTER, **said: Any) -> Standing:
        return Standing(at=self.at(day), plan=plan, **said)

    async def hear(self, name: str = "sub_1", **said: Any) -> Merged:
        return await self.subscriptions.merge("stripe", name, **{"user_id": self.person.id, **said})

    async def has(self) -> tuple[PlanId, int, int]:
        """Plan, credits of the month, debt."""
        wallet = await self.scene.wallet(self.person)
        plan, _ = await self.subscriptions.of(self.person.id)
        assert (await self.person.reopen()).plan == plan
        return plan, wallet.monthly, wallet.debt

    async def status(self) -> Status:
        _, (one,) = await self.subscriptions.of(self.person.id)
        return one.status


def test_six_words_in_any_order_come_to_one_plan_one_end_and_one_balance(database: str) -> None:
    """A seeded sixty of the 720; `make check-money` plays every one."""
    with psycopg.connect(database) as connection:
        assert of_subscription(connection, 60) == 420
        assert of_entitlements(connection, 60) == 420


def test_two_months_told_in_any_order_around_their_turn_come_to_one_balance(database: str) -> None:
    """As above; the first month ends before, between or after its words."""
    with psycopg.connect(database) as connection:
        assert of_months(connection, 64) == 384


async def test_words_that_meet_bring_a_period_once(database: str) -> None:
    async with staged(database, size=12) as scene:
        desk = Desk(scene, await scene.person())
        await desk.hear()
        paid, more = desk.term("in_1"), desk.term("in_2", PRO)
        merged = await asyncio.gather(*(desk.hear(term=one) for one in (paid, more) * 6))
        assert sum(one.moved for one in merged) == 250
        assert await desk.has() == (PRO, 250, 0)


async def test_an_upgrade_brings_the_difference_now_and_a_downgrade_comes_with_the_next_period(database: str) -> None:
    async with staged(database) as scene:
        desk = Desk(scene, await scene.person())
        assert (await desk.hear(term=desk.term("in_1"))).moved == 50
        assert (await desk.hear(term=desk.term("in_2", PRO), standing=desk.standing(1, PRO))).moved == 200
        await desk.hear(standing=desk.standing(2, STARTER))
        assert await desk.has() == (PRO, 250, 0)
        assert (await desk.hear(term=desk.term("in_3", STARTER, 30, 60))).moved == 0, "it has not begun"
        scene.advance("30 days 1 second")
        assert await desk.has() == (STARTER, 0, 0), "no grace for what a cheaper plan follows"
        assert [await desk.periods.begin() for _ in range(3)] == [50, 0, 0]
        assert await desk.has() == (STARTER, 50, 0)


async def test_an_uncollected_period_leaves_the_plan_open_for_days_and_the_money_brings_it_back(database: str) -> None:
    async with staged(database) as scene:
        desk = Desk(scene, await scene.person())
        await desk.hear(term=desk.term("in_1", PRO), standing=desk.standing(0, PRO))
        scene.advance("31 days")
        assert (await desk.has(), await desk.status()) == ((PRO, 0, 0), Status.ACTIVE)
        await desk.hear(standing=desk.standing(31, PRO, state=State.PAST_DUE))
        assert (await desk.has(), await desk.status()) == ((PRO, 0, 0), Status.GRACE)
        scene.advance("6 days 1 hour")
        assert (await desk.has(), await desk.status()) == ((FREE, 0, 0), Status.PAST_DUE)
        await desk.hear(term=desk.term("in_2", PRO, 30, 60), standing=desk.standing(37, PRO))
        assert (await desk.has(), await desk.status()) == ((PRO, 250, 0), Status.ACTIVE)


async def test_a_cancelled_plan_runs_to_its_end_without_grace_and_an_end_is_the_last_word(database: str) -> None:
    async with staged(database) as scene:
        desk = Desk(scene, await scene.person())
        await desk.hear(term=desk.term("in_1"), standing=desk.standing(2, state=State.ENDED))
        await desk.hear(standing=desk.standing(3))
        assert (await desk.has(), await desk.status()) == ((STARTER, 50, 0), Status.CANCELLED)
        scene.advance("30 days 1 second")
        assert (await desk.has(), await desk.status()) == ((FREE, 0, 0), Status.ENDED)


async def test_money_given_back_takes_what_is_left_of_the_month_and_what_was_spent_is_owed(database: str) -> None:
    async with staged(database) as scene:
        desk = Desk(scene, await scene.person())
        await desk.hear(term=desk.term("in_1"))
        hold = new_id()
        await scene.wallets.hold(desk.person.id, hold, 20)
        await scene.wallets.settle(hold, 20)
        assert (await desk.hear(term=Term(payment="in_1", refunded=True))).moved == -50
        assert await desk.has() == (FREE, 0, 20)
        late = Desk(scene, await scene.person())
        await late.hear("sub_2", term=late.term("in_9"))
        scene.advance("31 days")
        await late.hear("sub_2", term=Term(payment="in_9", refunded=True))
        assert await late.has() == (FREE, 0, 0), "it had ended: there was nothing to take"


async def test_what_is_held_over_an_upgrade_comes_back_to_its_month(database: str) -> None:
    async with staged(database) as scene:
        desk = Desk(scene, await scene.person())
        await desk.hear(term=desk.term("in_1"))
        hold = new_id()
        await scene.wallets.hold(desk.person.id, hold, 30)
        await desk.hear("other", term=desk.term("in_2", PRO, 0, 40))
        await scene.wallets.settle(hold, 0)
        wallet = await scene.wallet(desk.person)
        assert (wallet.monthly, wallet.granted) == (300, 0)
        scene.advance("31 days")
        assert (await desk.has())[1] == 250, "the other one ends ten days later"


async def test_an_export_tells_of_subscriptions_and_what_paid_them(database: str) -> None:
    async with staged(database) as scene:
        desk = Desk(scene, await scene.person())
        await desk.hear(term=desk.term("in_1"))
        exported: Any = await People(scene.direct).export(desk.person.id)
        (one,) = exported["subscriptions"]
        assert (one["reference"], [term["payment"] for term in one["terms"]]) == ("sub_1", ["in_1"])
        assert (exported["orders"], exported["payments"]) == ([], [])


async def test_whoever_left_gets_nothing_more(database: str) -> None:
    async with staged(database) as scene:
        desk = Desk(scene, await scene.person())
        await desk.hear(term=desk.term("in_1"))
        await desk.person.submit(delete_person=True)
        with pytest.raises(Unknown):
            await desk.hear(term=desk.term("in_2", PRO))
        merged = await desk.subscriptions.merge("stripe", "sub_1", term=desk.term("in_2", PRO))
        assert merged.moved == 0


MONTHS = [
    datetime(2027, 1, 31, 23, 40, tzinfo=UTC),
    datetime(2028, 2, 29, 12, tzinfo=UTC),
    datetime(2027, 3, 28, 1, 30, tzinfo=UTC),
    datetime(2027, 12, 31, 23, 0, tzinfo=UTC),
]
"""A month's last hour, a leap day, an hour that is missing in Europe, and a year's end."""


@pytest.mark.parametrize("given_at", MONTHS, ids=lambda one: one.date().isoformat())
async def test_a_given_plan_brings_each_calendar_month_once(database: str, given_at: datetime) -> None:
    async with staged(database) as scene:
        scene.rows("update tf.clock set ahead = %s - clock_timestamp()", given_at)
        desk = Desk(scene, await scene.person())
        await desk.subscriptions.give(desk.person.id, PLANS[STARTER], key="gift", at=given_at)
        year, month = given_at.year, given_at.month
        for _ in range(14):
            moved = await asyncio.gather(desk.periods.begin(), desk.periods.begin())
            assert sorted(moved) == [0, 50]
            year, month = year + month // 12, month % 12 + 1
            wallet = await scene.wallet(desk.person)
            first = datetime(year, month, 1, tzinfo=UTC)
            assert (wallet.monthly, wallet.next_grant) == (50, first)
            last = calendar.monthrange(year, month)[1]
            scene.rows("update tf.clock set ahead = %s - clock_timestamp()", first + timedelta(days=last - 1))
        await desk.subscriptions.give(desk.person.id, PLANS[STARTER], key="gift", at=desk.at(900), ends=True)
        scene.advance("40 days")
        assert await desk.periods.begin() == 0 and await desk.has() == (FREE, 0, 0)
