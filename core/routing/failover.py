"""Walking a route: next, wait and retry, or stop. Which error means which is the error's own attribute."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass

from core.domain.model import ModelSpec
from core.domain.record import Json
from core.providers.base import Painted
from core.providers.error import Busy, Change, ProviderError, Reaction, TimedOut

BREATH_S = 1.0
"""Wait before asking again where the provider names no time."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Deadlines:
    """Seconds. They bind models only: the studio is last, costs nothing and may have to queue."""

    variant: float = 600.0
    """For all of a variant's models together, the wait for a place in their pools included. One call has a time of its
    own, which is the caller's."""
    wait: float = 40.0
    """The longest wait a provider may ask for; per-minute quotas ask for up to 34 s. Longer: the next model."""


@dataclass(frozen=True, slots=True)
class Attempt:
    model: str
    error: str
    """Class name of what went wrong; empty for the attempt that succeeded."""
    reason: str = ""
    """`core.providers.error.Reason` of it."""
    seconds: float = 0.0
    cost_micro_usd: int = 0
    provider: str = ""
    """Who is paid for it; empty in what was stored before this was kept."""

    def record(self) -> dict[str, Json]:
        """As it is kept with the picture, or with the job if nothing came of it."""
        return {
            "model": self.model,
            "error": self.error,
            "reason": self.reason,
            "seconds": round(self.seconds, 2),
            "cost_micro_usd": self.cost_micro_usd,
            "provider": self.provider,
        }


class RouteExhausted(Exception):
    """Every model was tried; `last` is the last error, `attempts` all of them."""

    def __init__(self, attempts: tuple[Attempt, ...], last: ProviderError | None) -> None:
        super().__init__(f"no model could draw it: {', '.join(f'{row.model} {row.error}' for row in attempts)}")
        self.attempts = attempts
        self.last = last


@dataclass(frozen=True, slots=True)
class Drawn:
    painted: Painted
    model: ModelSpec
    attempts: tuple[Attempt, ...]


Paint = Callable[[ModelSpec], Awaitable[Painted]]
Amend = Callable[[], bool]
"""Make the next `paint` ask otherwise, as the error's change says. False: there is no other way."""
Retire = Callable[[ModelSpec], Awaitable[None]]
Told = Callable[[Attempt], None]


async def walk(
    route: Iterable[ModelSpec],
    paint: Paint,
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    *,
    amends: Mapping[Change, Amend] | None = None,
    retire: Retire | None = None,
    deadlines: Deadlines | None = None,
    told: Told | None = None,
) -> Drawn:
    """The first picture the route yields; each of `amends` is tried once in all. `told` hears of every attempt as it
    ends: whatever breaks the walk off, what it has cost until then is known.

    Raises RouteExhausted, at once when a provider refuses by policy.
    """
    return await _Walk(paint, sleep, dict(amends or {}), retire, deadlines or Deadlines(), told).along(route)


class _Walk:
    def __init__(
        self,
        paint: Paint,
        sleep: Callable[[float], Awaitable[None]],
        amends: dict[Change, Amend],
        retire: Retire | None,
        deadlines: Deadlines,
        told: Told | None,
    ) -> None:
        self._paint = paint
        self._sleep = sleep
        self._amends = amends
        self._retire = retire
        self._deadlines = deadlines
        self._told = told
        self._ends = time.monotonic() + deadlines.variant
        self._attempts: list[Attempt] = []

    async def along(self, route: Iterable[ModelSpec]) -> Drawn:
        last: ProviderError | None = None
        for model in route:
            drawn = await self._ask(model)
            if isinstance(drawn, Drawn):
                return drawn
            last = drawn
            if last.change is Change.RETIRE and self._retire is not None:
                await self._retire(model)
            if last.reaction is Reaction.STOP:
                break
        raise RouteExhausted(tuple(self._attempts), last) from last

    async def _ask(self, model: ModelSpec) -> Drawn | ProviderError:
        """One model, as often as its errors allow."""
        asked = 0
        while True:
            started = time.monotonic()
            try:
                painted = await self._within(model)
            except ProviderError as error:
                self._note(model, started, error)
                asked += 1
                if not await self._again(model, error, asked):
                    return error
            else:
                self._note(model, started, None, painted.usage.cost_micro_usd if painted.usage else 0)
                return Drawn(painted, model, tuple(self._attempts))

    async def _within(self, model: ModelSpec) -> Painted:
        if model.free:
            return await self._paint(model)
        left = self._ends - time.monotonic()
        if left <= 0:
            raise TimedOut("the variant's time is used up")
        try:
            async with asyncio.timeout(left) as limit:
                return await self._paint(model)
        except TimeoutError as error:
            if not limit.expired():
                raise
            raise TimedOut(f"no picture within {left:.0f} s") from error

    async def _again(self, model: ModelSpec, error: ProviderError, asked: int) -> bool:
        """Whether the same model is asked once more; waits as long as that takes."""
        if error.change in (Change.REWORD, Change.ANEW):
            amend = self._amends.pop(error.change, None)
            return amend is not None and amend()
        if error.reaction is not Reaction.RETRY or asked > error.retries:
            return False
        wait = error.retry_after_s if isinstance(error, Busy) else BREATH_S
        if not model.free and (wait > self._deadlines.wait or time.monotonic() + wait > self._ends):
            return False
        await self._sleep(wait)
        return True

    def _note(self, model: ModelSpec, started: float, error: ProviderError | None, cost_micro_usd: int = 0) -> None:
        name, reason = (type(error).__name__, error.reason.value) if error else ("", "")
        cost = error.cost_micro_usd if error else cost_micro_usd
        self._attempts.append(Attempt(model.id, name, reason, time.monotonic() - started, cost, model.provider))
        if self._told is not None:
            self._told(self._attempts[-1])
