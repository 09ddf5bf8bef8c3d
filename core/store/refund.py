"""Refunds that operators ask for: on record before the company is asked, and ended once it has answered."""

from __future__ import annotations

from dataclasses import dataclass

from core.store.administration import PROPOSED_S
from core.store.inner import Inner, ask


@dataclass(frozen=True, slots=True, kw_only=True)
class Refundable:
    """A payment as an operator has to see it."""

    provider: str
    paid_minor: int
    left: int
    """Smallest units that were not given back, nor are about to be."""
    currency: str
    credits: int | None
    """None: no order of ours explains it."""
    user_id: str | None


@dataclass(frozen=True, slots=True)
class Asked:
    id: str
    proposal: str | None
    """What somebody else has to approve first."""
    replayed: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenRefund:
    id: str
    provider: str
    reference: str
    minor: int
    person: str | None
    """Who paid, as the platform calls them; None: not known to us."""


class Refunds:
    """Needs a direct connection."""

    def __init__(self, inner: Inner, alone_up_to: int) -> None:
        """`alone_up_to`: credits that go with what one actor gives back within a day without anybody else."""
        self._inner = inner
        self._alone_up_to = alone_up_to

    async def find(self, reference: str) -> tuple[Refundable, ...]:
        """Paid under this name; of several companies in theory."""
        rows = await ask(self._inner, "select tf.find_payments(%s) as answer", {"reference": reference})
        return tuple(Refundable(**row) for row in rows)

    async def request(self, provider: str, reference: str, minor: int, *, key: str, why: str, actor: str) -> Asked:
        """Once per key. Raises Insufficient where less is left, Conflict for a key that asked for something else."""
        arguments = {
            "key": key,
            "provider": provider,
            "reference": reference,
            "minor": minor,
            "reason": why,
            "actor": actor,
            "alone_up_to": self._alone_up_to,
            "seconds": PROPOSED_S,
        }
        return Asked(**await ask(self._inner, "select tf.admin_refund(%s) as answer", arguments))

    async def open(self) -> tuple[OpenRefund, ...]:
        """May be given back and was not yet, oldest first."""
        return tuple(OpenRefund(**row) for row in await ask(self._inner, "select tf.open_refunds(%s) as answer", {}))

    async def end(self, refund: str, refused: str | None = None) -> None:
        await ask(self._inner, "select tf.end_refund(%s) as answer", {"id": refund, "refused": refused})
