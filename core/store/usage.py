"""What was called, what it cost, and what it brought, by day; and what waits for somebody to look at it. Needs a direct
connection."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from core.store.inner import Inner, ask


@dataclass(frozen=True, slots=True, kw_only=True)
class Calls:
    """Of one model on one day (UTC)."""

    day: date
    provider: str
    model: str
    calls: int
    failed: int
    cost_micro_usd: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Takings:
    """Of one day (UTC): credits people paid for work, and jobs that ended."""

    day: date
    credits: int
    jobs: int
    failed: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Revenue:
    """What was paid on one day (UTC) in one currency, less what was given back of it since."""

    day: date
    currency: str
    minor: int
    micro_usd: int | None
    """None: nobody said what this currency is worth to us."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Alert:
    key: str
    kind: str
    detail: dict[str, Any]
    times: int
    raised_at: datetime
    last_at: datetime
    resolved_at: datetime | None


class Usage:
    def __init__(self, inner: Inner) -> None:
        self._inner = inner

    async def today(self) -> date:
        """By the database's clock."""
        (row,) = await self._inner.fetch("select (tf.now() at time zone 'UTC')::date as day")
        day: date = row["day"]
        return day

    async def calls(self, since: date) -> tuple[Calls, ...]:
        """Every call of a model, as it was kept with what came of it or with its job's end."""
        query = """
          select (at at time zone 'UTC')::date as day, coalesce(nullif(a->>'provider', ''), 'studio') as provider,
                 a->>'model' as model, count(*) as calls,
                 count(*) filter (where coalesce(a->>'error', '') <> '') as failed,
                 coalesce(sum((a->>'cost_micro_usd')::bigint), 0)::bigint as cost_micro_usd
            from (select created_at as at, facts->'attempts' as tried from tf.version where created_at >= %(since)s
                  union all
                  select ended_at, result->'attempts' from tf.job where ended_at >= %(since)s) kept,
                 jsonb_array_elements(case jsonb_typeof(tried) when 'array' then tried else '[]' end) a
           group by 1, 2, 3 order by 1, 2, 3"""
        return tuple(Calls(**row) for row in await self._inner.fetch(query, {"since": since}))

    async def takings(self, since: date) -> tuple[Takings, ...]:
        query = """
          select (ended_at at time zone 'UTC')::date as day, coalesce(sum(captured), 0)::bigint as credits,
                 count(*) as jobs, count(*) filter (where status = 'failed') as failed
            from tf.job where ended_at >= %(since)s group by 1 order by 1"""
        return tuple(Takings(**row) for row in await self._inner.fetch(query, {"since": since}))

    async def revenue(self, since: date) -> tuple[Revenue, ...]:
        """By the day the company told of it; what is in doubt or was given back stands for nothing."""
        query = """
          select day, currency, minor, (minor * e.micro_usd)::bigint as micro_usd
            from (select (at at time zone 'UTC')::date as day, coalesce(paid_currency, currency) as currency,
                         sum((minor::numeric * credited / credits)::bigint)::bigint as minor
                    from tf.payment
                   where at >= %(since)s and credited > 0 and coalesce(paid_currency, currency) <> ''
                   group by 1, 2) paid
            left join tf.fund_rate e using (currency) order by day, currency"""
        return tuple(Revenue(**row) for row in await self._inner.fetch(query, {"since": since}))

    async def alerts(self, limit: int) -> tuple[Alert, ...]:
        """Open ones first, then what was resolved last."""
        query = """select key, kind, detail, times, raised_at, last_at, resolved_at from tf.alert
                    order by resolved_at is not null, coalesce(resolved_at, last_at) desc limit %s"""
        return tuple(Alert(**row) for row in await self._inner.fetch(query, (limit,)))

    async def resolve(self, alert: str, *, key: str, why: str, actor: str) -> bool:
        """Whether this call (and not an earlier one) did it. Raises Ended, Conflict."""
        arguments = {"alert": alert, "key": key, "reason": why, "actor": actor}
        return not (await ask(self._inner, "select tf.admin_resolve(%s) as answer", arguments))["replayed"]
