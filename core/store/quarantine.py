"""Payments as operators see them, and what they do about those in doubt. Needs a direct connection."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, LiteralString

from core.store.administration import PROPOSED_S, Moved
from core.store.inner import Inner, ask


@dataclass(frozen=True, slots=True, kw_only=True)
class Payment:
    """Amounts in smallest units of their currency; what a platform sells for us is paid as 1 of 1 without one."""

    provider: str
    reference: str
    at: datetime
    user_id: str | None
    item: str | None
    credits: int | None
    """None: no order of ours names it."""
    minor: int | None
    currency: str | None
    live: bool | None
    paid_minor: int | None
    paid_currency: str | None
    paid_live: bool | None
    refunded_minor: int
    credited: int
    doubt: str | None
    rejected_at: datetime | None

    @property
    def subject(self) -> str:
        """What the journal calls it."""
        return f"payment:{self.provider}:{self.reference}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What the company told of it, as it was recorded."""

    at: datetime
    kind: str
    key: str
    done_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Claimed:
    id: str
    kind: str
    minor: int
    stage: str


_PAYMENT: Final[LiteralString] = """
  select provider, reference, at, user_id::text, item, credits, minor, currency, live, paid_minor, paid_currency,
         paid_live, refunded_minor, credited, doubt, rejected_at
    from tf.payment p"""


class Quarantine:
    def __init__(self, inner: Inner, alone_up_to: int) -> None:
        self._inner = inner
        self._alone_up_to = alone_up_to

    async def payments(
        self, *, doubted: bool, text: str, user_id: str, limit: int, before: tuple[datetime, str] | None
    ) -> tuple[Payment, ...]:
        """Newest first. `before`: time and reference of the last one of a page."""
        query = """
           where (not %(doubted)s or doubt is not null) and (%(text)s = '' or position(%(text)s in reference) > 0)
             and (%(user_id)s = '' or user_id = nullif(%(user_id)s, '')::uuid)
             and (%(at)s::timestamptz is null or (at, reference) < (%(at)s, %(reference)s))
           order by at desc, reference desc limit %(limit)s"""
        at, reference = before or (None, "")
        asked: dict[str, Any] = {"doubted": doubted, "text": text, "user_id": user_id, "limit": limit}
        rows = await self._inner.fetch(_PAYMENT + query, {**asked, "at": at, "reference": reference})
        return tuple(Payment(**row) for row in rows)

    async def payment(self, provider: str, reference: str) -> Payment | None:
        query = " where (provider, reference) = (%(provider)s, %(reference)s)"
        rows = await self._inner.fetch(_PAYMENT + query, {"provider": provider, "reference": reference})
        return Payment(**rows[0]) if rows else None

    async def told(self, one: Payment) -> tuple[tuple[Told, ...], tuple[Claimed, ...]]:
        events = await self._inner.fetch(
            "select at, kind, key, done_at from tf.happening"
            " where platform = %s and record->>'reference' = %s order by at",
            (one.provider, one.reference),
        )
        claims = await self._inner.fetch(
            "select id, kind, minor, stage::text from tf.claim where (provider, reference) = (%s, %s) order by id",
            (one.provider, one.reference),
        )
        return tuple(Told(**row) for row in events), tuple(Claimed(**row) for row in claims)

    async def release(
        self, provider: str, reference: str, *, key: str, why: str, actor: str, amount: int | None, user_id: str | None
    ) -> Moved:
        """What was paid is what was agreed: `amount` or as many as were, to `user_id` or whom it names. Raises
        Unknown, Ended when nothing is in doubt or this does not mend it, Conflict."""
        arguments: dict[str, Any] = {
            "provider": provider, "reference": reference, "key": key, "reason": why, "actor": actor,
            "credits": amount, "user_id": user_id, "alone_up_to": self._alone_up_to, "seconds": PROPOSED_S,
        }  # fmt: skip
        row = await ask(self._inner, "select tf.admin_release_payment(%s) as answer", arguments)
        return Moved(row["proposal"], row["replayed"])

    async def reject(self, provider: str, reference: str, *, key: str, why: str, actor: str) -> bool:
        """It stands for nothing. Whether this call (and not an earlier one) did it. Raises Ended, Conflict."""
        arguments = {"provider": provider, "reference": reference, "key": key, "reason": why, "actor": actor}
        return not (await ask(self._inner, "select tf.admin_reject_payment(%s) as answer", arguments))["replayed"]
