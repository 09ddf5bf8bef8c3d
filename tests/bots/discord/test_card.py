"""Packs by card in Discord: a link beside what lacks credits, Stripe's page, and the very set once it is paid."""

from pathlib import Path
from typing import Any

from tests.app.chat import stand_in
from tests.checkout import checkout, follow
from tests.discord_server.person import Person
from tests.discord_server.server import DiscordServer
from tests.stripe_server.server import StripeServer

from .test_story import Newcomer


async def test_who_lacks_credits_pays_by_card_and_has_the_very_set(
    database: str, tmp_path: Path, discord_server: DiscordServer, member: Person, stripe_server: StripeServer
) -> None:
    newcomer = Newcomer(member)
    given = {"discord": discord_server, "discord_packs": "7001:50", "extras": (stand_in(lambda _: None),)}
    async with checkout(database, tmp_path, stripe_server, **given) as shop:
        card = await newcomer.preview()
        member.press("Generate 4 · 2 cr", card)
        short = await member.wait_for("You can buy some here")
        assert short.seen_by == member.user.id
        offers = links(short)
        assert list(offers) == ["2 credits for $1.99, by card", "50 credits for $14.99, by card"]
        entered = await follow(offers["50 credits for $14.99, by card"])
        (session,) = stripe_server.world.of("checkout.session")
        assert (entered.status, session["success_url"]) == (303, f"{shop.site}/back/discord")
        await shop.pays(entered.leads)
        assert "begins now" in (await member.wait_for("50 credits were added")).text
        await newcomer.shown("1", "4", "Download all")


def links(message: Any) -> dict[str, str]:
    """Buttons that lead elsewhere, by their labels."""
    rows = [row.get("components") or () for row in message.components[0]["components"]]
    return {one["label"]: one["url"] for row in rows for one in row if "url" in one}
