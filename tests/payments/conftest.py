"""Everything here talks to the Stripe on loopback."""

from tests.stripe_server.fixture import customer, stripe_server

__all__ = ["customer", "stripe_server"]
