"""The courier under test against the loopback Discord, a scripted desk behind it."""

from collections.abc import AsyncIterator

import discord
import pytest
import pytest_asyncio
from discord.http import Route

from bots.discord.api import Api
from tests.bots.scripted import ScriptedDesk
from tests.discord_server.fixture import discord_server, member
from tests.discord_server.person import Person
from tests.discord_server.server import DiscordServer
from tests.stripe_server.fixture import stripe_server

from .scripted import MemoryReplies, Room

__all__ = ["discord_server", "member", "stripe_server"]


@pytest.fixture
def desk() -> ScriptedDesk:
    return ScriptedDesk()


@pytest_asyncio.fixture
async def api(discord_server: DiscordServer, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Api]:
    """Logged in, and connected to no gateway."""
    monkeypatch.setattr(Route, "BASE", discord_server.api_url)
    client = discord.Client(intents=discord.Intents.none(), max_messages=None)
    await client.login(discord_server.token)
    yield Api(client.http)
    await client.close()


@pytest.fixture
def room(member: Person, api: Api, desk: ScriptedDesk) -> Room:
    """Among others in a server's channel, for one person's eyes."""
    return Room(member, api, desk, MemoryReplies(member.world.now))


@pytest.fixture
def alone(room: Room) -> Room:
    """With the bot alone."""
    return Room(room.person.direct(), room.api, room.desk, room.replies)


@pytest.fixture
def open_room(room: Room) -> Room:
    """For everybody in the channel."""
    return Room(room.person, room.api, room.desk, room.replies, shared=True)
