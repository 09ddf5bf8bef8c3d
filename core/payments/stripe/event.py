"""Reading Stripe's events (snapshots, API version 2026-10-28.endive): a table of types, each with its reader.

Nothing is fetched, and what names a person (address, e-mail, card) is left behind. The reference of a payment is its
PaymentIntent, which session, charge, refund and dispute all carry; ours of the order stands in the session. That of a
subscription carries nothing of ours: `invoice_payment.paid` alone tells which bill it paid. An account may have other
business too: whatever its sessions refer to is no order of ours.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from core.domain.payment import Claim, ClaimKind, ClaimStage, Money, OrderState, Told
from core.domain.subscription import Heard
from core.payments.stripe import subscription
from core.payments.stripe.subscription import named, number

Thing = Mapping[str, Any]

_DISPUTES = {
    "needs_response": ClaimStage.OPEN,
    "under_review": ClaimStage.OPEN,
    "appeal_needs_response": ClaimStage.OPEN,
    "appeal_under_review": ClaimStage.OPEN,
    "lost": ClaimStage.LOST,
    "won": ClaimStage.LIFTED,
    "prevented": ClaimStage.LIFTED,
}
"""What is missing is an inquiry (`warning_*`): no money has moved."""
_REFUNDS = {"failed": ClaimStage.LIFTED, "canceled": ClaimStage.LIFTED, "succeeded": ClaimStage.LOST}


def read(event: object) -> Told | Heard | None:
    """Raises ValueError for what is no event; None for one that is not about money we look after."""
    if not isinstance(event, dict) or event.get("object") != "event":
        raise ValueError("not an event")
    try:
        reader = READERS.get(event["type"])
        event_id, live = str(event["id"]), event["livemode"] is True
        if event["type"] in subscription.READERS:
            return subscription.read(event, event_id, live=live)
        said = reader(event["data"]["object"]) if reader else None
    except (KeyError, TypeError) as lacking:
        raise ValueError(f"an event without {lacking}") from None
    return None if said is None else Told(event=event_id, kind=event["type"], live=live, **said)


def found(thing: Thing, *, live: bool) -> Told | Heard | None:
    """The same of a thing that was looked up, as it stands now; None as above, and for what nobody has paid."""
    kind = _FOUND[thing["object"]]
    status = thing.get("payment_status") or thing["status"]
    if status in ("unpaid", "no_payment_required"):
        return None
    as_event = {"object": "event", "id": f"found:{thing['id']}:{status}", "type": kind, "livemode": live}
    return read(as_event | {"created": thing["created"], "data": {"object": thing}})


def claim_of(refund: Thing) -> Claim | None:
    said = _refund(refund)
    return None if said is None else said["claim"]


def _session(state: OrderState | None, thing: Thing) -> dict[str, Any] | None:
    """An order's page. `state` None: paid or pending, which the session itself says."""
    order = _order(thing)
    if order is None:
        return None
    if thing["mode"] != "payment":  # of a subscription its invoices tell what is paid
        return {"order": order, "page": thing["id"], "state": state or OrderState.PAID}
    paid = thing["payment_status"] == "paid"
    if state is None:
        state = OrderState.PAID if paid else OrderState.PENDING
    return {
        "payment": number(thing.get("payment_intent")),
        "order": order,
        "page": thing["id"],
        "state": state,
        "paid": Money(thing["amount_total"], thing["currency"]) if paid else None,
    }


def _bill_paid(thing: Thing) -> dict[str, Any] | None:
    """By a PaymentIntent: what else may pay a bill, no plan of ours is sold for."""
    payment = number(thing["payment"].get("payment_intent"))
    if payment is None or not thing["amount_paid"]:
        return None
    return {
        "payment": payment,
        "pays": number(thing["invoice"]),
        "paid": Money(thing["amount_paid"], thing["currency"]),
    }


def _charge(thing: Thing) -> dict[str, Any] | None:
    return _about(thing, refunded_minor=thing["amount_refunded"]) if thing["amount_refunded"] else None


def _refund(thing: Thing) -> dict[str, Any] | None:
    return _claim(thing, ClaimKind.REFUND, _REFUNDS.get(thing["status"], ClaimStage.OPEN))


def _dispute(thing: Thing) -> dict[str, Any] | None:
    return _claim(thing, ClaimKind.DISPUTE, _DISPUTES.get(thing["status"]))


def _suspicion(thing: Thing) -> dict[str, Any] | None:
    return _about(thing, suspected=True)


def _claim(thing: Thing, kind: ClaimKind, stage: ClaimStage | None) -> dict[str, Any] | None:
    """A claim of nothing is none."""
    if stage is None or not thing["amount"]:
        return None
    return _about(thing, claim=Claim(thing["id"], kind, thing["amount"], stage))


def _about(thing: Thing, **facts: Any) -> dict[str, Any] | None:
    """Of a payment; a charge without one was not made through Checkout."""
    payment = number(thing.get("payment_intent"))
    return None if payment is None else {"payment": payment, **facts}


def _order(session: Thing) -> str | None:
    """Ours stands in the session twice, as it was opened: others refer to their orders by UUIDs as well."""
    order = session.get("client_reference_id")
    return order if order is not None and order == named(session.get("metadata")) else None


READERS: Mapping[str, Callable[[Thing], dict[str, Any] | None]] = {
    "checkout.session.completed": lambda thing: _session(None, thing),
    "checkout.session.async_payment_succeeded": lambda thing: _session(None, thing),
    "checkout.session.async_payment_failed": lambda thing: _session(OrderState.FAILED, thing),
    "checkout.session.expired": lambda thing: _session(OrderState.EXPIRED, thing),
    "invoice_payment.paid": _bill_paid,
    "charge.refunded": _charge,
    "refund.created": _refund,
    "refund.updated": _refund,
    "refund.failed": _refund,
    "charge.dispute.created": _dispute,
    "charge.dispute.updated": _dispute,
    "charge.dispute.closed": _dispute,
    "radar.early_fraud_warning.created": _suspicion,
}
"""Which events the endpoint is to be sent, beside those of subscriptions."""
_FOUND = {
    "checkout.session": "checkout.session.completed",
    "invoice": "invoice.paid",
    "invoice_payment": "invoice_payment.paid",
    "refund": "refund.updated",
    "dispute": "charge.dispute.updated",
}
