"""Jobs as the person who ordered them (and an operator) sees them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from core.domain.job import Failure, JobKind, JobStatus
from core.domain.record import Json
from core.store.moment import moment, moment_or_none
from core.store.outbox import Post
from core.store.port import Transport


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivered:
    """A version a job has made already."""

    variant_id: str
    code: str
    position: int
    version: int
    facts: dict[str, Json]


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredJob:
    """One job. `order` is what the worker needs, `earned` what it would keep if it ended now (credits)."""

    id: str
    code: str
    user_id: str
    kind: JobKind
    status: JobStatus
    stage: str
    platform: str
    place: str
    language: str
    plan: str
    project_id: str | None
    brief_id: str | None
    brief: Json
    order: dict[str, Json]
    payer: str | None
    """Wallet of the server or the team that pays; None: the person's own."""
    model: str | None
    quote: dict[str, Json]
    price: int
    ordered: int
    earned: int
    captured: int | None
    failure: Failure | None
    result: dict[str, Json]
    attempts: int
    provider_state: dict[str, Json]
    cancel_requested: bool
    created_at: datetime
    started_at: datetime | None
    ended_at: datetime | None
    deadline: datetime | None
    delivered: tuple[Delivered, ...]

    @classmethod
    def read(cls, row: Mapping[str, Any]) -> StoredJob:
        return cls(
            id=row["id"],
            code=row["code"],
            user_id=row["user_id"],
            kind=JobKind(row["kind"]),
            status=JobStatus(row["status"]),
            stage=row["stage"],
            platform=row["platform"] or "",
            place=row["place"] or "",
            language=row["language"],
            plan=row["plan"],
            project_id=row["project_id"],
            brief_id=row["brief_id"],
            brief=row["brief"],
            order=row["order"],
            payer=row["payer"],
            model=row["model"],
            quote=row["quote"],
            price=row["price"],
            ordered=row["ordered"],
            earned=row["earned"],
            captured=row["captured"],
            failure=None if row["failure"] is None else Failure(row["failure"]),
            result=row["result"],
            attempts=row["attempts"],
            provider_state=row["provider_state"],
            cancel_requested=row["cancel_requested"],
            created_at=moment(row["created_at"]),
            started_at=moment_or_none(row["started_at"]),
            ended_at=moment_or_none(row["ended_at"]),
            deadline=moment_or_none(row["deadline"]),
            delivered=tuple(Delivered(**one) for one in row["delivered"]),
        )


@dataclass(frozen=True, slots=True)
class ListedJob:
    job: StoredJob
    queue_position: int
    """1 is next; 0 when it does not wait."""
    seconds_left: int
    """Estimated from what such jobs took lately."""
    variants: tuple[str, ...]
    """Codes of its variants that were not deleted, in order."""

    @classmethod
    def read(cls, row: Mapping[str, Any]) -> ListedJob:
        return cls(StoredJob.read(row), row["queue_position"], row["seconds_left"], tuple(row["variants"]))


@dataclass(frozen=True, slots=True)
class JobPage:
    total: int
    jobs: tuple[ListedJob, ...]


@dataclass(frozen=True, slots=True)
class Happening:
    """One line of a job's timeline: job, hold, capture, release, variant, message, delivered or dropped."""

    at: datetime
    what: str
    facts: dict[str, Json]


@dataclass(frozen=True, slots=True)
class Cancelled:
    """`status` is CANCELLED when it ended here, RUNNING when its worker was asked to stop, else how it had ended."""

    job_id: str
    code: str
    status: JobStatus

    @classmethod
    def read(cls, row: Mapping[str, Any]) -> Cancelled:
        return cls(row["job_id"], row["code"], JobStatus(row["status"]))


class Jobs:
    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    async def get(self, code: str, user_id: str) -> ListedJob:
        """Raises Unknown, Blocked."""
        return ListedJob.read(await self._transport.call("job", {"code": code, "user_id": user_id}))

    async def page(self, user_id: str, *, offset: int = 0, limit: int = 10, kinds: Sequence[str] = ()) -> JobPage:
        """Open ones first, then the newest; of some kinds only, if named."""
        arguments: dict[str, Json] = {"user_id": user_id, "offset": offset, "limit": limit}
        if kinds:
            arguments["kinds"] = list(kinds)
        row = await self._transport.call("jobs", arguments)
        return JobPage(row["total"], tuple(ListedJob.read(one) for one in row["jobs"]))

    async def cancel(self, user_id: str, code: str = "", *, closing: Sequence[Post] = ()) -> tuple[Cancelled, ...]:
        """One job, or without a code all open ones. `closing` is sent if a job ends here, not if its worker ends it.

        Raises Unknown, Blocked.
        """
        arguments = {"user_id": user_id, "code": code, "outbox": [post.record() for post in closing]}
        return tuple(Cancelled.read(one) for one in await self._transport.call("cancel_job", arguments))

    async def timeline(
        self, *, job_id: str | None = None, code: str | None = None
    ) -> tuple[StoredJob, list[Happening]]:
        """From event to delivery, for operators. Raises Unknown."""
        row = await self._transport.call("job_timeline", {"job_id": job_id, "code": code})
        return StoredJob.read(row["job"]), [
            Happening(moment(one.pop("at")), one.pop("what"), one) for one in row["timeline"]
        ]
