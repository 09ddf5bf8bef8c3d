"""A server decides who makes thumbnails in it, how many, and who pays: with everything real but Discord itself."""

from pathlib import Path

import pytest
from psycopg import AsyncConnection
from structlog.testing import capture_logs

from core.conversation.action import FillIn, OpenDetails, Read, parse
from core.domain.errand import Errand
from core.domain.guild import Guild
from core.store.administration import Administration
from core.store.guild import Guilds
from tests.app.chat import stand_in
from tests.discord_server.person import Person
from tests.discord_server.server import DiscordServer
from tests.discord_server.world import EPHEMERAL, GUILD_ID, THREAD, Channel, Message
from tests.factory import Running, running
from tests.store.till import Till

from .test_story import DRAWN_WITHIN_S, HURRIED, SELFIE, Newcomer, offers

PAID = (stand_in(lambda _: None),)
GUILD = str(GUILD_ID)
FULL = {"Headline": "I QUIT", "Selfies": [SELFIE]}


@pytest.fixture
def admin(discord_server: DiscordServer, member: Person) -> Person:
    return Person(discord_server, 99, member.channel, name="root", manages=True)


async def card(admin: Person) -> Message:
    admin.run("server")
    return await admin.wait_for(offers("Channels", "Who pays", "Give it credits"))


async def decide(admin: Person, rule: str, choice: str) -> Message:
    admin.press(rule, await card(admin))
    question = await admin.wait_for(lambda one: any(choice in label for label in labels(one)))
    if question.selects:
        admin.select(choice, message=question)
    else:
        admin.press(choice, question)
    return await admin.wait_for("Saved")


def labels(message: Message) -> list[str]:
    listed = [option["label"] for one in message.selects for option in one["options"]]
    return [*listed, *(button.label for button in message.buttons)]


async def refused(person: Person, words: str) -> Message:
    notice = await person.wait_for(words)
    assert notice.flags & EPHEMERAL
    return notice


async def user_of(here: Running, person: Person) -> str:
    rows = await here.factory.direct.fetch(
        "select user_id::text as id from tf.identity where platform = 'discord' and ref = %s", (str(person.user.id),)
    )
    return str(rows[0]["id"])


async def guild(here: Running, person: Person | None = None) -> Guild:
    user = await user_of(here, person) if person else None
    return await Guilds(here.factory.transport).read("discord", GUILD, user)


async def fill(here: Running, credits_: int) -> None:
    await Administration(here.factory.direct, 1000).give_guild(
        "discord", GUILD, credits_, key=f"gift of {credits_}", why="", actor="machine:ada"
    )


# -- the card --------------------------------------------------------------------------------------------------------


async def test_only_who_manages_the_server_changes_it_and_that_is_looked_at_with_every_press(
    database: str, tmp_path: Path, discord_server: DiscordServer, member: Person, admin: Person
) -> None:
    async with running(database, tmp_path, discord=discord_server, pace=HURRIED) as here:
        member.run("server")
        await refused(member, "Only members who may manage this server")
        shown = await card(admin)
        assert shown.flags & EPHEMERAL
        admin.press("Orders per member", shown)
        question = await admin.wait_for("may one member order")
        admin.manages = False
        admin.select("5 a day", message=question)
        await refused(admin, "Only members who may manage this server")
        assert (await guild(here)).rules == Guild().rules
        admin.manages = True
        admin.select("5 a day", message=question)
        assert "5 a day" in (await admin.wait_for("Saved")).text
        assert (await guild(here)).rules.daily_jobs == 5
        member.direct().run("server")
        await member.direct().wait_until(lambda: member.direct().find("That is for servers"))


async def test_channels_and_roles_come_from_discords_own_lists_and_none_is_all_of_them(
    database: str, tmp_path: Path, discord_server: DiscordServer, admin: Person
) -> None:
    async with running(database, tmp_path, discord=discord_server, pace=HURRIED) as here:
        admin.press("Channels", await card(admin))
        admin.pick(admin.channel.id, 5, message=await admin.wait_for("In which channels"))
        assert "2 chosen" in (await admin.wait_for("Saved")).text
        admin.press("Who may use it", await card(admin))
        admin.pick(7, message=await admin.wait_for("Which roles"))
        await admin.wait_for("Saved")
        rules = (await guild(here)).rules
        assert (rules.channels, rules.roles) == ((str(admin.channel.id), "5"), ("7",))
        admin.press("Channels", await card(admin))
        question = await admin.wait_for("In which channels")
        assert "2 chosen" in question.text
        admin.pick(message=question)
        assert "every channel" in (await admin.wait_for("Saved")).text
        assert (await guild(here)).rules.channels == ()


# -- who may use it --------------------------------------------------------------------------------------------------


async def test_in_another_channel_nothing_is_made_and_nobody_fills_a_form_in_for_nothing(
    database: str, tmp_path: Path, discord_server: DiscordServer, member: Person, admin: Person
) -> None:
    newcomer = Newcomer(member)
    async with running(database, tmp_path, discord=discord_server, pace=HURRIED):
        opened = await newcomer.form()
        brief = await newcomer.preview(opened)
        admin.press("Channels", await card(admin))
        admin.pick(5, message=await admin.wait_for("In which channels"))
        await admin.wait_for("Saved")

        asked = await member.wait_for_answer(member.run("thumbnail"))
        assert asked.modal is None
        await refused(member, "one other channel only")
        member.press("Generate 4", brief)
        await refused(member, "In a chat with me alone everything works")
        member.submit(opened, FULL)
        await refused(member, "one other channel only")
        for name, words in (("help", "What I can do"), ("settings", "Settings"), ("balance", "Your credits")):
            member.run(name)
            await member.wait_for(words)
        alone = member.direct()
        alone.run("quick", headline="I QUIT")
        await alone.wait_for(offers("Generate 4"), DRAWN_WITHIN_S)

        admin.press("Channels", await card(admin))
        admin.pick(member.channel.id, message=await admin.wait_for("In which channels"))
        await admin.wait_for("Saved")
        await newcomer.set(brief)


async def test_a_form_opens_at_once_while_nobody_can_read_the_servers_rules(
    database: str, tmp_path: Path, discord_server: DiscordServer, member: Person
) -> None:
    async with (
        running(database, tmp_path, discord=discord_server, pace=HURRIED),
        await AsyncConnection.connect(database) as other,
    ):
        await other.execute("lock table tf.guild in access exclusive mode")
        assert (await member.wait_for_answer(member.run("thumbnail"), 1.0)).modal


@pytest.mark.parametrize(
    "broken",
    [
        """insert into tf.wallet (id) values ('00000000-0000-0000-0000-000000000001');
           insert into tf.guild values ('discord', '{guild}', '{{"daily_jobs": "many"}}',
                                        '00000000-0000-0000-0000-000000000001')""",
        "alter table tf.guild rename to elsewhere",
    ],
    ids=["unreadable", "gone"],
)
async def test_a_form_opens_over_rules_that_are_out_of_order(
    database: str, tmp_path: Path, discord_server: DiscordServer, member: Person, broken: str
) -> None:
    async with running(database, tmp_path, discord=discord_server, pace=HURRIED):
        member.run("help")
        screen = await member.wait_for("What I can do")
        async with await AsyncConnection.connect(database) as other:
            await other.execute(broken.format(guild=GUILD).encode())
        with capture_logs() as logs:
            assert (await member.wait_for_answer(member.forge(screen, FillIn("", "headline").pack()))).modal
            assert logs == [], "a form of the settings makes nothing: no rule is asked for"
            assert (await member.wait_for_answer(member.run("thumbnail"))).modal
        assert [one["event"] for one in logs] == ["server.rules_not_read"]


async def test_a_thread_is_where_its_channel_is(
    database: str, tmp_path: Path, discord_server: DiscordServer, member: Person, admin: Person
) -> None:
    thread = discord_server.world.channel(THREAD, parent_id=member.channel.id, name="a thread")
    other = discord_server.world.channel(THREAD, parent_id=5, name="of another channel")
    async with running(database, tmp_path, discord=discord_server, pace=HURRIED):
        admin.press("Channels", await card(admin))
        admin.pick(member.channel.id, message=await admin.wait_for("In which channels"))
        await admin.wait_for("Saved")
        inside = Person(discord_server, member.user.id, thread)
        assert (await inside.wait_for_answer(inside.run("thumbnail"))).modal
        outside = Person(discord_server, member.user.id, other)
        assert not (await outside.wait_for_answer(outside.run("thumbnail"))).modal


async def test_without_the_role_nothing_is_made_and_with_it_everything(
    database: str, tmp_path: Path, discord_server: DiscordServer, member: Person, admin: Person
) -> None:
    async with running(database, tmp_path, discord=discord_server, pace=HURRIED):
        admin.press("Who may use it", await card(admin))
        admin.pick(7, 8, message=await admin.wait_for("Which roles"))
        await admin.wait_for("Saved")
        member.run("quick", headline="I QUIT")
        await refused(member, "members with one of 2 roles")
        member.roles = [8]
        await Newcomer(member).preview()
        admin.press("Who may use it", await card(admin))
        admin.pick(GUILD_ID, message=await admin.wait_for("Which roles"))
        await admin.wait_for("Saved")
        member.roles = []
        assert (await member.wait_for_answer(member.run("thumbnail"))).modal


async def test_above_the_cap_a_brief_is_kept_and_made_in_the_chat_with_the_bot_alone(
    database: str, tmp_path: Path, discord_server: DiscordServer, member: Person, admin: Person
) -> None:
    newcomer = Newcomer(member)
    async with running(database, tmp_path, discord=discord_server, pace=HURRIED):
        await newcomer.preview()
        await newcomer.set()
        brief = await newcomer.preview()
        await decide(admin, "Orders per member", "1 a day")
        member.press("Generate 4", brief)
        notice = await refused(member, "more than this server lets one member order in a day")
        assert "Here again in 24 hours" in notice.text
        alone = member.direct()
        alone.run("quick", headline="I QUIT")
        alone.press("Generate 4", await alone.wait_for(offers("Generate 4"), DRAWN_WITHIN_S))
        await alone.wait_for(offers("1", "4", "Download all"), DRAWN_WITHIN_S)


async def test_what_a_reader_finds_comes_back_to_the_server_it_was_asked_in(
    database: str, tmp_path: Path, discord_server: DiscordServer, member: Person
) -> None:
    async with running(database, tmp_path, discord=discord_server, pace=HURRIED):
        brief = await Newcomer(member).preview()
        (draft,) = {
            one.draft for one in map(parse, (button.token for button in brief.buttons)) if isinstance(one, OpenDetails)
        }
        member.forge(brief, Read(draft, Errand.IDEAS).pack())
        await member.wait_for("no ideas without a model key", DRAWN_WITHIN_S)


# -- who pays --------------------------------------------------------------------------------------------------------


async def test_what_the_server_pays_is_said_on_the_button_charged_to_it_and_said_again(
    database: str, tmp_path: Path, discord_server: DiscordServer, member: Person, admin: Person
) -> None:
    newcomer = Newcomer(member)
    async with running(database, tmp_path, discord=discord_server, pace=HURRIED, extras=PAID) as here:
        await decide(admin, "Who pays", "this server")
        await fill(here, 10)
        brief = await newcomer.preview()
        assert "This server pays for it" in brief.text
        assert any("2 cr, this server pays" in one.label for one in brief.buttons)
        sheet = await newcomer.set(brief)
        assert "Paid: 2 credits. This server paid." in sheet.text
        assert (await guild(here)).wallet.purchased == 8
        member.press("1", sheet)
        member.press("Re-roll", await newcomer.shown("Re-roll"))
        again = await member.wait_for("This server paid", DRAWN_WITHIN_S)
        assert "Paid: 1 credit" in again.text
        assert (await guild(here)).wallet.purchased == 7
        member.run("balance")
        balance = (await member.wait_for("Your credits")).text
        assert "4 credits to spend" in balance and "it has 7 credits" in balance


async def test_an_empty_server_says_so_and_whoever_wants_to_pays_it_themselves(
    database: str, tmp_path: Path, discord_server: DiscordServer, member: Person, admin: Person
) -> None:
    newcomer = Newcomer(member)
    async with running(database, tmp_path, discord=discord_server, pace=HURRIED, extras=PAID) as here:
        await decide(admin, "Who pays", "this server")
        await fill(here, 1)
        brief = await newcomer.preview()
        assert "The server has 1 cr left" in brief.text
        assert any(one.label == "Generate 4 · 2 cr" for one in brief.buttons)
        sheet = await newcomer.set(brief)
        assert "Paid: 2 credits." in sheet.text and "This server paid" not in sheet.text
        await fill(here, 9)
        await decide(admin, "Credits per member", "2 a day")
        member.press("1", sheet)
        variant = await newcomer.shown("Re-roll")
        member.press("Re-roll", variant)
        await member.wait_for("This server paid", DRAWN_WITHIN_S)
        member.press("Re-roll", variant)
        await member.wait_for("This server paid", DRAWN_WITHIN_S)
        member.press("Re-roll", variant)
        notice = await refused(member, "share of the server's credits has 0 cr left today")
        member.press("Pay it yourself · 1 cr", notice)
        await member.wait_for(
            lambda one: "Paid: 1 credit" in one.text and "This server" not in one.text, DRAWN_WITHIN_S
        )
        balance = await here.factory.wallets.balance(await user_of(here, member))
        assert balance.wallet.purchased == 4 - 2 - 1


async def test_a_button_of_when_the_server_paid_charges_nobody_else(
    database: str, tmp_path: Path, discord_server: DiscordServer, member: Person, admin: Person
) -> None:
    newcomer = Newcomer(member)
    async with running(database, tmp_path, discord=discord_server, pace=HURRIED, extras=PAID) as here:
        await decide(admin, "Who pays", "this server")
        await fill(here, 10)
        brief = await newcomer.preview()
        await decide(admin, "Who pays", "each member")
        member.press("Generate 4", brief)
        notice = await refused(member, "This server does not pay any more. Nothing was charged.")
        assert any(one.label == "Generate 4 · 2 cr" for one in notice.buttons)
        assert (await guild(here)).wallet.purchased == 10


async def test_whoever_manages_a_server_gives_it_credits_they_bought_and_a_second_tap_asks_anew(
    database: str, tmp_path: Path, discord_server: DiscordServer, admin: Person
) -> None:
    async with running(database, tmp_path, discord=discord_server, pace=HURRIED, extras=PAID) as here:
        admin.press("Give it credits", await card(admin))
        assert f"guild:{GUILD}" in (await admin.wait_for("no bought credits")).text
        await Till(here.factory.direct).topup(await user_of(here, admin), 12, key="bought")
        admin.press("Give it credits", await card(admin))
        question = await admin.wait_for(offers("Give 5", "Give 10", "Give 12 of my credits"))
        admin.press("Give 5", question)
        admin.press("Give 5", question)
        await admin.wait_for(offers("Give 5", "Give 7"))
        mine = await guild(here, admin)
        assert (mine.wallet.purchased, mine.giveable) == (5, 7)
        assert "5 credits to spend" in (await card(admin)).text


# -- sharing ---------------------------------------------------------------------------------------------------------


async def share(person: Person, number: str, sheet: Message) -> None:
    person.press(number, sheet)
    person.press("Share here", await person.wait_for(offers("Share here"), DRAWN_WITHIN_S))


def threads_of(server: DiscordServer) -> list[Channel]:
    return [one for one in server.world.channels.values() if one.kind == THREAD]


async def test_two_thumbnails_of_one_job_are_shared_into_one_thread(
    database: str, tmp_path: Path, discord_server: DiscordServer, member: Person
) -> None:
    newcomer, other = Newcomer(member), Person(discord_server, 77, member.channel, name="bob")
    async with running(database, tmp_path, discord=discord_server, pace=HURRIED):
        await newcomer.preview()
        sheet = await newcomer.set()
        await share(member, "1", sheet)
        shown = await other.wait_for(offers("New thumbnail"), DRAWN_WITHIN_S)
        assert "I flew the shuttle" in shown.text and f"Shared by <@{member.user.id}>" in shown.text
        link = f"https://discord.com/channels/{GUILD_ID}/{member.channel.id}/{shown.id}"
        await refused(member, f"Shared: {link}")
        await other.wait_until(lambda: threads_of(discord_server))
        (thread,) = threads_of(discord_server)
        assert (thread.id, thread.name) == (shown.id, "I flew the shuttle")
        reader = Person(discord_server, 77, thread, name="bob")
        await share(member, "2", sheet)
        second = await reader.wait_for(offers("New thumbnail"), DRAWN_WITHIN_S)
        assert second.pictures != shown.pictures
        await refused(member, f"Shared: https://discord.com/channels/{GUILD_ID}/{thread.id}/{second.id}")
        await share(member, "1", sheet)
        await refused(member, f"This is shared here already: {link}")
        assert (len(other.from_bot), len(reader.from_bot)) == (1, 1)


async def test_whoever_shares_where_no_thread_may_begin_is_told_so_with_the_link(
    database: str, tmp_path: Path, discord_server: DiscordServer, member: Person
) -> None:
    newcomer = Newcomer(member)
    member.channel.threaded = False
    async with running(database, tmp_path, discord=discord_server, pace=HURRIED):
        await newcomer.preview()
        sheet = await newcomer.set()
        await share(member, "1", sheet)
        await refused(member, "I may not begin a thread in this channel")
        assert not discord_server.called("POST /channels/{channel_id}/messages/{message_id}/threads")


async def test_in_a_thread_a_thumbnail_is_shared_as_it_is(
    database: str, tmp_path: Path, discord_server: DiscordServer, member: Person
) -> None:
    thread = discord_server.world.channel(THREAD, parent_id=member.channel.id, name="a thread")
    inside, other = Person(discord_server, 42, thread), Person(discord_server, 77, thread, name="bob")
    newcomer = Newcomer(inside)
    async with running(database, tmp_path, discord=discord_server, pace=HURRIED):
        await newcomer.preview()
        await share(inside, "1", await newcomer.set())
        await other.wait_for(offers("New thumbnail"), DRAWN_WITHIN_S)
    assert threads_of(discord_server) == [thread]
    assert not discord_server.called("POST /channels/{channel_id}/messages/{message_id}/threads")


async def test_where_the_bot_may_not_post_sharing_says_so_and_the_picture_stays(
    database: str, tmp_path: Path, discord_server: DiscordServer, member: Person
) -> None:
    newcomer, other = Newcomer(member), Person(discord_server, 77, member.channel, name="bob")
    member.channel.writable = False
    async with running(database, tmp_path, discord=discord_server, pace=HURRIED):
        await newcomer.preview()
        sheet = await newcomer.set()
        await share(member, "1", sheet)
        await refused(member, "I may not post in this channel")
        assert other.from_bot == []
        member.channel.writable = True
        await share(member, "1", sheet)
        await other.wait_for(offers("New thumbnail"), DRAWN_WITHIN_S)
