"""A server of a chat platform: where and by whom the factory may be used there, how much, and who pays."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from core.domain.wallet import Wallet


class Payer(StrEnum):
    PERSON = "person"
    GUILD = "guild"
    """The server's own wallet."""


class Closed(StrEnum):
    """Why somebody may not use the factory where they are."""

    CHANNEL = "channel"
    ROLE = "role"


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """What a platform states of somebody in one of its servers with each thing they do there."""

    guild: str
    channels: tuple[str, ...]
    """Where they are: the channel, and for a thread the one it belongs to."""
    roles: tuple[str, ...] = ()
    manages: bool = False
    """They may change what holds for the server."""
    posts: bool = True
    """We may write there for all to see."""
    threads: bool = False
    """We may begin a thread there."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """What those who manage a server have decided. Empty lists, and 0, leave it open."""

    channels: tuple[str, ...] = ()
    roles: tuple[str, ...] = ()
    daily_jobs: int = 0
    """Sets, and whatever else costs credits, that one member may order within 24 hours."""
    daily_credits: int = 0
    """Credits of the server that one member may spend within 24 hours."""
    payer: Payer = Payer.PERSON

    def closed(self, member: Member) -> Closed | None:
        if self.channels and not set(self.channels) & set(member.channels):
            return Closed.CHANNEL
        if self.roles and not set(self.roles) & set(member.roles):
            return Closed.ROLE
        return None


@dataclass(frozen=True, slots=True, kw_only=True)
class Guild:
    """`giveable`: the bought credits of whoever is asking, which they may give to the server."""

    rules: Rules = field(default_factory=Rules)
    wallet: Wallet = field(default_factory=Wallet)
    giveable: int = 0
