"""A newcomer's whole story on Discord, with everything real but Discord itself."""

import asyncio
import io
import itertools
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from importlib import resources
from pathlib import Path
from typing import Any

from PIL import Image

from core.services.delivering import Pace
from tests.discord_server.person import Person
from tests.discord_server.server import DiscordServer
from tests.discord_server.world import EPHEMERAL, Interaction, Message
from tests.factory import Running, running

PORTRAIT = resources.files("app.demo").joinpath("portrait.png").read_bytes()
SELFIE = ("me.png", "image/png", PORTRAIT)
HEADLINE, EDITED = "I flew the shuttle", "First woman in command"
HURRIED = Pace()
DRAWN_WITHIN_S = 30.0
ACKNOWLEDGED_WITHIN_S = 1.0


def offers(*labels: str) -> Callable[[Message], bool]:
    """Whether a message has a button for each of the labels."""

    def seek(message: Message) -> bool:
        return all(any(label in button.label for button in message.buttons) for label in labels)

    return seek


class Newcomer:
    """Goes through the story a step at a time; each step ends with what the bot must have shown by then."""

    def __init__(self, person: Person) -> None:
        self.person = person

    async def form(self) -> Interaction:
        opened = await self.person.wait_for_answer(self.person.run("thumbnail"))
        assert opened.modal is not None
        return opened

    async def preview(self, opened: Interaction | None = None) -> Message:
        answers = {
            "Selfies": [SELFIE],
            "Headline": HEADLINE,
            "Vibe": "Cinematic",
            "Message": "How I became an astronaut",
        }
        self.person.submit(opened or await self.form(), answers)
        card = await self.shown("Generate 4", "Change details")
        assert card.pictures and HEADLINE in card.text and "Cinematic" in card.text
        return card

    async def set(self, card: Message | None = None) -> Message:
        self.person.press("Generate 4", card)
        sheet = await self.shown("1", "4", "Download all")
        assert HEADLINE in sheet.text and len(sheet.pictures) == 4
        return sheet

    async def asked_for_text(self, sheet: Message | None = None) -> tuple[Message, Interaction]:
        """The variant whose text is to change, and the form to type it into."""
        self.person.press("1", sheet)
        variant = await self.shown("Edit text", "File")
        self.person.press("Edit text", variant)
        question = await self.person.wait_for("new headline", DRAWN_WITHIN_S)
        opened = await self.person.wait_for_answer(self.person.press("Answer", question))
        return variant, opened

    async def edited(self, opened: Interaction) -> Message:
        self.person.submit(opened, {"Your answer": EDITED})
        return await self.shown("Undo", "File")

    async def file(self) -> Message:
        self.person.press("File")
        self.person.press("JPG", await self.shown("JPG", "PNG"))
        message = await self.person.wait_for(
            lambda message: (
                any(one.filename.endswith(".jpg") and "-" in one.filename for one in message.attachments)
                and any(part["type"] == 13 for part in message.components[0]["components"])
            ),
            DRAWN_WITHIN_S,
        )
        with Image.open(io.BytesIO(message.attachments[-1].data)) as picture:
            assert (picture.format, picture.size) == ("JPEG", (1280, 720))
        return message

    async def gone(self) -> Message:
        self.person.run("delete_me")
        self.person.press("Yes, delete everything", await self.shown("Yes, delete everything", "Keep everything"))
        return await self.person.wait_for("Gone for good", DRAWN_WITHIN_S)

    async def shown(self, *labels: str) -> Message:
        return await self.person.wait_for(offers(*labels), DRAWN_WITHIN_S)

    def check(self) -> None:
        """All was answered at once and for this person's eyes, and nothing is left "thinking"."""
        for one in self.person.world.interactions.values():
            assert one.answered_as, one
            assert one.answered_at - one.at <= ACKNOWLEDGED_WITHIN_S, one
        assert not [one for one in self.person.from_bot if one.thinking], self.person.screen()
        assert all(one.flags & EPHEMERAL for one in self.person.from_bot), self.person.screen()


async def whole_story(newcomer: Newcomer) -> None:
    await newcomer.preview()
    await newcomer.set()
    before, opened = await newcomer.asked_for_text()
    after = await newcomer.edited(opened)
    assert after.pictures[0] != before.pictures[0]
    await newcomer.file()
    assert "4 thumbnails" in (await newcomer.gone()).text
    newcomer.check()


@asynccontextmanager
async def replicas(database: str, home: Path, discord: DiscordServer, count: int = 2) -> AsyncIterator[list[Running]]:
    """Machines behind one endpoint, with a database and files in common; Discord visits them in turn."""
    async with AsyncExitStack() as stack:
        pair = [
            await stack.enter_async_context(running(database, home, discord=discord, webhook=True, pace=HURRIED))
            for _ in range(count)
        ]
        deliver, turns = discord.deliver, itertools.cycle(pair)

        def visit(interaction: Interaction, record: dict[str, Any]) -> None:
            discord.endpoint = next(turns).webhook
            deliver(interaction, record)

        discord.deliver = visit  # type: ignore[method-assign]
        yield pair


async def test_a_newcomers_story_by_gateway(
    database: str, tmp_path: Path, discord_server: DiscordServer, member: Person
) -> None:
    async with running(database, tmp_path, discord=discord_server):
        await whole_story(Newcomer(member))


async def test_a_newcomers_story_over_two_replicas_of_the_endpoint(
    database: str, tmp_path: Path, discord_server: DiscordServer, member: Person
) -> None:
    async with replicas(database, tmp_path, discord_server):
        await whole_story(Newcomer(member))
    assert set(discord_server.endpoint_answers) == {202}
    assert not discord_server.gateway.identified


async def test_buttons_and_forms_outlive_the_factory_that_showed_them(
    database: str, tmp_path: Path, discord_server: DiscordServer, member: Person
) -> None:
    newcomer = Newcomer(member)
    async with running(database, tmp_path, discord=discord_server, pace=HURRIED):
        opened = await newcomer.form()
    async with running(database, tmp_path, discord=discord_server, pace=HURRIED):
        card = await newcomer.preview(opened)
    async with running(database, tmp_path, discord=discord_server, pace=HURRIED):
        sheet = await newcomer.set(card)
        _, opened = await newcomer.asked_for_text(sheet)
    async with running(database, tmp_path, discord=discord_server, pace=HURRIED):
        assert (await newcomer.edited(opened)).pictures
        await newcomer.file()
        await newcomer.gone()
        newcomer.check()


async def test_a_result_comes_by_the_persons_own_channel_once_its_reply_has_ended(
    database: str, tmp_path: Path, discord_server: DiscordServer, member: Person
) -> None:
    alone = member.direct()
    async with running(database, tmp_path, discord=discord_server, pace=HURRIED):
        await Newcomer(member).preview()
        await member.wait_for_answer(member.press("Generate 4"))
        discord_server.world.advance(16 * 60)
        sheet = await alone.wait_for(offers("1", "4", "Download all"), DRAWN_WITHIN_S)
        assert HEADLINE in sheet.text and len(sheet.pictures) == 4


async def test_what_can_be_brought_nowhere_is_kept_for_the_gallery(
    database: str, tmp_path: Path, discord_server: DiscordServer, member: Person
) -> None:
    newcomer = Newcomer(member)
    member.block()
    async with running(database, tmp_path, discord=discord_server, pace=HURRIED) as here:
        card = await newcomer.preview()
        await member.wait_for_answer(member.press("Generate 4", card))
        discord_server.world.advance(16 * 60)
        await _until_drawn(here)
        member.run("gallery")
        await newcomer.shown("1", "4")


async def test_two_presses_at_once_order_one_set(
    database: str, tmp_path: Path, discord_server: DiscordServer, member: Person
) -> None:
    newcomer = Newcomer(member)
    async with running(database, tmp_path, discord=discord_server, pace=HURRIED) as here:
        card = await newcomer.preview()
        member.press("Generate 4", card)
        member.press("Generate 4", card)
        await newcomer.shown("1", "4", "Download all")
        sets = await here.factory.direct.fetch("select code from tf.job where kind = 'set'")
        assert len(sets) == 1


async def test_a_thumbnail_is_shared_with_the_channel_and_stays_its_owners(
    database: str, tmp_path: Path, discord_server: DiscordServer, member: Person
) -> None:
    newcomer, other = Newcomer(member), Person(discord_server, 77, member.channel, name="bob")
    async with running(database, tmp_path, discord=discord_server, pace=HURRIED):
        await newcomer.preview()
        sheet = await newcomer.set()
        assert other.from_bot == []
        member.press("1", sheet)
        variant = await newcomer.shown("Edit text", "Share here")
        member.press("Share here", variant)
        shared = await other.wait_for(offers("New thumbnail"), DRAWN_WITHIN_S)
        assert shared.pictures == variant.pictures and not shared.flags & EPHEMERAL
        edit = next(one.token for one in variant.buttons if one.label == "Edit text")
        other.forge(shared, edit)
        polite = await other.wait_for("Only the person who asked", DRAWN_WITHIN_S)
        assert polite.flags & EPHEMERAL and polite.seen_by == other.user.id
        opened = await other.wait_for_answer(other.press("New thumbnail", shared))
        assert opened.modal is not None


async def test_a_message_that_shows_a_thumbnail_is_refined_and_scored_out_of_its_menu(
    database: str, tmp_path: Path, discord_server: DiscordServer, member: Person
) -> None:
    newcomer = Newcomer(member)
    async with running(database, tmp_path, discord=discord_server, pace=HURRIED):
        mine = member.write("look at this")
        member.use_on(mine, "Refine this")
        await member.wait_for("no thumbnail of mine")
        await newcomer.preview()
        sheet = await newcomer.set()
        member.use_on(sheet, "Refine this")
        member.press("2", await member.wait_for("Which one do you mean?"))
        variant = await newcomer.shown("Edit text", "Share here")
        member.use_on(variant, "Score this")
        await member.wait_for("Quality report", DRAWN_WITHIN_S)
        newcomer.check()


async def test_a_selfie_and_words_to_the_bot_alone_are_a_brief_as_on_telegram(
    database: str, tmp_path: Path, discord_server: DiscordServer, member: Person
) -> None:
    alone = member.direct()
    async with running(database, tmp_path, discord=discord_server, pace=HURRIED):
        alone.write("/start")
        await alone.wait_for("Send me a selfie")
        alone.write(HEADLINE, SELFIE)
        card = await alone.wait_for(offers("Generate 4"), DRAWN_WITHIN_S)
        assert card.pictures and HEADLINE in card.text
        alone.press("Generate 4", card)
        await alone.wait_for(offers("1", "4", "Download all"), DRAWN_WITHIN_S)


async def _until_drawn(here: Running) -> None:
    """Until no job is left to be done."""
    async with asyncio.timeout(DRAWN_WITHIN_S):
        while await here.factory.direct.fetch("select from tf.job where kind = 'set' and ended_at is null"):  # noqa: ASYNC110
            await asyncio.sleep(0.1)


async def test_where_only_the_person_has_installed_it_everything_works_and_nobody_else_sees_it(
    database: str, tmp_path: Path, discord_server: DiscordServer
) -> None:
    guest = Person(discord_server, 55, user_only=True)
    async with running(database, tmp_path, discord=discord_server, pace=HURRIED):
        await whole_story(Newcomer(guest))
    assert max(one.follow_ups for one in discord_server.world.interactions.values()) <= 5
