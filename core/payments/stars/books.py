"""What Telegram has on record of a bot's Stars: read from the beginning on, in the order it happened."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import telegram
from telegram import StarTransaction, TransactionPartnerUser
from telegram.constants import TransactionPartnerType
from telegram.constants import TransactionPartnerUser as Kind
from telegram.error import BadRequest, Forbidden, InvalidToken, NetworkError, RetryAfter, TelegramError
from telegram.request import HTTPXRequest

from core.domain.payment import STARS, Claim, ClaimKind, ClaimStage, Money, Told
from core.domain.star import MONTH_S, month, paid, refunded
from core.domain.subscription import Heard
from core.payments.base import Excerpt
from core.payments.error import Busy, Gone, KeyRefused, PaymentError, Rejected, Unreachable

MOST = 100
"""Transactions of one page."""
_TIMEOUT_S = 20.0
_BACK_ALREADY = "charge_already_refunded"


class StarBooks:
    name = "stars"
    live = True
    whole = True

    def __init__(self, token: str, api_url: str, page: int = MOST) -> None:
        self._most = page
        # All three write addresses to the log, and the token is part of an address.
        for name in ("httpx", "httpcore", "telegram"):
            logging.getLogger(name).setLevel(logging.WARNING)
        # Closed by itself: a bot closes only what it has introduced itself over, and nobody here needs its name.
        self._request = HTTPXRequest(2, read_timeout=_TIMEOUT_S, write_timeout=_TIMEOUT_S)
        self._bot = telegram.Bot(token, base_url=f"{api_url.rstrip('/')}/bot", request=self._request)

    async def refund(self, payment: str, minor: int, *, person: str, key: str) -> Claim:
        """Telegram gives back a charge once and whole: the charge is the key."""
        payer = int(person) if person else await self._payer(payment)
        try:
            with _translated():
                await self._bot.refund_star_payment(payer, payment)
        except Rejected as refusal:
            if _BACK_ALREADY not in str(refusal).lower():
                raise
        return Claim(payment, ClaimKind.REFUND, minor, ClaimStage.LOST)

    async def read(self, mark: str) -> Excerpt:
        """`mark`: how many transactions were read."""
        done = int(mark or 0)
        page = await self._page(done)
        told = tuple(one for one in map(_told, page) if one)
        return Excerpt(told, str(done + len(page)), more=len(page) == self._most)

    async def knows(self, payment: str) -> bool:
        """Everything was read in order: what is not in there is nowhere."""
        return False

    async def close(self) -> None:
        await self._request.shutdown()

    async def _page(self, offset: int) -> tuple[StarTransaction, ...]:
        with _translated():
            return tuple((await self._bot.get_star_transactions(offset, self._most)).transactions)

    async def _payer(self, payment: str) -> int:
        """Who paid for what no order of ours names any more."""
        offset = 0
        while page := await self._page(offset):
            for one in page:
                if one.id == payment and isinstance(one.source, TransactionPartnerUser):
                    return one.source.user.id
            offset += len(page)
        raise Gone("Telegram lists no such charge")


def _told(one: StarTransaction) -> Told | Heard | None:
    """None for what is no sale of ours: withdrawals, gifts, paid media."""
    if isinstance(one.source, TransactionPartnerUser) and one.source.transaction_type == Kind.INVOICE_PAYMENT:
        if one.source.subscription_period:
            order, until = one.source.invoice_payload or "", one.date + timedelta(seconds=MONTH_S)
            return month(one.id, order, Money(one.amount, STARS), one.date, until)
        return paid(one.id, one.source.invoice_payload or "", Money(one.amount, STARS))
    if one.receiver is not None and one.receiver.type == TransactionPartnerType.USER:
        return refunded(one.id, one.amount)
    return None


@contextmanager
def _translated() -> Iterator[None]:
    """Telegram's errors as ours."""
    try:
        yield
    except TelegramError as error:
        raise _ours(error) from error


def _ours(error: TelegramError) -> PaymentError:
    match error:
        case RetryAfter():
            return Busy(error.message)
        case BadRequest():
            return Rejected(error.message)
        case InvalidToken() | Forbidden():
            return KeyRefused(error.message)
        case NetworkError():
            return Unreachable(error.message)
        case _:
            return Rejected(error.message)
