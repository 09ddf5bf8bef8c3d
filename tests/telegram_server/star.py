"""Invoices in Stars, and whether they may be paid."""

import asyncio
import itertools
from dataclasses import dataclass, field
from typing import Any

CHECKOUT_SECONDS = 10.0
"""How long Telegram waits for the bot's word before nothing is paid."""


@dataclass(frozen=True)
class Invoice:
    """What a link leads to."""

    reference: str
    amount: int
    currency: str
    period: int = 0
    """Seconds after which the same is collected again; 0: it is paid once."""

    def payload(self) -> dict[str, Any]:
        """What every update about it says."""
        return {"currency": self.currency, "total_amount": self.amount, "invoice_payload": self.reference}


@dataclass
class Checkout:
    """Somebody about to pay; `why` is what they are shown when they may not."""

    id: str
    invoice: Invoice
    person: int
    at: float
    ok: bool = False
    why: str = ""
    answered: asyncio.Event = field(default_factory=asyncio.Event)

    def answer(self, *, ok: bool, why: str) -> None:
        self.ok, self.why = ok, why
        self.answered.set()


@dataclass
class Charge:
    """Stars that somebody paid, and whether they have them back."""

    id: str
    person: dict[str, Any]
    invoice: Invoice
    at: float
    refunded_at: float | None = None
    cancelled: bool = False
    """Of a subscription: nothing is collected after it."""


class Stars:
    def __init__(self) -> None:
        self.charges: dict[str, Charge] = {}
        self.invoices: dict[str, Invoice] = {}
        self.checkouts: dict[str, Checkout] = {}
        self._numbers = itertools.count(1)

    def invoice(self, reference: str, amount: int, currency: str, period: int = 0) -> str:
        """The address of a new link."""
        url = f"https://t.me/$invoice{next(self._numbers)}"
        self.invoices[url] = Invoice(reference, amount, currency, period)
        return url

    def check_out(self, url: str, person: int, at: float) -> Checkout:
        query = Checkout(str(next(self._numbers)), self.invoices[url], person, at)
        self.checkouts[query.id] = query
        return query

    def charge(self, person: dict[str, Any], invoice: Invoice, at: float, *, first: bool = True) -> dict[str, Any]:
        """What is told of a new payment, beside what its invoice says; not `first`: collected once more."""
        number = next(self._numbers)
        self.charges[f"stx{number}"] = Charge(f"stx{number}", person, invoice, at)
        names = {"telegram_payment_charge_id": f"stx{number}", "provider_payment_charge_id": f"0_{number}"}
        if not invoice.period:
            return names
        said = {"is_recurring": True, "subscription_expiration_date": int(at) + invoice.period}
        return {**names, **said, **({"is_first_recurring": True} if first else {})}

    def transactions(self) -> list[dict[str, Any]]:
        """In the order they happened; a refund carries its payment's id."""
        rows: list[tuple[float, dict[str, Any]]] = []
        for one in self.charges.values():
            partner = {
                "type": "user",
                "transaction_type": "invoice_payment",
                "user": one.person,
                "invoice_payload": one.invoice.reference,
            }
            if one.invoice.period:
                partner["subscription_period"] = one.invoice.period
            common = {"id": one.id, "amount": one.invoice.amount}
            rows.append((one.at, {**common, "date": int(one.at), "source": partner}))
            if one.refunded_at is not None:
                rows.append((one.refunded_at, {**common, "date": int(one.refunded_at), "receiver": partner}))
        return [row for _, row in sorted(rows, key=lambda row: row[0])]
