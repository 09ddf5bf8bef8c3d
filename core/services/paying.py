"""Paying: what a company that takes money tells us, recorded at the door and settled by a worker."""

from __future__ import annotations

from collections.abc import Sequence

import structlog

from core.domain.payment import Told
from core.domain.plan import Tariff
from core.domain.subscription import Heard
from core.failpoint import reach
from core.payments.base import Cashier
from core.services.desk import Unavailable
from core.store import error
from core.store.payment import Payments, Settling
from core.store.subscription import Subscriptions

log = structlog.get_logger(__name__)

SETTLE_PAYMENT = "settle_payment"
_TRIES = 3


class Paying:
    def __init__(
        self, cashier: Cashier, payments: Payments, subscriptions: Subscriptions, tariffs: Sequence[Tariff]
    ) -> None:
        self._cashier = cashier
        self._payments = payments
        self._subscriptions = subscriptions
        self._tariffs = tuple(tariffs)

    async def take(self, raw: bytes, signature: str) -> None:
        """A call, as it came; returns once what it tells is safe, however often it comes. Raises ValueError for what is
        not the company's, or no event, and Unavailable: then it is to come again."""
        told = self._cashier.told(raw, signature)
        if told is None:
            return
        try:
            if isinstance(told, Heard):
                new = await self._subscriptions.take(self._cashier.name, told, self._tariffs)
            else:
                new = await self._payments.take(told)
        except error.Unavailable as gone:
            raise Unavailable(str(gone)) from gone
        if new:
            log.info("payment.told", provider=self._cashier.name, kind=told.kind, event_id=told.event)


async def settle_payment(settling: Settling, provider: str, key: str) -> None:
    """The task that a call leaves behind. Raises Unavailable; again it changes nothing."""
    await _settled(settling, provider, key)


async def recorded(payments: Payments, settling: Settling, told: Told) -> None:
    """What was looked up or done by us goes the way of what is told, at once. Raises Unavailable; again it changes
    nothing."""
    try:
        await payments.take(told)
    except error.Unavailable as gone:
        raise Unavailable(str(gone)) from gone
    await _settled(settling, payments.provider, told.event)


async def _settled(settling: Settling, provider: str, key: str) -> None:
    for _ in range(_TRIES):
        try:
            settled = await settling.settle(provider, key)
            reach("payment.after_ledger")
        except error.Conflict:
            continue  # its person joined another, or left, this very moment
        except error.Unavailable as gone:
            raise Unavailable(str(gone)) from gone
        if settled is None:
            return
        if settled.doubt:
            log.error("payment.set_apart", provider=provider, payment=settled.payment, reason=settled.doubt)
        elif settled.moved:
            log.info("payment.settled", provider=provider, payment=settled.payment, credits=settled.moved)
        return
    raise Unavailable("this payment is very busy")
