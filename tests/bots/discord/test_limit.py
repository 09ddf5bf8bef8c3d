import discord

from bots.discord.api import Api
from bots.discord.limit import IDLE_S, Limits
from core.conversation.view import TextView
from tests.discord_server.server import DiscordServer

from .scripted import Room, answering


async def test_what_was_counted_for_a_token_is_forgotten_once_it_rests(api: Api, room: Room) -> None:
    now = [0.0]
    http = api._http
    api._limits = Limits(http, clock=lambda: now[0])
    for _ in range(20):
        asked = await room.asked()
        await room.show(TextView(text="One answer"), key=answering(asked))
    assert len(http._buckets) >= 40
    now[0] += IDLE_S
    await room.show(TextView(text="And one more"), key=answering(await room.asked()))
    assert len(http._buckets) <= 5


async def test_the_library_still_has_what_is_reached_past_its_doors(discord_server: DiscordServer) -> None:
    client = discord.Client(intents=discord.Intents.none())
    assert {"INTERACTION_CREATE", "MESSAGE_CREATE", "ENTITLEMENT_CREATE"} <= client._connection.parsers.keys()
    assert client.http._buckets == {} and client.http._bucket_hashes == {}
