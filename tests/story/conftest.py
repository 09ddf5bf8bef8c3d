"""Every platform at once, and Stripe."""

from tests.discord_server.fixture import discord_server, member
from tests.stripe_server.fixture import stripe_server
from tests.telegram_server.fixture import person, telegram_server

__all__ = ["discord_server", "member", "person", "stripe_server", "telegram_server"]
