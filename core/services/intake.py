"""Intake: what a company that takes money tells, of a payment or of a subscription, recorded once and left to a
worker."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import structlog

from core.domain.payment import Told
from core.domain.plan import GRACE_DAYS, Tariff
from core.domain.subscription import Heard
from core.services.desk import Unavailable
from core.store import error
from core.store.payment import Payments
from core.store.subscription import Subscriptions

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Intake:
    payments: Payments
    subscriptions: Subscriptions
    tariffs: Sequence[Tariff] = ()
    grace_days: int = GRACE_DAYS

    async def take(self, told: Told | Heard) -> None:
        """Returns once it is safe, however often it comes. Raises Unavailable."""
        provider = self.payments.provider
        try:
            if isinstance(told, Heard):
                new = await self.subscriptions.take(provider, told, self.tariffs, self.grace_days)
            else:
                new = await self.payments.take(told)
        except error.Unavailable as gone:
            raise Unavailable(str(gone)) from gone
        if new:
            log.info("payment.told", provider=provider, kind=told.kind, event_id=told.event)
