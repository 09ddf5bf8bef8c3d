"""Where Stripe tells us what happened, as the account has it: an operator's set-up, looked at and never changed."""

from __future__ import annotations

from dataclasses import dataclass

import stripe

from core.payments.stripe import event, subscription
from core.payments.stripe.client import Access, connect
from core.payments.stripe.error import translated

VERSION = stripe.api_version
"""Of what we read: the SDK's, by which an endpoint has to be pinned."""
EVENTS = tuple(sorted({*event.READERS, *subscription.READERS}))
_ALL = "*"


@dataclass(frozen=True, slots=True)
class Endpoint:
    url: str
    version: str | None
    """None: the account's own, which moves."""
    unsent: tuple[str, ...]
    """Events it is not sent."""


async def endpoints(access: Access) -> tuple[Endpoint, ...]:
    """Those that are enabled. Raises PaymentError; KeyRefused also where a restricted key may not look."""
    client, http = connect(access)
    try:
        with translated():
            listed = await client.v1.webhook_endpoints.list_async({"limit": 100})
            return tuple([_read(one) async for one in listed.auto_paging_iter() if one.status == "enabled"])
    finally:
        await http.close_async()  # type: ignore[no-untyped-call]  # the SDK's own omission


def _read(one: stripe.WebhookEndpoint) -> Endpoint:
    sent = set(one.enabled_events)
    return Endpoint(
        one.url, one.api_version, () if _ALL in sent else tuple(name for name in EVENTS if name not in sent)
    )
