"""Doors: what of paid work a plan leaves shut, from the plan's own row. What is free is open to everybody."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from core.domain.format import Quality
from core.domain.model import ModelSpec
from core.domain.plan import PLANS, Plan, PlanId
from core.domain.price import Quote, Work

BOUGHT = PLANS[PlanId.PRO]
"""Whose doors bought credits open while they last (product.md §5), a server's and a newcomer's gift among them."""
_BETTER = list(Quality)
_DEARER = list(PlanId)


class Door(StrEnum):
    QUALITY = "quality"
    PREMIUM = "premium"
    """A model with a surcharge."""


@dataclass(frozen=True, slots=True)
class Shut:
    door: Door
    opened_by: tuple[PlanId, ...]
    """Of what is sold, cheapest first; never empty: a door that nothing sold here opens is none."""


def entered(plan: Plan, *, bought: bool) -> Plan:
    """The plan whose doors stand open. `bought`: whether bought credits are at hand."""
    return max(plan, BOUGHT, key=lambda one: _DEARER.index(one.id)) if bought else plan


def shut(plan: Plan, sold: Sequence[PlanId], quality: Quality, quote: Quote, model: ModelSpec | None) -> Shut | None:
    """The first door that `plan` leaves shut for a job. `model`: what the quote names, if it is still there."""
    door = _closed(plan, quality, quote, model)
    if door is None:
        return None
    opened_by = tuple(one for one in PlanId if one in sold and _closed(PLANS[one], quality, quote, model) is None)
    return Shut(door, opened_by) if opened_by else None


def _closed(plan: Plan, quality: Quality, quote: Quote, model: ModelSpec | None) -> Door | None:
    if quote.free:
        return None
    if quote.work is Work.UPSCALE:
        quality = Quality.FOUR_K
    if _BETTER.index(quality) > _BETTER.index(plan.best):
        return Door.QUALITY
    if model is not None and model.surcharge and not plan.premium:
        return Door.PREMIUM
    return None
