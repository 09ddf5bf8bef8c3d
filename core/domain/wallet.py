"""A person's credits."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Wallet:
    """Credits. `granted` came back after its month had ended and is valid for 7 days; `debt` blocks spending."""

    monthly: int = 0
    granted: int = 0
    purchased: int = 0
    held: int = 0
    debt: int = 0
    next_grant: datetime | None = None

    @property
    def available(self) -> int:
        return 0 if self.debt else self._kept

    def short_of(self, cost: int) -> int:
        """Credits that have to come before `cost` can be paid: debt is repaid first, and only by what comes."""
        return self.debt + max(0, cost - self._kept)

    def with_bought(self, amount: int) -> Wallet:
        """Once these have come: debt is repaid first."""
        repaid = min(self.debt, amount)
        return replace(self, purchased=self.purchased + amount - repaid, debt=self.debt - repaid)

    @property
    def shared(self) -> int:
        """What of it a team spends: its plan's month, and what came back of one."""
        return 0 if self.debt else self.monthly + self.granted

    @property
    def _kept(self) -> int:
        return self.monthly + self.granted + self.purchased


@dataclass(frozen=True, slots=True)
class Movement:
    """What a person reads of the ledger; `credits` is the change of what can be spent. A settled order is one of them:
    what it cost, and in `returned` what it did not need of what was held."""

    kind: str
    credits: int
    at: datetime
    reference: str | None = None
    headline: str = ""
    """Of the order it is about; empty: it is about none, or that was deleted."""
    returned: int = 0
    team: bool = False
    """A team paid for it."""
    mate: str = ""
    """Who spent it, from a seat in this person's team."""
