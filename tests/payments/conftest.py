"""Everything here talks to the companies on loopback."""

from tests.stripe_server.fixture import customer, stripe_server
from tests.telegram_server.fixture import person, telegram_server

__all__ = ["customer", "person", "stripe_server", "telegram_server"]
