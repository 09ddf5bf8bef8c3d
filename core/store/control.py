"""Jobs and switches in operators' hands. Needs a direct connection."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from core.domain.record import Json
from core.store.inner import Inner, ask
from core.store.outbox import Post

OPEN: Final = ("queued", "running")


@dataclass(frozen=True, slots=True, kw_only=True)
class JobRow:
    """A job as a listing needs it; credits."""

    id: str
    code: str
    user_id: str
    kind: str
    status: str
    stage: str
    model: str | None
    platform: str | None
    price: int
    captured: int | None
    attempts: int
    failure: str | None
    created_at: datetime
    ended_at: datetime | None
    stale: bool
    """It runs, and its worker has given no sign of life for half a minute."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Hold:
    status: str
    total: int
    captured: int
    from_monthly: int
    from_granted: int
    from_purchased: int
    expires_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Tried:
    """One call of a model."""

    model: str
    error: str
    cost_micro_usd: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Switch:
    """One that is off."""

    name: str
    at: datetime
    actor: str
    reason: str


class Control:
    def __init__(self, inner: Inner) -> None:
        self._inner = inner

    async def jobs(
        self, *, statuses: Sequence[str], text: str, user_id: str, limit: int, before: tuple[datetime, str] | None
    ) -> tuple[JobRow, ...]:
        """Newest first. `before`: time and id of the last one of a page; `text`: a code, or how one begins."""
        query = """
          select id::text, code, user_id::text, kind, status, stage, model, platform, price, captured, attempts,
                 failure, created_at, ended_at,
                 coalesce(status = 'running' and heartbeat_at <= tf.now() - interval '30 seconds', false) as stale
            from tf.job
           where (cardinality(%(statuses)s::text[]) = 0 or status = any (%(statuses)s::text[]))
             and (%(text)s = '' or starts_with(code, upper(%(text)s)) or kind = lower(%(text)s))
             and (%(user_id)s = '' or user_id = nullif(%(user_id)s, '')::uuid)
             and (%(at)s::timestamptz is null or (created_at, id::text) < (%(at)s, %(id)s))
           order by created_at desc, id::text desc limit %(limit)s"""
        at, last = before or (None, "")
        asked: dict[str, Any] = {"statuses": list(statuses), "text": text, "user_id": user_id, "limit": limit}
        rows = await self._inner.fetch(query, {**asked, "at": at, "id": last})
        return tuple(JobRow(**row) for row in rows)

    async def hold(self, job_id: str) -> Hold | None:
        query = """select status, total, captured, from_monthly, from_granted, from_purchased, expires_at
                     from tf.hold where job_id = %s"""
        rows = await self._inner.fetch(query, (job_id,))
        return Hold(**rows[0]) if rows else None

    async def tried(self, job_id: str) -> tuple[Tried, ...]:
        """Every call of a model the job made, as far as it was kept: with its versions, or with its end."""
        query = """
          select a->>'model' as model, coalesce(a->>'error', '') as error,
                 coalesce((a->>'cost_micro_usd')::bigint, 0) as cost_micro_usd
            from (select 0 as rank, created_at as at, facts->'attempts' as calls from tf.version where job_id = %(job)s
                  union all
                  select 1, created_at, result->'attempts' from tf.job where id = %(job)s) kept,
                 jsonb_array_elements(case jsonb_typeof(calls) when 'array' then calls else '[]' end)
                   with ordinality as c (a, place)
           order by rank, at, place"""
        return tuple(Tried(**row) for row in await self._inner.fetch(query, {"job": job_id}))

    async def take(self, job_id: str, *, retry: bool, key: str, why: str, actor: str) -> bool:
        """Begin an open job anew, or end it with what it has delivered and give the rest back. Whether this call (and
        not an earlier one) did it. Raises Unknown, Ended, Conflict while a worker is at it."""
        arguments = {"job_id": job_id, "retry": retry, "key": key, "reason": why, "actor": actor}
        return not (await ask(self._inner, "select tf.admin_job(%s) as answer", arguments))["replayed"]

    async def repeat(
        self,
        job_id: str,
        *,
        new_id: str,
        code: str,
        order: Mapping[str, Json],
        outbox: Sequence[Post],
        key: str,
        why: str,
        actor: str,
    ) -> bool:
        """Order a job that failed once more, at the house's expense, as `new_id`. Whether this call (and not an earlier
        one) did it. Raises Unknown, Ended for one that has not failed, Conflict where it was begun again before."""
        arguments: dict[str, Any] = {
            "job_id": job_id, "new_id": new_id, "code": code, "order": dict(order),
            "outbox": [post.record() for post in outbox], "key": key, "reason": why, "actor": actor,
        }  # fmt: skip
        return not (await ask(self._inner, "select tf.admin_repeat(%s) as answer", arguments))["replayed"]

    async def repeated(self, job_id: str) -> tuple[str, str]:
        """Codes of the job it repeats, and of the last one that repeats it; empty: none."""
        query = """select coalesce((select code from tf.job where id = j.repeats), '') as of,
                          coalesce((select code from tf.job where repeats = j.id
                                     order by created_at desc limit 1), '') as by
                     from tf.job j where j.id = %s"""
        rows = await self._inner.fetch(query, (job_id,))
        return (rows[0]["of"], rows[0]["by"]) if rows else ("", "")

    async def switches(self) -> tuple[Switch, ...]:
        """Those that are off."""
        rows = await self._inner.fetch("select name, at, actor, reason from tf.switch order by name")
        return tuple(Switch(**row) for row in rows)

    async def switch(
        self, name: str, *, off: bool, kinds: Sequence[str], models: Sequence[str], key: str, why: str, actor: str
    ) -> bool:
        """`kinds` of jobs are refused, `models` rest. Whether this call (and not an earlier one) did it."""
        arguments: dict[str, Any] = {
            "name": name, "off": off, "kinds": list(kinds), "models": list(models),
            "key": key, "reason": why, "actor": actor,
        }  # fmt: skip
        return not (await ask(self._inner, "select tf.admin_switch(%s) as answer", arguments))["replayed"]
