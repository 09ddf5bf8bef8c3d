"""How a model's trouble is counted and how long it rests for it. Pure; the count itself is kept in the database."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType

from core.providers.error import Busy, Down

WINDOW_S = 300.0
"""Trouble this long after the last rest begins a new count."""
PATIENCE_S = 40.0
"""A rest up to here is waited for; per-minute quotas ask for up to 34 s. A longer one makes the route pass by."""


class Outcome(StrEnum):
    """What a call tells of its model's health."""

    FINE = "fine"
    DOWN = "down"
    BUSY = "busy"
    UNTOLD = "untold"
    """It answered, if not with a picture; or the call was given up."""


PAUSES: Mapping[Outcome, tuple[float, ...]] = MappingProxyType(
    {
        Outcome.FINE: (),
        Outcome.DOWN: (0.0, 15.0, 60.0, 300.0),
        Outcome.BUSY: (2.0, 5.0, 15.0, 60.0),
        Outcome.UNTOLD: (),
    }
)
"""Seconds of rest after the first, second ... trouble in a row, the last for all further ones. One failed call is no
outage; a busy model rests at once, and for as long as it asks."""


@dataclass(frozen=True, slots=True)
class Verdict:
    outcome: Outcome
    retry_after_s: float = 0.0
    """What the provider asked for."""

    @property
    def pauses(self) -> tuple[float, ...]:
        return PAUSES[self.outcome]


def judge(error: BaseException | None) -> Verdict:
    """What the end of a call tells; None is a picture."""
    match error:
        case None:
            return Verdict(Outcome.FINE)
        case Busy():
            return Verdict(Outcome.BUSY, error.retry_after_s)
        case Down():
            return Verdict(Outcome.DOWN)
        case _:
            return Verdict(Outcome.UNTOLD)


@dataclass(frozen=True, slots=True)
class Health:
    """Which models rest, as known at one moment."""

    resting: Mapping[str, float] = field(default_factory=dict, hash=False)
    """Model id -> seconds left."""
    closed: frozenset[str] = frozenset()
    """Providers whose fund is empty, as far as the job at hand is concerned."""

    def passes_by(self, model_id: str) -> bool:
        """Whether the rest is too long to wait for."""
        return self.resting.get(model_id, 0.0) > PATIENCE_S


WELL = Health()
"""Nothing is known against anybody."""
