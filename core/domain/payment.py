"""Payments: what is sold for money, and what a company that took it tells of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal, InvalidOperation
from enum import StrEnum

STARS = "xtr"
"""Telegram Stars, written as the other currencies are."""
MOST_STARS = 25_000
"""Of one invoice (Bot API)."""
MOST_MONTHLY_STARS = 10_000
"""Of a subscription's month (Bot API)."""
_WHOLE = "bif clp djf gnf jpy kmf krw mga pyg rwf vnd vuv xaf xof xpf"
_DIGITS = {STARS: 0, **dict.fromkeys(_WHOLE.split(), 0), **dict.fromkeys(("bhd", "jod", "kwd", "omr", "tnd"), 3)}
"""Decimals of a currency where they are not two (docs.stripe.com/currencies; the Ugandan shilling counts as two)."""


def decimals(currency: str) -> int:
    """How many its amounts are written with."""
    return _DIGITS.get(currency, 2)


def rate(text: str) -> tuple[str, int]:
    """`eur=1.08`, what one is worth in dollars: the currency, and micro-USD of its smallest unit. Raises ValueError."""
    currency, _, dollars = text.strip().lower().partition("=")
    try:
        worth = Decimal(dollars) * 1_000_000 / 10 ** decimals(currency)
    except InvalidOperation:
        worth = Decimal(0)
    if not (currency.isalpha() and len(currency) == 3 and worth.is_finite() and worth == int(worth) > 0):
        raise ValueError(text)
    return currency, int(worth)


@dataclass(frozen=True, slots=True)
class Money:
    minor: int
    """Whole smallest units, of which 100 make a dollar and 1 a yen."""
    currency: str
    """ISO 4217 in lower case, as Stripe writes it."""

    @property
    def amount(self) -> str:
        """In whole units, as prices are written: 4.99, 500."""
        digits = decimals(self.currency)
        whole, part = divmod(self.minor, 10**digits)
        return f"{whole}.{part:0{digits}}" if digits else str(whole)


@dataclass(frozen=True, slots=True)
class Sale:
    """One order that is to be paid: the company is asked with its id and its end as the key, so asking twice is asking
    once, and an order whose end has come can be given another."""

    id: str
    item: str
    """The company's own name of the price; empty: there is none, and `money` says it."""
    title: str
    """What the page calls it."""
    money: Money
    expires_at: datetime
    back: str
    """Where the page leads afterwards."""
    monthly: bool = False
    """A plan: it is paid again every month."""


@dataclass(frozen=True, slots=True)
class Page:
    """Where somebody pays; it is gone at the sale's `expires_at`."""

    id: str
    url: str


class OrderState(StrEnum):
    """In this order: whatever is told later, an order never goes back, but for a new page."""

    OPEN = "open"
    EXPIRED = "expired"
    PENDING = "pending"
    """The money is on its way."""
    FAILED = "failed"
    PAID = "paid"


class ClaimKind(StrEnum):
    REFUND = "refund"
    DISPUTE = "dispute"


class ClaimStage(StrEnum):
    """In this order: a claim never goes back either."""

    OPEN = "open"
    """The money is not ours to count on."""
    LOST = "lost"
    """It is gone."""
    LIFTED = "lifted"
    """It is ours again: the refund failed, the dispute was won."""


@dataclass(frozen=True, slots=True)
class Claim:
    """Money of a payment that somebody wants back."""

    id: str
    kind: ClaimKind
    minor: int
    stage: ClaimStage


class Cause(StrEnum):
    """Why credits of a payment moved: a claim by its kind and its stage."""

    PAID = "paid"
    CHANGED = "changed"
    """A plan was changed for a cheaper one within its month."""
    REFUND_OPEN = "refund_open"
    REFUND_LOST = "refund_lost"
    REFUND_LIFTED = "refund_lifted"
    DISPUTE_OPEN = "dispute_open"
    DISPUTE_LOST = "dispute_lost"
    DISPUTE_LIFTED = "dispute_lifted"


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    """What somebody is told of a payment of theirs."""

    cause: Cause
    money: Money | None
    """What it was about; None where a platform sold for us and tells no amounts."""
    credits: int
    """That moved with it, now or when it was claimed."""
    reference: str
    """The company's name of the payment."""
    date: str
    """ISO 8601, of the day it was told (UTC)."""


class Mismatch(StrEnum):
    """Why something that was paid is not credited, and waits for somebody to look."""

    UNKNOWN_ORDER = "unknown_order"
    AMOUNT = "amount"
    """Or its currency."""
    LIVEMODE = "livemode"
    LATE = "late"
    """Of a month that is over."""
    LEFT = "left"
    """Its person has."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What one event says of a payment. Everything in it only ever grows, so the order of events does not matter."""

    event: str
    kind: str
    live: bool
    """Real money."""
    payment: str | None = None
    """The company's name of the payment; None while there is none."""
    order: str | None = None
    """Ours of the order, where the event carries it."""
    pays: str | None = None
    """The bill it pays, of a subscription."""
    page: str | None = None
    """Where it was to be paid."""
    state: OrderState | None = None
    paid: Money | None = None
    refunded_minor: int = 0
    """So far, over all refunds."""
    claim: Claim | None = None
    suspected: bool = False
    """The card's network thinks it is fraud."""
