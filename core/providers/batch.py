"""The seam to whoever draws overnight: many requests handed in at once, fetched hours later, at a reduced price."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum
from typing import Protocol

from core.providers.base import Painted, PaintRequest, Shelf
from core.providers.error import ProviderError


class BatchState(StrEnum):
    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    """Single requests in it may have failed all the same."""
    FAILED = "failed"
    CANCELLED = "cancelled"
    EXPIRED = "expired"
    GONE = "gone"
    """The provider knows of no such batch."""

    @property
    def ended(self) -> bool:
        return self not in (BatchState.WAITING, BatchState.RUNNING)


class Batches(Protocol):
    """Every method raises ProviderError and nothing else."""

    def shelf(self, requests: Sequence[PaintRequest]) -> Shelf:
        """An empty one for the references of these requests, each once."""
        ...

    async def submit(self, requests: Sequence[PaintRequest], label: str) -> str:
        """The batch's name: keep it before anything else happens. One model per batch."""
        ...

    async def find(self, label: str) -> str:
        """The name of the batch that was submitted under a label; empty: there is none."""
        ...

    async def poll(self, name: str) -> BatchState: ...

    async def results(self, name: str, requests: Sequence[PaintRequest]) -> tuple[Painted | ProviderError, ...]:
        """What became of each request, in their order. `requests` are those of `submit`."""
        ...

    async def discard(self, name: str, shared: Sequence[str]) -> None:
        """Stop it if it still runs, and have requests, answers and shared references deleted. Repeating does no harm.

        An empty name: only the references.
        """
        ...
