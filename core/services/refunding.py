"""Refunding: money that operators give back. It is on record before the company is asked, and the credits go by the
merge of payments, as they do when the company tells of it: so both together count once."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import structlog

from core.domain.payment import ClaimKind, ClaimStage, Told
from core.payments.base import Books
from core.payments.error import Away, KeyRefused, PaymentError
from core.services.intake import Intake
from core.services.paying import recorded
from core.store.payment import Settling
from core.store.refund import OpenRefund, Refunds

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Outcome:
    refund: OpenRefund
    trouble: str = ""
    """Empty: it was given back."""
    again: bool = False
    """It is tried again."""


@dataclass(frozen=True, slots=True)
class Refunding:
    refunds: Refunds
    settling: Settling
    books: Mapping[str, Books]
    intake: Callable[[str], Intake]

    async def carry_out(self) -> list[Outcome]:
        """Everything that was asked for and may be done, once each, however often and wherever this runs. Raises the
        store's errors, and Unavailable."""
        return [await self._give_back(one, self.books[one.provider]) for one in await self._waiting()]

    async def _waiting(self) -> list[OpenRefund]:
        return [one for one in await self.refunds.open() if one.provider in self.books]

    async def _give_back(self, one: OpenRefund, books: Books) -> Outcome:
        try:
            claim = await books.refund(one.reference, one.minor, person=one.person or "", key=one.id)
        except (Away, KeyRefused) as trouble:
            log.warning("refund.postponed", provider=one.provider, refund=one.id, reason=repr(trouble))
            return Outcome(one, str(trouble) or type(trouble).__name__, again=True)
        except PaymentError as refusal:
            return await self._refused(one, str(refusal) or type(refusal).__name__)
        told = Told(
            event=f"refund:{one.id}:{claim.stage}",
            kind=ClaimKind.REFUND,
            live=books.live,
            payment=one.reference,
            claim=claim,
        )
        await recorded(self.intake(one.provider), self.settling, told)
        if claim.stage is ClaimStage.LIFTED:
            return await self._refused(one, "it failed there")
        await self.refunds.end(one.id)
        log.info("refund.done", provider=one.provider, refund=one.id, minor=one.minor)
        return Outcome(one)

    async def _refused(self, one: OpenRefund, reason: str) -> Outcome:
        await self.refunds.end(one.id, reason)
        log.error("refund.refused", provider=one.provider, refund=one.id, reason=reason)
        return Outcome(one, reason)
