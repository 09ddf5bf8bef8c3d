"""The server under test is the fixture others test with."""

from .fixture import person, telegram_server

__all__ = ["person", "telegram_server"]
