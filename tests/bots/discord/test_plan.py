"""Plans in Discord: shown to who asks alone, taken by a link to Stripe, and left by one."""

from pathlib import Path

from tests.checkout import checkout, follow
from tests.discord_server.person import Person
from tests.discord_server.server import DiscordServer
from tests.stripe_server.server import StripeServer
from tests.web.test_plan import PLANS, priced

from .test_card import links


async def test_a_plan_is_taken_and_left_from_the_chat(
    database: str, tmp_path: Path, discord_server: DiscordServer, member: Person, stripe_server: StripeServer
) -> None:
    priced(stripe_server)
    async with checkout(database, tmp_path, stripe_server, discord=discord_server, stripe_plans=PLANS) as shop:
        member.run("plans")
        shown = await member.wait_for("250 credits a month", 60)
        assert shown.seen_by == member.user.id
        entered = await follow(links(shown)["Pro · $29.00 a month"])
        await shop.pays(entered.leads)
        await member.wait_for("250 credits were added", 60)
        member.run("cancel_subscription")
        leaving = await member.wait_for("You keep Pro and its credits until", 60)
        assert (await follow(links(leaving)["Cancel it at Stripe"])).leads.endswith("/subscription_cancel")
