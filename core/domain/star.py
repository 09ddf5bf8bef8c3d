"""Stars: what Telegram tells of them, in its updates as in its books. The same charge gives the same event."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from core.domain.payment import Claim, ClaimKind, ClaimStage, Money, OrderState, Told
from core.domain.subscription import Bill, Heard, Line, State

MONTH = "month"
"""What orders of a plan are for; which plan, the order says."""
MONTH_S = 2_592_000
"""The only period Telegram knows (Bot API)."""

NO_ORDER = str(UUID(int=0))
"""What names no order of ours is taken all the same: somebody paid, and somebody has to look."""


def order_of(payload: str) -> str:
    """The order an invoice names; empty: none of ours."""
    try:
        return str(UUID(payload))
    except ValueError:
        return ""


def paid(charge: str, payload: str, money: Money) -> Told:
    return Told(
        event=f"{charge}:paid",
        kind="successful_payment",
        live=True,
        payment=charge,
        order=order_of(payload) or NO_ORDER,
        state=OrderState.PAID,
        paid=money,
    )


def month(charge: str, payload: str, money: Money, starts_at: datetime, until: datetime) -> Heard:
    """One month of a plan. The order is the subscription's name too: every charge of it names that and nothing else."""
    order = order_of(payload) or NO_ORDER
    line = Line(id=charge, item=MONTH, money=money, quantity=1, part=False, starts_at=starts_at, until=until)
    return Heard(
        event=f"{charge}:paid",
        kind="successful_payment",
        live=True,
        reference=order,
        order=order,
        customer=None,
        at=starts_at,
        item=MONTH,
        state=State.ACTIVE,
        bill=Bill(id=charge, total=money.minor, lines=(line,), payment=charge),
    )


def refunded(charge: str, amount: int) -> Told:
    claim = Claim(charge, ClaimKind.REFUND, amount, ClaimStage.LOST)
    return Told(event=f"{charge}:refunded", kind="refunded_payment", live=True, payment=charge, claim=claim)
