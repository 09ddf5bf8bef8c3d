"""Stars: packs sold inside Telegram, by invoices that name an order of ours and nothing else."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from core.domain import star
from core.domain.pack import Pack, offered
from core.domain.payment import Money, Told
from core.domain.plan import PlanId, Tariff
from core.domain.star import MONTH
from core.domain.subscription import Heard
from core.failpoint import reach
from core.services.conversing import Conversing
from core.services.desk import Envelope, Unavailable
from core.services.intake import Intake
from core.store import error
from core.store.payment import Buyer

PROVIDER = "stars"
GRACE_DAYS = 1
"""Telegram collects a month when the one before it ends, and says nothing of one it could not."""
OPEN_S = 7 * 86_400.0
"""How long what was offered can be paid: it stands in a chat, where people come back to it."""


@dataclass(frozen=True, slots=True)
class Invoice:
    order: str
    """The payload: whoever holds it can do nothing with it but pay, as the person who asked."""
    credits: int
    stars: int
    plan: PlanId | None = None
    """What it begins, month by month; None: it is a pack."""


class Denial(StrEnum):
    """Why a payment is not let through."""

    ENDED = "ended"
    """Unknown, paid already, too old, or no longer sold so."""
    FOREIGN = "foreign"


class Stars:
    """`packs` are priced in Stars; without any, nothing is offered, and what was sold before still counts."""

    def __init__(
        self,
        intake: Intake,
        conversing: Conversing,
        packs: Sequence[Pack],
        plans: Sequence[Tariff],
    ) -> None:
        self._intake = intake
        self._payments = intake.payments
        self._conversing = conversing
        self._packs = tuple(packs)
        self._months = {one.plan: replace(one.month, item=MONTH) for one in plans}

    async def invoices(self, key: str, buyer: Envelope, lacking: int) -> tuple[Invoice, ...]:
        """An order for each pack that helps; the same ones for the same key. Raises Unavailable."""
        packs = offered(self._packs, lacking)
        if not packs:
            return ()
        opened = await self._conversing.open(buyer)
        try:
            return tuple([await self._invoice(key, buyer, opened.user_id, pack) for pack in packs])
        except (error.Unavailable, error.Unknown) as gone:
            raise Unavailable(str(gone)) from gone

    async def months(self, key: str, buyer: Envelope, plans: Sequence[PlanId]) -> tuple[Invoice, ...]:
        """An order for each of these plans that is sold for Stars; the same ones for the same key. Raises
        Unavailable."""
        sold = {plan: pack for plan, pack in self._months.items() if plan in plans}
        if not sold:
            return ()
        opened = await self._conversing.open(buyer)
        try:
            return tuple([await self._invoice(key, buyer, opened.user_id, pack, plan) for plan, pack in sold.items()])
        except (error.Unavailable, error.Unknown) as gone:
            raise Unavailable(str(gone)) from gone

    async def _invoice(
        self, key: str, buyer: Envelope, user_id: str, pack: Pack, plan: PlanId | None = None
    ) -> Invoice:
        assert pack.price is not None
        asked = Buyer(
            event=f"{key}:{pack.item}:{pack.credits}:{pack.price.minor}",
            user_id=user_id,
            platform=buyer.platform,
            person=buyer.person,
            place=buyer.place,
        )
        order = await self._payments.order(asked, pack, "", "", live=True, seconds=OPEN_S, least=0, plan=plan)
        return Invoice(order.sale.id, pack.credits, pack.price.minor, plan)

    async def denied(self, payload: str, person: str, money: Money) -> Denial | None:
        """Whether Telegram must not take this payment; from our own state alone. Raises Unavailable."""
        order = star.order_of(payload)
        try:
            agreed = await self._payments.agreed(order) if order else None
        except error.Unavailable as gone:
            raise Unavailable(str(gone)) from gone
        if agreed is None or not agreed.open or agreed.sale.money != money:
            return Denial.ENDED
        if agreed.buyer.person != person:
            return Denial.FOREIGN
        return None if agreed.pack in (*self._packs, *self._months.values()) else Denial.ENDED

    async def paid(self, charge: str, payload: str, money: Money) -> None:
        """Recorded by the charge's id, and left to a worker. Raises Unavailable."""
        await self._take(star.paid(charge, payload, money))

    async def month_paid(
        self, charge: str, payload: str, money: Money, *, starts_at: datetime, until: datetime
    ) -> None:
        """As `paid`: the first month of a plan, or one that Telegram has collected by itself."""
        await self._take(star.month(charge, payload, money, starts_at, until))

    async def refunded(self, charge: str, money: Money) -> None:
        """As `paid`; one that comes before its payment lies by until that is told of."""
        await self._take(star.refunded(charge, money.minor))

    async def collected(self, order: str) -> tuple[str, ...]:
        """Charges by which Telegram may know the subscription of this order: it asks for its identifier, and each month
        has one. Empty: it has ended already, or ends. Raises Unavailable."""
        try:
            months = await self._intake.subscriptions.collected(PROVIDER, order)
        except error.Unavailable as gone:
            raise Unavailable(str(gone)) from gone
        return tuple(dict.fromkeys((*months[:1], *months[-1:])))

    async def ended(self, order: str) -> None:
        """Telegram collects no more of it. Raises Unavailable."""
        try:
            await self._intake.subscriptions.end_collecting(PROVIDER, order)
        except error.Unavailable as gone:
            raise Unavailable(str(gone)) from gone

    async def _take(self, told: Told | Heard) -> None:
        await self._intake.take(told)
        reach("payment.after_take")
