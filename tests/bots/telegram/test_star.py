"""Packs for Stars in Telegram, with everything real but Telegram itself: however it is told, credited once."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import permutations
from pathlib import Path
from typing import Any

import pytest

from core.domain.payment import Money
from core.domain.plan import PlanId
from core.domain.star import MONTH_S
from core.domain.subscription import Status
from core.services.desk import Envelope
from core.services.paying import settle_payment
from core.store.payment import Settling
from tests.app.chat import stand_in
from tests.bots.scripted import eventually
from tests.factory import Running, running
from tests.telegram_server.message import Message
from tests.telegram_server.person import Person
from tests.telegram_server.server import TelegramServer

from .test_story import HURRIED, Newcomer, replicas

PACKS = "2:10,50:250"
FIFTY = "50 credits for"


@asynccontextmanager
async def selling(database: str, home: Path, server: TelegramServer, **more: Any) -> AsyncIterator[Running]:
    given = {"telegram_packs": PACKS, "starter_grant": 0, "pace": HURRIED, **more}
    async with running(database, home, telegram=server, **given) as here:
        yield here
        audit = await here.factory.housekeeping.audit()
        assert audit.clean, audit


async def offered(person: Person) -> Message:
    person.send_text("/balance")
    return await person.wait_for("0 credits to spend")


async def bought(here: Running) -> int:
    rows = await here.factory.direct.fetch("select sum(purchased - debt)::int as n from tf.wallet")
    return int(rows[0]["n"])


async def test_who_lacks_credits_pays_in_stars_and_goes_on_with_the_very_brief(
    database: str, tmp_path: Path, telegram_server: TelegramServer, person: Person
) -> None:
    newcomer = Newcomer(person)
    async with selling(database, tmp_path, telegram_server, extras=(stand_in(lambda _: None),)) as here:
        card = await newcomer.preview()
        newcomer.press("Generate 4 · 2 cr", card)
        short = await person.wait_for("You can buy some here")
        assert [one.text for one in short.buttons if one.url] == ["2 credits for ⭐ 10", "50 credits for ⭐ 250"]
        await person.pay(FIFTY, short)
        await newcomer.shown("1", "4", "Download all")
        assert await bought(here) == 48


async def test_a_payment_told_twice_over_two_replicas_is_credited_once_and_its_refund_taken_back_once(
    database: str, tmp_path: Path, telegram_server: TelegramServer, person: Person
) -> None:
    async with selling(database, tmp_path, telegram_server):
        short = await offered(person)
        asked = await person.check_out(FIFTY, short)
    async with replicas(database, tmp_path, telegram_server) as pair:
        telegram_server.mailbox.duplicating = True
        told = telegram_server.tell_paid(person.user, asked)
        await person.wait_for("50 credits were added")
        await telegram_server.mailbox.drained()
        assert await bought(pair[0]) == 50
        telegram_server.tell_refunded(person.user, told)
        await person.wait_for("so its 50 credits were taken back")
        await telegram_server.mailbox.drained()
        assert await bought(pair[1]) == 0
        assert (await pair[0].factory.housekeeping.audit()).clean


async def test_what_is_not_ours_not_theirs_or_no_longer_sold_is_refused_before_anybody_pays(
    database: str, tmp_path: Path, telegram_server: TelegramServer, person: Person
) -> None:
    other = Person(telegram_server, 43, first_name="Bob")
    invoices = telegram_server.world.stars.invoices
    async with selling(database, tmp_path, telegram_server):
        short = await offered(person)
        assert (await person.check_out(FIFTY, short)).ok
        foreign = await other.check_out(FIFTY, short)
        assert (foreign.ok, foreign.why.startswith("Only the person who asked")) == (False, True)
        url = next(one.url for one in short.buttons if one.url and FIFTY in one.text)
        real = invoices[url]
        for forged in (replace(real, amount=1), replace(real, reference="1"), replace(real, currency="USD")):
            invoices[url] = forged
            refused = await person.check_out(FIFTY, short)
            assert (refused.ok, "has ended" in refused.why) == (False, True)
        invoices[url] = real
        await person.pay(FIFTY, short)
        await person.wait_for("50 credits were added")
        assert "paid already" in (await person.check_out(FIFTY, short)).why
    async with selling(database, tmp_path, telegram_server, telegram_packs="2:11"):
        assert "has ended" in (await person.check_out("2 credits for", short)).why


async def test_what_was_paid_for_no_order_of_ours_is_an_alert_and_nobodys_credits(
    database: str, tmp_path: Path, telegram_server: TelegramServer, person: Person
) -> None:
    async with selling(database, tmp_path, telegram_server, worker=False) as here:
        await here.factory.stars.paid("stx9", "somebody else's", Money(250, "xtr"))
        await settle_payment(Settling(here.factory.direct), "stars", "stx9:paid")
        (alert,) = await here.factory.housekeeping.open_alerts()
        assert alert["detail"] == {"platform": "stars", "id": "stx9", "item": None, "reason": "unknown_order"}


@pytest.mark.parametrize("order", list(permutations(("paid", "paid", "refunded")))[::2])
async def test_in_whatever_order_it_is_told_a_refunded_payment_comes_to_nothing(
    database: str, tmp_path: Path, telegram_server: TelegramServer, person: Person, order: tuple[str, ...]
) -> None:
    async with selling(database, tmp_path, telegram_server) as here:
        asked = await person.check_out(FIFTY, await offered(person))
    async with selling(database, tmp_path, telegram_server, worker=False) as here:
        stars, settling, price = here.factory.stars, Settling(here.factory.direct), Money(250, "xtr")
        for kind in order:
            if kind == "paid":
                await stars.paid("stx9", asked.invoice.reference, price)
            else:
                await stars.refunded("stx9", price)
            await settle_payment(settling, "stars", f"stx9:{kind}")
        assert await bought(here) == 0


async def test_without_packs_nothing_is_offered(
    database: str, tmp_path: Path, telegram_server: TelegramServer, person: Person
) -> None:
    async with selling(database, tmp_path, telegram_server, telegram_packs=""):
        assert not [one for one in (await offered(person)).buttons if one.url]


async def test_a_plan_in_stars_brings_each_month_once_and_its_refund_takes_that_month_back(
    database: str, tmp_path: Path, telegram_server: TelegramServer, person: Person
) -> None:
    async with selling(
        database,
        tmp_path,
        telegram_server,
        telegram_packs="",
        telegram_plans="starter:450",
        telegram_bot_token=telegram_server.token,
    ) as here:
        person.send_text("/plans")
        offer = await person.wait_for("Starter")
        told = await person.pay("Starter · ⭐ 450 a month", offer)
        await person.wait_for("50 credits were added")
        person.send_text("/plans")
        assert not [one for one in (await person.wait_for("Starter")).buttons if one.url], "they have it"
        assert not (await person.check_out("Starter ·", offer)).ok, "one order begins one"
        telegram_server.world.advance(MONTH_S)
        await here.factory.direct.fetch("update tf.clock set ahead = ahead + interval '30 days 1 minute' returning 1")
        telegram_server.renew(person.user, told["telegram_payment_charge_id"])
        await person.wait_for("50 credits were added")
        await telegram_server.mailbox.drained()
        rows = await here.factory.direct.fetch(
            "select l.credits from tf.period p join tf.lot l on l.id = p.lot_id order by p.until"
        )
        assert [row["credits"] for row in rows] == [50, 50]
        assert await monthly(here) == 50
        telegram_server.tell_refunded(person.user, told)
        await telegram_server.mailbox.drained()
        assert await monthly(here) == 50, "of a month that has ended nothing is left to take"


async def test_a_plan_in_stars_is_ended_by_one_press_in_its_chat_and_kept_until_its_end(
    database: str, tmp_path: Path, telegram_server: TelegramServer, person: Person
) -> None:
    given = {"telegram_packs": "", "telegram_plans": "starter:450", "telegram_bot_token": telegram_server.token}
    async with selling(database, tmp_path, telegram_server, **given) as here:
        person.send_text("/plans")
        told = await person.pay("Starter · ⭐ 450 a month", await person.wait_for("Starter"))
        await person.wait_for("50 credits were added")
        telegram_server.world.advance(MONTH_S)
        await here.factory.direct.fetch("update tf.clock set ahead = ahead + interval '30 days 1 minute' returning 1")
        telegram_server.renew(person.user, charge := told["telegram_payment_charge_id"])
        async with asyncio.timeout(30):
            while await here.factory.direct.fetch("select count(*) as n from tf.payment") != [{"n": 2}]:  # noqa: ASYNC110
                await asyncio.sleep(0.02)
        person.send_text("/cancel_subscription")
        way = await person.wait_for("can be cancelled in your chat")
        charges = telegram_server.world.stars.charges
        assert not charges[charge].cancelled, "nobody has pressed anything"
        known = dict(charges)
        charges.clear()  # Telegram knows of none: it says so, and how else it is ended
        person.press("Cancel it now", way)
        await eventually(lambda: len(telegram_server.called("editUserStarSubscription")) == 2)
        charges.update(known)
        person.press("Cancel it now", way)
        await person.wait_for("Starter is cancelled: you keep it and its credits until")
        assert all(one.cancelled for one in charges.values())
        _, (held,) = await here.factory.subscriptions.of((await here.factory.direct.fetch(
            "select user_id::text as id from tf.wallet"))[0]["id"])  # fmt: skip
        assert held.status is Status.CANCELLED and await monthly(here) == 50
        person.send_text("/cancel_subscription")
        await person.wait_for("nothing is charged after that")


@pytest.mark.parametrize("order", list(permutations(("paid", "refunded"))))
async def test_a_month_and_its_way_back_come_to_nothing_in_either_order(
    database: str, tmp_path: Path, telegram_server: TelegramServer, person: Person, order: tuple[str, ...]
) -> None:
    given = {"telegram_packs": "", "telegram_plans": "starter:450", "worker": False}
    async with selling(database, tmp_path, telegram_server, **given) as here:
        factory, price = here.factory, Money(450, "xtr")
        buyer = Envelope(id="e", platform="telegram", person="42", place="42")
        (invoice,) = await factory.stars.months("k", buyer, (PlanId.STARTER,))
        start = datetime.now(UTC)
        for kind in order:
            if kind == "paid":
                until = start + timedelta(seconds=MONTH_S)
                await factory.stars.month_paid("stx9", invoice.order, price, starts_at=start, until=until)
            else:
                await factory.stars.refunded("stx9", price)
            await settle_payment(Settling(factory.direct), "stars", f"stx9:{kind}")
        assert await monthly(here) == 0
        assert (await factory.conversing.open(buyer)).plan == "free"


async def monthly(here: Running) -> int:
    rows = await here.factory.direct.fetch("select monthly::int as n from tf.wallet")
    return int(rows[0]["n"])
