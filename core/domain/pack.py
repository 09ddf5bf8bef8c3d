"""Packs: credits that are sold for money, one table over all who take it."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from core.domain.payment import MOST_STARS, STARS, Money


class Rail(StrEnum):
    """Whom the money goes through, as payments name them."""

    CARD = "stripe"
    STARS = "stars"
    DISCORD = "discord"


@dataclass(frozen=True, slots=True)
class Pack:
    item: str
    """The seller's name for it: Discord's SKU id, Stripe's price id; empty where the price says it all."""
    credits: int
    price: Money | None = None
    """What we ask; None: the platform knows, and says it itself."""


@dataclass(frozen=True, slots=True)
class Ware:
    """A pack, or a month of a plan, as it is offered to one person."""

    credits: int
    price: Money
    url: str
    """Where it is paid."""
    plan: str = ""
    """The name of the plan."""


@dataclass(frozen=True, slots=True)
class _Form:
    pattern: str
    said: str


_CREDITS = r"(?P<credits>[1-9]\d{0,5})"
_FORMS: Mapping[Rail, _Form] = {
    Rail.CARD: _Form(
        rf"(?:(?P<item>price_\w+):)?{_CREDITS}:(?P<minor>[1-9]\d{{0,8}}):(?P<currency>[a-z]{{3}})",
        "each pack is how many credits, their price in cents (or the like) and the currency",
    ),
    Rail.STARS: _Form(
        rf"{_CREDITS}:(?P<minor>[1-9]\d{{0,4}})",
        f"each pack is how many credits, a colon and its price, 1 to {MOST_STARS} Stars",
    ),
    Rail.DISCORD: _Form(
        rf"(?P<item>\d{{1,20}}):{_CREDITS}", "each pack is an SKU id, a colon and how many credits it brings"
    ),
}
"""How an operator writes the packs of each rail, between commas."""


def parsed(rail: Rail, text: str) -> tuple[Pack, ...]:
    """Raises ValueError with a sentence for whoever wrote it."""
    rows = [part.strip() for part in text.split(",") if part.strip()]
    packs = tuple(_parsed(rail, row) for row in rows)
    if any(times > 1 for times in Counter(one.item or one.credits for one in packs).values()):
        raise ValueError("a pack stands there twice")
    return packs


def _parsed(rail: Rail, row: str) -> Pack:
    found = re.fullmatch(_FORMS[rail].pattern, row, re.ASCII)
    said = found.groupdict() if found else {}
    price = Money(int(said["minor"]), said.get("currency", STARS)) if "minor" in said else None
    if not said or (price and price.currency == STARS and price.minor > MOST_STARS):
        raise ValueError(_FORMS[rail].said)
    return Pack(said.get("item") or "", int(said["credits"]), price)


def offered(packs: Sequence[Pack], missing: int) -> tuple[Pack, ...]:
    """Those that bring as many as are missing, or all where none does; smallest first."""
    enough = [one for one in packs if one.credits >= missing]
    return tuple(sorted(enough or packs, key=lambda one: (one.credits, one.item)))
