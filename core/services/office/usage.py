"""Usage: what was called, what it cost us and what it brought; and alerts."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from core.domain.administration import Act, Admin
from core.services.office.act import permitted, said, translated
from core.store.usage import Alert, Calls, Revenue, Takings, Usage


@dataclass(frozen=True, slots=True, kw_only=True)
class Sum:
    """Of calls that belong together."""

    name: str
    provider: str
    calls: int
    failed: int
    cost_micro_usd: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Day:
    day: date
    calls: int
    cost_micro_usd: int
    jobs: int
    failed: int
    credits: int
    revenue: tuple[Revenue, ...]


@dataclass(frozen=True, slots=True)
class Figures:
    """What was called, what it cost us and what it brought, from a day (UTC) until now."""

    since: date
    calls: tuple[Calls, ...]
    takings: tuple[Takings, ...]
    revenue: tuple[Revenue, ...]

    @property
    def cost_micro_usd(self) -> int:
        return sum(row.cost_micro_usd for row in self.calls)

    @property
    def credits(self) -> int:
        return sum(row.credits for row in self.takings)

    @property
    def jobs(self) -> int:
        return sum(row.jobs for row in self.takings)

    @property
    def failed(self) -> int:
        return sum(row.failed for row in self.takings)

    @property
    def paid(self) -> dict[str, int]:
        """Smallest units by currency, less what was given back."""
        found: dict[str, int] = defaultdict(int)
        for row in self.revenue:
            found[row.currency] += row.minor
        return dict(sorted(found.items()))

    @property
    def worth_micro_usd(self) -> int:
        """All that was paid, at the rates of the day: of currencies without one, nothing."""
        return sum(row.micro_usd or 0 for row in self.revenue)

    @property
    def models(self) -> tuple[Sum, ...]:
        """All days together, the dearest first."""
        return self._summed(by_model=True)

    @property
    def providers(self) -> tuple[Sum, ...]:
        return self._summed(by_model=False)

    def _summed(self, *, by_model: bool) -> tuple[Sum, ...]:
        found: dict[tuple[str, str], list[Calls]] = defaultdict(list)
        for row in self.calls:
            found[row.provider, row.model if by_model else row.provider].append(row)
        sums = (
            Sum(
                name=name,
                provider=provider,
                calls=sum(row.calls for row in rows),
                failed=sum(row.failed for row in rows),
                cost_micro_usd=sum(row.cost_micro_usd for row in rows),
            )
            for (provider, name), rows in found.items()
        )
        return tuple(sorted(sums, key=lambda row: (-row.cost_micro_usd, -row.calls, row.name)))

    @property
    def days(self) -> tuple[Day, ...]:
        """Those on which something happened, the latest first."""
        takings = {row.day: row for row in self.takings}
        happened = {*takings, *(row.day for row in self.calls), *(row.day for row in self.revenue)}
        return tuple(self._day(day, takings.get(day)) for day in sorted(happened, reverse=True))

    def _day(self, day: date, ended: Takings | None) -> Day:
        rows: Sequence[Calls] = [row for row in self.calls if row.day == day]
        return Day(
            day=day,
            calls=sum(row.calls for row in rows),
            cost_micro_usd=sum(row.cost_micro_usd for row in rows),
            jobs=ended.jobs if ended else 0,
            failed=ended.failed if ended else 0,
            credits=ended.credits if ended else 0,
            revenue=tuple(row for row in self.revenue if row.day == day),
        )


@dataclass(frozen=True, slots=True)
class UsageRoom:
    usage: Usage

    @translated
    async def figures(self, days: int) -> Figures:
        """Of so many days, today included."""
        since = await self.usage.today() - timedelta(days=days - 1)
        return Figures(
            since,
            await self.usage.calls(since),
            await self.usage.takings(since),
            await self.usage.revenue(since),
        )

    @translated
    async def alerts(self, limit: int) -> tuple[Alert, ...]:
        """Open ones first, then what was seen to last."""
        return await self.usage.alerts(limit)

    @translated
    async def resolve(self, admin: Admin, alert: str, *, key: str, why: str) -> bool:
        """An alert is seen to."""
        permitted(admin, Act.RESOLVE_ALERT)
        return await self.usage.resolve(alert, key=key, why=said(why), actor=admin.name)
