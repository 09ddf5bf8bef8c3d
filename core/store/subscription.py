"""Subscriptions in the store: whatever is told of one, however often and in any order, comes to one balance."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from core.domain.entitlement import Membership, Right, Span
from core.domain.plan import GRACE_DAYS, PLANS, Plan, PlanId, Tariff
from core.domain.record import Json
from core.domain.subscription import GIVEN, Heard, Line, Standing, Status, Subscription, Term
from core.store.inner import Inner, ask
from core.store.moment import moment_or_none
from core.store.port import Transport


@dataclass(frozen=True, slots=True)
class Merged:
    subscription: Subscription
    moved: int
    """Credits, up or down."""


@dataclass(frozen=True, slots=True)
class Managed:
    """A subscription by card that goes on."""

    reference: str
    customer: str
    platform: str
    person: str
    """Who began it, where, as their platform calls them."""


@dataclass(frozen=True, slots=True)
class Held:
    """A subscription that a platform collects, and whose it is."""

    user_id: str
    membership: Membership
    plans: Mapping[str, PlanId]
    """What its items stand for."""


class Subscriptions:
    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    async def merge(
        self,
        provider: str,
        reference: str,
        *,
        user_id: str | None = None,
        standing: Standing | None = None,
        term: Term | None = None,
        grace_days: int = GRACE_DAYS,
    ) -> Merged:
        """Bring row and ledger to what this says; again it changes nothing. Without anybody it belongs to (`user_id`
        told now or before) no credits move yet. Raises Unknown for a person who is gone, and Conflict when they changed
        this very moment: ask again."""
        said: dict[str, Json] = {"grace_days": grace_days, **({"user_id": user_id} if user_id else {})}
        if standing:
            said["standing"] = record(standing)
        if term:
            said["term"] = record(term)
        return await self._merge(provider, reference, said)

    async def give(self, user_id: str, plan: Plan, *, key: str, at: datetime, ends: bool = False) -> Merged:
        """An operator's plan, one per `key`: the credits of this calendar month come with the next look at what has
        begun, and each month's after that until it is told that it `ends`. Raises as `merge` does."""
        standing = record(Standing(at=at, plan=plan.id, ends=ends))
        said: dict[str, Json] = {"user_id": user_id, "given": plan.monthly_credits, "standing": standing}
        return await self._merge(GIVEN, key, said)

    async def of(self, user_id: str) -> tuple[PlanId, tuple[Subscription, ...]]:
        """The plan a person has now, and every subscription of theirs, newest first."""
        row = await self._transport.call("subscriptions", {"user_id": user_id})
        return PlanId(row["plan"]), tuple(map(_read, row["subscriptions"]))

    async def managed(self, provider: str, order: str) -> Managed | None:
        """The one that began with this order; None where there is none that can be changed."""
        row = await self._transport.call("find_subscription", {"provider": provider, "order": order})
        return Managed(row["reference"], row["customer"], row["platform"], row["person"] or "") if row else None

    async def collected(self, provider: str, order: str) -> tuple[str, ...]:
        """What paid the months of the one that began with this order, the latest first; empty once none is collected
        any more."""
        return tuple(await self._transport.call("collected", {"provider": provider, "order": order}))

    async def end_collecting(self, provider: str, order: str) -> None:
        """It ends with what is paid; again it changes nothing."""
        await self._transport.call("end_collecting", {"provider": provider, "order": order})

    async def take(self, provider: str, heard: Heard, tariffs: Sequence[Tariff], grace_days: int = GRACE_DAYS) -> bool:
        """Record what a company told and leave it to a worker; whether it is new, or was given up. `tariffs`: what it
        sells today."""
        said = {**record_of(heard), "grace_days": grace_days, "tariffs": {one.item: _tariff(one) for one in tariffs}}
        arguments = {"provider": provider, "key": heard.event, "kind": heard.kind, "record": said}
        return bool((await self._transport.call("take_payment", arguments))["new"])

    async def entitled(
        self,
        provider: str,
        rights: Sequence[Right],
        held: Held | None,
        *,
        happenings: Sequence[str],
        grace_days: int = GRACE_DAYS,
    ) -> int:
        """What a platform tells of plans it sells; how many credits moved. `held`: whose subscription is known.
        `happenings` are closed with it. Raises as `merge` does."""
        facts = [{"id": one.id, **({"gone": True} if one.gone else {}), **_ended(one)} for one in rights]
        said: dict[str, Json] = {"provider": provider, "entitlements": facts, "happenings": list(happenings)}
        if held:
            one = held.membership
            spans = [_span(span, held.plans[span.item]) for span in one.spans]
            said["subscription"] = {
                "reference": one.reference,
                "user_id": held.user_id,
                "plan": held.plans[one.next],
                "ends": one.ends,
                "until": one.until.isoformat(),
                "grace_days": grace_days,
                "terms": spans,
            }
        row = await self._transport.call("merge_entitled", said)
        return int(row["moved"])

    async def entitled_due(self, provider: str, rights: Sequence[str]) -> frozenset[str]:
        """Those of these ids of which no period is known that is paid now."""
        row = await self._transport.call("entitled_due", {"provider": provider, "ids": list(rights)})
        return frozenset(row["due"])

    async def _merge(self, provider: str, reference: str, said: Mapping[str, Json]) -> Merged:
        row = await self._transport.call("merge_subscription", {"provider": provider, "reference": reference, **said})
        return Merged(_read(row), row["moved"])


class Periods:
    """The worker's half; needs a direct connection."""

    def __init__(self, inner: Inner) -> None:
        self._inner = inner

    async def begin(self) -> int:
        """Credit what has begun by now, once wherever and however often this is called; how many credits moved."""
        row = await ask(self._inner, "select tf.begin_periods(%s) as answer", {})
        return int(row["moved"])


def record(said: Standing | Term) -> dict[str, Json]:
    """What the SQL reads: only what was told."""
    return {
        name: value.isoformat() if isinstance(value, datetime) else value
        for name, value in asdict(said).items()
        if value is not None
    }


def _ended(right: Right) -> dict[str, Json]:
    return {"ended_at": right.ended_at.isoformat()} if right.ended_at else {}


def _span(span: Span, plan: PlanId) -> dict[str, Json]:
    return {
        "entitlement": span.right,
        "plan": plan,
        "credits": PLANS[plan].monthly_credits,
        "starts_at": span.starts_at.isoformat(),
        "until": span.until.isoformat(),
    }


def _tariff(sold: Tariff) -> dict[str, Json]:
    return {"plan": sold.plan, "credits": PLANS[sold.plan].monthly_credits, **asdict(sold.price)}


def record_of(heard: Heard) -> dict[str, Json]:
    """What the SQL reads: only what the event says."""
    said: dict[str, Json] = {
        "subscription": heard.reference,
        "order": heard.order,
        "live": heard.live,
        "at": heard.at.isoformat(),
    }
    if heard.customer:
        said["customer"] = heard.customer
    if heard.state:
        said |= {"item": heard.item, "state": heard.state, "ends": heard.ends}
    if heard.bill:
        said["bill"] = {"id": heard.bill.id, "total": heard.bill.total, "lines": list(map(_line, heard.bill.lines))}
        if heard.bill.payment:
            said["bill"]["payment"] = heard.bill.payment
    return said


def _line(line: Line) -> dict[str, Json]:
    named = {"id": line.id, "item": line.item, "quantity": line.quantity, "part": line.part, **asdict(line.money)}
    return {**named, "starts_at": line.starts_at.isoformat(), "until": line.until.isoformat()}


def _read(row: Mapping[str, Any]) -> Subscription:
    return Subscription(
        provider=row["provider"],
        reference=row["reference"],
        plan=PlanId(row["plan"]) if row["plan"] else None,
        paid_plan=PlanId(row["paid_plan"]) if row["paid_plan"] else None,
        until=moment_or_none(row["until"]),
        ends=row["ends"],
        status=Status(row["status"]),
        order=row["order"] or "",
    )
