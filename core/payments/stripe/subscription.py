"""Reading Stripe's events of subscriptions and their invoices (API version 2026-10-28.endive).

The order a subscription began with stands in its metadata, and those in every invoice's. What is billed is told by
prices: what they stand for is not known here.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from core.domain.payment import Money
from core.domain.subscription import Bill, Heard, Line, State

Thing = Mapping[str, Any]

_STATES = {
    "incomplete": State.ACTIVE,
    "trialing": State.ACTIVE,
    "active": State.ACTIVE,
    "past_due": State.PAST_DUE,
    "unpaid": State.PAST_DUE,
    "paused": State.PAST_DUE,
    "canceled": State.ENDED,
    "incomplete_expired": State.ENDED,
}
_ORDER = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")


def read(event: Thing, event_id: str, *, live: bool) -> Heard | None:
    """Raises KeyError and TypeError for what is no event; None for a subscription that is none of ours."""
    said = READERS[event["type"]](event["data"]["object"])
    if said is None:
        return None
    return Heard(event=event_id, kind=event["type"], live=live, at=_moment(event["created"]), **said)


def named(metadata: Thing | None) -> str | None:
    """The order they name; others refer to their orders as well, but hardly by this name and a UUID."""
    order = (metadata or {}).get("order")
    return order if isinstance(order, str) and _ORDER.fullmatch(order) else None


def number(reference: str | Thing | None) -> str | None:
    """A thing stands for itself by its id, or whole."""
    return reference if reference is None or isinstance(reference, str) else str(reference["id"])


def _subscription(thing: Thing) -> dict[str, Any] | None:
    order = named(thing["metadata"])
    if order is None:
        return None
    return {
        "reference": thing["id"],
        "order": order,
        "customer": number(thing["customer"]),
        "item": number(thing["items"]["data"][0]["price"]) or "",
        "state": _STATES[thing["status"]],
        "ends": thing["cancel_at_period_end"] or thing.get("cancel_at") is not None,
    }


def _paid(thing: Thing) -> dict[str, Any] | None:
    about = _invoice(thing)
    if about is None:
        return None
    if thing["lines"]["has_more"]:
        raise ValueError(f"{thing['id']} has more lines than it tells of")
    lines = tuple(map(_line, thing["lines"]["data"]))
    return {**about, "bill": Bill(id=thing["id"], total=thing["total"], lines=lines)}


def _failed(thing: Thing) -> dict[str, Any] | None:
    """What is collected goes on: it does not end with what is paid."""
    about = _invoice(thing)
    months = [line for line in map(_line, thing["lines"]["data"]) if not line.part]
    return (about and months and {**about, "item": months[-1].item, "state": State.PAST_DUE}) or None


def _invoice(thing: Thing) -> dict[str, Any] | None:
    details = (thing.get("parent") or {}).get("subscription_details")
    order = named(details.get("metadata")) if details else None
    if details is None or order is None:
        return None
    return {"reference": number(details["subscription"]), "order": order, "customer": number(thing.get("customer"))}


def _line(thing: Thing) -> Line:
    parent = thing.get("parent") or {}
    details = parent.get("subscription_item_details") or parent.get("invoice_item_details") or {}
    price = ((thing.get("pricing") or {}).get("price_details") or {}).get("price")
    return Line(
        id=thing["id"],
        item=number(price) or "",
        money=Money(thing["amount"], thing["currency"]),
        quantity=thing.get("quantity") or 0,
        part=bool(details.get("proration")),
        starts_at=_moment(thing["period"]["start"]),
        until=_moment(thing["period"]["end"]),
    )


def _moment(seconds: int) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)


READERS = {
    "customer.subscription.created": _subscription,
    "customer.subscription.updated": _subscription,
    "customer.subscription.deleted": _subscription,
    "customer.subscription.paused": _subscription,
    "customer.subscription.resumed": _subscription,
    "invoice.paid": _paid,
    "invoice.payment_failed": _failed,
}
"""Which events the endpoint is to be sent as well."""
