"""The budget of calls: a place in the model's pool around each one, and what its end tells the others."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from uuid import uuid4

import structlog

from core.domain.model import ModelSpec
from core.providers.error import Overloaded
from core.routing.health import PATIENCE_S, WELL, WINDOW_S, Health, Outcome, Verdict, judge
from core.store.error import StoreError
from core.store.fund import Funds
from core.store.model import Pools, Why

log = structlog.get_logger(__name__)

LOOK_S = 0.25
"""How often a full pool is looked at: nobody tells when a place comes free."""
MARGIN_S = 30.0
"""A lease outlives its call by this: it is for workers that were killed, not for slow ones."""


CROWD_S = 300.0
"""How long our own other calls are waited for: a full pool says nothing against the model. Half of a variant's time."""


class Budget:
    def __init__(self, pools: Pools, funds: Funds) -> None:
        self._pools = pools
        self._funds = funds

    async def health(self, job: str) -> Health:
        """Which models rest, and where this job may spend nothing; nobody and nowhere, if the store does not say."""
        try:
            resting = {row.model: row.rests_s for row in await self._pools.all() if row.rests_s > 0}
            return Health(resting, await self._funds.closed(job))
        except StoreError as error:
            log.warning("health.unknown", error=repr(error))
            return WELL

    @asynccontextmanager
    async def place(
        self, model: ModelSpec, *, call_s: float, patience_s: float = PATIENCE_S, crowd_s: float = CROWD_S
    ) -> AsyncIterator[None]:
        """Hold a place in the model's pool during a call of at most `call_s` seconds.

        Raises Overloaded when the model rests or its minute is spent for longer than `patience_s`, or when none of our
        own calls ends within `crowd_s`; and the store's errors. The error the body raises, or none, is what the pool
        learns. Free models have no pool.
        """
        if model.free:
            yield
            return
        lease = str(uuid4())
        await self._wait(model, lease, call_s + MARGIN_S, patience_s, crowd_s)
        try:
            yield
        except BaseException as error:
            await self._give_back(model, lease, judge(error))
            raise
        await self._give_back(model, lease, judge(None))

    async def _wait(self, model: ModelSpec, lease: str, lease_s: float, patience_s: float, crowd_s: float) -> None:
        began = alone = time.monotonic()
        while (wait := await self._pools.take(model, lease, seconds=lease_s)) is not None:
            full = wait.why is Why.FULL
            pause = min(wait.seconds, LOOK_S) if full else wait.seconds
            now = time.monotonic()
            if full:  # time spent among our own calls is not taken off the patience with the model
                alone = now
            if now + pause > (began + crowd_s if full else alone + patience_s):
                raise Overloaded(f"no place in the pool of {model.id} ({wait.why})", wait.seconds)
            await asyncio.sleep(pause)

    async def _give_back(self, model: ModelSpec, lease: str, verdict: Verdict) -> None:
        # A worker that stops cancels its jobs twice: the second time must not leave the place taken.
        await asyncio.shield(asyncio.create_task(self._end(model, lease, verdict)))

    async def _end(self, model: ModelSpec, lease: str, verdict: Verdict) -> None:
        """A place that cannot be given back comes back by itself."""
        try:
            await self._pools.give_back(
                lease,
                fine=verdict.outcome is Outcome.FINE,
                pauses=verdict.pauses,
                retry_after_s=verdict.retry_after_s,
                window_s=WINDOW_S,
            )
        except StoreError as error:
            log.warning("place.not_given_back", model=model.id, error=repr(error))
