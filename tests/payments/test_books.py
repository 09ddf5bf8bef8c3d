"""Money given back from our side, and companies' books against ours: whatever both sides tell, credits move once."""

import json
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import psycopg
import pytest
import pytest_asyncio

from core.bootstrap.factory import Factory
from core.domain.pack import Pack
from core.domain.payment import Money
from core.domain.plan import PlanId, Tariff
from core.domain.star import MONTH_S
from core.payments.error import ServerFault
from core.payments.stars.books import StarBooks
from core.payments.stripe.books import StripeBooks
from core.payments.stripe.client import Access
from core.services.desk import Envelope
from core.services.paying import settle_payment
from core.services.refunding import Outcome
from core.store.error import Conflict, Insufficient
from core.store.payment import Buyer, Payments, Settling
from tests.factory import running
from tests.stripe_server import refusal
from tests.stripe_server.customer import Customer
from tests.stripe_server.server import StripeServer
from tests.telegram_server.person import Person
from tests.telegram_server.server import TelegramServer

STARTER = Tariff(PlanId.STARTER, "price_starter", Money(900, "usd"))
PACK, STARS = Pack("", 50, Money(500, "usd")), Pack("", 50, Money(250, "xtr"))
ADA, BOB = "machine:ada", "machine:bob"


@dataclass
class House:
    """A factory whose companies are on loopback, and that is told of nothing by itself."""

    factory: Factory
    stripe: StripeServer
    customer: Customer
    telegram: TelegramServer
    person: Person
    database: str

    async def envelope(self) -> Envelope:
        ref = str(self.person.user.id)
        return Envelope(id=f"e{time.monotonic_ns()}", platform="telegram", person=ref, place=ref)

    async def by_card(self, *, told: bool = True) -> str:
        """Paid, and told of by Stripe's call, or not; the payment."""
        payment = self.customer.pay(await self.page(PACK))
        events = self.stripe.news()
        if told:
            await self.hear(events)
        return payment

    async def month_by_card(self) -> tuple[str, str]:
        """Begun, and told of by nobody: its bill, and the payment of that."""
        self.stripe.world.price(STARTER.item, STARTER.price.minor, monthly=True)
        name = self.customer.pay(await self.page(STARTER.month, STARTER.plan))
        self.stripe.news()
        return self.stripe.world.find("subscription", name)["latest_invoice"], self.customer.month_of(name)

    async def page(self, pack: Pack, plan: PlanId | None = None) -> str:
        assert self.factory.cashier
        envelope = await self.envelope()
        opened = await self.factory.conversing.open(envelope)
        buyer = Buyer(event=envelope.id, user_id=opened.user_id, platform="telegram", person=envelope.person,
                      place=envelope.place)  # fmt: skip
        payments = Payments(self.factory.transport, "stripe")
        back = "https://t.me/bot"
        order = await payments.order(buyer, pack, "credits", back, live=False, seconds=82_800, least=2100, plan=plan)
        return (await self.factory.cashier.open(order.sale)).id

    async def hear(self, events: list[dict[str, object]]) -> None:
        """Stripe's calls, as its webhook takes them and a worker settles them."""
        assert self.factory.paying
        for event in events:
            body = json.dumps(event)
            await self.factory.paying.take(body.encode(), self.stripe.signed(body))
            await settle_payment(Settling(self.factory.direct), "stripe", str(event["id"]))

    async def in_stars(self, *, told: bool = True) -> str:
        (invoice,) = await self.factory.stars.invoices(f"k{time.monotonic_ns()}", await self.envelope(), 50)
        world = self.telegram.world
        url = world.stars.invoice(invoice.order, invoice.stars, "XTR")
        query = world.stars.check_out(url, self.person.user.id, world.now())
        charge = world.stars.charge(self.person.user.payload(), query.invoice, world.now())
        name = charge["telegram_payment_charge_id"]
        if told:
            await self.factory.stars.paid(name, invoice.order, Money(250, "xtr"))
            await settle_payment(Settling(self.factory.direct), "stars", f"{name}:paid")
        return name

    async def month_in_stars(self) -> tuple[str, str]:
        """Paid, and told of by nobody: its charge, and the order."""
        envelope = await self.envelope()
        (invoice,) = await self.factory.stars.months(envelope.id, envelope, (PlanId.STARTER,))
        stars, now = self.telegram.world.stars, self.telegram.world.now()
        url = stars.invoice(invoice.order, invoice.stars, "XTR", MONTH_S)
        charge = stars.charge(self.person.user.payload(), stars.invoices[url], now)["telegram_payment_charge_id"]
        return charge, invoice.order

    async def monthly(self) -> int:
        return (await self.factory.conversing.open(await self.envelope())).wallet.monthly

    async def ask(self, payment: str, minor: int, *, key: str = "k", actor: str = ADA) -> str | None:
        (found,) = await self.factory.refunds.find(payment)
        asked = await self.factory.refunds.request(found.provider, payment, minor, key=key, why="sorry", actor=actor)
        return asked.proposal

    async def give_back(self) -> list[Outcome]:
        return await self.factory.refunding.carry_out()

    async def has(self) -> int:
        wallet = (await self.factory.conversing.open(await self.envelope())).wallet
        return wallet.purchased - wallet.debt

    def rows(self, statement: str) -> list[tuple[object, ...]]:
        with psycopg.connect(self.database, autocommit=True) as owner:
            found = owner.execute(statement)  # type: ignore[call-overload]
            return list(found.fetchall()) if found.description else []


@pytest_asyncio.fixture
async def house(
    database: str, tmp_path: Path, stripe_server: StripeServer, customer: Customer, telegram_server: TelegramServer,
    person: Person,
) -> AsyncIterator[House]:  # fmt: skip
    async with _house(database, tmp_path, stripe_server, customer, telegram_server, person) as made:
        yield made
        assert (await made.factory.housekeeping.audit()).clean


@asynccontextmanager
async def _house(
    database: str, home: Path, stripe: StripeServer, customer: Customer, telegram: TelegramServer, person: Person
) -> AsyncIterator[House]:
    given: dict[str, object] = {
        "stripe_secret_key": stripe.key,
        "stripe_webhook_secret": stripe.secret,
        "stripe_api_url": stripe.api_url,
        "telegram_bot_token": telegram.token,
        "telegram_api_url": telegram.base_url.removesuffix("/bot"),
        "telegram_packs": (STARS,),
        "telegram_plans": "starter:450",
        "stripe_plans": "starter:price_starter:900:usd",
        "starter_grant": 0,
        "admin_alone_up_to": 100,
    }
    async with running(database, home, worker=False, **given) as here:
        factory = here.factory
        # What happened just now is left alone, so its clock is a little ahead.
        access = Access(stripe.key, stripe.secret, stripe.api_url)
        stars = StarBooks(telegram.token, telegram.base_url.removesuffix("/bot"))
        factory.books = {"stripe": StripeBooks(access, lambda: time.time() + 700), "stars": stars}
        yield House(factory, stripe, customer, telegram, person, database)


async def test_a_refund_of_ours_and_what_stripe_tells_of_it_take_the_credits_once(house: House) -> None:
    payment = await house.by_card()
    assert await house.ask(payment, 200) is None
    assert [one.trouble for one in await house.give_back()] == [""]
    assert await house.has() == 30
    await house.hear(house.stripe.news())
    assert await house.give_back() == []
    assert await house.has() == 30
    with pytest.raises(Insufficient):
        await house.ask(payment, 301, key="more")
    await house.ask(payment, 300, key="rest")
    await house.give_back()
    assert await house.has() == 0
    assert [one.act for one in await house.factory.administration.journal(10)] == ["refund", "refund"]


async def test_a_refund_whose_answer_was_lost_is_made_once(house: House) -> None:
    payment = await house.by_card()
    house.stripe.fail(*[refusal.away()] * 3)
    await house.ask(payment, 200)
    (postponed,) = await house.give_back()
    assert postponed.again and await house.has() == 50
    assert (await house.factory.refunds.open())[0].minor == 200
    with pytest.raises(Insufficient):
        await house.ask(payment, 301, key="meanwhile")
    # Stripe did it and the process died before anything of it was written; its key is forgotten after a day.
    (waiting,) = await house.factory.refunds.open()
    claim = await house.factory.books["stripe"].refund(payment, 200, person="", key=waiting.id)
    again = StripeBooks(Access(house.stripe.key, "", house.stripe.api_url))
    house.stripe.forget_keys()
    assert await again.refund(payment, 200, person="", key=waiting.id) == claim
    await again.close()
    assert [one.trouble for one in await house.give_back()] == [""]
    assert len(house.stripe.world.of("refund")) == 1
    assert await house.has() == 30


async def test_what_a_company_refuses_takes_no_credits_and_is_not_asked_again(house: House) -> None:
    payment = await house.by_card()
    await house.ask(payment, 500)
    house.customer.is_refunded(payment)
    (refused,) = await house.give_back()
    assert "charge_already_refunded" in refused.trouble and not refused.again
    assert await house.give_back() == [] and await house.has() == 50
    await house.hear(house.stripe.news())
    assert await house.has() == 0


async def test_beyond_the_limit_no_money_goes_back_before_somebody_else_says_so(house: House) -> None:
    one, two, three = [await house.by_card() for _ in range(3)]
    assert await house.ask(one, 500, key="1") is None
    assert await house.ask(two, 500, key="2") is None
    proposal = await house.ask(three, 500, key="3")
    assert proposal and len(await house.give_back()) == 2
    assert await house.has() == 50
    await house.factory.administration.decide(proposal, approve=True, actor=BOB)
    assert len(await house.give_back()) == 1 and await house.has() == 0
    with pytest.raises(Conflict):
        await house.ask(one, 1, key="3")


async def test_stars_given_back_by_us_or_already_take_the_credits_once(house: House) -> None:
    ours, theirs = await house.in_stars(), await house.in_stars()
    await house.ask(ours, 250, key="1")
    await house.give_back()
    assert await house.has() == 50
    await house.factory.stars.refunded(ours, Money(250, "xtr"))
    await settle_payment(Settling(house.factory.direct), "stars", f"{ours}:refunded")
    assert await house.has() == 50
    house.telegram.world.stars.charges[theirs].refunded_at = house.telegram.world.now()
    await house.ask(theirs, 250, key="2")
    assert [one.trouble for one in await house.give_back()] == [""], "already given back is given back"
    assert await house.has() == 0


async def test_stars_of_somebody_who_has_left_find_their_way_back(house: House) -> None:
    charge = await house.in_stars()
    await house.factory.people.delete((await house.factory.conversing.open(await house.envelope())).user_id)
    await house.ask(charge, 250)
    assert [one.trouble for one in await house.give_back()] == [""]
    assert house.telegram.world.stars.charges[charge].refunded_at is not None


async def test_what_nobody_told_us_is_merged_once(house: House) -> None:
    card, stars = await house.by_card(told=False), await house.in_stars(told=False)
    reports = {one.provider: one for one in await house.factory.reconcile()}
    assert (reports["stripe"].missed, reports["stars"].missed) == ((card,), (stars,))
    assert await house.has() == 100
    disputed = await house.by_card()
    house.customer.is_refunded(card, 250)
    house.customer.disputes(disputed, 500)
    house.telegram.world.stars.charges[stars].refunded_at = house.telegram.world.now()
    missed = {one.provider: len(one.missed) for one in await house.factory.reconcile()}
    assert missed == {"stripe": 2, "stars": 1}
    assert await house.has() == 25
    await house.hear(house.stripe.news())
    assert [one.missed for one in await house.factory.reconcile()] == [(), ()]
    assert await house.has() == 25


async def test_other_business_over_the_same_account_is_not_ours(house: House) -> None:
    house.customer.pay(house.stripe.world.open_session(
        {"line_items": [{"price_data": {"currency": "usd", "unit_amount": 100}, "quantity": 1}],
         "success_url": "https://shop"})["id"])  # fmt: skip
    report, _ = await house.factory.reconcile()
    assert (report.looked, report.missed) == (0, ())


async def test_what_the_books_name_otherwise_or_not_at_all_is_an_alert(house: House) -> None:
    await house.factory.reconcile()
    payment = await house.by_card()
    house.rows("update tf.payment set reference = 'pi_nowhere', at = tf.now()")
    house.rows("update tf.clock set ahead = ahead + interval '2 hours'")
    report, _ = await house.factory.reconcile()
    assert (report.missed, report.unheard) == ((payment,), ("pi_nowhere",))
    stars = await house.in_stars()
    house.rows(f"update tf.payment set paid_minor = 249 where reference = '{stars}'")
    _, report = await house.factory.reconcile()
    assert report.differs == (stars,)
    alerts = {row["detail"]["reason"] for row in await house.factory.housekeeping.open_alerts()}
    assert alerts == {"unheard", "differs"}


async def test_books_that_cannot_be_read_keep_no_others_from_being_read(house: House) -> None:
    house.stripe.fail(*[refusal.away()] * 3)
    stars = await house.in_stars(told=False)
    with pytest.raises(ServerFault):
        await house.factory.reconcile()
    assert await house.has() == 50, stars


async def test_a_month_in_stars_that_nobody_told_us_of_is_one_month(house: House) -> None:
    charge, order = await house.month_in_stars()
    stars, now = house.telegram.world.stars, house.telegram.world.now()
    _, report = await house.factory.reconcile()
    assert report.missed == (charge,)
    start = datetime.fromtimestamp(int(now), UTC)
    again = {"starts_at": start, "until": start + timedelta(seconds=MONTH_S + 3)}
    await house.factory.stars.month_paid(charge, order, Money(450, "xtr"), **again)
    await settle_payment(Settling(house.factory.direct), "stars", f"{charge}:paid")
    wallet = (await house.factory.conversing.open(await house.envelope())).wallet
    assert (wallet.monthly, wallet.purchased) == (50, 0)
    stars.charges[charge].refunded_at = now + 1
    _, report = await house.factory.reconcile()
    assert report.missed == (charge,)
    assert await house.monthly() == 0


async def test_a_month_by_card_that_nobody_told_us_of_is_one_month_and_so_is_its_way_back(house: House) -> None:
    bill, payment = await house.month_by_card()
    report, _ = await house.factory.reconcile()
    assert report.missed == (bill, payment)
    assert await house.monthly() == 50
    house.customer.refund_fails(house.customer.is_refunded(payment, 90))
    house.customer.is_refunded(payment, 450)
    report, _ = await house.factory.reconcile()
    assert report.missed == (payment, payment)
    assert await house.monthly() == 25
    await house.hear(house.stripe.world.events)
    report, _ = await house.factory.reconcile()
    assert (report.missed, report.differs, report.unheard) == ((), (), ())
    assert await house.monthly() == 25


async def test_a_factory_without_plans_asks_for_no_bills(house: House) -> None:
    access = Access(house.stripe.key, "", house.stripe.api_url)
    house.factory.books = {"stripe": StripeBooks(access, lambda: time.time() + 700, plans=False)}
    await house.month_by_card()
    (report,) = await house.factory.reconcile()
    assert report.missed == () and not house.stripe.called("List invoice")


async def test_a_month_is_given_back_by_us_as_a_pack_is(house: House) -> None:
    _, card = await house.month_by_card()
    charge, _ = await house.month_in_stars()
    already, _ = await house.month_in_stars()
    await house.factory.reconcile()
    assert await house.monthly() == 150
    assert house.rows("select credited * minor / credits, currency from tf.payment order by 2") == [
        (900, "usd"), (450, "xtr"), (450, "xtr"),
    ]  # fmt: skip
    await house.ask(card, 450, key="1")
    await house.ask(charge, 450, key="2")
    house.telegram.world.stars.charges[already].refunded_at = house.telegram.world.now()
    await house.ask(already, 450, key="3", actor=BOB)
    assert [one.trouble for one in await house.give_back()] == ["", "", ""]
    assert await house.monthly() == 25
    await house.hear(house.stripe.world.events)
    await house.factory.reconcile()
    assert await house.monthly() == 25


async def test_stars_are_read_page_by_page(house: House) -> None:
    house.factory.books = {"stars": StarBooks(house.telegram.token, house.telegram.base_url.removesuffix("/bot"), 2)}
    charges = {await house.in_stars(told=False) for _ in range(3)}
    (report,) = await house.factory.reconcile()
    assert set(report.missed) == charges
    assert await house.has() == 150
