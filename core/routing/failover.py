"""Walking a route: next, wait and retry, or stop. Which error means which is the error's own attribute."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from core.domain.model import ModelSpec
from core.providers.base import Painted
from core.providers.error import Busy, ProviderError, Reaction
from core.routing.route import Route

RETRIES = 2
LONGEST_WAIT_S = 5.0


@dataclass(frozen=True, slots=True)
class Attempt:
    model: str
    error: str
    """Class name of what went wrong; empty for the attempt that succeeded."""


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


async def walk(
    route: Route,
    paint: Callable[[ModelSpec], Awaitable[Painted]],
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
) -> Drawn:
    """The first picture the route yields. Raises RouteExhausted, at once when a provider refuses by policy."""
    attempts: list[Attempt] = []
    last: ProviderError | None = None
    for model in route:
        for retry in range(RETRIES + 1):
            try:
                painted = await paint(model)
            except ProviderError as error:
                last = error
                attempts.append(Attempt(model.id, type(error).__name__))
                if error.reaction is Reaction.STOP:
                    raise RouteExhausted(tuple(attempts), error) from error
                if error.reaction is Reaction.NEXT or retry == RETRIES:
                    break
                await sleep(min(error.retry_after_s if isinstance(error, Busy) else 1.0, LONGEST_WAIT_S))
            else:
                return Drawn(painted, model, (*attempts, Attempt(model.id, "")))
    raise RouteExhausted(tuple(attempts), last)
