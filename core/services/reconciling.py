"""Reconciling: a company's books read against ours. What nobody told us is merged, what differs is an alert."""

from __future__ import annotations

from dataclasses import dataclass

import structlog

from core.domain.payment import Told
from core.domain.subscription import Heard
from core.payments.base import Books
from core.services.intake import Intake
from core.services.paying import recorded
from core.store.housekeeping import Housekeeping
from core.store.payment import Settling
from core.store.reconciliation import Comparison, Reconciliation

log = structlog.get_logger(__name__)

UNHEARD = "unheard"
"""We were told it was paid, and the company's books do not name it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """Payments by the company's own names."""

    provider: str
    looked: int
    """Things of ours in what was read."""
    missed: tuple[str, ...]
    """Nobody had told us; merged now."""
    differs: tuple[str, ...]
    unheard: tuple[str, ...]


class Reconciling:
    """Of one company."""

    def __init__(
        self,
        books: Books,
        reconciliation: Reconciliation,
        intake: Intake,
        settling: Settling,
        housekeeping: Housekeeping,
    ) -> None:
        self._books = books
        self._reconciliation = reconciliation
        self._intake = intake
        self._settling = settling
        self._housekeeping = housekeeping

    async def reconcile(self) -> Report:
        """From where the last look ended; again it changes nothing. Raises PaymentError, the store's errors, and
        Unavailable."""
        found: dict[Comparison, list[str]] = {state: [] for state in Comparison}
        more = True
        while more:
            excerpt = await self._books.read(await self._reconciliation.mark())
            for told in excerpt.told:
                name = told.payment if isinstance(told, Told) else told.bill and told.bill.id
                found[await self._compared(told)].append(name or "")
            await self._reconciliation.read_to(excerpt.mark)
            more = excerpt.more
        report = Report(
            provider=self._books.name,
            looked=sum(len(some) for state, some in found.items() if state is not Comparison.FOREIGN),
            missed=tuple(found[Comparison.MISSED]),
            differs=tuple(found[Comparison.DIFFERS]),
            unheard=await self._unheard(),
        )
        if report.missed:
            log.warning("books.missed", provider=report.provider, payments=report.missed)
        for payment in report.differs:
            await self._alert(payment, Comparison.DIFFERS)
        return report

    async def _compared(self, told: Told | Heard) -> Comparison:
        state = await self._reconciliation.compare(told)
        if state is Comparison.MISSED:
            await recorded(self._intake, self._settling, told)
        return state

    async def _unheard(self) -> tuple[str, ...]:
        unheard = []
        for payment in await self._reconciliation.unconfirmed():
            if await self._books.knows(payment):
                await self._reconciliation.confirm(payment)
                await self._housekeeping.resolve_alert(self._key(payment))
            else:
                unheard.append(payment)
                await self._alert(payment, UNHEARD)
        return tuple(unheard)

    async def _alert(self, payment: str, reason: str) -> None:
        detail = {"platform": self._books.name, "id": payment, "reason": reason}
        if await self._housekeeping.raise_alert(self._key(payment), "payment.differs", detail):
            log.error("books.differ", **detail)

    def _key(self, payment: str) -> str:
        return f"books:{self._books.name}:{payment}"
