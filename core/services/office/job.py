"""Jobs: how they stand, one of them with everything that happened to it, and those taken in hand."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from core.domain.administration import Act, Admin
from core.domain.job import JobStatus
from core.services.office.act import permitted, said, translated
from core.store.control import OPEN, Control, Hold, JobRow, Tried
from core.store.job import Happening, Jobs, StoredJob

STATES: Final[Mapping[str, tuple[str, ...]]] = {
    "open": OPEN,
    "failed": (JobStatus.FAILED, JobStatus.PARTLY_DONE),
    "done": (JobStatus.DONE,),
    "cancelled": (JobStatus.CANCELLED,),
    "all": (),
}
"""How jobs are listed."""


@dataclass(frozen=True, slots=True)
class Case:
    """One job with all that is known of how it went."""

    job: StoredJob
    timeline: tuple[Happening, ...]
    hold: Hold | None
    tried: tuple[Tried, ...]


@dataclass(frozen=True, slots=True)
class JobRoom:
    control: Control
    jobs: Jobs

    @translated
    async def listed(
        self,
        state: str = "all",
        *,
        text: str = "",
        user_id: str = "",
        limit: int,
        before: tuple[datetime, str] | None = None,
    ) -> tuple[JobRow, ...]:
        """Newest first, `before` time and id of a page's last; `text`: a kind, a code, or how one begins."""
        statuses = STATES.get(state, ())
        return await self.control.jobs(statuses=statuses, text=text, user_id=user_id, limit=limit, before=before)

    @translated
    async def one(self, code: str) -> Case:
        """Raises Refused (unknown)."""
        found, timeline = await self.jobs.timeline(code=code.upper())
        return Case(found, tuple(timeline), await self.control.hold(found.id), await self.control.tried(found.id))

    @translated
    async def take(self, admin: Admin, code: str, *, retry: bool, key: str, why: str) -> bool:
        """Begin an open job anew, or end it with what it has delivered and give the rest back."""
        permitted(admin, Act.RETRY_JOB if retry else Act.RELEASE_JOB)
        found, _ = await self.jobs.timeline(code=code.upper())
        return await self.control.take(found.id, retry=retry, key=key, why=said(why), actor=admin.name)
