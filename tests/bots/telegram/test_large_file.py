"""A file beyond what a bot may send: a link that ends, or words that say why there is none."""

from __future__ import annotations

from bots.telegram.bot import TelegramBot
from core.conversation.action import Run
from core.conversation.view import Button, FileView, Row
from core.services.desk import Delivery
from tests.bots.scripted import ScriptedDesk
from tests.telegram_server.person import Person

LARGEST = 50_000_000
BACK = (Row((Button("Back", Run("gallery").pack()),)),)


async def sent(bot: TelegramBot, person: Person, desk: ScriptedDesk, octets: int) -> str:
    """The text under the last message, or of it."""
    zipped = desk.store(b"x" * octets, "application/zip")
    view = FileView(asset=zipped, name="my-data.zip", media_type="application/zip", text="All of it.", rows=BACK)
    await bot.courier.deliver(Delivery(id=1, key="k", place=str(person.chat.id), view=view, language="en"))
    (message,) = person.from_bot
    assert (message.document is None) == (octets > LARGEST)
    assert message.keyboard
    return message.text


async def test_a_file_a_bot_may_send_is_sent(bot: TelegramBot, person: Person, desk: ScriptedDesk) -> None:
    desk.public = "https://thumbs.example/f"
    assert "https" not in await sent(bot, person, desk, 1_000)


async def test_a_larger_one_is_a_link_for_an_hour(bot: TelegramBot, person: Person, desk: ScriptedDesk) -> None:
    desk.public = "https://thumbs.example/f"
    text = await sent(bot, person, desk, LARGEST + 1)
    assert text.startswith("All of it.")
    assert "For one hour it is here: https://thumbs.example/f/my-data.zip" in text
    assert desk.read == [], "nobody need hold it to know how large it is"


async def test_without_a_public_address_that_is_said_with_the_way_on(
    bot: TelegramBot, person: Person, desk: ScriptedDesk
) -> None:
    text = await sent(bot, person, desk, LARGEST + 1)
    assert "larger than the 50 MB" in text and "one by one" in text
