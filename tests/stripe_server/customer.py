"""Whoever pays, or does not, or wants it back; and the merchant's side of that in Stripe's dashboard."""

from typing import Any

from .world import MONTH_S, Thing, World


class Customer:
    """Sessions, payments and refunds are named by their ids."""

    def __init__(self, world: World) -> None:
        self._world = world

    # -- a Checkout Session ----------------------------------------------------------------------------------------

    def pay(self, session: str) -> str:
        """With a card, at once; a subscription's first month as well. The payment's id, or the subscription's."""
        opened = self._open(session)
        if opened["mode"] == "subscription":
            return self._subscribe(opened)
        intent = self._world.intend(opened)
        self._world.charge(opened)
        self._world.tell("checkout.session.completed", opened)
        return str(intent["id"])

    def pay_later(self, session: str) -> str:
        """By a bank transfer that is on its way."""
        opened = self._open(session)
        intent = self._world.intend(opened)
        self._world.tell("checkout.session.completed", opened)
        return str(intent["id"])

    def money_arrives(self, session: str) -> None:
        opened = self._world.find("checkout.session", session)
        self._world.charge(opened)
        self._world.tell("checkout.session.async_payment_succeeded", opened)

    def money_fails(self, session: str) -> None:
        opened = self._world.find("checkout.session", session)
        self._world.find("payment_intent", opened["payment_intent"])["status"] = "requires_payment_method"
        self._world.tell("checkout.session.async_payment_failed", opened)

    def let_expire(self, session: str) -> None:
        self._world.expire(self._open(session))

    # -- money back ------------------------------------------------------------------------------------------------

    def is_refunded(self, payment: str, minor: int | None = None) -> str:
        """The rest, or a part."""
        asked: Thing = {"payment_intent": payment} | ({} if minor is None else {"amount": minor})
        return str(self._world.refund(asked)["id"])

    def refund_fails(self, refund: str) -> None:
        self._world.refund_failed(self._world.find("refund", refund))

    def disputes(self, payment: str, minor: int | None = None, status: str = "needs_response") -> str:
        """At the bank; `warning_needs_response` only asks."""
        (charge,) = self._world.of("charge", payment_intent=payment)
        charge["disputed"] = True
        dispute = self._world.make(
            "dispute", amount=charge["amount"] if minor is None else minor, charge=charge["id"], status=status,
            payment_intent=payment, currency=charge["currency"], is_charge_refundable=False,
        )  # fmt: skip
        self._world.tell("charge.dispute.created", dispute)
        return str(dispute["id"])

    def dispute_ends(self, dispute: str, status: str) -> None:
        """won, lost, or warning_closed."""
        ended = self._world.find("dispute", dispute)
        ended["status"] = status
        self._world.tell("charge.dispute.closed", ended)

    def is_suspected(self, payment: str) -> None:
        """By the card's network."""
        (charge,) = self._world.of("charge", payment_intent=payment)
        warning = self._world.make("radar.early_fraud_warning", charge=charge["id"], payment_intent=payment)
        self._world.tell("radar.early_fraud_warning.created", warning)

    # -- a subscription --------------------------------------------------------------------------------------------

    def renews(self, subscription: str, **bill: Any) -> str:
        """The next month, paid; its invoice, with what `bill` says otherwise."""
        renewed, invoice = self._next(subscription, **bill)
        renewed["status"] = "active"
        self._paid(invoice)
        self._world.tell("customer.subscription.updated", renewed)
        return str(invoice["id"])

    def paid_with(self, invoice: str) -> str:
        """The payment of a bill."""
        (paid,) = self._world.of("invoice_payment", invoice=invoice)
        return str(paid["payment"]["payment_intent"])

    def month_of(self, subscription: str) -> str:
        """The payment of its latest bill."""
        return self.paid_with(self._world.find("subscription", subscription)["latest_invoice"])

    def pays_after_all(self, subscription: str, invoice: str) -> None:
        """The month that had failed."""
        self._paid(self._world.find("invoice", invoice))
        caught_up = self._world.find("subscription", subscription)
        caught_up["status"] = "active"
        self._world.tell("customer.subscription.updated", caught_up)

    def invoice_fails(self, subscription: str) -> str:
        """The next month, not paid; its invoice."""
        renewed, invoice = self._next(subscription)
        invoice |= {"attempted": True, "attempt_count": 1}
        renewed["status"] = "past_due"
        self._world.tell("invoice.payment_failed", invoice)
        self._world.tell("customer.subscription.updated", renewed)
        return str(invoice["id"])

    def changes(self, subscription: str, price: str) -> str:
        """To another plan at once, in the portal: what is left of the month is billed, or comes back as a balance. The
        invoice."""
        changed = self._world.find("subscription", subscription)
        row, now = changed["items"]["data"][0], int(self._world.now())
        left = (row["current_period_end"] - now) / (row["current_period_end"] - row["current_period_start"])
        before = self._world.switch(changed, price)
        lines = [
            self._world.line(changed, one, round(sign * left * one["unit_amount"]), since=now)
            for sign, one in ((-1, before), (1, row["price"]))
        ]
        self._world.tell("customer.subscription.updated", changed)
        invoice = self._world.bill(changed, "subscription_update", lines)
        self._paid(invoice)
        return str(invoice["id"])

    def cancels(self, subscription: str, *, at_once: bool = False) -> None:
        ended = self._world.find("subscription", subscription)
        if at_once:
            ended["status"] = "canceled"
            self._world.tell("customer.subscription.deleted", ended)
        else:
            ended["cancel_at_period_end"] = True
            self._world.tell("customer.subscription.updated", ended)

    # -- inside ----------------------------------------------------------------------------------------------------

    def _open(self, session: str) -> Thing:
        opened = self._world.find("checkout.session", session)
        assert opened["status"] == "open", f"the page of {session} says: {opened['status']}"
        return opened

    def _subscribe(self, session: Thing) -> str:
        begun = self._world.subscribe(session)
        self._world.tell("customer.subscription.created", begun)
        begun["status"] = "active"
        session["payment_status"] = "paid"
        invoice = self._world.bill(begun, "subscription_create")
        session["invoice"] = invoice["id"]
        self._world.tell("checkout.session.completed", session)
        self._paid(invoice)
        self._world.tell("customer.subscription.updated", begun)
        return str(begun["id"])

    def _next(self, subscription: str, **bill: Any) -> tuple[Thing, Thing]:
        renewed = self._world.find("subscription", subscription)
        row = renewed["items"]["data"][0]
        row |= {
            "current_period_start": row["current_period_end"],
            "current_period_end": row["current_period_end"] + MONTH_S,
        }
        return renewed, self._world.bill(renewed, "subscription_cycle", **bill)

    def _paid(self, invoice: Thing) -> None:
        self._world.settle(invoice)
        self._world.tell("invoice.paid", invoice)
