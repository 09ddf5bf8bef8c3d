"""Prices in credits: one `quote()` feeds every button, message and ledger row (product.md §5)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from math import ceil, floor

from core.domain.brief import Brief
from core.domain.format import Quality
from core.domain.model import ModelSpec

BASE = {Quality.DRAFT: 1, Quality.STANDARD: 2, Quality.FOUR_K: 4}
SIX_VARIANTS_FACTOR = 1.5
UPSCALE = 2


class Work(StrEnum):
    """What is paid for."""

    SET = "set"
    REDRAW = "redraw"
    """Re-roll, change of vibe, edit by prompt or mended face of one variant: half the set's price by a model."""
    UPSCALE = "upscale"
    """One variant raised to 4K by a model."""
    OVERNIGHT = "overnight"
    """A set that may take until tomorrow: half its price."""
    RETYPE = "retype"
    """Edit text, crops, files, previews: our own layers, always free."""


@dataclass(frozen=True, slots=True)
class Quote:
    """What one job costs at most. `credits` is the number on the button and the amount of the hold."""

    credits: int
    model: str
    work: Work
    ordered: int

    @property
    def free(self) -> bool:
        return self.credits == 0


def set_price(quality: Quality, variants: int, model: ModelSpec) -> int:
    """Credits for one prompt's set drawn by `model`."""
    if model.free:
        return 0
    base = BASE[quality]
    return ceil(base * (SIX_VARIANTS_FACTOR if variants == 6 else 1)) + model.surcharge


def quote(brief: Brief, model: ModelSpec, work: Work = Work.SET) -> Quote:
    """The price of one job; a brief with several prompts is one job, and one quote, per prompt.

    Whatever the local studio does is free.
    """
    price = set_price(brief.quality, brief.variants, model)
    match work:
        case Work.SET:
            return Quote(price, model.id, work, brief.variants)
        case Work.REDRAW:
            return Quote(ceil(price / 2), model.id, work, 1)
        case Work.UPSCALE:
            return Quote(0 if model.free else UPSCALE, model.id, work, 1)
        case Work.OVERNIGHT:
            return Quote(ceil(price / 2), model.id, work, brief.variants)
        case Work.RETYPE:
            return Quote(0, model.id, work, 1)


MOST_VARIANTS = 6


def expected(agreed: Quote, quality: Quality, model: ModelSpec) -> int:
    """Micro-USD the model's pictures cost us at most by its list, before what is called for in vain."""
    sizes = [price for size, price in model.prices.items() if quality is Quality.FOUR_K or size != "4K"]
    factor = model.batch_factor if agreed.work is Work.OVERNIGHT else None
    return ceil(max(sizes or model.prices.values(), default=0) * agreed.ordered * (1.0 if factor is None else factor))


def dearest(model: ModelSpec) -> int:
    """Micro-USD of the dearest set there is by this model."""
    return MOST_VARIANTS * max(model.prices.values(), default=0)


def captured(agreed: Quote, delivered: Sequence[int]) -> int:
    """Credits to keep when a job ends.

    `delivered`: for each delivered variant the price, for this work, of the model that really drew it
    (0 for the local studio). One that has become dearer since counts as what was agreed. Never above the quote; what is
    not captured is released.
    """
    counted = sum(min(price, agreed.credits) for price in delivered)
    return min(agreed.credits, floor(counted / agreed.ordered))
