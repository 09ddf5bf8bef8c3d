"""What Stripe has on record: sessions and bills that were paid, refunds and disputes, looked up instead of told."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Callable

import stripe

from core.domain.payment import Claim, Told
from core.domain.subscription import Heard
from core.payments.base import Excerpt
from core.payments.error import Gone, Rejected
from core.payments.stripe.client import Access, connect
from core.payments.stripe.error import translated
from core.payments.stripe.event import Thing, claim_of, found

DAY_S = 86_400
FIRST_DAYS = 30
"""How far the first look goes back."""
SETTLES_S = 600
"""Younger things are left alone: what is told of them is under way."""
AGAIN_DAYS = 3
"""Looked at once more: sessions are paid up to a day after they were opened, and a refund may fail days later."""
COLLECTED_DAYS = 60
"""How long Stripe may go on trying to collect a bill."""
DISPUTED_DAYS = 120
"""How long a dispute may go on."""
_PAGE = 100


class StripeBooks:
    name = "stripe"
    whole = False

    def __init__(self, access: Access, now: Callable[[], float] = time.time, *, plans: bool = True) -> None:
        """`plans`: bills are read as well, for which the key needs a permission that packs alone do not."""
        self._client, self._http = connect(access)
        self._now = now
        self._plans = plans
        self.live = access.live

    async def refund(self, payment: str, minor: int, *, person: str, key: str) -> Claim:
        """Stripe forgets keys after a day, so it is first asked whether it has done this."""
        with translated():
            listed = await self._client.v1.refunds.list_async({"payment_intent": payment, "limit": _PAGE})
            async for one in listed.auto_paging_iter():
                if (_plain(one).get("metadata") or {}).get("refund") == key:
                    return _claim(one)
            return _claim(
                await self._client.v1.refunds.create_async(
                    {"payment_intent": payment, "amount": minor, "metadata": {"refund": key}},
                    {"idempotency_key": f"refund:{key}"},
                )
            )

    async def read(self, mark: str) -> Excerpt:
        """`mark`: seconds since 1970. All there is in one excerpt."""
        until = int(self._now()) - SETTLES_S
        since = int(mark) if mark else until - FIRST_DAYS * DAY_S
        told = [one async for one in self._told(since, until)]
        return Excerpt(tuple(told), str(max(since, until)), more=False)

    async def knows(self, payment: str) -> bool:
        try:
            with translated():
                intent = await self._client.v1.payment_intents.retrieve_async(payment)
        except Gone:
            return False
        return intent.status == "succeeded"

    async def close(self) -> None:
        await self._http.close_async()  # type: ignore[no-untyped-call]  # the SDK's own omission

    async def _told(self, since: int, until: int) -> AsyncIterator[Told | Heard]:
        """What is paid before what goes back."""
        recent: stripe.params.checkout.SessionListParamsCreated = {"gte": since - AGAIN_DAYS * DAY_S, "lte": until}
        with translated():
            sessions = await self._client.v1.checkout.sessions.list_async({"created": recent, "limit": _PAGE})
            async for session in sessions.auto_paging_iter():
                if told := self._found(session):
                    yield told
        if self._plans:
            async for bill in self._billed({"gte": since - COLLECTED_DAYS * DAY_S, "lte": until}):
                yield bill
        with translated():
            refunds = await self._client.v1.refunds.list_async(
                {"created": {"gte": since - AGAIN_DAYS * DAY_S, "lte": until}, "limit": _PAGE}
            )
            async for refund in refunds.auto_paging_iter():
                if told := self._found(refund):
                    yield told
            disputes = await self._client.v1.disputes.list_async(
                {"created": {"gte": since - DISPUTED_DAYS * DAY_S, "lte": until}, "limit": _PAGE}
            )
            async for dispute in disputes.auto_paging_iter():
                if told := self._found(dispute):
                    yield told

    async def _billed(self, recent: stripe.params.InvoiceListParamsCreated) -> AsyncIterator[Told | Heard]:
        with translated():
            bills = await self._client.v1.invoices.list_async({"created": recent, "status": "paid", "limit": _PAGE})
            async for bill in bills.auto_paging_iter():
                if told := self._found(bill):
                    yield told
            payments = await self._client.v1.invoice_payments.list_async(
                {"created": {**recent}, "status": "paid", "limit": _PAGE}
            )
            async for payment in payments.auto_paging_iter():
                if told := self._found(payment):
                    yield told

    def _found(self, thing: stripe.StripeObject) -> Told | Heard | None:
        return found(_plain(thing), live=self.live)


def _claim(refund: stripe.Refund) -> Claim:
    claim = claim_of(_plain(refund))
    if claim is None:
        raise Rejected(f"refund {refund.id} is one of nothing")
    return claim


def _plain(thing: stripe.StripeObject) -> Thing:
    return thing.to_dict()
