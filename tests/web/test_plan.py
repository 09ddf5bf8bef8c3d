"""Plans in the browser chat: taken by card, changed and left on Stripe's own page, by nobody else."""

import re
from pathlib import Path

import psycopg

from core.conversation.action import Run
from tests.bots.scripted import eventually
from tests.checkout import checkout, follow
from tests.stripe_server.server import StripeServer
from tests.web.test_pay import PATIENCE_S, buying

PLANS = "starter:price_starter:900:usd,pro:price_pro:2900:usd"
LINK = re.compile(r'href="(/(?:pay|plan)/[^"]+)"')


def priced(stripe: StripeServer) -> None:
    stripe.world.price("price_starter", 900, monthly=True)
    stripe.world.price("price_pro", 2900, monthly=True)


async def test_a_plan_is_taken_changed_and_left_by_links_from_the_chat(
    database: str, tmp_path: Path, stripe_server: StripeServer
) -> None:
    priced(stripe_server)
    sold = {"stripe_plans": PLANS, "stripe_packs": ""}
    async with checkout(database, tmp_path, stripe_server, **sold) as shop, buying(shop) as buyer:
        await buyer.open()
        assert (await buyer.press(Run("plans").pack())).ok
        shown = await buyer.sees("Starter · $9.00 a month", "Pro · $29.00 a month", "250 credits a month")
        starter, _ = LINK.findall(shown)
        entered = await buyer.follows(starter)
        assert entered.leads.startswith("https://checkout.stripe.com/")
        (asked,) = [call.asked for call in stripe_server.called("PostCheckoutSessions")]
        assert (asked["mode"], asked["line_items"][0]["price"]) == ("subscription", "price_starter")
        name = await shop.pays(entered.leads)
        await buyer.sees("50 credits were added")

        assert (await buyer.press(Run("plans").pack())).ok
        mine = await buyer.sees("You have Starter, paid until", "your plan", "Change plan or card")
        (manage,) = LINK.findall(mine.rpartition("You have Starter, paid until")[2])
        assert (await buyer.follows(manage)).leads == "https://billing.stripe.com/p/session/test"
        assert (await follow(buyer.address + manage)).status == 403, "a browser that nobody knows"
        assert (await buyer.follows(starter.replace("/pay/", "/plan/"))).status == 410, (
            "where to pay is not where to change"
        )

        assert (await buyer.press(Run("cancel_subscription").pack())).ok
        leaving = await buyer.sees("You keep Starter and its credits until", "Cancel it at Stripe")
        (end,) = LINK.findall(leaving.rpartition("You keep Starter")[2])
        assert (await buyer.follows(end)).leads == "https://billing.stripe.com/p/session/subscription_cancel"
        shop.stripe.world.ahead_s = 1
        shop.customer.cancels(name)
        await shop.tell()
        await eventually(lambda: not told(database), timeout=PATIENCE_S)
        assert (await buyer.press(Run("plans").pack())).ok
        await buyer.sees("Starter is cancelled: you keep it and its credits until")


def told(database: str) -> list[tuple[object, ...]]:
    """What Stripe said and no worker has settled."""
    with psycopg.connect(database) as owner:
        return owner.execute("select key from tf.happening where done_at is null").fetchall()
