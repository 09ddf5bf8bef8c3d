"""Fixtures for whoever tests against Telegram; a room's conftest imports them by name."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from .person import Person
from .server import TelegramServer


@pytest_asyncio.fixture
async def telegram_server(contracts: Path) -> AsyncIterator[TelegramServer]:
    """A running server; the test fails when the bot broke a rule, unless it took the violations itself."""
    async with TelegramServer(contracts) as server:
        yield server
    assert server.violations == []


@pytest.fixture
def person(telegram_server: TelegramServer) -> Person:
    """A newcomer in the private chat with the bot."""
    return Person(telegram_server, 42)
