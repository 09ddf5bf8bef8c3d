"""Any views after each other in one slot, delivered to the server that checks contract and rules."""

import asyncio
from pathlib import Path

import discord
import pytest
from discord.http import Route
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bots.discord.api import Api
from core.conversation.view import View
from tests.bots.scripted import ScriptedDesk
from tests.discord_server.person import Person
from tests.discord_server.server import DiscordServer

from .sample import COLOURS, VIEWS
from .scripted import MemoryReplies, Room


async def _deliver_all(contracts: Path, views: list[View], *, shared: bool) -> list[str]:
    desk = ScriptedDesk()
    for colour in COLOURS:
        desk.assets[colour] = desk.assets[desk.picture(colour)]
    async with DiscordServer(contracts) as server:
        Route.BASE = server.api_url
        client = discord.Client(intents=discord.Intents.none(), max_messages=None)
        await client.login(server.token)
        person = Person(server, 42)
        room = Room(person, Api(client.http), desk, MemoryReplies(server.world.now), shared=shared)
        await room.asked()
        last: dict[str, object] = {}
        for view in views:
            last = await room.show(view, last)
        last = await room.retire(views[-1], last)
        await client.close()
        return server.violations


@pytest.mark.parametrize("shared", [False, True])
@settings(
    max_examples=20,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.function_scoped_fixture],
)
@given(views=st.lists(VIEWS, min_size=1, max_size=5))
def test_any_views_after_each_other_in_one_slot_keep_discords_contract(
    views: list[View], shared: bool, contracts: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Route, "BASE", Route.BASE)  # restored, whichever server was last
    assert asyncio.run(_deliver_all(contracts, views, shared=shared)) == []
