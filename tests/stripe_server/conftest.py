"""The server under test is the fixture others test with."""

from .fixture import customer, stripe_server

__all__ = ["customer", "stripe_server"]
