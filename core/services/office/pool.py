"""Pools: the money that lies with providers, in micro-USD, and what operators do about it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from core.domain.administration import Act, Admin
from core.domain.record import Json
from core.services.catalogue import LiveCatalogue, Off
from core.services.office.act import Reason, Refused, permitted, said, translated, within
from core.store.administration import Moved
from core.store.fund import Fund, Funds, Request, Shares

MOST_MICRO_USD = 1_000_000_000_000
"""A million dollars."""


@dataclass(frozen=True, slots=True)
class Pool:
    provider: str
    ready: bool
    """Whether it has a key."""
    models: tuple[str, ...]
    left_out: tuple[str, ...]
    """Those of its models that nobody is offered, because what is left may not do for their dearest set."""
    fund: Fund | None
    """None: it is asked without limit."""
    request: Request | None
    """The last time a refill was asked for."""

    @property
    def share(self) -> int:
        """Of its last refill, what is left over what is reserved, in hundredths."""
        fund = self.fund
        return max(0, fund.balance - fund.reserved) * 100 // fund.filled if fund and fund.filled > 0 else 0

    @property
    def empty(self) -> bool:
        """Whether nothing may be spent with it, but what was reserved."""
        return self.fund is not None and self.fund.left is not None and self.fund.left <= 0

    @property
    def unused(self) -> int:
        """What the others would get at the end of the month, or could now: all above what it keeps, or needs."""
        fund = self.fund
        if fund is None:
            return 0
        floor = max(fund.low, fund.emergency) if fund.keeps is None else fund.keeps
        return max(0, fund.balance - fund.reserved - floor)


@dataclass(frozen=True, slots=True)
class PoolRoom:
    funds: Funds
    catalogue: LiveCatalogue

    @translated
    async def listed(self) -> tuple[Pool, ...]:
        """Every provider that sells us pictures, those with money first."""
        await self.catalogue.reload()
        rows = [row for row in self.catalogue.rows if not row.model.free]
        funds = {fund.provider: fund for fund in await self.funds.all()}
        requests = {one.provider: one for one in await self.funds.requests()}
        known = sorted({*self.catalogue.sheet.keys, *funds}, key=lambda name: (name not in funds, name))
        return tuple(
            Pool(
                provider,
                provider in self.catalogue.doors,
                tuple(row.model.label for row in rows if row.model.provider == provider),
                tuple(row.model.label for row in rows if row.model.provider == provider and row.off is Off.UNFUNDED),
                funds.get(provider),
                requests.get(provider),
            )
            for provider in known
        )

    @translated
    async def refill(self, admin: Admin, provider: str, amount: int, *, key: str, why: str) -> Moved:
        """Book money that was sent to a provider, below zero a correction; the first makes its pool. Beyond what one
        operator opens to spending within a day it is only proposed, as all that is done here."""
        permitted(admin, Act.POOL_REFILL)
        within(abs(amount), MOST_MICRO_USD)
        self._provider(provider)
        return await self.funds.refill(provider, amount, key=key, why=said(why), actor=admin.name)

    @translated
    async def move(self, admin: Admin, provider: str, to: str, amount: int, *, key: str, why: str) -> Moved:
        """From one pool to another."""
        permitted(admin, Act.POOL_MOVE)
        within(amount, MOST_MICRO_USD)
        if self._provider(provider) == self._provider(to):
            raise Refused(Reason.UNKNOWN, "it is one and the same pool")
        return await self.funds.move(provider, to, amount, key=key, why=said(why), actor=admin.name)

    @translated
    async def rule(self, admin: Admin, provider: str, changes: Mapping[str, Json], *, key: str, why: str) -> Moved:
        """Caps, thresholds and shares, as `Funds.set` takes them; what is not named stays."""
        permitted(admin, Act.POOL_SET)
        if not changes:
            raise Refused(Reason.AMOUNT)
        return await self.funds.set(self._provider(provider), changes, key=key, why=said(why), actor=admin.name)

    @translated
    async def shares(self) -> Shares:
        """What of people's payments is set aside."""
        return await self.funds.shares()

    @translated
    async def share(self, admin: Admin, percent: int | None, rates: Mapping[str, int], *, key: str, why: str) -> bool:
        """Of what is paid or given back from now on; `rates` as `Shares` has them. Whether it is new."""
        permitted(admin, Act.SHARE_SET)
        if percent is None and not rates:
            raise Refused(Reason.AMOUNT)
        within(max(rates.values(), default=1), MOST_MICRO_USD)
        return await self.funds.share(percent, rates, key=key, why=said(why), actor=admin.name)

    def _provider(self, name: str) -> str:
        known = self.catalogue.sheet.keys
        if name not in known:
            raise Refused(Reason.UNKNOWN, f"there is no provider {name}; there are {', '.join(sorted(known))}")
        return name
