"""The bot under test against the loopback Bot API, a scripted desk behind it."""

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from bots.telegram.bot import TelegramBot
from core.supervisor import Supervisor
from tests.bots.scripted import Cards, ScriptedDesk
from tests.stripe_server.fixture import stripe_server
from tests.telegram_server.fixture import person, telegram_server
from tests.telegram_server.server import TelegramServer

__all__ = ["person", "stripe_server", "telegram_server"]


@pytest.fixture
def desk() -> ScriptedDesk:
    return ScriptedDesk()


@pytest.fixture
def cards() -> Cards:
    return Cards()


@pytest_asyncio.fixture
async def bot(telegram_server: TelegramServer, desk: ScriptedDesk, cards: Cards) -> AsyncIterator[TelegramBot]:
    """A polling bot at work."""
    running = TelegramBot(
        telegram_server.token,
        desk=desk,
        references=cards,
        supervisor=Supervisor(),
        polling=True,
        api_url=telegram_server.base_url.removesuffix("/bot"),
    )
    await running.start()
    yield running
    await running.stop()
