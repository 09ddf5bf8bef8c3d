"""Shelving: references that several calls of a job show are uploaded once, named by address, deleted after the job."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import replace

import structlog

from core import failpoint
from core.domain.prompt import Reference
from core.providers.base import Sharing, Shelf
from core.providers.error import ProviderError
from core.services.deposit import Deposit
from core.store.job import StoredJob
from core.store.work import Work

log = structlog.get_logger(__name__)

WORTH_BYTES = 2_000_000
"""What must be spared to be worth while: calls wait for an upload, and it takes two round trips more than its bytes do,
about 0.3 s, in which a line of 50 Mbit/s carries as much."""


class Shelving:
    """That of one attempt at a job. `async with` it: leaving deletes what was uploaded; a killed worker's uploads are
    deleted by housekeeping once the job has ended."""

    def __init__(self, work: Work, job: StoredJob, sharers: Mapping[str, Sharing], calls: int) -> None:
        """`sharers` by provider; `calls`: how many are going to show the same references."""
        self._work = work
        self._job = job
        self._sharers = sharers
        self._calls = calls
        self._provider = ""
        self._filling: asyncio.Task[Shelf | None] | None = None
        self._shelf: Shelf | None = None

    async def at(self, provider: str, references: Sequence[Reference]) -> Shelf | None:
        """Where references lie at a provider; None: they are better sent with each call. The first of the job's calls
        has them uploaded, the others wait for it. One provider has them; the next of a route gets them inline.

        Raises the store's errors.
        """
        if self._filling is None and provider in self._sharers:
            self._provider = provider
            self._filling = asyncio.create_task(self._filled(references))
        if self._filling is None or provider != self._provider:
            return None
        return await asyncio.shield(self._filling)

    async def _filled(self, references: Sequence[Reference]) -> Shelf | None:
        if (self._calls - 1) * sum(len(row.data) for row in references) < WORTH_BYTES:
            return None
        shelf = self._sharers[self._provider].shelf(references)
        if not shelf.names:
            return None
        known = Deposit.of(self._job)
        noted = replace(known, provider=self._provider, shared=(*known.shared, *shelf.names))
        await self._work.keep_provider_state(self._job.id, noted.record())
        self._shelf = shelf
        await shelf.fill()
        failpoint.reach("shelving.after_fill")
        return shelf

    async def __aenter__(self) -> Shelving:
        return self

    async def __aexit__(self, *_: object) -> None:
        # A worker that stops cancels its jobs twice: the second time must not keep us from clearing up.
        await asyncio.shield(asyncio.create_task(self._clear()))

    async def _clear(self) -> None:
        if self._filling is not None:
            self._filling.cancel()
            await asyncio.gather(self._filling, return_exceptions=True)
        if self._shelf is None:
            return
        try:
            await self._shelf.clear()
        except ProviderError as error:
            log.warning("references.not_deleted", error=repr(error))
