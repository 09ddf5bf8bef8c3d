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
from core.services.intake import Intake
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
        self._intake = Intake(payments, subscriptions, tuple(tariffs))

    async def take(self, raw: bytes, signature: str) -> None:
        """A call, as it came; returns once what it tells is safe, however often it comes. Raises ValueError for what is
        not the company's, or no event, and Unavailable: then it is to come again."""
        told = self._cashier.told(raw, signature)
        if told is not None:
            await self._intake.take(told)


async def settle_payment(settling: Settling, provider: str, key: str) -> None:
    """The task that a call leaves behind. Raises Unavailable; again it changes nothing."""
    await _settled(settling, provider, key)


async def recorded(intake: Intake, settling: Settling, told: Told | Heard) -> None:
    """What was looked up or done by us goes the way of what is told, at once. Raises Unavailable; again it changes
    nothing."""
    await intake.take(told)
    await _settled(settling, intake.payments.provider, told.event)


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
