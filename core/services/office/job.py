"""Jobs: how they stand, one of them with everything that happened to it, and those taken in hand."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final
from uuid import UUID, uuid5

from core.conversation import present, texts
from core.conversation.effect import Order
from core.domain.administration import Act, Admin
from core.domain.code import derive
from core.domain.guild import Payer
from core.domain.job import JobStatus
from core.domain.record import from_record, to_record
from core.services.office.act import permitted, said, translated
from core.store.control import OPEN, Control, Hold, JobRow, Tried
from core.store.job import Happening, Jobs, StoredJob
from core.store.outbox import Post

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
    repeats: str
    """Code of the job that failed and that this one was begun again for; empty: none."""
    repeated_by: str


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
        hold, tried = await self.control.hold(found.id), await self.control.tried(found.id)
        return Case(found, tuple(timeline), hold, tried, *await self.control.repeated(found.id))

    @translated
    async def retry(self, admin: Admin, code: str, *, key: str, why: str) -> str:
        """Put an open job in line as if nothing had been tried, or order one that failed once more: another job, which
        the house pays, since its person was given their credits back. The code of the job that is in line."""
        found, _ = await self.jobs.timeline(code=code.upper())
        if found.status.ended:
            return await self._repeat(admin, found, key, said(why))
        permitted(admin, Act.RETRY_JOB)
        await self.control.take(found.id, retry=True, key=key, why=said(why), actor=admin.name)
        return found.code

    @translated
    async def end(self, admin: Admin, code: str, *, key: str, why: str) -> bool:
        """End an open job with what it has delivered, and give the rest back. Whether this call did, and no earlier."""
        permitted(admin, Act.RELEASE_JOB)
        found, _ = await self.jobs.timeline(code=code.upper())
        return await self.control.take(found.id, retry=False, key=key, why=said(why), actor=admin.name)

    async def _repeat(self, admin: Admin, failed: StoredJob, key: str, why: str) -> str:
        permitted(admin, Act.REPEAT_JOB)
        new_id = str(uuid5(UUID(failed.id), key))
        code = derive(failed.code, "repeat", key)
        order = replace(from_record(Order, failed.order), code=code, payer=Payer.HOUSE)
        view = present.job_repeated(texts.speaker(failed.language), order.brief.headline)
        await self.control.repeat(
            failed.id,
            new_id=new_id,
            code=code,
            order=to_record(order),
            outbox=[Post(key=f"job:{code}:repeated", view=to_record(view))],
            key=key,
            why=why,
            actor=admin.name,
        )
        return code
