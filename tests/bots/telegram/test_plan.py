"""Plans in Telegram: taken by a link to Stripe, and left by one."""

from pathlib import Path

from tests.checkout import checkout, follow
from tests.stripe_server.server import StripeServer
from tests.telegram_server.person import Person
from tests.telegram_server.server import TelegramServer
from tests.web.test_plan import PLANS, priced


async def test_a_plan_is_taken_and_left_from_the_chat(
    database: str, tmp_path: Path, telegram_server: TelegramServer, person: Person, stripe_server: StripeServer
) -> None:
    priced(stripe_server)
    async with checkout(database, tmp_path, stripe_server, telegram=telegram_server, stripe_plans=PLANS) as shop:
        person.send_text("/plans")
        shown = await person.wait_for("250 credits a month", 60)
        offers = {one.text: one.url for one in shown.buttons if one.url}
        assert list(offers) == ["Starter · $9.00 a month", "Pro · $29.00 a month"]
        entered = await follow(offers["Pro · $29.00 a month"] or "")
        (session,) = stripe_server.world.of("checkout.session")
        assert (session["mode"], session["success_url"]) == ("subscription", f"{shop.site}/back/telegram")
        await shop.pays(entered.leads)
        await person.wait_for("250 credits were added", 60)
        person.send_text("/cancel_subscription")
        leaving = await person.wait_for("You keep Pro and its credits until", 60)
        (end,) = [one.url for one in leaving.buttons if one.url]
        assert (await follow(end)).leads.endswith("/subscription_cancel")
        (portal,) = stripe_server.called("PostBillingPortalSessions")
        assert portal.asked["return_url"] == f"{shop.site}/back/telegram"
