"""What money does, in the browser, in Telegram and in Discord alike: one story, told by three guests at once."""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from core.domain.administration import Admin, Role
from core.services.desk import Envelope
from tests.checkout import Checkout, checkout
from tests.discord_server.person import Person as Member
from tests.discord_server.server import DiscordServer
from tests.stripe_server.server import StripeServer
from tests.telegram_server.person import Person as Texter
from tests.telegram_server.server import TelegramServer
from tests.web.test_pay import buying
from tests.web.test_plan import PLANS, priced

from .guest import PATIENCE_S, Browsing, Gathered, Guest, Texting, each

STARTER = 3


@asynccontextmanager
async def open_house(
    database: str,
    home: Path,
    stripe: StripeServer,
    telegram: tuple[TelegramServer, Texter],
    discord: tuple[DiscordServer, Member],
    **more: Any,
) -> AsyncIterator[tuple[Checkout, list[Guest]]]:
    """Everything is sold by card; the audit is clean when it is left."""
    given = {"telegram": telegram[0], "discord": discord[0], "starter_grant": STARTER}
    async with checkout(database, home, stripe, **given | more) as shop, buying(shop) as buyer:
        yield shop, [Browsing(buyer), Texting(telegram[1]), Gathered(discord[1])]


async def test_what_is_bought_given_back_disputed_given_and_passed_on(
    database: str,
    tmp_path: Path,
    stripe_server: StripeServer,
    telegram_server: TelegramServer,
    person: Texter,
    discord_server: DiscordServer,
    member: Member,
) -> None:
    servers = (stripe_server, (telegram_server, person), (discord_server, member))
    async with open_house(database, tmp_path, *servers) as (shop, guests):
        gift = await code(shop, "gift", uses=1)
        gifts = [gift, *[await code(shop, f"gift {number}", uses=1) for number in (1, 2)]]
        friend = await shop.factory.conversing.open(Envelope(id="f", platform="telegram", person="99", place="99"))
        referral = await code(shop, "referral", uses=9, owner=friend.user_id)
        await asyncio.gather(*(pack(shop, guest, one, referral) for guest, one in zip(guests, gifts, strict=True)))
        wallet = (await shop.factory.wallets.balance(friend.user_id)).wallet
        assert wallet.purchased == STARTER + 2 * 7, "one for each who came by their code"


async def pack(shop: Checkout, guest: Guest, gift: str, referral: str) -> None:
    start = 0 if guest.anonymous else STARTER
    await guest.asks("buy")
    await guest.sees("You can buy some here")
    offer = "50 credits for $14.99, by card"
    entered = await guest.follows(offer)
    assert entered.leads.startswith("https://checkout.stripe.com/")
    payment = await shop.pays(entered.leads)
    await guest.sees("50 credits were added. You paid $14.99 on", payment, f"{start + 50} credits to spend")
    shop.customer.is_refunded(payment, 500)
    await shop.tell(seed=1, times=2)
    await guest.sees("$5.00 was given back to you on", "17 credits were taken back", f"{start + 33} credits to spend")
    dispute = shop.customer.disputes(payment, 999)
    await shop.tell()
    await guest.sees("Your bank disputes the payment of $9.99", "Its 33 credits are frozen until that is decided.")
    shop.customer.dispute_ends(dispute, "won")
    await shop.tell()
    await guest.sees("The dispute over $9.99 is over", "its 33 credits are yours again")
    assert "This is paid already" in (await guest.follows(offer)).text
    await guest.asks("redeem", gift)
    await guest.sees("7 credits were added", f"{start + 40} credits to spend")
    await guest.asks("redeem", gift)
    await guest.sees("You have redeemed this code already")
    await guest.asks("redeem", referral)
    await guest.sees("This code brings nothing" if guest.anonymous else f"{start + 47} credits to spend")
    await guest.asks("balance")
    await guest.sees(f"{start + (40 if guest.anonymous else 47)} credits to spend", "top-up", "payment taken back")
    await guest.asks("paysupport")
    await guest.sees("Help with a payment", "the reference on your receipt")
    # An offer is good for a day, and says so when it is not.
    await guest.asks("buy")
    await shop.factory.direct.fetch("update tf.checkout set expires_at = tf.now() where state = 'open' returning 1")
    late = await guest.follows("2 credits for $1.99, by card")
    assert (late.status, late.leads) == (410, "") and "This offer has ended" in late.text


async def code(shop: Checkout, key: str, *, uses: int, owner: str = "") -> str:
    ada = Admin("machine:ada", Role.OWNER)
    return (await shop.factory.office.codes.make(ada, 7, uses, days=1, referral=owner, key=key, why="launch")).code


async def test_a_plan_is_taken_changed_renewed_fails_goes_on_and_ends(
    database: str,
    tmp_path: Path,
    stripe_server: StripeServer,
    telegram_server: TelegramServer,
    person: Texter,
    discord_server: DiscordServer,
    member: Member,
) -> None:
    priced(stripe_server)
    servers = (stripe_server, (telegram_server, person), (discord_server, member))
    sold = {"stripe_plans": PLANS, "stripe_packs": "", "starter_grant": 0}
    async with open_house(database, tmp_path, *servers, **sold) as (shop, guests):
        held = await asyncio.gather(*(taken(shop, guest) for guest in guests))
        stripe = shop.customer
        await later(shop, days=29)
        await happens(shop, held, lambda name: stripe.changes(name, "price_pro"))
        await each(guests, "6 credits were added")
        await plans_say(guests, "You have Pro, paid until")
        await happens(shop, held, lambda name: stripe.changes(name, "price_starter"))
        await each(guests, "Your plan was changed for a cheaper one", "8 credits went back")
        await later(shop, days=2)
        await happens(shop, held, stripe.renews)
        await plans_say(guests, "You have Starter, paid until")
        await later(shop, days=30)
        bills: dict[str, str] = {}
        await happens(shop, held, lambda name: bills.update({name: stripe.invoice_fails(name)}))
        await each(guests, "The payment for Starter did not go through", "stays open for a few days")
        await happens(shop, held, lambda name: stripe.pays_after_all(name, bills[name]))
        await plans_say(guests, "You have Starter, paid until")
        for guest in guests:
            await guest.asks("cancel_subscription")
            assert (await guest.follows("Cancel it at Stripe")).leads.endswith("/subscription_cancel")
        await happens(shop, held, stripe.cancels)
        await plans_say(guests, "Starter is cancelled: you keep it and its credits until")
        await later(shop, days=31)
        await happens(shop, held, lambda name: stripe.cancels(name, at_once=True))
        for guest in guests:
            await guest.asks("cancel_subscription")
            await guest.sees("You have no subscription")
            await guest.asks("balance")
            await guest.sees("0 credits to spend")


async def taken(shop: Checkout, guest: Guest) -> str:
    await guest.asks("plans")
    await guest.sees("250 credits a month")
    entered = await guest.follows("Starter · $9.00 a month")
    name = await shop.pays(entered.leads)
    await guest.sees("50 credits were added")
    await guest.asks("plans")
    await guest.sees("You have Starter, paid until")
    assert (await guest.follows("Change plan or card")).leads == "https://billing.stripe.com/p/session/test"
    return name


async def plans_say(guests: Sequence[Guest], said: str) -> None:
    """Once what was told is settled, which nobody is told of where no credits move."""
    for guest in guests:
        async with asyncio.timeout(PATIENCE_S):
            while True:
                await guest.asks("plans")
                if said in await guest.sees("Monthly credits are spent first"):
                    break
                await asyncio.sleep(0.1)


async def happens(shop: Checkout, held: Sequence[str], act: Callable[[str], object]) -> None:
    """To every subscription, at a moment of its own, and Stripe tells of it."""
    await later(shop, seconds=2)
    for name in held:
        act(name)
    await shop.tell()


async def later(shop: Checkout, *, days: int = 0, seconds: int = 0) -> None:
    """By Stripe's clock and by ours."""
    seconds += days * 86_400
    shop.stripe.world.ahead_s += seconds
    await shop.factory.direct.fetch(
        "update tf.clock set ahead = ahead + %s * interval '1 second' returning 1", (seconds,)
    )
