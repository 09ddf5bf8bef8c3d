"""One person in Discord and in the browser, with everything real but the platforms themselves."""

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from core.conversation.view import GalleryView
from tests.discord_server.person import Person
from tests.discord_server.server import DiscordServer
from tests.discord_server.world import Message
from tests.factory import Running, running
from tests.services.test_joining import Chat, Shown

from .test_story import DRAWN_WITHIN_S, HURRIED, Newcomer


@asynccontextmanager
async def both(database: str, home: Path, server: DiscordServer) -> AsyncIterator[Chat]:
    """The browser's chat, beside Discord."""
    web = Shown("web")
    async with running(database, home, discord=server, couriers=(web,), pace=HURRIED) as run:
        yield Chat(run, web, "a-browser")


async def offered(member: Person, code: str) -> Message:
    member.run("link", code=code)
    return await Newcomer(member).shown("Link the two")


async def credits_of(run: Running) -> list[int]:
    """Of every wallet somebody has."""
    rows = await run.factory.direct.fetch("select purchased from tf.wallet where user_id is not null order by 1")
    return [row["purchased"] for row in rows]


async def test_who_came_by_discord_joins_the_browser_and_old_buttons_still_work(
    database: str, tmp_path: Path, discord_server: DiscordServer, member: Person
) -> None:
    newcomer = Newcomer(member)
    async with both(database, tmp_path, discord_server) as browser:
        await newcomer.preview()
        sheet = await newcomer.set()
        await browser.finished()
        await offered(member, await browser.code())
        assert "4 credits of the welcome gift here lapse" in member.from_bot[-1].text
        member.press("Link the two")
        await member.wait_for("Linked.")
        await browser.said("has joined this one: Discord")
        assert await credits_of(browser.run) == [0], "one person, and one gift, which they had"
        member.press("1", sheet)
        await newcomer.shown("Edit text", "File")
        after = len(browser.shown.views)
        await browser.command("gallery")
        gallery: GalleryView = await browser.see(lambda view: isinstance(view, GalleryView), after=after)
        assert len(gallery.pictures) == 6, "two drawn here, four there"


async def test_who_came_by_the_browser_joins_discord_with_what_was_made_there(
    database: str, tmp_path: Path, discord_server: DiscordServer, member: Person
) -> None:
    async with both(database, tmp_path, discord_server) as browser:
        made = await browser.finished()
        member.run("link")
        shown = await member.wait_for("Link another chat")
        found = re.search(r"/link ([0-9A-Z]{4}-[0-9A-Z]{4})", shown.text)
        assert found and shown.seen_by == member.user.id, "nobody else sees the code"
        await browser.join(found[1])
        await member.wait_for("has joined this one: browser")
        assert await credits_of(browser.run) == [4]
        await browser.press(made, "1")
        await browser.see(lambda view: isinstance(view, GalleryView) and len(view.pictures) == 1)
        member.run("gallery")
        assert len((await member.wait_for(lambda one: len(one.pictures) == 2, DRAWN_WITHIN_S)).pictures) == 2
        # Once only, and for nobody else.
        other = Person(discord_server, 77, member.channel, name="bob")
        other.run("link", code=found[1])
        await other.wait_for("not valid")


async def test_an_offer_to_join_outlives_the_factory_that_made_it(
    database: str, tmp_path: Path, discord_server: DiscordServer, member: Person
) -> None:
    async with both(database, tmp_path, discord_server) as browser:
        offer = await offered(member, await browser.code())
    async with both(database, tmp_path, discord_server) as browser:
        member.press("Link the two", offer)
        await member.wait_for("Linked.")
        member.press("Link the two", offer)
        await member.wait_for("linked already")
        assert await credits_of(browser.run) == [0]
