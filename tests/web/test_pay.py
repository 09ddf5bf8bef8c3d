"""Buying by card in the browser chat: who follows a link lands on Stripe's page, once, and nobody else does."""

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from html import unescape
from importlib import resources
from pathlib import Path

from structlog.testing import capture_logs

from core.conversation.action import Run
from core.conversation.event import CommandSent
from core.services.desk import Envelope
from core.services.seal import Seal
from tests.app.chat import stand_in
from tests.checkout import Answer, Checkout, checkout, follow
from tests.stripe_server.refusal import broken, forbidden
from tests.stripe_server.server import StripeServer
from tests.web.stage import Visitor

PORTRAIT = resources.files("app.demo").joinpath("portrait.png").read_bytes()
PATIENCE_S = 60.0
LINK = re.compile(r'href="(/pay/[^"]+)"')
TWO, FIFTY = 0, 1


class Buyer(Visitor):
    """Somebody in the browser chat."""

    async def sees(self, *texts: str) -> str:
        """The page, once it says all of that."""
        async with asyncio.timeout(PATIENCE_S):
            while True:
                async with self.session.get("/?all=1") as answer:
                    page = unescape(await answer.text())
                if all(text in page for text in texts):
                    return page
                await asyncio.sleep(0.05)

    async def asks(self) -> list[str]:
        """/buy, and the links it is answered with."""
        await self.open()
        assert (await self.press(Run("buy").pack())).ok
        return LINK.findall(await self.sees("You can buy some here", "/pay/"))

    async def follows(self, link: str) -> Answer:
        return await follow(self.address + link, self.session)


@asynccontextmanager
async def buying(shop: Checkout) -> AsyncIterator[Buyer]:
    buyer = Buyer(shop.site)
    try:
        yield buyer
    finally:
        await buyer.session.close()


async def test_who_lacks_credits_pays_by_card_and_has_the_very_set(
    database: str, tmp_path: Path, stripe_server: StripeServer
) -> None:
    paid_model = (stand_in(lambda _: None),)
    async with checkout(database, tmp_path, stripe_server, extras=paid_model) as shop, buying(shop) as buyer:
        await buyer.open()
        await buyer.say("I flew to space twice", ("me.png", PORTRAIT))
        card = await buyer.sees("Generate 4 · 2 cr")
        (generate,) = set(re.findall(r'value="(1:[^"]+)">Generate 4 ·', card))
        assert (await buyer.press(generate)).ok
        short = await buyer.sees("2 are missing", "50 credits for $14.99, by card", "2 credits for $1.99, by card")
        entered = await buyer.follows(LINK.findall(short)[FIFTY])
        assert (entered.status, entered.leads) == (303, f"https://checkout.stripe.com/c/pay/{shop.sessions()[0]}")
        (session,) = stripe_server.world.of("checkout.session")
        assert session["success_url"] == session["cancel_url"] == f"{shop.site}/"
        await shop.pays(entered.leads)
        done = await buyer.sees("50 credits were added", "What you ordered begins now", "4 of 4 are ready")
        assert "48 credits to spend" not in done, "nobody asked for that"
        (row,) = await shop.factory.direct.fetch("select sum(purchased)::int as n from tf.wallet")
        assert row["n"] == 48
        assert "This is paid already" in (await buyer.follows(LINK.findall(short)[FIFTY])).text


async def test_what_becomes_of_a_payment_is_told_as_what_it_is(
    database: str, tmp_path: Path, stripe_server: StripeServer
) -> None:
    async with checkout(database, tmp_path, stripe_server) as shop, buying(shop) as buyer:
        entered = await buyer.follows((await buyer.asks())[FIFTY])
        payment = await shop.pays(entered.leads)
        page = await buyer.sees("50 credits were added. You paid $14.99 on ")
        assert f"(reference {payment}). 50 credits to spend." in page
        shop.customer.is_refunded(payment, 500)
        await shop.tell(seed=1, times=2)
        await buyer.sees("$5.00 was given back to you on ", "so its 17 credits were taken back. 33 credits to spend.")
        first = shop.customer.disputes(payment, 999)
        await shop.tell()
        await buyer.sees("Your bank disputes the payment of $9.99", "Its 33 credits are frozen until that is decided.")
        shop.customer.dispute_ends(first, "won")
        await shop.tell()
        await buyer.sees("The dispute over $9.99 is over", "the payment stands, and its 33 credits are yours again.")
        shop.customer.dispute_ends(shop.customer.disputes(payment, 999), "lost")
        await shop.tell()
        page = await buyer.sees("The dispute over $9.99 is decided", "its 33 credits are gone. 0 credits to spend.")
        assert len(re.findall(r">[^<]*given back to you", page)) == 1, "a dispute is no refund"


async def test_only_a_link_of_ours_in_the_right_browser_and_in_time_is_followed(
    database: str, tmp_path: Path, stripe_server: StripeServer
) -> None:
    async with (
        checkout(database, tmp_path, stripe_server) as shop,
        buying(shop) as buyer,
        buying(shop) as other,
    ):
        link, second = await buyer.asks()
        theirs, _ = await other.asks()
        with capture_logs() as logs:
            for wrong in (*_altered(link, second), _sealed(shop, link, 1), "/pay/x", "/pay/" + "0" * 110, theirs):
                answer = await buyer.follows(wrong)
                assert answer.status in (403, 410) and not answer.leads, wrong
            assert (await follow(buyer.address + link)).status == 403, "a browser that nobody knows"
        assert not stripe_server.calls and not shop.sessions()
        assert "/pay/" not in repr(logs) and link.rsplit(".", 1)[1] not in repr(logs)
        # What stands in the address beside the link leads nowhere either.
        entered = await buyer.follows(f"{link}?back=https://evil.example&url=https://evil.example")
        assert entered.leads.startswith("https://checkout.stripe.com/")
        assert "evil" not in str(stripe_server.world.of("checkout.session"))


def _altered(link: str, other: str) -> list[str]:
    order, expiry, sign = link.removeprefix("/pay/").split(".")
    elsewhere = other.removeprefix("/pay/").split(".")
    return [
        f"/pay/{order}.{int(expiry) + 1}.{sign}",
        f"/pay/{elsewhere[0]}.{expiry}.{sign}",
        f"/pay/{order}.{expiry}.{'0' * 64}",
        f"/pay/{order}.{expiry}.",
        f"/pay/{order}.{expiry}.{sign[:-1]}",
        f"/pay/{order}..{sign}",
    ]


def _sealed(shop: Checkout, link: str, expires: int) -> str:
    order = link.removeprefix("/pay/").split(".")[0]
    return f"/pay/{Seal(shop.factory.secret).sealed(order, expires)}"


async def test_an_order_has_one_page_however_often_its_link_is_followed_and_then_says_what_became_of_it(
    database: str, tmp_path: Path, stripe_server: StripeServer
) -> None:
    async with checkout(database, tmp_path, stripe_server) as shop, buying(shop) as buyer:
        link, later = await buyer.asks()
        pages = {(await one).leads for one in [asyncio.create_task(buyer.follows(link)) for _ in range(6)]}
        assert len(pages) == len(shop.sessions()) == 1
        session = shop.sessions()[0]
        assert (await buyer.follows(link)).leads in pages
        shop.customer.pay_later(session)
        await shop.tell()
        await _says(buyer, link, "Your payment is on its way")
        shop.customer.money_fails(session)
        await shop.tell()
        await _says(buyer, link, "The payment did not go through")
        await buyer.follows(later)
        shop.customer.let_expire(shop.sessions()[1])
        await shop.tell()
        await _says(buyer, later, "This offer has ended")
        (left,) = await shop.factory.direct.fetch("select sum(purchased)::int as n from tf.wallet")
        assert left["n"] == 0


async def _says(buyer: Buyer, link: str, text: str) -> None:
    """Once a worker has read what Stripe told."""
    async with asyncio.timeout(PATIENCE_S):
        while True:
            answer = await buyer.follows(link)
            if text in answer.text:
                break
            await asyncio.sleep(0.05)
    assert not answer.leads


async def test_a_price_that_changed_is_offered_anew_and_what_is_sold_no_more_is_not(
    database: str, tmp_path: Path, stripe_server: StripeServer
) -> None:
    async with checkout(database, tmp_path, stripe_server) as shop, buying(shop) as buyer:
        links = await buyer.asks()
        jar = buyer.session.cookie_jar
    async with checkout(database, tmp_path, stripe_server, stripe_packs="50:1699:usd") as shop, buying(shop) as buyer:
        for cookie in jar:
            buyer.session.cookie_jar.update_cookies({cookie.key: cookie.value})
        changed = await buyer.follows(links[FIFTY])
        assert "The pack of 50 cr was $14.99 when this was offered and is $16.99 now." in changed.text
        assert (changed.status, shop.sessions()) == (409, [])
        (again,) = LINK.findall(changed.text)
        assert LINK.findall((await buyer.follows(links[FIFTY])).text) == [again], "one order, however often"
        entered = await buyer.follows(again)
        (session,) = stripe_server.world.of("checkout.session")
        assert (session["amount_total"], entered.status) == (1699, 303)
        await shop.pays(entered.leads)
        await buyer.sees("50 credits were added")
        assert (await buyer.follows(links[TWO])).status == 410


async def test_a_plan_whose_price_changed_is_offered_anew(
    database: str, tmp_path: Path, stripe_server: StripeServer
) -> None:
    for price, minor in (("price_old", 900), ("price_new", 1100)):
        stripe_server.world.price(price, minor, monthly=True)
    sold = {"stripe_packs": "", "stripe_plans": "starter:price_old:900:usd"}
    async with checkout(database, tmp_path, stripe_server, **sold) as shop, buying(shop) as buyer:
        await buyer.open()
        assert (await buyer.press(Run("plans").pack())).ok
        (link,) = LINK.findall(await buyer.sees("Starter · $9.00 a month", "/pay/"))
        jar = buyer.session.cookie_jar
    sold["stripe_plans"] = "starter:price_new:1100:usd"
    async with checkout(database, tmp_path, stripe_server, **sold) as shop, buying(shop) as buyer:
        for cookie in jar:
            buyer.session.cookie_jar.update_cookies({cookie.key: cookie.value})
        changed = await buyer.follows(link)
        assert "Starter was $9.00 a month when this was offered and is $11.00 now." in changed.text
        assert (changed.status, shop.sessions()) == (409, [])
        (again,) = LINK.findall(changed.text)
        assert "Starter · $11.00 a month" in changed.text
        await shop.pays((await buyer.follows(again)).leads)
        await buyer.sees("50 credits were added")


async def test_trouble_at_stripe_is_said_loses_nothing_and_the_next_click_leads_on(
    database: str, tmp_path: Path, stripe_server: StripeServer
) -> None:
    async with checkout(database, tmp_path, stripe_server) as shop, buying(shop) as buyer:
        link, _ = await buyer.asks()
        for faults, reason in (([forbidden()], "KeyRefused"), ([broken()] * 3, "ServerFault")):
            stripe_server.fail(*faults)
            with capture_logs() as logs:
                answer = await buyer.follows(link)
            assert (answer.status, answer.leads) == (503, "")
            assert "Nothing was charged, and your offer stands." in answer.text and link in answer.text
            (said,) = [one for one in logs if one["event"] == "payment.page_refused"]
            assert said["reason"].startswith(reason)
            assert stripe_server.key not in repr(logs) and link not in repr(logs)
        assert (await buyer.follows(link)).status == 303


async def test_nothing_is_sold_to_a_group_nor_to_bots_without_an_address(
    database: str, tmp_path: Path, stripe_server: StripeServer
) -> None:
    async with checkout(database, tmp_path, stripe_server, web_public_url="") as shop:
        await _buys(shop, "telegram")
        assert not await _orders(shop)
    async with checkout(database, tmp_path, stripe_server) as shop:
        await _buys(shop, "telegram", group=True)
        assert not await _orders(shop)
        await _buys(shop, "discord", group=True, private=True)
        assert await _orders(shop) == {"discord": 2}


async def _buys(shop: Checkout, platform: str, **more: bool) -> None:
    envelope = Envelope(id=f"{platform}:{more}", platform=platform, person="7", place="7", **more)
    await shop.factory.desk.handle(envelope, CommandSent(name="buy"))


async def _orders(shop: Checkout) -> dict[str, int]:
    rows = await shop.factory.direct.fetch("select platform, count(*)::int as n from tf.checkout group by platform")
    return {row["platform"]: row["n"] for row in rows}


async def test_who_came_from_a_bot_is_sent_back_there(
    database: str, tmp_path: Path, stripe_server: StripeServer
) -> None:
    async with checkout(database, tmp_path, stripe_server) as shop:
        assert "go back to Telegram now" in (await follow(f"{shop.site}/back/telegram")).text
        assert (await follow(f"{shop.site}/back/evil")).status == 404
