"""The adapter over Stripe's SDK, which is imported here and nowhere else."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Callable
from dataclasses import dataclass, field

import stripe

from core.domain.payment import Page, Sale, Told
from core.domain.subscription import Heard
from core.payments.error import Forged, Rejected
from core.payments.stripe.error import translated
from core.payments.stripe.event import read

FRESH_S = 300
"""How old a call may be, or how far our clock from Stripe's; the SDK looks at the former only."""
_TIMEOUT_S = 20.0
_RETRIES = 2
"""Of the SDK, with one and the same key."""
_STAMP = re.compile(r"(?:^|,)t=(\d{1,12})(?:,|$)")


@dataclass(frozen=True, slots=True)
class Access:
    key: str = field(repr=False)
    webhook_secret: str = field(default="", repr=False)
    base_url: str = ""
    """Another address of the API; empty: Stripe's own."""

    @property
    def live(self) -> bool:
        return "_live_" in self.key


def connect(access: Access) -> tuple[stripe.StripeClient, stripe.AIOHTTPClient]:
    """A client, and what of it has to be closed."""
    # Not httpx, the SDK's first choice: aiohttp speaks all our HTTP.
    http = stripe.AIOHTTPClient(timeout=_TIMEOUT_S)
    client = stripe.StripeClient(
        access.key,
        base_addresses={"api": access.base_url.rstrip("/")} if access.base_url else {},
        max_network_retries=_RETRIES,
        http_client=http,
    )
    return client, http


class StripeCashier:
    name = "stripe"

    def __init__(self, access: Access, now: Callable[[], float] = time.time) -> None:
        self._client, self._http = connect(access)
        self._secret = access.webhook_secret
        self._now = now
        self.live = access.live

    async def open(self, sale: Sale) -> Page:
        row: stripe.params.checkout.SessionCreateParamsLineItem = (
            {"quantity": 1, "price": sale.item}
            if sale.item
            else {
                "quantity": 1,
                "price_data": {
                    "currency": sale.money.currency,
                    "unit_amount": sale.money.minor,
                    "product_data": {"name": sale.title},
                },
            }
        )
        order, until = {"order": sale.id}, int(sale.expires_at.timestamp())
        # Both, by which ours is told from other business; what follows carries only the payment, or the subscription.
        about: stripe.params.checkout.SessionCreateParams = (
            {"mode": "subscription", "subscription_data": {"metadata": order}}
            if sale.monthly
            else {"mode": "payment", "payment_intent_data": {"metadata": order}}
        )
        with translated():
            session = await self._client.v1.checkout.sessions.create_async(
                params={
                    **about,
                    "line_items": [row],
                    "client_reference_id": sale.id,
                    "metadata": order,
                    "success_url": sale.back,
                    "cancel_url": sale.back,
                    "expires_at": until,
                    # What is paid is compared with the order, to the last unit of its currency.
                    "adaptive_pricing": {"enabled": False},
                },
                options={"idempotency_key": f"order:{sale.id}:{until}"},
            )
        url = session.url or ""
        if not url.startswith(("https://", "http://")):
            raise Rejected(f"session {session.id} has no page")
        return Page(session.id, url)

    async def portal(self, customer: str, back: str, *, ending: str = "") -> str:
        asked: stripe.params.billing_portal.SessionCreateParams = {"customer": customer, "return_url": back}
        if ending:
            asked["flow_data"] = {"type": "subscription_cancel", "subscription_cancel": {"subscription": ending}}
        with translated():
            session = await self._client.v1.billing_portal.sessions.create_async(params=asked)
        return session.url

    def told(self, raw: bytes, signature: str) -> Told | Heard | None:
        try:
            stripe.WebhookSignature.verify_header(raw, signature, self._secret, FRESH_S)
        except stripe.SignatureVerificationError as forged:
            raise Forged(str(forged.user_message or "wrong signature")) from None
        stamp = _STAMP.search(signature)
        if stamp is None or abs(self._now() - int(stamp[1])) > FRESH_S:
            raise Forged("not of this moment")
        told = read(json.loads(raw))
        if told is not None and told.live is not self.live:
            raise Forged("test and real money do not mix")
        return told

    async def close(self) -> None:
        await self._http.close_async()  # type: ignore[no-untyped-call]  # the SDK's own omission
