"""Plans as data: what each brings, costs and may use, and how much runs at once (product.md §5)."""

from __future__ import annotations

import re
from collections.abc import Sequence
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


@dataclass(frozen=True, slots=True)
class Sku:
    """A plan as a platform sells it that says the price itself."""

    plan: PlanId
    item: str
    """The platform's own name of it."""


SOLD: tuple[Plan, ...] = tuple(one for one in PLANS.values() if one.price)
"""Cheapest first."""
GRACE_DAYS = 7
"""How long a plan stays open after its last paid period while the next one could not be collected."""

_NAMES = "|".join(one.id for one in SOLD)
_TARIFF = re.compile(rf"({_NAMES}):(price_\w+):([1-9]\d{{0,8}}):([a-z]{{3}})", re.ASCII)
_IN_STARS = re.compile(rf"({_NAMES}):([1-9]\d{{0,4}})", re.ASCII)
_SKU = re.compile(rf"({_NAMES}):(\d{{1,20}})", re.ASCII)


def tariffs(text: str) -> tuple[Tariff, ...]:
    """What an operator writes of the plans sold by card, between commas. Raises ValueError with a sentence for them."""
    rows = _rows(_TARIFF, text, "each plan is its name, its monthly price's id, that price in cents and the currency")
    made = tuple(Tariff(PlanId(one[1]), one[2], Money(int(one[3]), one[4])) for one in rows)
    _once([one.plan for one in made], [one.item for one in made])
    return made


def in_stars(text: str) -> tuple[Tariff, ...]:
    """The same of plans sold for Stars, where no price has a name."""
    said = f"each plan is its name, a colon and a month's price, 1 to {MOST_MONTHLY_STARS} Stars"
    made = tuple(Tariff(PlanId(one[1]), "", Money(int(one[2]), STARS)) for one in _rows(_IN_STARS, text, said))
    if any(one.price.minor > MOST_MONTHLY_STARS for one in made):
        raise ValueError(said)
    _once([one.plan for one in made])
    return made


def skus(text: str) -> tuple[Sku, ...]:
    """The same of plans that a platform sells."""
    made = tuple(
        Sku(PlanId(one[1]), one[2]) for one in _rows(_SKU, text, "each plan is its name, a colon and an SKU id")
    )
    _once([one.plan for one in made], [one.item for one in made])
    return made


def _rows(form: re.Pattern[str], text: str, said: str) -> list[re.Match[str]]:
    parts = [part.strip() for part in text.split(",") if part.strip()]
    found = [one for one in map(form.fullmatch, parts) if one]
    if len(found) < len(parts):
        raise ValueError(said)
    return found


def _once(*columns: Sequence[str]) -> None:
    if any(len(set(one)) < len(one) for one in columns):
        raise ValueError("a plan or what it is sold as stands there twice")
