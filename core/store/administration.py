"""What operators do to wallets: by key, with actor and reason, and beyond a limit with a second operator's word."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from core.store.inner import Inner, ask
from core.store.moment import moment

PROPOSED_S: Final = 3 * 86_400.0
"""How long a proposal can be approved: over a weekend."""


@dataclass(frozen=True, slots=True)
class Moved:
    proposal: str | None
    """Its id, where nothing has moved yet: somebody else has to approve it."""
    replayed: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    id: str
    wallet: bool
    """Whether it is about somebody's wallet; else about a code."""
    user_id: str | None
    """None: they have left, or nobody is meant."""
    credits: int
    """Below zero: to be taken."""
    reason: str
    proposed_by: str
    expires_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Done:
    """A row of the journal."""

    at: datetime
    actor: str
    act: str
    wallet_id: str | None
    credits: int
    reason: str


class Administration:
    """Needs a direct connection."""

    def __init__(self, inner: Inner, alone_up_to: int) -> None:
        """`alone_up_to`: credits one actor moves in one wallet within a day without anybody else."""
        self._inner = inner
        self._alone_up_to = alone_up_to

    async def move(self, user_id: str, amount: int, *, key: str, why: str, actor: str) -> Moved:
        """Above zero a gift, below a deduction. Raises Unknown, Insufficient, and Conflict for a key that did
        something else."""
        arguments = {
            "user_id": user_id,
            "credits": amount,
            "key": key,
            "reason": why,
            "actor": actor,
            "alone_up_to": self._alone_up_to,
            "seconds": PROPOSED_S,
        }
        row = await ask(self._inner, "select tf.admin_move(%s) as answer", arguments)
        return Moved(row["proposal"], row["replayed"])

    async def decide(self, proposal: str, *, approve: bool, actor: str) -> bool:
        """Whether this call (and not an earlier one) decided it. Raises Unknown, Blocked for one's own, Insufficient,
        and Ended when it has expired or was decided otherwise."""
        arguments = {"proposal": proposal, "approve": approve, "actor": actor}
        return not (await ask(self._inner, "select tf.admin_decide(%s) as answer", arguments))["replayed"]

    async def proposals(self) -> tuple[Proposal, ...]:
        """Oldest first; neither decided nor expired."""
        rows = await ask(self._inner, "select tf.admin_proposals(%s) as answer", {})
        return tuple(Proposal(**{**row, "expires_at": moment(row["expires_at"])}) for row in rows)

    async def journal(self, limit: int) -> tuple[Done, ...]:
        """Newest first."""
        rows = await ask(self._inner, "select tf.admin_journal(%s) as answer", {"limit": limit})
        return tuple(Done(**{**row, "at": moment(row["at"])}) for row in rows)
