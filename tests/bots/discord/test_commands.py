"""The command tree, its registration, and what the commands come to, against a real factory's completions."""

from pathlib import Path

import discord
import pytest

from bots.discord import release
from bots.discord.bot import TokenRefused
from bots.discord.command import Commands
from bots.discord.incoming import Called, File, Handed
from bots.discord.registration import register
from bots.discord.tree import matches, tree
from core.conversation.command import ADMIN, ALIASES, COMMANDS
from core.conversation.event import CommandSent
from core.conversation.view import NoticeView
from core.domain.model import Catalogue
from core.domain.preset import PRESETS
from core.services.desk import Envelope
from tests.discord_server.person import Person
from tests.discord_server.server import DiscordServer
from tests.discord_server.world import EPHEMERAL
from tests.factory import running

from .test_story import HURRIED, SELFIE, Newcomer, offers

COMMANDS_ROUTE = "/applications/{application_id}/commands"


async def _nothing(*_: object) -> tuple[()]:
    return ()


def test_anybodys_thumbnail_is_judged_by_the_menu_of_its_message_and_by_an_option() -> None:
    commands = Commands(lambda: Catalogue(()), _nothing)
    envelope = Envelope(id="1", platform="discord", person="2", place="3")
    file = File("https://cdn.discordapp.com/t.jpg", 7)

    def called(**how: object) -> object:
        return commands.call(Called(**how), envelope)  # type: ignore[arg-type]

    assert called(name="Score this", on_message=True, files=(file,)) == Handed(files=(file,), command="score")
    assert called(name="score", uploads={"picture": file}) == Handed(files=(file,), command="score")
    assert called(name="Score this", on_message=True, files=(file,), variants=("V1",)) == CommandSent(
        name="score", argument="V1"
    )
    empty = called(name="Score this", on_message=True)
    assert isinstance(empty, NoticeView) and "no picture" in empty.text


async def test_a_release_registers_every_command_once_and_leaves_what_stands_alone(
    discord_server: DiscordServer,
) -> None:
    async with release.session(discord_server.token, discord_server.api_url) as client:
        assert not (await release.examine(client)).in_sync
        assert await register(client)
        assert (await release.examine(client)).in_sync
        assert not await register(client)
    assert len(discord_server.called(f"PUT {COMMANDS_ROUTE}")) == 1
    stands = {(one["type"], one["name"]) for one in discord_server.world.commands}
    assert stands == {*((1, name) for name in (*COMMANDS, *ALIASES, ADMIN)), (3, "Refine this"), (3, "Score this")}


async def test_another_release_is_noticed_whatever_was_changed(discord_server: DiscordServer) -> None:
    async with release.session(discord_server.token, discord_server.api_url) as client:
        for change in ({"description": "old words"}, {"options": [{"type": 3, "name": "x"}]}, {"contexts": [0]}):
            await register(client)
            discord_server.world.commands[0] |= change
            assert not (await release.examine(client)).in_sync
        await register(client)
        discord_server.world.commands.pop()
        assert await register(client)


def test_every_command_is_for_servers_and_persons_and_completes_what_is_a_choice() -> None:
    by_name = {one["name"]: one for one in tree() if one["name"] not in ("server", ADMIN)}
    assert all(one["contexts"] == [0, 1, 2] and one["integration_types"] == [0, 1] for one in by_name.values())
    assert by_name["thumbnail"]["options"] == []
    options = {one["name"]: one for one in by_name["quick"]["options"]}  # type: ignore[union-attr]
    assert list(options) == ["headline", "selfie", "preset", "vibe", "format", "font"]
    assert {name for name, one in options.items() if one.get("autocomplete")} == {"preset", "vibe", "format", "font"}
    assert options["selfie"]["type"] == 11 and options["headline"]["required"]


def test_the_command_for_those_who_manage_a_server_is_in_servers_alone() -> None:
    (server,) = (one for one in tree() if one["name"] == "server")
    assert (server["contexts"], server["integration_types"]) == ([0], [0])
    assert server["default_member_permissions"] == 1 << 5


def test_what_discord_adds_of_its_own_is_no_change() -> None:
    known = [{"default_member_permissions": None, **one, "id": "7", "version": "1"} for one in tree()]
    for one in known:
        if not one["options" if one["type"] == 1 else "name"]:
            one.pop("options")
        one["name_localizations"] = one.get("name_localizations") or None
    assert matches(tree(), known)


async def test_an_operator_gets_the_link_where_nobody_else_reads_it_and_others_get_none(
    database: str, tmp_path: Path, discord_server: DiscordServer, member: Person
) -> None:
    (row,) = (one for one in tree() if one["name"] == ADMIN)
    assert (row["contexts"], row["default_member_permissions"]) == ([0], 0)
    admins = f"discord:{member.user.id}:owner"
    stranger = Person(discord_server, 99, member.channel, name="stranger")
    async with running(database, tmp_path, discord=discord_server, pace=HURRIED, admins=admins):
        member.run(ADMIN)
        told = await member.wait_for("/admin/enter?pass=")
        assert told.flags & EPHEMERAL
        stranger.run(ADMIN)
        other = await stranger.wait_for("/help")
        assert "pass=" not in other.text and not stranger.find("pass=")


async def test_a_wrong_token_is_one_sentence_that_does_not_hold_it(discord_server: DiscordServer) -> None:
    wrong = discord_server.token[:-4] + "0bad"
    with pytest.raises(TokenRefused, match="Discord refuses DISCORD_BOT_TOKEN") as refused:
        async with release.session(wrong, discord_server.api_url):
            pass
    assert wrong not in str(refused.value)
    with pytest.raises(TokenRefused):
        async with release.session("a token with spaces", discord_server.api_url):
            pass


async def test_options_are_completed_from_the_tables_and_from_what_is_ones_own(
    database: str, tmp_path: Path, discord_server: DiscordServer, member: Person
) -> None:
    async def completed(name: str, option: str, typed: str, who: Person = member) -> list[str]:
        asked = await who.wait_for_answer(who.complete(name, option, typed))
        assert asked.choices is not None
        return [one["value"] for one in asked.choices]

    async with running(database, tmp_path, discord=discord_server, pace=HURRIED):
        assert await completed("quick", "preset", "") == list(PRESETS)
        assert await completed("quick", "preset", "SHOCK") == ["shock"]
        assert "cinematic" in await completed("quick", "vibe", "cin")
        assert "youtube" in await completed("quick", "format", "you")
        assert await completed("quick", "font", "hand") == ["handwritten"]
        assert await completed("score", "variant", "") == []
        newcomer = Newcomer(member)
        await newcomer.preview()
        await newcomer.set()
        mine = await completed("score", "variant", "shuttle")
        assert len(mine) == 4
        assert await completed("score", "variant", "", Person(discord_server, 77, member.channel)) == []
        member.run("score", variant=mine[0])
        await member.wait_for("Quality report")
        member.run("refine")
        await newcomer.shown("Edit text", "Share here")


async def test_quick_with_a_selfie_and_a_preset_is_a_brief_at_once(
    database: str, tmp_path: Path, discord_server: DiscordServer, member: Person
) -> None:
    async with running(database, tmp_path, discord=discord_server, pace=HURRIED):
        member.run("quick", headline="I quit my job", selfie=SELFIE, preset="documentary", format="square")
        card = await member.wait_for(offers("Generate 4"), 30)
        assert "I quit my job" in card.text and "Documentary" in card.text and "1080×1080" in card.text


async def test_running_jobs_complete_the_command_that_stops_them(
    database: str, tmp_path: Path, discord_server: DiscordServer, member: Person
) -> None:
    async with running(database, tmp_path, discord=discord_server, pace=HURRIED):
        card = await Newcomer(member).preview()
    async with running(database, tmp_path, discord=discord_server, pace=HURRIED, worker=False):
        member.press("Generate 4", card)
        await member.wait_for(offers("Cancel"))
        asked = await member.wait_for_answer(member.complete("cancel", "job", "shuttle"))
        assert asked.choices is not None
        (mine,) = asked.choices
        assert "I flew the shuttle" in mine["name"]
        other = Person(discord_server, 77, member.channel)
        assert (await other.wait_for_answer(other.complete("cancel", "job", ""))).choices == []
        other.run("cancel", job=mine["value"])
        await other.wait_for("There is nothing to cancel")
        member.run("cancel", job=mine["value"])
        await member.wait_for("Cancelled")
        assert (await member.wait_for_answer(member.complete("cancel", "job", ""))).choices == []


async def test_what_is_typed_into_an_option_counts_though_nothing_was_completed(
    database: str, tmp_path: Path, discord_server: DiscordServer, member: Person
) -> None:
    async with running(database, tmp_path, discord=discord_server, pace=HURRIED):
        look = {"preset": "Documentary", "format": "Instagram square", "vibe": "clean"}
        member.run("quick", headline="I quit", selfie=SELFIE, **look)
        card = await member.wait_for(offers("Generate 4"), 30)
        assert "1080×1080" in card.text and "Clean" in card.text and "Grey with an accent" in card.text


@pytest.mark.parametrize(
    ("typed", "shown", "said"),
    [
        ("1600x900", "1600×900", ""),
        ("1600 × 900 px", "1600×900", ""),
        ("90000x50", "1280×720", "each side from 64 to 4,096 pixels"),
        ("640x64", "1280×720", "not longer than five times the other"),
        ("huge", "1280×720", "type a size like 1280x720"),
        ("-1x-1", "1280×720", "type a size like 1280x720"),
    ],
)
async def test_a_size_of_ones_own_is_taken_and_a_bad_one_is_said_with_nothing_lost(
    database: str, tmp_path: Path, discord_server: DiscordServer, member: Person, typed: str, shown: str, said: str
) -> None:
    async with running(database, tmp_path, discord=discord_server, pace=HURRIED):
        member.run("quick", headline="I quit my job", selfie=SELFIE, preset="documentary", format=typed)
        card = await member.wait_for(offers("Generate 4"), 30)
        assert "I quit my job" in card.text and "Documentary" in card.text and shown in card.text
        assert said in "\n".join(one.text for one in member.from_bot)


async def test_a_size_of_ones_own_is_asked_after_the_form_until_it_fits(
    database: str, tmp_path: Path, discord_server: DiscordServer, member: Person
) -> None:
    async with running(database, tmp_path, discord=discord_server, pace=HURRIED):
        opened = await Newcomer(member).form()
        filled = {"Selfies": [SELFIE], "Headline": "I quit my job", "Size": "A size of my own", "Vibe": "Cinematic"}
        member.submit(opened, filled)
        question = await member.wait_for("Where will it be shown?")
        for bad, said in (("90000x50", "each side from 64 to 4,096 pixels"), ("huge", "*Take a platform")):
            asking = await member.wait_for_answer(member.press("Type it", question))
            member.submit(asking, {"Your answer": bad})
            question = await member.wait_for(said)
        asking = await member.wait_for_answer(member.press("Type it", question))
        member.submit(asking, {"Your answer": "1600x900"})
        card = await member.wait_for(offers("Generate 4"), 30)
        assert all(part in card.text for part in ("I quit my job", "1600×900", "Cinematic", "1 photo"))


async def test_a_preset_nobody_knows_is_said_and_the_rest_stands(
    database: str, tmp_path: Path, discord_server: DiscordServer, member: Person
) -> None:
    async with running(database, tmp_path, discord=discord_server, pace=HURRIED):
        member.run("quick", headline="I quit my job", selfie=SELFIE, preset="shouting", vibe="cinematic")
        card = await member.wait_for(offers("Generate 4"), 30)
        assert "Cinematic" in card.text
        assert member.find("no preset called “shouting”")


async def test_quick_without_a_selfie_takes_the_last_ones(
    database: str, tmp_path: Path, discord_server: DiscordServer, member: Person
) -> None:
    async with running(database, tmp_path, discord=discord_server, pace=HURRIED):
        await Newcomer(member).preview()
        member.run("quick", headline="Another story", preset="documentary")
        card = await member.wait_for(lambda one: offers("Generate 4")(one) and "Another story" in one.text, 30)
        assert "1 photo" in card.text


async def test_the_welcome_among_others_leads_to_the_form(
    database: str, tmp_path: Path, discord_server: DiscordServer, member: Person
) -> None:
    async with running(database, tmp_path, discord=discord_server, pace=HURRIED, worker=False):
        member.run("start")
        hello = await member.wait_for(offers("New thumbnail", "How it works", "Settings"))
        assert "Only you see" in hello.text and "direct message" in hello.text and "Send me" not in hello.text
        member.run("help")
        told = await member.wait_for("What I can do")
        assert "Only you see" in told.text and "Share here" in told.text and "/thumbnail" in told.text
        alone = member.direct()
        alone.run("start")
        assert "Send me a selfie" in (await alone.wait_for("Thumbnail Factory")).text
        opened = await member.wait_for_answer(member.press("New thumbnail", hello))
        assert opened.modal is not None and opened.modal["title"] == "Begin a new thumbnail"


async def test_a_form_begins_a_brief_of_its_own_whatever_was_in_the_making(
    database: str, tmp_path: Path, discord_server: DiscordServer, member: Person
) -> None:
    async with running(database, tmp_path, discord=discord_server, pace=HURRIED):
        newcomer = Newcomer(member)
        first = await newcomer.preview()
        opened = await newcomer.form()
        member.submit(opened, {"Headline": "Another story"})
        asked = await member.wait_for("Now send me a selfie", 30)
        assert "Another story" in asked.text
        member.press("Generate 4", first)
        await member.wait_for("brief", 30)


@pytest.mark.parametrize("name", ["jobs", "gallery", "balance", "credits", "settings", "help", "privacy", "version"])
async def test_a_command_is_answered_for_ones_own_eyes(
    name: str, database: str, tmp_path: Path, discord_server: DiscordServer, member: Person
) -> None:
    async with running(database, tmp_path, discord=discord_server, pace=HURRIED, worker=False):
        member.run(name)
        answer = await member.wait_for(lambda message: bool(message.text))
        assert answer.flags & discord.MessageFlags.ephemeral.flag
