"""Payments: what companies told, those in doubt, and money given back."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from core.domain.administration import Act, Admin
from core.domain.payment import Money
from core.services.office.act import Reason, Refused, permitted, said, translated, within
from core.services.office.people import PeopleRoom
from core.services.refunding import Outcome, Refunding
from core.store import error
from core.store.administration import Moved
from core.store.quarantine import Claimed, Payment, Quarantine, Told
from core.store.refund import Refundable

__all__ = ["GivenBack", "Payment", "PaymentRoom"]


@dataclass(frozen=True, slots=True)
class GivenBack:
    """What came of a refund that was asked for."""

    minor: int
    proposal: str | None
    """What somebody else has to approve first."""
    outcomes: tuple[Outcome, ...]
    """Of all refunds that were waiting, this one among them unless it was carried out before."""


@dataclass(frozen=True, slots=True)
class PaymentRoom:
    quarantine: Quarantine
    refunding: Refunding
    people: PeopleRoom

    @translated
    async def listed(
        self,
        *,
        doubted: bool = False,
        text: str = "",
        user_id: str = "",
        limit: int,
        before: tuple[datetime, str] | None = None,
    ) -> tuple[Payment, ...]:
        """Newest first, `before` time and reference of a page's last; `doubted`: only those not credited as told."""
        return await self.quarantine.payments(doubted=doubted, text=text, user_id=user_id, limit=limit, before=before)

    @translated
    async def one(self, provider: str, reference: str) -> tuple[Payment, tuple[Told, ...], tuple[Claimed, ...]]:
        """Raises Refused (unknown)."""
        found = await self.quarantine.payment(provider, reference)
        if found is None:
            raise Refused(Reason.UNKNOWN)
        return (found, *await self.quarantine.told(found))

    @translated
    async def release(
        self, admin: Admin, one: Payment, *, key: str, why: str, amount: int | None = None, whose: str = ""
    ) -> Moved:
        """Credit what was paid: `amount` or as many as were agreed, to `whose` (as people are found) or whom the
        payment names; beyond the limit only proposed."""
        permitted(admin, Act.RELEASE_PAYMENT)
        within(one.credits or 0 if amount is None else amount)
        user_id = (await self.people.meant(whose)).user_id if whose.strip() else one.user_id
        if user_id is None:
            raise Refused(Reason.NOBODY)
        return await self.quarantine.release(
            one.provider, one.reference, key=key, why=said(why), actor=admin.name, amount=amount, user_id=user_id
        )

    @translated
    async def reject(self, admin: Admin, one: Payment, *, key: str, why: str) -> bool:
        """It stands for no credits, and nobody has to look again; the money is given back at the company."""
        permitted(admin, Act.REJECT_PAYMENT)
        return await self.quarantine.reject(one.provider, one.reference, key=key, why=said(why), actor=admin.name)

    @translated
    async def refundable(self, provider: str, reference: str) -> Refundable | None:
        """What can still be given back; None: nothing was paid, or nobody here can ask the company."""
        if provider not in self.refunding.books:
            return None
        rows = await self.refunding.refunds.find(reference)
        return next((row for row in rows if row.provider == provider), None)

    @translated
    async def refund(
        self, admin: Admin, provider: str, reference: str, minor: int | None, *, key: str, why: str
    ) -> GivenBack:
        """Give back so much of what was paid (smallest units), or all that is left; its credits go with it. On record
        before the company is asked; beyond the limit only proposed."""
        permitted(admin, Act.REFUND)
        reason = said(why)
        books = self.refunding.books.get(provider)
        if books is None:
            raise Refused(Reason.ELSEWHERE)
        paid = await self.refundable(provider, reference)
        if paid is None:
            raise Refused(Reason.UNKNOWN)
        if books.whole and minor not in (None, paid.paid_minor):
            raise Refused(Reason.WHOLE)
        # What was asked for before has left nothing: the same key then says so, another that nothing is left.
        asked_for = within(paid.left or paid.paid_minor if minor is None else minor, paid.paid_minor)
        try:
            asked = await self.refunding.refunds.request(
                provider, reference, asked_for, key=key, why=reason, actor=admin.name
            )
        except error.Insufficient as short:
            left = f"{Money(short.detail['have'] or 0, paid.currency).amount} {paid.currency.upper()}"
            raise Refused(Reason.SHORT, f"{left} is left of this payment", {"have": left}) from short
        return GivenBack(asked_for, asked.proposal, tuple(await self.refunding.carry_out()))
