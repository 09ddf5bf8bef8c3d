"""What must happen without anybody asking. Needs a direct connection; every function may run on replicas at once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import astuple, dataclass
from datetime import datetime
from typing import Any

from core.domain.record import Json
from core.store.inner import Inner, ask
from core.store.job import StoredJob
from core.store.moment import moment, moment_or_none
from core.store.outbox import Post


@dataclass(frozen=True, slots=True)
class Sweep:
    requeued: tuple[str, ...]
    ended: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Audit:
    """All of them are always 0; anything else stops spending."""

    global_sum: int
    unbalanced_txns: int
    wallets_off: int
    """And funds: whose figures are not what their entries come to."""
    empty_txns: int

    @property
    def clean(self) -> bool:
        return not any(astuple(self))


@dataclass(frozen=True, slots=True)
class Pruned:
    processed_events: int
    queue_jobs: int
    outbox: int


@dataclass(frozen=True, slots=True)
class DoomedBatch:
    """What a job that has ended left at a provider; `state` as the job kept it."""

    job_id: str
    state: Mapping[str, Json]


@dataclass(frozen=True, slots=True)
class Slot:
    """One run of a schedule."""

    schedule: str
    slot: datetime
    queued_at: datetime
    ended_at: datetime | None
    error: str | None
    """Of its last attempt."""


class Housekeeping:
    def __init__(self, inner: Inner) -> None:
        self._inner = inner

    async def sweep_jobs(self, *, stale_seconds: float = 30) -> Sweep:
        """Requeue jobs whose worker fell silent or whose queue row is gone; the third failure ends them."""
        row = await ask(self._inner, "select tf.sweep_jobs(%s) as answer", {"stale_seconds": stale_seconds})
        return Sweep(tuple(row["requeued"]), tuple(row["ended"]))

    async def sweep_timers(self, *, stale_seconds: float = 30) -> int:
        """Run timers and schedules again whose worker fell silent or which failed, up to three times; how many."""
        return int(await ask(self._inner, "select tf.sweep_timers(%s) as answer", {"stale_seconds": stale_seconds}))

    async def reap_holds(self) -> tuple[str, ...]:
        """End jobs whose hold has run out; their ids."""
        return tuple(await ask(self._inner, "select tf.reap_holds(%s) as answer", {}))

    async def untold(self) -> tuple[StoredJob, ...]:
        """Jobs that ended without a word to the person (swept, reaped, crashed too often)."""
        return tuple(StoredJob.read(row) for row in await ask(self._inner, "select tf.untold(%s) as answer", {}))

    async def tell(self, job_id: str, outbox: Sequence[Post]) -> bool:
        """Send the closing message of such a job, once; whether it was this call's."""
        arguments = {"job_id": job_id, "outbox": [post.record() for post in outbox]}
        return bool((await ask(self._inner, "select tf.tell(%s) as answer", arguments))["told"])

    async def now(self) -> datetime:
        """By the database's clock, the one that counts."""
        return moment(await ask(self._inner, "select tf.clock_now(%s) as answer", {}))

    async def enqueue_due(self, due: Mapping[str, datetime]) -> tuple[str, ...]:
        """Queue a run of each schedule for its slot, once however many replicas ask; which this call queued."""
        rows = [{"schedule": name, "slot": slot.isoformat()} for name, slot in due.items()]
        return tuple(await ask(self._inner, "select tf.enqueue_due(%s) as answer", {"due": rows}))

    async def end_slot(self, schedule: str, slot: datetime, *, error: str | None = None) -> None:
        """How the run went; trouble is an alert until a later run goes well."""
        arguments = {"schedule": schedule, "slot": slot.isoformat(), "error": error}
        await ask(self._inner, "select tf.end_slot(%s) as answer", arguments)

    async def latest_slots(self) -> tuple[Slot, ...]:
        return tuple(_slot(row) for row in await ask(self._inner, "select tf.latest_slots(%s) as answer", {}))

    async def expire_credits(self) -> int:
        """Write off credits whose time is over; of how many wallets. Repeat until 0."""
        return int(await ask(self._inner, "select tf.expire_credits(%s) as answer", {}))

    async def purge_due(self) -> tuple[str, ...]:
        """Delete pictures past their 30 days, unpinned ones; their blob keys. Repeat until empty."""
        return tuple(await ask(self._inner, "select tf.purge_due(%s) as answer", {}))

    async def doomed_blobs(self, limit: int = 500) -> tuple[str, ...]:
        """Blob keys nobody points to, or will, for deletion; then `blobs_deleted`."""
        return tuple(await ask(self._inner, "select tf.doomed_blobs(%s) as answer", {"limit": limit}))

    async def blobs_deleted(self, keys: Sequence[str]) -> int:
        return int(await ask(self._inner, "select tf.blobs_deleted(%s) as answer", {"keys": list(keys)}))

    async def doomed_batches(self) -> tuple[DoomedBatch, ...]:
        """To be discarded at their provider, then `batch_discarded`; others go before those tried already."""
        return tuple(DoomedBatch(**row) for row in await ask(self._inner, "select tf.doomed_batches(%s) as answer", {}))

    async def batch_discarded(self, job_id: str) -> None:
        await ask(self._inner, "select tf.batch_discarded(%s) as answer", {"job_id": job_id})

    async def prune(self) -> Pruned:
        """Forget handled events (7 days), finished queue rows (24 h) and sent messages (30 days)."""
        return Pruned(**await ask(self._inner, "select tf.prune(%s) as answer", {}))

    async def audit(self) -> Audit:
        return Audit(**await ask(self._inner, "select tf.check_books(%s) as answer", {}))

    async def raise_alert(self, key: str, kind: str, detail: Mapping[str, Json] | None = None) -> bool:
        """Whether it is new; raising an open one again only counts."""
        arguments = {"key": key, "kind": kind, "detail": dict(detail or {})}
        return bool((await ask(self._inner, "select tf.raise_alert(%s) as answer", arguments))["new"])

    async def resolve_alert(self, key: str) -> bool:
        return bool((await ask(self._inner, "select tf.resolve_alert(%s) as answer", {"key": key}))["resolved"])

    async def open_alerts(self) -> tuple[dict[str, Json], ...]:
        """Newest first: key, kind, detail, times, raised_at, last_at."""
        return tuple(await ask(self._inner, "select tf.open_alerts(%s) as answer", {}))


def _slot(row: Mapping[str, Any]) -> Slot:
    ended_at = moment_or_none(row["ended_at"])
    return Slot(row["schedule"], moment(row["slot"]), moment(row["queued_at"]), ended_at, row["error"])
