"""Packs: credits that are sold for money, by us or by a platform that sells for us."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from core.domain.payment import Money


@dataclass(frozen=True, slots=True)
class Pack:
    item: str
    """The seller's name for it: Discord's SKU id, Stripe's price id; empty where the price says it all."""
    credits: int
    price: Money | None = None
    """What we ask; None: the platform knows, and says it itself."""


def offered(packs: Sequence[Pack], missing: int) -> tuple[Pack, ...]:
    """Those that bring as many as are missing, or all where none does; smallest first."""
    enough = [one for one in packs if one.credits >= missing]
    return tuple(sorted(enough or packs, key=lambda one: (one.credits, one.item)))
