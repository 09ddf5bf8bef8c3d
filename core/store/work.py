"""The worker's side of a job: claimed, reported on, ended once. Needs a direct connection."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from core.domain.job import Failure, JobStatus
from core.domain.record import Json
from core.store.inner import Inner, ask
from core.store.job import StoredJob
from core.store.outbox import Post

HEARTBEAT_SECONDS = 10.0
"""How often a worker reports; after 30 s of silence its jobs are given to others."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NewRender:
    """A file of a version. `asset` is the record of a written blob (see `Assets.add`)."""

    id: str
    format: str
    size: str
    media_type: str
    asset: Mapping[str, Json]

    def record(self) -> dict[str, Json]:
        return {
            "id": self.id,
            "format": self.format,
            "size": self.size,
            "media_type": self.media_type,
            "asset": dict(self.asset),
        }


File = Mapping[str, Json] | str


@dataclass(frozen=True, slots=True, kw_only=True)
class NewVersion:
    """Files of it are asset records to store with it, or ids of assets that exist."""

    recipe: Json
    spec: Json
    facts: Mapping[str, Json]
    plate: File | None
    original: File | None = None
    """What a model painted, untouched."""
    thread: File | None = None
    """What it takes to go on from there (`core.providers.base.Painted.conversation`)."""
    renders: Sequence[NewRender]

    def record(self) -> dict[str, Json]:
        files = {"plate": self.plate, "original": self.original, "thread": self.thread}
        kept = {name: dict(file) if isinstance(file, Mapping) else file for name, file in files.items()}
        return {
            "version": {"recipe": self.recipe, "spec": self.spec, "facts": dict(self.facts), **kept},
            "renders": [one.record() for one in self.renders],
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """The variant and version a report was stored as; `replayed` when an earlier attempt had stored it already."""

    variant_id: str
    code: str
    version: int
    replayed: bool


@dataclass(frozen=True, slots=True)
class Pulse:
    running: frozenset[str]
    """Jobs that are still this worker's; what else it runs it must drop without a report."""
    cancel: frozenset[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class End:
    status: JobStatus
    captured: int
    released: int
    replayed: bool
    """It had ended before, perhaps otherwise; `status` says how."""


class Work:
    """Reports of one worker process. Every report raises Ended once the job is no longer this worker's."""

    def __init__(self, inner: Inner, worker: str) -> None:
        self._inner = inner
        self.worker = worker

    async def start(self, job_id: str) -> StoredJob | None:
        """Claim a job; None when there is nothing to do (ended, cancelled, running elsewhere, crashed too often)."""
        row = await ask(self._inner, "select tf.start_job(%s) as answer", self._of(job_id))
        return None if row is None else StoredJob.read(row)

    async def find(self, job_id: str) -> StoredJob | None:
        """The job as it stands, whoever runs it; None once its person has left."""
        rows = await self._inner.fetch("select tf.job_record(j) as answer from tf.job j where id = %s::uuid", (job_id,))
        return StoredJob.read(rows[0]["answer"]) if rows else None

    async def tell(self, job_id: str, outbox: Sequence[Post]) -> None:
        """The closing message of a job that ended without one; never a second."""
        await ask(self._inner, "select tf.tell(%s) as answer", {"job_id": job_id, "outbox": _records(outbox)})

    async def heartbeat(self) -> Pulse:
        row = await ask(self._inner, "select tf.heartbeat(%s) as answer", {"worker": self.worker})
        return Pulse(frozenset(row["running"]), frozenset(row["cancel"]))

    async def report_stage(self, job_id: str, stage: str, outbox: Sequence[Post] = ()) -> bool:
        """Whether the person has asked to cancel meanwhile."""
        arguments = self._of(job_id, stage=stage, outbox=_records(outbox))
        row = await ask(self._inner, "select tf.report_stage(%s) as answer", arguments)
        return bool(row["cancel_requested"])

    async def keep_provider_state(self, job_id: str, state: Mapping[str, Json]) -> dict[str, Json]:
        """Merge into what a further attempt will see: request ids, before waiting on them."""
        merged: dict[str, Json] = await ask(
            self._inner, "select tf.provider_state(%s) as answer", self._of(job_id, state=dict(state))
        )
        return merged

    async def show_draft(self, job_id: str, asset: Mapping[str, Json], outbox: Sequence[Post]) -> None:
        """A picture to look at while the job runs, with its message; the store deletes it as the job ends."""
        arguments = self._of(job_id, asset=dict(asset), outbox=_records(outbox))
        await ask(self._inner, "select tf.show_draft(%s) as answer", arguments)

    async def park(self, job_id: str, stage: str, *, seconds: float, outbox: Sequence[Post] = ()) -> bool:
        """Let go of a job until it is looked at again. True: the person has asked to cancel, so nothing was done."""
        arguments = self._of(job_id, stage=stage, seconds=seconds, outbox=_records(outbox))
        row = await ask(self._inner, "select tf.park_job(%s) as answer", arguments)
        return bool(row["cancel_requested"])

    async def store_variant(
        self,
        job_id: str,
        *,
        variant_id: str,
        code: str,
        position: int,
        version: NewVersion,
        earned: int = 0,
        outbox: Sequence[Post] = (),
    ) -> Kept:
        """A finished variant with files and message, once per position. `earned`: credits to keep if the job ended
        now. Files that came twice are deleted by housekeeping."""
        variant = {"id": variant_id, "code": code, "position": position}
        arguments = self._of(job_id, variant=variant, earned=earned, outbox=_records(outbox), **version.record())
        return Kept(**await ask(self._inner, "select tf.store_variant(%s) as answer", arguments))

    async def store_version(
        self, job_id: str, variant_id: str, version: NewVersion, *, earned: int = 0, outbox: Sequence[Post] = ()
    ) -> Kept:
        """A further version, which becomes the one shown; once per job and variant."""
        arguments = self._of(job_id, variant_id=variant_id, earned=earned, outbox=_records(outbox), **version.record())
        return Kept(**await ask(self._inner, "select tf.store_version(%s) as answer", arguments))

    async def store_renders(
        self, job_id: str, variant_id: str, version: int, renders: Sequence[NewRender], outbox: Sequence[Post] = ()
    ) -> None:
        """Further files of a version, once per format, size and type."""
        arguments = self._of(
            job_id,
            variant_id=variant_id,
            version=version,
            renders=[one.record() for one in renders],
            outbox=_records(outbox),
        )
        await ask(self._inner, "select tf.store_renders(%s) as answer", arguments)

    async def end(
        self,
        job_id: str,
        status: JobStatus,
        *,
        captured: int | None = None,
        failure: Failure | None = None,
        result: Mapping[str, Json] | None = None,
        assets: Sequence[Mapping[str, Json]] = (),
        outbox: Sequence[Post] = (),
    ) -> End:
        """Settle the hold, end the job and close with a message, in one transaction. `captured` (credits) is by
        default what was reported as earned; `assets` are files of the job itself (an export, a feed preview)."""
        arguments = self._of(
            job_id,
            status=status.value,
            captured=captured,
            failure=None if failure is None else failure.value,
            result=None if result is None else dict(result),
            assets=[dict(one) for one in assets],
            outbox=_records(outbox),
        )
        row = await ask(self._inner, "select tf.end_job(%s) as answer", arguments)
        return End(
            status=JobStatus(row["status"]),
            captured=row["captured"],
            released=row["released"],
            replayed=row["replayed"],
        )

    async def put_back(self, job_id: str) -> bool:
        """Let a job that broke off here be tried again at once; False when it is not this worker's to give."""
        return bool(await ask(self._inner, "select tf.put_back(%s) as answer", self._of(job_id)))

    async def requeue(self) -> tuple[str, ...]:
        """Give all of this worker's jobs back at once; a shutdown is no failed attempt."""
        return tuple(await ask(self._inner, "select tf.requeue_jobs(%s) as answer", {"worker": self.worker}))

    def _of(self, job_id: str, **arguments: Any) -> dict[str, Any]:
        return {"job_id": job_id, "worker": self.worker, **arguments}


def _records(posts: Sequence[Post]) -> list[dict[str, Json]]:
    return [post.record() for post in posts]
