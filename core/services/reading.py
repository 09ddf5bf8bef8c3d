"""Reading: a reader's errand, by the first model that answers, else by rules of thumb; what it found is an event."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import structlog

from core import failpoint
from core.conversation.event import HasRead
from core.domain.brief import Brief
from core.domain.errand import Errand
from core.domain.job import READINGS, Failure, JobKind, JobStatus, Stage
from core.domain.model import Capability, Catalogue, ModelSpec, Role
from core.domain.record import Json, to_record
from core.domain.video import address, at, video_link
from core.prompting.video import from_video
from core.providers.base import Usage
from core.providers.error import Change, PolicyRefusal, ProviderError
from core.providers.reader import LocalReader, Reader, VideoReading, Wishes
from core.routing.failover import Attempt, Retire
from core.services.budget import Budget
from core.services.conversing import Conversing
from core.services.desk import Envelope
from core.services.finishing import Assignment, Step
from core.store.work import Work

log = structlog.get_logger(__name__)

IDEAS = 4
CALL_S = {JobKind.READ: 30.0, JobKind.WATCH: 120.0}
PATIENCE_S = 5.0
"""Somebody is looking at "thinking": a model whose pool is full is passed by."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What a reader brought, by whom and at what cost."""

    by: str
    headlines: tuple[str, ...] = ()
    answers: dict[str, Json] = field(default_factory=dict)
    usage: Usage | None = None


class Reading:
    def __init__(
        self,
        work: Work,
        conversing: Conversing,
        catalogue: Callable[[], Catalogue],
        budget: Budget,
        readers: Mapping[str, Callable[[ModelSpec], Reader]],
        retire: Retire,
    ) -> None:
        """`readers` by provider."""
        self._work = work
        self._conversing = conversing
        self._catalogue = catalogue
        self._budget = budget
        self._readers = readers
        self._retire = retire

    def steps(self) -> dict[JobKind, Step]:
        return dict.fromkeys(READINGS, self._read)

    async def _read(self, it: Assignment) -> None:
        attempts: list[Attempt] = []
        found = await self._found(it, attempts)
        errand, draft = Errand(str(it.order.options["errand"])), str(it.order.options["for"])
        if found is None:
            event = HasRead(draft=draft, job=it.job.code, errand=errand, failure=Failure.PROVIDER_DOWN)
        else:
            event = HasRead(
                draft=draft,
                job=it.job.code,
                errand=errand,
                by=found.by,
                headlines=found.headlines,
                answers=found.answers,
            )
        # Refused where the person has cancelled or left meanwhile: nobody is told what nobody waits for.
        if await self._work.report_stage(it.job.id, Stage.FINISHING):
            return await self._end(it, JobStatus.CANCELLED, None, attempts)
        await self._conversing.handle(Envelope(**it.order.options["envelope"]), event)
        failpoint.reach("reading.after_event")
        return await self._end(it, JobStatus.DONE if found else JobStatus.FAILED, found, attempts)

    async def _end(self, it: Assignment, status: JobStatus, found: Found | None, attempts: list[Attempt]) -> None:
        cost = sum(row.cost_micro_usd for row in attempts)
        result: dict[str, Json] = {
            "by": found.by if found else "",
            "cost_micro_usd": cost,
            "tokens": dict(found.usage.tokens) if found and found.usage else {},
            "attempts": [{"model": row.model, "error": row.error} for row in attempts],
        }
        failure = Failure.PROVIDER_DOWN if status is JobStatus.FAILED else None
        await self._work.end(it.job.id, status, failure=failure, result=result)
        log.info("reading.ended", by=result["by"], cost_micro_usd=cost)

    async def _found(self, it: Assignment, attempts: list[Attempt]) -> Found | None:
        """None: nobody could."""
        brief, errand = it.order.brief, Errand(str(it.order.options["errand"]))
        health = await self._budget.health()
        for model in self._candidates(errand):
            if health.passes_by(model.id):
                continue
            try:
                async with self._budget.place(model, call_s=CALL_S[it.job.kind], patience_s=PATIENCE_S):
                    found = await _asked(self._readers[model.provider](model), errand, brief)
            except ProviderError as error:
                log.warning("reader.failed", model=model.id, error=repr(error))
                attempts.append(Attempt(model.id, type(error).__name__, cost_micro_usd=error.cost_micro_usd))
                if error.change is Change.RETIRE:
                    await self._retire(model)
                if isinstance(error, PolicyRefusal):
                    break
            else:
                cost = found.usage.cost_micro_usd if found.usage else 0
                attempts.append(Attempt(model.id, "", cost_micro_usd=cost))
                return found
        try:
            return await _asked(LocalReader(), errand, brief)
        except ProviderError:  # it neither sees nor watches
            return None

    def _candidates(self, errand: Errand) -> list[ModelSpec]:
        needs = {Capability.READ, *({Capability.VIDEO_CONTEXT} if errand is Errand.VIDEO else set())}
        known = self._catalogue().for_role(Role.READER)
        return [model for model in known if needs <= model.capabilities and model.provider in self._readers]


async def _asked(reader: Reader, errand: Errand, brief: Brief) -> Found:
    """Raises ProviderError."""
    words = brief.headline or brief.title
    match errand:
        case Errand.IDEAS:
            ideas = await reader.headlines(" ".join(filter(None, (brief.title, words))), IDEAS)
            return Found(by=ideas.by, headlines=ideas.value, usage=ideas.usage)
        case Errand.SHORTEN:
            shorter = await reader.shorten(words)
            return Found(by=shorter.by, answers={"headline": shorter.value}, usage=shorter.usage)
        case Errand.BRIEF:
            wishes = await reader.brief(words)
            headline = wishes.value.headline or (await reader.shorten(words)).value
            return Found(by=wishes.by, answers=_answers(wishes.value) | {"headline": headline}, usage=wishes.usage)
        case Errand.VIDEO:
            link = video_link(brief.video)
            assert link is not None
            seen = await reader.video(from_video(brief, link))
            moment = address(at(link, seen.value.moment_s))
            return Found(by=seen.by, answers=_answers(seen.value) | {"video": moment}, usage=seen.usage)


def _answers(read: Wishes | VideoReading) -> dict[str, Json]:
    """What was said, as answers of the questionnaire."""
    said = {name: getattr(read, name) for name in ("title", "headline", "subtext", "vibe", "emotion", "colours")}
    return {name: to_record(value) for name, value in said.items() if value}
