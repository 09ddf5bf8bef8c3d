"""The books as operators read them: people with their wallets, and every movement. Needs a direct connection."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, LiteralString

from core.store.argument import argument
from core.store.inner import Inner

LAST: Final = 2**63 - 1
"""Above every id: a first page begins there."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """Somebody with what their wallet holds now."""

    user_id: str
    wallet_id: str
    identities: tuple[str, ...]
    """`telegram:123`; of a browser only `web`, since the rest is nobody's business."""
    language: str
    plan: str
    created_at: datetime
    last_seen_at: datetime
    monthly: int
    granted: int
    purchased: int
    held: int
    debt: int
    frozen_at: datetime | None

    @property
    def to_spend(self) -> int:
        return self.monthly + self.granted + self.purchased


@dataclass(frozen=True, slots=True, kw_only=True)
class Posting:
    """A movement with all its entries."""

    id: int
    at: datetime
    kind: str
    key: str
    reference: str | None
    wallet_id: str
    user_id: str | None
    """None: they have left."""
    entries: tuple[tuple[str, int], ...]
    """Account and amount; they sum to zero."""

    @property
    def credits(self) -> int:
        """By how much what can be spent has changed."""
        return sum(amount for account, amount in self.entries if account in ("monthly", "granted", "purchased"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Which movements: empty is any."""

    kind: str = ""
    user_id: str = ""
    text: str = ""
    """Part of the key or the reference."""
    since: str = ""
    until: str = ""
    """Days as 2026-11-21 (UTC), both included."""


_PERSON: Final[LiteralString] = """
  select u.id::text as user_id, w.id::text as wallet_id, u.language, tf.plan_of(u.id) as plan, u.created_at,
         u.last_seen_at, (r->>'monthly')::bigint as monthly, (r->>'granted')::bigint as granted, w.purchased, w.held,
         w.debt, w.frozen_at,
         array(select case i.platform when 'web' then 'web' else i.platform || ':' || i.ref end
                 from tf.identity i where i.user_id = u.id order by i.created_at) as identities
    from tf.users u join tf.wallet w on w.user_id = u.id, lateral tf.wallet_record(w, tf.now()) r"""


class Ledger:
    def __init__(self, inner: Inner) -> None:
        self._inner = inner

    async def person(self, user_id: str) -> Person | None:
        return next(iter(await self._people(" where u.id = %(user_id)s::uuid", user_id=user_id)), None)

    async def people(self, *, limit: int, offset: int = 0) -> tuple[Person, ...]:
        """Who was here last comes first."""
        return await self._people(
            " order by u.last_seen_at desc, u.id limit %(limit)s offset %(offset)s", limit=limit, offset=offset
        )

    async def found(self, **asked: str) -> tuple[Person, ...]:
        """Who goes by `platform` and `ref`, or whose id, former id or wallet's id begins with `account`."""
        query = """ where u.id in (select (f->>'user_id')::uuid
                      from jsonb_array_elements(tf.find_persons(%(asked)s)) f) order by u.last_seen_at desc"""
        return await self._people(query, asked=argument(asked))

    async def _people(self, clause: LiteralString, **parameters: Any) -> tuple[Person, ...]:
        rows = await self._inner.fetch(_PERSON + clause, parameters)
        return tuple(Person(**{**row, "identities": tuple(row["identities"])}) for row in rows)

    async def postings(self, wanted: Wanted, *, limit: int, before: int = LAST) -> tuple[Posting, ...]:
        """Newest first, of ids below `before`."""
        query = """
          select t.id, t.at, t.kind, t.key, t.reference, t.wallet_id::text, w.user_id::text,
                 array(select e.account from tf.entry e where e.txn_id = t.id order by e.line) as accounts,
                 array(select e.amount from tf.entry e where e.txn_id = t.id order by e.line) as amounts
            from tf.txn t join tf.wallet w on w.id = t.wallet_id
           where t.id < %(before)s and (%(kind)s = '' or t.kind = %(kind)s)
             and (%(user_id)s = '' or w.user_id = nullif(%(user_id)s, '')::uuid)
             and (%(text)s = '' or position(%(text)s in t.key) > 0 or position(%(text)s in t.reference) > 0)
             and (%(since)s = '' or t.at >= nullif(%(since)s, '')::date)
             and (%(until)s = '' or t.at < nullif(%(until)s, '')::date + 1)
           order by t.id desc limit %(limit)s"""
        asked = {name: getattr(wanted, name) for name in Wanted.__dataclass_fields__}
        rows = await self._inner.fetch(query, {**asked, "limit": limit, "before": before})
        return tuple(
            Posting(entries=tuple(zip(row.pop("accounts"), row.pop("amounts"), strict=True)), **row) for row in rows
        )

    async def kinds(self) -> tuple[str, ...]:
        """Of movements, as far as there are any."""
        rows = await self._inner.fetch("select distinct kind from tf.txn order by kind")
        return tuple(row["kind"] for row in rows)

    async def audit(self) -> dict[str, int]:
        """The four numbers that are always zero."""
        return dict((await self._inner.fetch("select * from tf.audit"))[0])
