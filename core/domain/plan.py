"""Plans as data: what each brings, costs and may use, and how much runs at once (product.md §5)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

from core.domain.format import Quality
from core.domain.pack import Pack
from core.domain.payment import MOST_MONTHLY_STARS, STARS, Money

_GIGABYTE = 1_000_000_000


class PlanId(StrEnum):
    """In this order: where somebody has several, the last of them holds (`tf.plan`)."""

    FREE = "free"
    STARTER = "starter"
    PRO = "pro"
    TEAM = "team"


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    id: PlanId
    monthly_credits: int
    """Brought by each paid period, and gone at its end."""
    slots: int
    """Jobs of one person that may run at the same time."""
    submits_per_minute: int
    free_sets_per_day: int
    disk_bytes: int
    """Pictures one person may keep at a time."""
    price: Money | None = None
    """A month's, by card; None: it is not sold."""
    stars: int = 0
    """A month's (30 days) in Telegram Stars; 0: it is not sold for them."""
    seats: int = 1
    """Persons who may spend its credits."""
    best: Quality = Quality.STANDARD
    """The best a model may be paid for; what the studio draws is free in any quality."""
    premium: bool = False
    """Whether models with a surcharge may be ordered."""


PLANS: dict[PlanId, Plan] = {
    row.id: row
    for row in (
        Plan(
            id=PlanId.FREE,
            monthly_credits=0,
            slots=2,
            submits_per_minute=20,
            free_sets_per_day=200,
            disk_bytes=2 * _GIGABYTE,
        ),
        Plan(
            id=PlanId.STARTER,
            monthly_credits=50,
            slots=2,
            submits_per_minute=20,
            free_sets_per_day=200,
            disk_bytes=5 * _GIGABYTE,
            price=Money(900, "usd"),
            stars=450,
        ),
        Plan(
            id=PlanId.PRO,
            monthly_credits=250,
            slots=3,
            submits_per_minute=30,
            free_sets_per_day=400,
            disk_bytes=20 * _GIGABYTE,
            price=Money(2900, "usd"),
            stars=1450,
            best=Quality.FOUR_K,
            premium=True,
        ),
        Plan(
            id=PlanId.TEAM,
            monthly_credits=750,
            slots=4,
            submits_per_minute=30,
            free_sets_per_day=400,
            disk_bytes=50 * _GIGABYTE,
            price=Money(7900, "usd"),
            stars=3950,
            seats=5,
            best=Quality.FOUR_K,
            premium=True,
        ),
    )
}


@dataclass(frozen=True, slots=True)
class Tariff:
    """A plan as a company sells it, month by month."""

    plan: PlanId
    item: str
    """The company's own name of the price."""
    price: Money

    @property
    def month(self) -> Pack:
        """What a month of it brings, as a pack."""
        return Pack(self.item, PLANS[self.plan].monthly_credits, self.price)


SOLD: tuple[Plan, ...] = tuple(one for one in PLANS.values() if one.price)
"""Cheapest first."""
GRACE_DAYS = 7
"""How long a plan stays open after its last paid period while the next one could not be collected."""

_TARIFF = re.compile(rf"({'|'.join(one.id for one in SOLD)}):(price_\w+):([1-9]\d{{0,8}}):([a-z]{{3}})", re.ASCII)

_IN_STARS = re.compile(rf"({'|'.join(one.id for one in SOLD)}):([1-9]\d{{0,4}})", re.ASCII)


def in_stars(text: str) -> tuple[Tariff, ...]:
    """The same of plans sold for Stars, where no price has a name. Raises ValueError with a sentence for them."""
    rows = [part.strip() for part in text.split(",") if part.strip()]
    found = [_IN_STARS.fullmatch(row) for row in rows]
    made = tuple(Tariff(PlanId(one[1]), "", Money(int(one[2]), STARS)) for one in found if one)
    if len(made) < len(rows) or any(one.price.minor > MOST_MONTHLY_STARS for one in made):
        raise ValueError(f"each plan is its name, a colon and a month's price, 1 to {MOST_MONTHLY_STARS} Stars")
    if len({one.plan for one in made}) < len(made):
        raise ValueError("a plan stands there twice")
    return made


def tariffs(text: str) -> tuple[Tariff, ...]:
    """What an operator writes of the plans sold by card, between commas. Raises ValueError with a sentence for them."""
    rows = [part.strip() for part in text.split(",") if part.strip()]
    found = [_TARIFF.fullmatch(row) for row in rows]
    made = tuple(Tariff(PlanId(one[1]), one[2], Money(int(one[3]), one[4])) for one in found if one)
    if len(made) < len(rows):
        raise ValueError("each plan is its name, its monthly price's id, that price in cents and the currency")
    if len({one.plan for one in made}) < len(made) or len({one.item for one in made}) < len(made):
        raise ValueError("a plan or a price stands there twice")
    return made
