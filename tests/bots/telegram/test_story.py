"""A newcomer's whole story on Telegram, with everything real but Telegram itself and the pace it asks for."""

import io
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from importlib import resources
from itertools import pairwise
from pathlib import Path
from urllib.parse import urlsplit

from PIL import Image

from bots.telegram import release
from core.services.delivering import Pace
from core.services.example import example
from tests.factory import WEBHOOK_SECRET, Running, running
from tests.telegram_server.message import Message
from tests.telegram_server.person import Item, Person
from tests.telegram_server.server import TelegramServer

PORTRAIT = resources.files("app.demo").joinpath("portrait.png").read_bytes()
HEADLINE, EDITED = "I flew the shuttle", "First woman in command"
HURRIED = Pace()
DRAWN_WITHIN_S = 30.0
MESSAGES_PER_PROMPT = 4


def offers(*labels: str) -> Callable[[Message], bool]:
    """Whether a message has a button for each of the labels."""

    def seek(message: Message) -> bool:
        return all(any(label in button.text for button in message.buttons) for label in labels)

    return seek


class Newcomer:
    """Goes through the story a step at a time; each step ends with what the bot must have shown by then."""

    def __init__(self, person: Person) -> None:
        self.person = person
        self._prompts: list[int] = []

    async def welcomed(self) -> Message:
        """One message: the example with what to send as its caption, and two buttons."""
        self.type("/start")
        hello = await self.shown("How it works", "Settings")
        assert hello.photo == example().data and "Send me a selfie" in hello.text
        return hello

    async def preview(self) -> Message:
        self._prompted()
        self.person.send_photo(PORTRAIT, HEADLINE)
        card = await self.shown("Generate 4", "Change details")
        assert card.photo and HEADLINE in card.text
        return card

    async def set(self, card: Message | None = None) -> Message:
        self.press("Generate 4", card)
        sheet = await self.shown("1", "4", "Download all")
        assert sheet.photo and HEADLINE in sheet.text
        return sheet

    async def asked_for_text(self, sheet: Message | None = None) -> Message:
        """The variant whose text is to change."""
        self.press("1", sheet)
        variant = await self.shown("Edit text", "File")
        self.press("Edit text")
        await self.person.wait_for("Type the new headline")
        return variant

    def type(self, text: str) -> None:
        self._prompted()
        self.person.send_text(text)

    def reply(self, message: Message, text: str) -> None:
        self._prompted()
        self.person.reply_to(message, text)

    async def file(self) -> Message:
        self.press("File")
        await self.shown("JPG", "PNG")
        self.press("JPG")
        message = await self.person.wait_for(lambda message: message.document is not None, DRAWN_WITHIN_S)
        assert message.document
        with Image.open(io.BytesIO(message.document)) as picture:
            assert (picture.format, picture.size) == ("JPEG", (1280, 720))
        return message

    async def gone(self) -> Message:
        self.type("/delete_me")
        await self.shown("Yes, delete everything", "Keep everything")
        self.press("Yes, delete everything")
        return await self.person.wait_for("Gone for good", DRAWN_WITHIN_S)

    def press(self, label: str, message: Message | None = None) -> None:
        self._prompted()
        self.person.press(label, message)

    async def shown(self, *labels: str) -> Message:
        return await self.person.wait_for(offers(*labels), DRAWN_WITHIN_S)

    async def check(self) -> None:
        """All is answered, each thing said or pressed by few messages, and nothing tells of work that has ended."""
        await self.person.server.mailbox.drained()
        assert not list(self.person.world.unanswered())
        assert not self.person.find("Cancel this job"), self.person.screen()
        chat, bot = self.person.chat, self.person.world.bot
        sent = [number for number, one in (chat.messages | chat.deleted).items() if one.sender == bot]
        for start, end in pairwise((*self._prompts, max(sent))):
            assert sum(start < number <= end for number in sent) <= MESSAGES_PER_PROMPT, self.person.screen()

    def _prompted(self) -> None:
        self._prompts.append(max((*self.person.chat.messages, *self.person.chat.deleted), default=0))


async def whole_story(newcomer: Newcomer) -> None:
    await newcomer.welcomed()
    await newcomer.preview()
    await newcomer.set()
    before = await newcomer.asked_for_text()
    newcomer.type(EDITED)
    after = await newcomer.shown("Undo", "File")
    assert after.photo and after.photo != before.photo
    await newcomer.file()
    assert "4 thumbnails" in (await newcomer.gone()).text
    await newcomer.check()


@asynccontextmanager
async def replicas(database: str, home: Path, telegram: TelegramServer, count: int = 2) -> AsyncIterator[list[Running]]:
    """Machines behind one webhook address, with a database and files in common; Telegram visits them in turn."""
    async with AsyncExitStack() as stack:
        pair = [
            await stack.enter_async_context(running(database, home, telegram=telegram, webhook=True, pace=HURRIED))
            for _ in range(count)
        ]
        telegram.mailbox.origins = [one.webhook for one in pair]
        async with release.session(telegram.token, telegram.base_url.removesuffix("/bot")) as bot:
            await release.set_webhook(bot, pair[0].webhook, WEBHOOK_SECRET)
        yield pair
        telegram.mailbox.remove_hook(drop=True)


def visited(telegram: TelegramServer) -> set[str]:
    return {urlsplit(visit.url).netloc for visit in telegram.mailbox.visits if visit.status == 200}


def addresses(pair: Sequence[Running]) -> set[str]:
    return {urlsplit(one.webhook).netloc for one in pair}


async def test_a_newcomers_story_by_polling_at_telegrams_pace(
    database: str, tmp_path: Path, telegram_server: TelegramServer, person: Person
) -> None:
    async with running(database, tmp_path, telegram=telegram_server):
        await whole_story(Newcomer(person))


async def test_a_newcomers_story_over_two_webhook_replicas(
    database: str, tmp_path: Path, telegram_server: TelegramServer, person: Person
) -> None:
    async with replicas(database, tmp_path, telegram_server) as pair:
        await whole_story(Newcomer(person))
        assert visited(telegram_server) == addresses(pair)


async def test_buttons_and_questions_outlive_the_factory_that_showed_them(
    database: str, tmp_path: Path, telegram_server: TelegramServer, person: Person
) -> None:
    newcomer = Newcomer(person)
    async with running(database, tmp_path, telegram=telegram_server, pace=HURRIED):
        card = await newcomer.preview()
    async with running(database, tmp_path, telegram=telegram_server, pace=HURRIED):
        sheet = await newcomer.set(card)
        await newcomer.asked_for_text(sheet)
    newcomer.type(EDITED)
    async with running(database, tmp_path, telegram=telegram_server, pace=HURRIED):
        assert (await newcomer.shown("Undo", "File")).photo
        await newcomer.file()
        await newcomer.gone()
        await newcomer.check()


async def test_a_set_that_a_stop_interrupted_is_finished_by_the_next_factory(
    database: str, tmp_path: Path, telegram_server: TelegramServer, person: Person
) -> None:
    newcomer = Newcomer(person)
    async with running(database, tmp_path, telegram=telegram_server, pace=HURRIED):
        await newcomer.preview()
        newcomer.press("Generate 4")
        await person.wait_for("of 4 ready", DRAWN_WITHIN_S)
    assert not person.find(offers("Download all"))
    async with running(database, tmp_path, telegram=telegram_server, pace=HURRIED):
        sheet = await newcomer.shown("1", "4", "Download all")
        assert "4 of 4" in sheet.text
        await newcomer.check()


async def test_an_album_split_over_two_replicas_is_answered_once(
    database: str, tmp_path: Path, telegram_server: TelegramServer, person: Person
) -> None:
    async with replicas(database, tmp_path, telegram_server) as pair:
        person.send_album([Item(PORTRAIT, HEADLINE), PORTRAIT, PORTRAIT])
        card = await person.wait_for(offers("Generate 4"), DRAWN_WITHIN_S)
        assert "3 photos" in card.text
        assert visited(telegram_server) == addresses(pair)
        assert [one.id for one in person.from_bot if one.photo] == [card.id]
