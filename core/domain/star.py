"""Stars: what Telegram tells of them, in its updates as in its books. The same charge gives the same event."""

from __future__ import annotations

from uuid import UUID

from core.domain.payment import Claim, ClaimKind, ClaimStage, Money, OrderState, Told

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


def refunded(charge: str, amount: int) -> Told:
    claim = Claim(charge, ClaimKind.REFUND, amount, ClaimStage.LOST)
    return Told(event=f"{charge}:refunded", kind="refunded_payment", live=True, payment=charge, claim=claim)
