"""Stripe on loopback, for its door."""

from tests.stripe_server.fixture import customer, stripe_server

__all__ = ["customer", "stripe_server"]
