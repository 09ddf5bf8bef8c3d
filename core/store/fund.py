"""Funds: our money with the providers, in micro-USD. Operators call them pools. Needs a direct connection."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from core.domain.record import Json
from core.store.administration import PROPOSED_S, Moved
from core.store.inner import Inner, ask


@dataclass(frozen=True, slots=True, kw_only=True)
class Fund:
    provider: str
    active: bool
    """False: the provider is asked without limit, and what it costs is booked."""
    balance: int
    """Below zero: it has cost more than there was."""
    reserved: int
    """For jobs under way."""
    filled: int
    """The balance after the last refill."""
    spent_today: int
    daily_cap: int | None
    low: int
    """Below this a refill is asked for; also below a fifth of `filled`."""
    emergency: int
    """Never spent: beyond it the provider is on no route."""
    weight: int
    """Its part of what is set aside from revenue."""
    keeps: int | None
    """What is above this at the end of a month goes to the others; None: all stays."""
    left: int | None
    """What may still be spent; None: without limit."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """A refill that was asked for."""

    provider: str
    level: str
    """How far the money had run out when it was last looked at."""
    since: datetime
    told_at: datetime | None
    """When operators last heard of it."""
    ended_at: datetime | None
    """When there was enough again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Shares:
    """What of people's payments is set aside for the funds."""

    percent: int
    rates: Mapping[str, int]
    """By currency, micro-USD of its smallest unit."""
    without: tuple[str, ...]
    """Currencies somebody paid in that have no rate: of those nothing is set aside."""


class Funds:
    def __init__(self, inner: Inner, alone_up_to: int | None = None) -> None:
        """`alone_up_to`: micro-USD one person may open to spending within a day without anybody else; None: any."""
        self._inner = inner
        self._alone_up_to = alone_up_to

    async def all(self) -> tuple[Fund, ...]:
        return tuple(Fund(**row) for row in await ask(self._inner, "select tf.funds(%s) as answer", {}))

    async def requests(self) -> tuple[Request, ...]:
        """The last of every provider."""
        query = """select detail->>'provider' as provider, detail->>'level' as level, raised_at as since, told_at,
                          resolved_at as ended_at from tf.alert where kind = 'pool.low' order by provider"""
        return tuple(Request(**row) for row in await self._inner.fetch(query))

    async def closed(self, job_id: str) -> frozenset[str]:
        """Providers this job may spend nothing with."""
        return frozenset(await ask(self._inner, "select tf.closed_funds(%s) as answer", {"job_id": job_id}))

    async def tend(self) -> None:
        """Move what last month left over, once a month, and raise or resolve the alerts of what runs out."""
        await ask(self._inner, "select tf.move_unused(%s) as answer", {})
        await ask(self._inner, "select tf.check_pools(%s) as answer", {})

    async def refill(self, provider: str, amount: int, *, key: str, why: str, actor: str) -> Moved:
        """Book money sent to a provider, below zero a correction; its fund is made if there is none. Raises Conflict
        for a key that did something else."""
        return await self._act("pool_refill", provider, key, why, actor, {"amount": amount})

    async def move(self, provider: str, to: str, amount: int, *, key: str, why: str, actor: str) -> Moved:
        """Raises Unknown where either has no fund; else as `refill`."""
        return await self._act("pool_move", provider, key, why, actor, {"to": to, "amount": amount})

    async def set(self, provider: str, changes: Mapping[str, Json], *, key: str, why: str, actor: str) -> Moved:
        """`changes`: active, cap, low, emergency, weight, keeps; a cap or keeps of -1 takes it away. Raises
        Unknown where there is no fund."""
        return await self._act("pool_set", provider, key, why, actor, changes)

    async def shares(self) -> Shares:
        row = await ask(self._inner, "select tf.shares(%s) as answer", {})
        return Shares(percent=row["percent"], rates=row["rates"], without=tuple(row["without"]))

    async def share(self, percent: int | None, rates: Mapping[str, int], *, key: str, why: str, actor: str) -> bool:
        """What is set aside from now on; whether this call (and not an earlier one) said so. Raises Conflict."""
        said: dict[str, Json] = {"key": key, "reason": why, "actor": actor, "rates": dict(rates)}
        if percent is not None:
            said["percent"] = percent
        return not (await ask(self._inner, "select tf.admin_share(%s) as answer", said))["replayed"]

    async def _act(self, act: str, provider: str, key: str, why: str, actor: str, more: Mapping[str, Json]) -> Moved:
        said = {"act": act, "provider": provider, "key": key, "reason": why, "actor": actor, **more}
        if self._alone_up_to is not None:
            said |= {"alone_up_to": self._alone_up_to, "seconds": PROPOSED_S}
        return Moved(**await ask(self._inner, "select tf.admin_fund(%s) as answer", said))
