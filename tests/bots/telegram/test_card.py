"""Packs by card in Telegram: a link beside what lacks credits, Stripe's page, and the very set once it is paid."""

from pathlib import Path

from tests.app.chat import stand_in
from tests.checkout import checkout, follow
from tests.stripe_server.server import StripeServer
from tests.telegram_server.person import Person
from tests.telegram_server.server import TelegramServer

from .test_story import Newcomer


async def test_who_lacks_credits_pays_by_card_and_goes_on_with_the_very_brief(
    database: str, tmp_path: Path, telegram_server: TelegramServer, person: Person, stripe_server: StripeServer
) -> None:
    newcomer = Newcomer(person)
    given = {"telegram": telegram_server, "telegram_packs": "50:250", "extras": (stand_in(lambda _: None),)}
    async with checkout(database, tmp_path, stripe_server, **given) as shop:
        card = await newcomer.preview()
        newcomer.press("Generate 4 · 2 cr", card)
        short = await person.wait_for("You can buy some here")
        offers = {one.text: one.url for one in short.buttons if one.url}
        assert list(offers) == [
            "50 credits for ⭐ 250",
            "2 credits for $1.99, by card",
            "50 credits for $14.99, by card",
        ]
        link = offers["50 credits for $14.99, by card"]
        assert link and link.startswith(f"{shop.site}/pay/")
        entered = await follow(link)
        (session,) = stripe_server.world.of("checkout.session")
        assert (entered.status, session["success_url"]) == (303, f"{shop.site}/back/telegram")
        await shop.pays(entered.leads)
        assert "begins now" in (await person.wait_for("50 credits were added")).text
        await newcomer.shown("1", "4", "Download all")
        assert "This is paid already" in (again := await follow(link)).text
        assert "go back to Telegram now" in again.text
