"""A team whose owner pays by card in the browser and whose member makes thumbnails in Telegram."""

import re
from pathlib import Path

from core.conversation.action import Run
from tests.app.chat import stand_in
from tests.checkout import Checkout, checkout
from tests.stripe_server.server import StripeServer
from tests.telegram_server.person import Person
from tests.telegram_server.server import TelegramServer
from tests.web.test_pay import buying
from tests.web.test_plan import LINK

from .test_story import Newcomer


async def test_a_member_makes_a_set_at_the_teams_cost_and_leaves_with_one_press(
    database: str, tmp_path: Path, telegram_server: TelegramServer, person: Person, stripe_server: StripeServer
) -> None:
    stripe_server.world.price("price_team", 7900, monthly=True)
    newcomer = Newcomer(person)
    given = {"telegram": telegram_server, "extras": (stand_in(lambda _: None),)}
    sold = {"stripe_plans": "team:price_team:7900:usd", "stripe_packs": ""}
    async with checkout(database, tmp_path, stripe_server, **given, **sold) as shop, buying(shop) as owner:
        await owner.open()
        assert (await owner.press(Run("plans").pack())).ok
        (link,) = LINK.findall(await owner.sees("Team · $79.00 a month", "5 people"))
        await shop.pays((await owner.follows(link)).leads)
        await owner.sees("750 credits were added")
        assert (await owner.press(Run("team", "invite").pack())).ok
        found = re.search(r"/team ([0-9A-Z]{5}-[0-9A-Z]{5})", await owner.sees("This code is for one person"))
        assert found

        person.send_text(f"/team {found[1]}")
        newcomer.press("Take the seat", await person.wait_for("invites you to their team"))
        await person.wait_for("pays first from now on")
        await owner.sees("has taken a seat in your team")
        card = await newcomer.preview()
        newcomer.press("Generate 4 · 2 cr", card)
        assert "Your team paid." in (await newcomer.shown("1", "4", "Download all")).text
        assert await wallets(shop) == [(748, 0), (0, 0)], "who has none of their own"
        assert (await owner.press(Run("team").pack())).ok
        await owner.sees("2 of 5 seats are taken", "748 credits left for all of you", "2 credits used this month")

        person.send_text("/team")
        newcomer.press("Leave this team", await person.wait_for("which pays before you do"))
        await person.wait_for("You have left the team")
        await owner.sees("has left your team")
        person.send_text("/balance")
        assert "paid by your team" in (await person.wait_for("Your credits")).text


async def wallets(shop: Checkout) -> list[tuple[int, int]]:
    """Of the month, and without an end."""
    rows = await shop.factory.direct.fetch("select monthly, purchased from tf.wallet order by monthly desc")
    return [(row["monthly"], row["purchased"]) for row in rows]
