"""Entitlements: rights to a plan, as a platform tells of them that sells plans for us, and what is paid under them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Right:
    """Somebody's right to a plan. It has no end until the platform gives it one."""

    id: str
    item: str
    """The platform's name of what was sold."""
    person: str
    """As the platform calls them; empty: nobody in particular."""
    ended_at: datetime | None = None
    gone: bool = False
    """Taken back, and its money with it."""
    test: bool = False
    """No money was paid."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """One period that is paid."""

    right: str
    item: str
    starts_at: datetime
    until: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Membership:
    """A subscription as the platform has it now, with every period of it that was told of."""

    reference: str
    next: str
    """What the next period is of."""
    ends: bool
    """With the period that is paid."""
    until: datetime
    """The end of that; over and not ending: the next one could not be collected yet."""
    spans: tuple[Span, ...]
