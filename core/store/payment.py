"""What we sell through a company that takes money: orders, what it tells of their payments, and what that moves."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass

from core.domain.pack import Pack
from core.domain.payment import Mismatch, Money, OrderState, Page, Sale, Told
from core.domain.plan import PlanId
from core.domain.record import Json
from core.store.inner import Inner, ask
from core.store.moment import moment
from core.store.port import Transport


@dataclass(frozen=True, slots=True, kw_only=True)
class Buyer:
    """Who asked, and where they are told; `event` is what they did: the same one again is the same order."""

    event: str
    user_id: str
    platform: str
    person: str
    place: str


@dataclass(frozen=True, slots=True)
class Order:
    sale: Sale
    """As it was agreed when it was first asked for."""
    url: str | None
    """Where it is paid, once there is such a page."""


@dataclass(frozen=True, slots=True)
class Agreed:
    sale: Sale
    buyer: Buyer
    """Of whoever has gone only the platform is known."""
    credits: int
    live: bool
    state: OrderState
    url: str | None
    open: bool
    """It can be paid now."""
    plan: PlanId | None
    """What it begins; None: it buys a pack."""

    @property
    def pack(self) -> Pack:
        return Pack(self.sale.item, self.credits, self.sale.money)


class Payments:
    def __init__(self, transport: Transport, provider: str) -> None:
        self._transport = transport
        self.provider = provider

    async def order(
        self,
        buyer: Buyer,
        pack: Pack,
        title: str,
        back: str,
        *,
        live: bool,
        seconds: float,
        least: float,
        plan: PlanId | None = None,
    ) -> Order:
        """`plan`: what it begins, if `pack` is its month. `seconds`: how long it can be paid; `least`: how long a page
        lives at least that is yet to be opened. Raises
        Unknown for a person who is gone, ValueError for a pack without a price."""
        arguments: dict[str, Json] = {
            **asdict(buyer), "provider": self.provider, "item": pack.item, "title": title, "back": back,
            "credits": pack.credits, **asdict(_price(pack)), "live": live, "seconds": seconds, "least_seconds": least,
        }  # fmt: skip
        if plan:
            row = await self._transport.call("open_subscription", {**arguments, "plan": plan})
        else:
            row = await self._transport.call("open_checkout", arguments)
        return Order(_sale(row), row["url"])

    async def agreed(self, order_id: str, back: str = "") -> Agreed | None:
        """What was agreed on; None where there is no such order. `back`: where its page is to lead, unless that was
        said before."""
        row = await self._transport.call("read_checkout", {"provider": self.provider, "id": order_id, "back": back})
        if not row:
            return None
        names = (row["user_id"], row["person"], row["place"])
        user_id, person, place = (name or "" for name in names)
        return Agreed(
            _sale(row),
            Buyer(event="", user_id=user_id, platform=row["platform"], person=person, place=place),
            row["credits"],
            row["live"],
            OrderState(row["state"]),
            row["url"],
            row["open"],
            PlanId(row["plan"]) if row.get("plan") else None,
        )

    async def paged(self, order_id: str, page: Page) -> None:
        await self._transport.call("page_checkout", {"id": order_id, "page": page.id, "url": page.url})

    async def take(self, told: Told) -> bool:
        """Record it and leave it to a worker; whether it is new, or was given up."""
        arguments = {"provider": self.provider, "key": told.event, "kind": told.kind, "record": record(told)}
        return bool((await self._transport.call("take_payment", arguments))["new"])


@dataclass(frozen=True, slots=True)
class Settled:
    moved: int
    """Credits, up or down."""
    payment: str | None
    doubt: Mismatch | None


class Settling:
    """The worker's half; needs a direct connection."""

    def __init__(self, inner: Inner) -> None:
        self._inner = inner

    async def settle(self, provider: str, key: str) -> Settled | None:
        """Bring the ledger to what this event says; None when that was done. What is told of a payment that no order
        has named lies by until one does. Raises Conflict when its person changed this very moment: ask again."""
        row = await ask(self._inner, "select tf.settle_told(%s) as answer", {"provider": provider, "key": key})
        if not row:
            return None
        return Settled(row["moved"], row["reference"], Mismatch(row["doubt"]) if row["doubt"] else None)

    async def sweep(self) -> int:
        """Hand what waits for a minute and nobody works on to a worker again, three times, before it is given up with
        an alert; how many were handed."""
        row = await ask(self._inner, "select tf.sweep_payments(%s) as answer", {})
        return int(row["requeued"])


def _sale(row: Mapping[str, Json]) -> Sale:
    money = Money(row["minor"], row["currency"])
    return Sale(
        row["id"],
        row["item"],
        row["title"],
        money,
        moment(row["expires_at"]),
        row["back"] or "",
        monthly=bool(row.get("plan")),
    )


def _price(pack: Pack) -> Money:
    if pack.price is None:
        raise ValueError(f"{pack.item} has no price of ours")
    return pack.price


def record(told: Told) -> dict[str, Json]:
    """What the SQL reads: only what the event says."""
    said: dict[str, Json] = {
        "reference": told.payment,
        "order": told.order,
        "pays": told.pays,
        "page": told.page,
        "state": told.state,
        "refunded_minor": told.refunded_minor or None,
        "suspected": told.suspected or None,
    }
    if told.paid:
        said |= {"paid_minor": told.paid.minor, "paid_currency": told.paid.currency}
    if told.claim:
        said["claim"] = asdict(told.claim)
    return {"live": told.live, **{name: value for name, value in said.items() if value is not None}}
