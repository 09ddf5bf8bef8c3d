"""Fixtures for whoever tests against Discord; a room's conftest imports them by name."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from .person import Person
from .server import DiscordServer


@pytest_asyncio.fixture
async def discord_server(contracts: Path) -> AsyncIterator[DiscordServer]:
    """A running server; the test fails when the bot broke a rule, unless it took the violations itself."""
    async with DiscordServer(contracts) as server:
        yield server
    assert server.violations == []


@pytest.fixture
def member(discord_server: DiscordServer) -> Person:
    """A member of a server the app is installed in, in one of its channels."""
    return Person(discord_server, 4242)
