"""What Stripe holds: sessions, payments, refunds, disputes, subscriptions, and what it has to tell of them.

Objects begin as Stripe's own samples, with everything that would contradict what happened here written over.
"""

import copy
import itertools
import time
from collections.abc import Mapping, Sequence
from typing import Any

from .contract import Contract
from .refusal import invalid, missing

Thing = dict[str, Any]
CHECKOUT_S = 24 * 3600
_PREFIX = {
    "checkout.session": "cs", "payment_intent": "pi", "charge": "ch", "refund": "re", "dispute": "du", "event": "evt",
    "customer": "cus", "subscription": "sub", "invoice": "in", "billing_portal.session": "bps",
    "radar.early_fraud_warning": "issfr", "invoice_payment": "inpay",
}  # fmt: skip
MONTH_S = 30 * 24 * 3600
# Samples of 2026-08-21: what the newer version took away, and what it asks for since.
_GONE = {"invoice": ("subscription",)}
_NEWER: Mapping[str, Thing] = {
    "dispute": {"evidence_details": {"due_by": None, "has_evidence": False, "past_due": False, "submission_count": 0,
                                     "enhanced_eligibility": {}, "submission_method": "manual"}},
}  # fmt: skip


class World:
    """`events` in the order they happened; `prices` are the account's own, as the dashboard made them."""

    def __init__(self, contract: Contract, *, livemode: bool = False) -> None:
        self.contract = contract
        self.livemode = livemode
        self.things: dict[str, Thing] = {}
        self.events: list[Thing] = []
        self.prices: dict[str, Thing] = {}
        self._asked: dict[str, Thing] = {}
        """What each session was opened with."""
        self.ahead_s = 0.0
        """How far its clock is ahead of the machine's."""
        self._numbers = itertools.count(1)

    def price(self, name: str, minor: int, currency: str = "usd", *, monthly: bool = False) -> str:
        recurring = {"interval": "month", "interval_count": 1} if monthly else None
        self.prices[name] = {"unit_amount": minor, "currency": currency, "recurring": recurring}
        return name

    def now(self) -> float:
        return time.time() + self.ahead_s

    def endpoint(self, url: str, version: str | None, events: Sequence[str]) -> None:
        """As the dashboard makes them."""
        number = f"we_{next(self._numbers):014d}"
        self.things[number] = {
            "id": number, "object": "webhook_endpoint", "created": int(time.time()), "url": url, "status": "enabled",
            "api_version": version, "enabled_events": list(events), "livemode": self.livemode, "metadata": {},
        }  # fmt: skip

    def make(self, kind: str, **members: Any) -> Thing:
        sample = self.contract.samples.get(kind, {"object": kind})
        thing = copy.deepcopy(sample) | copy.deepcopy(dict(_NEWER.get(kind, {})))
        for name in _GONE.get(kind, ()):
            thing.pop(name, None)
        thing |= {"id": f"{_PREFIX[kind]}_{next(self._numbers):014d}", "created": int(self.now())}
        if "livemode" in thing:
            thing["livemode"] = self.livemode
        thing |= members
        self.things[thing["id"]] = thing
        return thing

    def find(self, kind: str, number: str) -> Thing:
        thing = self.things.get(number)
        if thing is None or thing["object"] != kind:
            raise missing(kind, number)
        return thing

    def of(self, kind: str, **members: Any) -> list[Thing]:
        """Everything of a kind with these members, oldest first."""
        return [
            one
            for one in self.things.values()
            if one["object"] == kind and all(one.get(name) == value for name, value in members.items())
        ]

    def listed(self, kind: str, asked: Thing) -> Thing:
        """As the API does: newest first, from behind `starting_after`, `limit` at most."""
        bounds = {name: int(value) for name, value in asked.get("created", {}).items()}
        rows = [
            one
            for one in reversed(self.of(kind))
            if bounds.get("gte", 0) <= one["created"] <= bounds.get("lte", one["created"])
            and all(asked.get(name, one.get(name)) == one.get(name) for name in ("payment_intent", "status"))
        ]
        ids = [one["id"] for one in rows]
        begin = ids.index(asked["starting_after"]) + 1 if "starting_after" in asked else 0
        end = begin + int(asked.get("limit", 10))
        return {"object": "list", "data": rows[begin:end], "has_more": end < len(rows)}

    def tell(self, kind: str, thing: Thing) -> Thing:
        """The event of a change, with the thing as it is at this moment."""
        event = self.make("event", type=kind, api_version=self.contract.version, data={"object": copy.deepcopy(thing)})
        self.events.append(event)
        return event

    # -- what is asked over the API --------------------------------------------------------------------------------

    def open_session(self, asked: Thing) -> Thing:
        mode = asked.get("mode", "payment")
        rows = [self._row(one, mode) for one in asked.get("line_items", [])]
        if not rows:
            raise invalid("line_items are required", blame=True, param="line_items")
        if not asked.get("success_url"):
            raise invalid("success_url is required for a hosted page", blame=True, param="success_url")
        if len({currency for _, currency in rows}) > 1:
            raise invalid("line items have several currencies", blame=True)
        lives = asked.get("expires_at", self.now() + CHECKOUT_S) - self.now()
        if not 30 * 60 - 60 <= lives <= CHECKOUT_S + 60:
            raise invalid("expires_at must be 30 minutes to 24 hours from now", blame=True, param="expires_at")
        total = sum(minor for minor, _ in rows)
        session = self.make(
            "checkout.session", mode=mode, status="open", payment_status="unpaid", payment_intent=None,
            amount_subtotal=total, amount_total=total, currency=rows[0][1], total_details=None, shipping_cost=None,
            client_reference_id=asked.get("client_reference_id"), metadata=asked.get("metadata", {}),
            customer=asked.get("customer"), success_url=asked["success_url"], cancel_url=asked.get("cancel_url"),
            expires_at=int(self.now() + lives), currency_conversion=None, ui_mode="hosted_page",
            adaptive_pricing=asked.get("adaptive_pricing"), invoice_creation=None,
        )  # fmt: skip
        session["url"] = f"https://checkout.stripe.com/c/pay/{session['id']}"
        self._asked[session["id"]] = asked
        return session

    def expire(self, session: Thing) -> Thing:
        if session["status"] != "open":
            raise invalid(f'Only Checkout Sessions with a status in ["open"] can be expired: {session["status"]}')
        session |= {"status": "expired", "url": None}
        self.tell("checkout.session.expired", session)
        return session

    def refund(self, asked: Thing) -> Thing:
        """Cumulative on the charge; tells `refund.created` and `charge.refunded`."""
        charge = self._charged(asked)
        left = charge["amount"] - charge["amount_refunded"]
        minor = asked.get("amount", left)
        if left == 0:
            raise invalid(f"Charge {charge['id']} has already been refunded.", code="charge_already_refunded")
        if not 0 < minor <= left:
            raise invalid(f"Refund amount ({minor}) is greater than unrefunded amount on charge ({left})")
        if charge["disputed"]:
            raise invalid("This charge has been charged back.", code="charge_disputed")
        refund = self.make(
            "refund", amount=minor, charge=charge["id"], payment_intent=charge["payment_intent"],
            currency=charge["currency"], metadata=asked.get("metadata", {}), reason=asked.get("reason"),
        )  # fmt: skip
        self._refunded(charge, minor)
        self.tell("refund.created", refund)
        self.tell("charge.refunded", charge)
        return refund

    def refund_failed(self, refund: Thing) -> None:
        """The bank did not take it: the money is ours again."""
        refund["status"] = "failed"
        self._refunded(self.find("charge", refund["charge"]), -refund["amount"])
        self.tell("refund.failed", refund)
        self.tell("refund.updated", refund)

    def open_portal(self, asked: Thing) -> Thing:
        """Its `flow` says where it leads at once; what it is about has to be the customer's and be running."""
        customer = self.find("customer", asked["customer"])
        flow = asked.get("flow_data")
        if flow and (ending := flow.get("subscription_cancel")):
            about = self.find("subscription", ending["subscription"])
            if about["customer"] != customer["id"]:
                raise invalid(f"{about['id']} is not {customer['id']}'s", blame=True)
            if about["status"] == "canceled" or about["cancel_at_period_end"]:
                raise invalid(f"The subscription {about['id']} is already set to be canceled.")
        return self.make(
            "billing_portal.session", customer=customer["id"], return_url=asked.get("return_url"), flow=None,
            url=f"https://billing.stripe.com/p/session/{flow['type'] if flow else 'test'}",
        )  # fmt: skip

    # -- what a customer does --------------------------------------------------------------------------------------

    def charge(self, session: Thing) -> Thing:
        """The payment of a session, made."""
        charge = self.collect(self.find("payment_intent", session["payment_intent"]), session["customer"])
        session["payment_status"] = "paid"
        return charge

    def collect(self, intent: Thing, customer: str | None) -> Thing:
        charge = self.make(
            "charge", amount=intent["amount"], amount_captured=intent["amount"], captured=True, paid=True,
            currency=intent["currency"], payment_intent=intent["id"], metadata=dict(intent["metadata"]),
            customer=customer, transfer_data=None, source=None,
        )  # fmt: skip
        intent |= {"status": "succeeded", "latest_charge": charge["id"], "amount_received": intent["amount"]}
        return charge

    def intend(self, session: Thing) -> Thing:
        asked = self._asked[session["id"]]
        intent = self.make(
            "payment_intent", amount=session["amount_total"], currency=session["currency"], status="processing",
            metadata=asked.get("payment_intent_data", {}).get("metadata", {}), canceled_at=None, next_action=None,
            last_payment_error=None, processing=None, transfer_data=None,
        )  # fmt: skip
        session |= {"payment_intent": intent["id"], "status": "complete", "url": None}
        return intent

    def subscribe(self, session: Thing) -> Thing:
        """The subscription a session in that mode begins, with nothing paid yet."""
        asked = self._asked[session["id"]]
        customer = self.make("customer")
        now = int(self.now())
        subscription = self.make(
            "subscription", customer=customer["id"], status="incomplete", start_date=now, cancel_at=None,
            canceled_at=None, ended_at=None, cancel_at_period_end=False, pending_update=None, schedule=None,
            metadata=asked.get("subscription_data", {}).get("metadata", {}), billing_schedules=[],
            currency=session["currency"], pause_collection=None,
        )  # fmt: skip
        row = copy.deepcopy(subscription["items"]["data"][0])
        row |= {"subscription": subscription["id"], "current_period_start": now, "current_period_end": now + MONTH_S}
        subscription["items"] = {**subscription["items"], "data": [row]}
        self.switch(subscription, asked["line_items"][0]["price"])
        session |= {"customer": customer["id"], "subscription": subscription["id"], "status": "complete", "url": None}
        return subscription

    def switch(self, subscription: Thing, price: str) -> Thing:
        """To another price of the account; the one there was."""
        row = subscription["items"]["data"][0]
        before = copy.deepcopy(row["price"])
        sold = self.prices[price]
        row["price"] |= {"id": price, "unit_amount": sold["unit_amount"], "currency": sold["currency"]}
        return before

    def bill(self, subscription: Thing, reason: str, lines: list[Thing] | None = None, **more: Any) -> Thing:
        """An invoice, open: of its present period, or of these lines."""
        row = subscription["items"]["data"][0]
        lines = lines or [self.line(subscription, row["price"], row["price"]["unit_amount"])]
        minor = sum(one["amount"] for one in lines)
        about = {"metadata": subscription["metadata"], "subscription": subscription["id"]}
        invoice: Thing = {
            "customer": subscription["customer"], "billing_reason": reason, "status": "open", "total": minor,
            "subtotal": minor, "amount_due": max(0, minor), "amount_paid": 0, "amount_remaining": max(0, minor),
            "amount_overpaid": 0, "period_start": row["current_period_start"], "period_end": row["current_period_end"],
            "parent": {"type": "subscription_details", "quote_details": None, "subscription_details": about},
            "last_finalization_error": None, "from_invoice": None, "shipping_cost": None,
            "currency": subscription["currency"],
        }  # fmt: skip
        made = self.make("invoice", **invoice | more)
        made["lines"] = {**made["lines"], "data": [one | {"invoice": made["id"]} for one in lines], "has_more": False}
        subscription["latest_invoice"] = made["id"]
        return made

    def line(self, subscription: Thing, price: Thing, minor: int, *, since: int | None = None) -> Thing:
        """A row of an invoice; `since`: of a change within the period."""
        row = subscription["items"]["data"][0]
        about = {
            "invoice_item": None, "proration": since is not None, "proration_details": None,
            "subscription": subscription["id"], "subscription_item": row["id"],
        }  # fmt: skip
        line = copy.deepcopy(self.contract.samples["line_item"])
        return line | {
            "id": f"il_{next(self._numbers):014d}", "amount": minor, "subtotal": minor, "currency": price["currency"],
            "quantity": 1, "subscription": subscription["id"], "livemode": self.livemode,
            "period": {"start": since or row["current_period_start"], "end": row["current_period_end"]},
            "parent": {"type": "subscription_item_details", "invoice_item_details": None,
                       "subscription_item_details": about},
            "pricing": {"type": "price_details", "unit_amount_decimal": None,
                        "price_details": {"price": price["id"], "product": price["product"]}},
        }  # fmt: skip

    def settle(self, invoice: Thing) -> None:
        """Paid by the card on file, which leaves nothing of ours on the charge; one of nothing is paid by itself."""
        due = invoice["amount_due"]
        invoice |= {"status": "paid", "amount_paid": due, "amount_remaining": 0, "attempted": True}
        if not due:
            return
        intent = self.make(
            "payment_intent", amount=due, currency=invoice["currency"], status="requires_confirmation", metadata={},
            canceled_at=None, next_action=None, last_payment_error=None, processing=None, transfer_data=None,
            customer=invoice["customer"],
        )  # fmt: skip
        self.collect(intent, invoice["customer"])
        now = int(self.now())
        paid = self.make(
            "invoice_payment", status="paid", amount_paid=due, amount_requested=due, currency=invoice["currency"],
            invoice=invoice["id"], is_default=True, livemode=self.livemode,
            payment={"type": "payment_intent", "payment_intent": intent["id"]},
            status_transitions={"canceled_at": None, "paid_at": now},
        )  # fmt: skip
        self.tell("invoice_payment.paid", paid)

    # -- inside ----------------------------------------------------------------------------------------------------

    def _row(self, row: Thing, mode: str) -> tuple[int, str]:
        """Minor units and currency."""
        if ("price" in row) == ("price_data" in row):
            raise invalid("each line item has one of price and price_data", blame=True)
        if "price" in row and row["price"] not in self.prices:
            raise missing("price", row["price"])
        price = self.prices[row["price"]] if "price" in row else row["price_data"]
        if bool(price.get("recurring")) != (mode == "subscription"):
            raise invalid("recurring prices are for mode subscription, and only they", blame=True, param="mode")
        return price["unit_amount"] * row.get("quantity", 1), price["currency"]

    def _charged(self, asked: Thing) -> Thing:
        if "charge" in asked:
            return self.find("charge", asked["charge"])
        intent = self.find("payment_intent", asked.get("payment_intent", ""))
        if not intent["latest_charge"]:
            raise invalid("This PaymentIntent does not have a successful charge to refund.")
        return self.find("charge", intent["latest_charge"])

    def _refunded(self, charge: Thing, minor: int) -> None:
        charge["amount_refunded"] += minor
        charge["refunded"] = charge["amount_refunded"] == charge["amount"]
