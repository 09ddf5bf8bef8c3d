"""Subscriptions: a plan paid period by period, and what a company that collects the money tells of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from core.domain.payment import Money
from core.domain.plan import PlanId

GIVEN = "admin"
"""The provider of plans that operators give: nothing is collected, and their periods are calendar months (UTC)."""


class State(StrEnum):
    """What the company says of its collecting."""

    ACTIVE = "active"
    PAST_DUE = "past_due"
    """The next period was asked for and not paid; it is asked for again."""
    ENDED = "ended"
    """Nothing is collected any more, ever."""


class Status(StrEnum):
    """What that means now."""

    OPEN = "open"
    """Nothing is paid yet."""
    ACTIVE = "active"
    GRACE = "grace"
    """The next period could not be collected, and its plan is still open."""
    PAST_DUE = "past_due"
    """It is no longer, and comes back with the money."""
    CANCELLED = "cancelled"
    """It runs until its end."""
    ENDED = "ended"


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """The latest word holds, by `at`, the moment the company spoke of; an end is the last word."""

    at: datetime
    plan: PlanId
    """Of the next period."""
    state: State = State.ACTIVE
    ends: bool = False
    """With the period that is paid."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Term:
    """What one invoice or charge is for; whatever is told of it only ever grows. A refund may name its payment alone,
    and may come first. Of the terms that end together the dearest that is paid counts: an upgrade posts the
    difference."""

    payment: str
    plan: PlanId | None = None
    credits: int | None = None
    """What a whole period of this plan brings."""
    starts_at: datetime | None = None
    """Its credits come then, not before."""
    until: datetime | None = None
    paid: bool = False
    refunded: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One row of a bill: a month, or a part of one where the plan was changed within it, which may be money back."""

    id: str
    item: str
    """The company's own name of the price."""
    money: Money
    quantity: int
    part: bool
    starts_at: datetime
    until: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Bill:
    """An invoice that is paid."""

    id: str
    total: int
    """Smallest units, after all that is taken off."""
    lines: tuple[Line, ...]
    payment: str | None = None
    """What paid it all, where the bill itself tells."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """What one event says of a subscription, before it is known what its prices stand for."""

    event: str
    kind: str
    live: bool
    """Real money."""
    reference: str
    """The company's name of the subscription."""
    order: str
    """Ours of the order it began with."""
    customer: str | None
    """The company's name of who pays."""
    at: datetime
    """The moment it speaks of."""
    item: str = ""
    """The price of the next period."""
    state: State | None = None
    """None: it says nothing of how it stands."""
    ends: bool = False
    bill: Bill | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Subscription:
    provider: str
    reference: str
    plan: PlanId | None
    """Of the next period, as far as it was told."""
    paid_plan: PlanId | None
    """Of the last one that is paid."""
    until: datetime | None
    """When that ends; None: nothing is paid."""
    ends: bool
    status: Status
    order: str = ""
    """Ours, that it began with; empty: with none."""
