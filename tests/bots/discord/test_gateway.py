"""The bot at the gateway: shards, what it asks to hear, and what becomes of a Discord that is away."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import discord
import pytest
import yarl
from discord.gateway import DiscordWebSocket

from bots.discord.bot import DiscordBot, TokenRefused
from bots.discord.command import Commands
from core.conversation.event import CommandSent, TextSent
from core.domain.model import Catalogue
from core.domain.record import Json
from core.providers.catalogue import STUDIO
from core.supervisor import Supervisor
from tests.bots.scripted import ScriptedDesk, eventually
from tests.discord_server.fault import unavailable
from tests.discord_server.person import Person
from tests.discord_server.server import DiscordServer

from .scripted import MemoryDiscussions, MemoryReplies

ME = "GET /users/@me"


async def nothing(*_: object) -> tuple[()]:
    return ()


class Heard:
    """Events of the application, as they were told."""

    def __init__(self) -> None:
        self.events: list[Json] = []

    async def take(self, event: Json, do: object = None) -> None:
        assert do is None, "nothing is sold here"
        self.events.append(event)


class Closed:
    """Who sells neither packs nor plans."""

    packs = plans = ()

    def sells(self, _: str) -> bool:
        return False


def bot(server: DiscordServer, desk: ScriptedDesk, heard: Heard | None = None, **more: Any) -> DiscordBot:
    return DiscordBot(
        more.pop("token", server.token),
        desk=desk,
        replies=MemoryReplies(server.world.now),
        discussions=MemoryDiscussions(),
        commands=Commands(lambda: Catalogue((STUDIO,)), nothing),
        supervisor=more.pop("supervisor", Supervisor()),
        till=Closed(),
        entitling=Closed(),
        recording=heard or Heard(),
        gateway=True,
        api_url=server.api_url,
        cdn=("127.0.0.1",),
        **more,
    )


@asynccontextmanager
async def at_work(running: DiscordBot, until: Callable[[], bool] | None = None) -> AsyncIterator[DiscordBot]:
    await running.start()
    try:
        await eventually(until or (lambda: running.ready))
        yield running
    finally:
        await running.stop()


async def test_the_core_path_needs_no_intent_and_direct_messages_only_theirs(
    discord_server: DiscordServer, desk: ScriptedDesk, member: Person
) -> None:
    for direct, intents in ((False, 0), (True, discord.Intents.dm_messages.flag)):
        async with at_work(bot(discord_server, desk, direct_messages=direct)):
            (shard,) = discord_server.gateway.shards
            assert shard.intents == intents
            await member.wait_for_answer(member.run("jobs"))
        await eventually(lambda: not discord_server.gateway.shards)
    await desk.until(2)
    assert desk.events == [CommandSent(name="jobs")] * 2


async def test_what_is_written_to_the_bot_alone_is_heard_and_nothing_said_in_a_server(
    discord_server: DiscordServer, desk: ScriptedDesk, member: Person
) -> None:
    async with at_work(bot(discord_server, desk)):
        member.write("talk among people")
        member.direct().write("I quit my job")
        await desk.until(1)
        member.direct().write("/link ABCD-EFGH")
        assert await desk.until(2) == [TextSent(text="I quit my job"), CommandSent(name="link", argument="ABCD-EFGH")]
        assert not desk.envelopes[0].group


async def test_two_processes_share_the_shards(
    discord_server: DiscordServer, desk: ScriptedDesk, member: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(DiscordWebSocket, "DEFAULT_GATEWAY", yarl.URL(discord_server.gateway_url))
    one = bot(discord_server, desk, shard_ids=(0,), shard_count=2)
    other = bot(discord_server, desk, shard_ids=(1,), shard_count=2)
    async with at_work(one), at_work(other):
        assert {(shard.number, shard.count) for shard in discord_server.gateway.shards} == {(0, 2), (1, 2)}
        for guild in (1 << 22, 2 << 22):
            someone = Person(discord_server, 77, discord_server.world.channel(guild_id=guild))
            await someone.wait_for_answer(someone.run("jobs"))
        await desk.until(2)


async def test_a_connection_that_discord_ends_is_made_again(
    discord_server: DiscordServer, desk: ScriptedDesk, member: Person
) -> None:
    async with at_work(bot(discord_server, desk)) as running:
        (first,) = shards = discord_server.gateway.shards
        await discord_server.gateway.drop()
        await eventually(lambda: bool(shards) and shards[0] is not first and running.ready)
        await member.wait_for_answer(member.run("jobs"))


async def test_a_discord_that_is_away_at_the_start_is_found_later(
    discord_server: DiscordServer, desk: ScriptedDesk, member: Person
) -> None:
    discord_server.fail(ME, unavailable())
    running = bot(discord_server, desk)
    async with at_work(running, lambda: True):
        assert not running.ready and running.name == ""
        await eventually(lambda: running.ready, timeout=15)
        assert running.name == "Thumbnail Factory"
        await member.wait_for_answer(member.run("jobs"))


async def test_a_wrong_token_stops_the_start(discord_server: DiscordServer, desk: ScriptedDesk) -> None:
    wrong = bot(discord_server, desk, token=discord_server.token[:-4] + "0bad")
    with pytest.raises(TokenRefused):
        await wrong.start()


async def test_a_token_that_ends_while_the_bot_runs_is_named_and_asked_for_again(
    discord_server: DiscordServer, desk: ScriptedDesk
) -> None:
    supervisor = Supervisor()
    running = bot(discord_server, desk, supervisor=supervisor)
    async with at_work(running):
        right, discord_server.token = discord_server.token, "another"
        for shard in list(discord_server.gateway.shards):
            await shard.socket.close(code=4004)
        await eventually(lambda: "discord" in supervisor.failing, timeout=10)
        discord_server.token = right
        await eventually(lambda: running.ready, timeout=15)


async def test_an_entitlement_is_recorded_though_nothing_is_sold(
    discord_server: DiscordServer, desk: ScriptedDesk
) -> None:
    heard = Heard()
    bought = {"id": "900", "sku_id": "800", "user_id": "4242", "type": 8, "deleted": False, "application_id": "1"}
    async with at_work(bot(discord_server, desk, heard)):
        await discord_server.gateway.tell("ENTITLEMENT_CREATE", bought, None)
        await eventually(lambda: bool(heard.events))
    assert heard.events == [{"type": "ENTITLEMENT_CREATE", "data": bought}]


async def test_a_stop_lets_what_is_under_way_finish(
    discord_server: DiscordServer, desk: ScriptedDesk, member: Person
) -> None:
    desk.busy = lambda _: 0.4
    async with at_work(bot(discord_server, desk)):
        await member.wait_for_answer(member.run("jobs"))
        await asyncio.sleep(0.05)
    assert desk.events == [CommandSent(name="jobs")]
