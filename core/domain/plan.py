"""Plans as data: what each may use and how much runs at once (product.md §5)."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class PlanId(StrEnum):
    FREE = "free"


@dataclass(frozen=True, slots=True)
class Plan:
    id: PlanId
    monthly_credits: int
    slots: int
    """Jobs of one person that may run at the same time."""
    submits_per_minute: int
    free_sets_per_day: int
    disk_bytes: int
    """Pictures one person may keep at a time."""


PLANS: dict[PlanId, Plan] = {
    PlanId.FREE: Plan(
        PlanId.FREE, monthly_credits=0, slots=2, submits_per_minute=20, free_sets_per_day=200, disk_bytes=2_000_000_000
    ),
}
