"""A server of a chat platform: where and by whom the factory may be used there, how much, and who pays."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from core.domain.wallet import Wallet


class Payer(StrEnum):
    PERSON = "person"
    GUILD = "guild"
    """The server's own wallet."""
    HOUSE = "house"
    """Ours: an operator has begun a job again that failed."""


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


class Unpaid(StrEnum):
    """Why a server does not pay for something that its member wants now."""

    EMPTY = "empty"
    SHORT = "short"
    """It has some credits, and not as many as this costs."""
    SHARE = "share"
    """The member's credits of the day are used, or what is left of them is less than this costs."""
    ORDERS = "orders"
    """The member orders nothing more there today, whoever pays."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Means:
    """What a server bears for one member now."""

    pays: bool = False
    has: int = 0
    """Credits of its wallet that can be spent."""
    share: int | None = None
    """How many of them the member may still spend today; None: all."""
    orders: int | None = None
    """How many orders they may still place there today; None: as many as they like."""

    @property
    def left(self) -> int:
        """Credits it pays for the member at most."""
        return self.has if self.share is None else min(self.has, self.share)

    def refused(self, cost: int, orders: int = 1) -> Unpaid | None:
        """Why it does not bear so many orders that cost so much in all; None: it would."""
        if self.orders is not None and orders > self.orders:
            return Unpaid.ORDERS
        if cost > self.has:
            return Unpaid.SHORT if self.has else Unpaid.EMPTY
        return Unpaid.SHARE if self.share is not None and cost > self.share else None

    def payer(self, cost: int, orders: int = 1) -> Payer:
        return Payer.GUILD if self.pays and self.refused(cost, orders) is None else Payer.PERSON


ALONE = Means()
"""Where no server is, or nothing of one is known: each pays for themselves."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Guild:
    """`giveable`: the bought credits of whoever is asking, which they may give to the server; `used_*`: what they have
    used of their daily caps within 24 hours."""

    rules: Rules = field(default_factory=Rules)
    wallet: Wallet = field(default_factory=Wallet)
    giveable: int = 0
    used_jobs: int = 0
    used_credits: int = 0

    @property
    def means(self) -> Means:
        rules = self.rules
        return Means(
            pays=rules.payer is Payer.GUILD,
            has=self.wallet.available,
            share=max(0, rules.daily_credits - self.used_credits) if rules.daily_credits else None,
            orders=max(0, rules.daily_jobs - self.used_jobs) if rules.daily_jobs else None,
        )
