"""What somebody typed into a form, as the office takes it. All raise Refused."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from typing import Final

from core.domain.payment import decimals, rate
from core.services.office.act import Reason, Refused

MICRO: Final = 1_000_000
_LONGEST: Final = 12


def credits_of(form: Mapping[str, str]) -> int:
    return number_of(form, "credits")


def number_of(form: Mapping[str, str], name: str) -> int:
    text = form.get(name, "").strip()
    if not (text.isascii() and text.isdecimal() and len(text) < 8):
        raise Refused(Reason.AMOUNT)
    return int(text)


def money_of(form: Mapping[str, str], currency: str | None) -> int | None:
    """Smallest units; None where nothing was typed."""
    return _units(form.get("amount", ""), 10 ** decimals(currency or ""))


def micro_of(form: Mapping[str, str], name: str) -> int | None:
    """Micro-dollars; None where nothing was typed."""
    return _units(form.get(name, ""), MICRO)


def rates_of(form: Mapping[str, str]) -> dict[str, int]:
    """`eur=1.08, gbp=1.27` as micro-USD of each smallest unit."""
    try:
        return dict(rate(part) for part in form.get("rates", "").split(",") if part.strip())
    except ValueError:
        raise Refused(Reason.AMOUNT) from None


def _units(text: str, scale: int) -> int | None:
    text = text.strip().removeprefix("$")
    if not text:
        return None
    try:
        exact = Decimal(text) * scale
    except InvalidOperation:
        raise Refused(Reason.AMOUNT) from None
    if len(text) > _LONGEST or not exact.is_finite() or exact != int(exact):
        raise Refused(Reason.AMOUNT)
    return int(exact)
