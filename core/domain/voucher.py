"""Vouchers: codes that operators make, and what one is worth to whoever enters it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class VoucherBar(StrEnum):
    """Why an entered code brings nothing."""

    UNKNOWN = "unknown"
    """Never was, is over, used up, revoked, or a referral entered by somebody whom no platform knows: nobody learns
    which."""
    USED = "used"
    """This person has redeemed it."""
    OWN = "own"
    """A referral of theirs."""
    STRANGER = "stranger"
    """It is for many, and all that is known of them is a browser, of which anybody has as many as they like."""
    TOO_MANY = "too_many"
    """Codes that were no good, within the hour."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Redeemable:
    """What an entered code leads to: credits, or nothing (`bar`)."""

    id: str = ""
    """All that is stored of the code."""
    credits: int = 0
    bar: VoucherBar | None = None
    retry_after_s: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Voucher:
    """As operators see it; the code itself is known to nobody."""

    id: str
    credits: int
    uses: int
    used: int
    referral: bool
    owner: str | None
    """Of a referral: who gets as much; None: they have left."""
    note: str
    made_by: str
    expires_at: datetime
    state: str
