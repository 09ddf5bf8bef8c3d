"""Costing: what a picture really cost us, beside what the catalogue says it does."""

from __future__ import annotations

import structlog

from core.services.metric import COST_DEVIATIONS

log = structlog.get_logger(__name__)

TOLERANCE = 0.25
"""Share of the listed price. References and thoughts add less; more is another price than ours."""


def compare(model: str, cost_micro_usd: int, listed_micro_usd: int) -> None:
    """Tell operators of a picture whose cost is not what its model is listed at; one without a price says nothing."""
    if listed_micro_usd and abs(cost_micro_usd - listed_micro_usd) > TOLERANCE * listed_micro_usd:
        COST_DEVIATIONS.labels(model).inc()
        log.warning("cost.deviated", model=model, cost_micro_usd=cost_micro_usd, listed_micro_usd=listed_micro_usd)
