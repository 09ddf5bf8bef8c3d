"""A seat taken in Discord, in the team of somebody in the browser."""

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

from core.conversation.view import NoticeView, TextView, View
from core.domain.plan import PlanId
from core.domain.subscription import Term
from core.store.subscription import Subscriptions
from tests.discord_server.person import Person
from tests.discord_server.server import DiscordServer

from .test_link import both


async def test_a_seat_is_taken_with_an_option_of_the_command_and_taken_away_by_the_owner(
    database: str, tmp_path: Path, discord_server: DiscordServer, member: Person
) -> None:
    async with both(database, tmp_path, discord_server) as browser:
        await browser.command("team")
        await browser.said("5 people")
        factory = browser.run.factory
        (owner,) = await factory.direct.fetch("select id::text from tf.users")
        now = datetime.now(UTC)
        term = Term(
            payment="1", plan=PlanId.TEAM, credits=750, starts_at=now, until=now + timedelta(days=20), paid=True
        )
        await Subscriptions(factory.transport).merge("stripe", "sub", user_id=owner["id"], term=term)
        await browser.command("team", "invite")
        invite: TextView = await browser.see(lambda view: isinstance(view, TextView) and "/team" in view.copy)
        found = re.fullmatch(r"/team (\S+)", invite.copy)
        assert found

        member.run("team", code=found[1])
        offer = await member.wait_for("invites you to their team")
        assert offer.seen_by == member.user.id
        member.press("Take the seat", offer)
        await member.wait_for("pays first from now on")
        await browser.said("has taken a seat in your team")
        member.run("team")
        await member.wait_for("Your team pays 750 more credits for you this month")

        await browser.command("team")
        shown = await browser.see(lambda view: isinstance(view, TextView) and len(view.facts) == 1 and seated(view))
        await browser.press(shown, button_of(shown))
        card = await browser.see(lambda view: isinstance(view, TextView) and "may this seat spend" in view.text)
        await browser.press(card, "Take the seat away")
        await member.wait_for("You have no seat in the team of")
        member.run("team")
        await member.wait_for("5 people")


def seated(view: View) -> bool:
    return isinstance(view, TextView) and "(Discord)" in view.facts[0].name


def button_of(view: View) -> str:
    assert isinstance(view, TextView) and not isinstance(view, NoticeView)
    return view.facts[0].name.partition(" ")[0]
