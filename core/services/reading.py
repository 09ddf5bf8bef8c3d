"""Reading: a reader's errand, by the first model that answers, else by rules of thumb; what it found is an event."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import TypeVar

import structlog

from core import failpoint
from core.conversation.event import HasRead
from core.domain.brief import Brief, TypeMood
from core.domain.errand import Errand
from core.domain.job import READINGS, Failure, JobKind, JobStatus, Stage
from core.domain.model import Capability, Catalogue, ModelSpec, Role
from core.domain.record import Json, from_record, to_record
from core.domain.video import address, at, video_link
from core.prompting.video import from_video
from core.providers.base import Usage
from core.providers.error import Change, PolicyRefusal, ProviderError
from core.providers.reader import LOCAL, READ_S, WATCH_S, Description, LocalReader, Reader, VideoReading, Wishes
from core.routing.failover import Attempt, Retire
from core.services import facts
from core.services.album import Album
from core.services.budget import Budget
from core.services.conversing import Conversing
from core.services.desk import AssetGone, Envelope
from core.services.finishing import Assignment, Step
from core.store.error import Blocked, Unknown
from core.store.variant import Variants
from core.store.work import Work

log = structlog.get_logger(__name__)
T = TypeVar("T")

IDEAS = 4
CALL_S = {JobKind.READ: READ_S, JobKind.WATCH: WATCH_S}
PATIENCE_S = 5.0
"""Somebody is looking at "thinking": a model whose pool is full is passed by."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What a reader brought, by whom and at what cost."""

    by: str
    tried: tuple[str, ...] = ()
    text: str = ""
    headlines: tuple[str, ...] = ()
    answers: dict[str, Json] = field(default_factory=dict)
    usage: Usage | None = None


@dataclass(frozen=True, slots=True)
class Task:
    """What a reader is given."""

    errand: Errand
    brief: Brief
    picture: bytes = b""
    """JPEG, where the errand is to look at something."""


class Reading:
    def __init__(
        self,
        work: Work,
        variants: Variants,
        album: Album,
        conversing: Conversing,
        catalogue: Callable[[], Catalogue],
        budget: Budget,
        readers: Mapping[str, Callable[[ModelSpec], Reader]],
        retire: Retire,
        look: Callable[[Brief], Awaitable[bytes]],
    ) -> None:
        """`readers` by provider; `look`: the picture whose look a brief's author likes (JPEG)."""
        self._work = work
        self._variants = variants
        self._album = album
        self._conversing = conversing
        self._catalogue = catalogue
        self._budget = budget
        self._readers = readers
        self._retire = retire
        self._look = look

    def steps(self) -> dict[JobKind, Step]:
        return dict.fromkeys(READINGS, self._read)

    async def _read(self, it: Assignment) -> None:
        attempts: list[Attempt] = []
        found = await self._found(it, attempts)
        errand, draft = Errand(str(it.order.options["errand"])), str(it.order.options["for"])
        if isinstance(found, Failure):
            event = HasRead(draft=draft, job=it.job.code, errand=errand, asked=it.order.brief, failure=found)
        else:
            event = HasRead(
                draft=draft,
                job=it.job.code,
                errand=errand,
                asked=it.order.brief,
                by=found.by,
                tried=found.tried,
                variant=it.order.variant,
                text=found.text,
                headlines=found.headlines,
                answers=found.answers,
            )
        # Refused where the person has cancelled or left meanwhile: nobody is told what nobody waits for.
        if await self._work.report_stage(it.job.id, Stage.FINISHING):
            return await self._end(it, JobStatus.CANCELLED, attempts)
        await self._conversing.handle(from_record(Envelope, it.order.options["envelope"]), event)
        failpoint.reach("reading.after_event")
        if isinstance(found, Failure):
            return await self._end(it, JobStatus.FAILED, attempts, failure=found)
        return await self._end(it, JobStatus.DONE, attempts, found)

    async def _end(
        self,
        it: Assignment,
        status: JobStatus,
        attempts: list[Attempt],
        found: Found | None = None,
        failure: Failure | None = None,
    ) -> None:
        cost = sum(row.cost_micro_usd for row in attempts)
        result: dict[str, Json] = {
            "by": found.by if found else "",
            "cost_micro_usd": cost,
            "tokens": dict(found.usage.tokens) if found and found.usage else {},
            "attempts": [row.record() for row in attempts],
        }
        await self._work.end(it.job.id, status, failure=failure, result=result)
        log.info("reading.ended", by=result["by"], cost_micro_usd=cost)

    async def _found(self, it: Assignment, attempts: list[Attempt]) -> Found | Failure:
        """Or why there is nothing."""
        errand = Errand(str(it.order.options["errand"]))
        task = Task(errand, it.order.brief, await self._picture(it, errand))
        if errand is Errand.LOOK and not task.picture:
            return Failure.PICTURE_LOST
        health = await self._budget.health(it.job.id)
        for model in self._candidates(task):
            if health.passes_by(model.id) or model.provider in health.closed:
                continue
            try:
                async with self._budget.place(model, call_s=CALL_S[it.job.kind], patience_s=PATIENCE_S):
                    found = await _asked(self._readers[model.provider](model), task)
            except ProviderError as error:
                _note(model, error)
                cost, why = error.cost_micro_usd, type(error).__name__
                attempts.append(Attempt(model.id, why, cost_micro_usd=cost, provider=model.provider))
                if error.change is Change.RETIRE:
                    await self._retire(model)
                if isinstance(error, PolicyRefusal):
                    break
            else:
                cost = found.usage.cost_micro_usd if found.usage else 0
                attempts.append(Attempt(model.id, "", cost_micro_usd=cost, provider=model.provider))
                return found
        tried = tuple(row.model for row in attempts)
        if errand is Errand.ALT:  # what is known of a picture without looking is said by the conversation
            return Found(by=LOCAL, tried=tried)
        try:
            return replace(await _asked(LocalReader(), task), tried=tried)
        except ProviderError:  # it does not watch
            return Failure.PROVIDER_DOWN

    async def _picture(self, it: Assignment, errand: Errand) -> bytes:
        """What is looked at; empty where there is nothing, or it cannot be had."""
        match errand:
            case Errand.ALT:
                return await self._variant(it)
            case Errand.LOOK:
                return await self._look(it.order.brief)
            case _:
                return b""

    async def _variant(self, it: Assignment) -> bytes:
        """As it is shown now."""
        try:
            stored, job = await self._variants.get(it.order.variant, it.job.user_id)
            shown = facts.variant(stored, job.code)
            return await self._album.load(shown.picture) if shown else b""
        except (Unknown, Blocked, AssetGone):
            return b""

    def _candidates(self, task: Task) -> list[ModelSpec]:
        if task.errand is Errand.ALT and not task.picture:
            return []
        needs = {Capability.READ, *({Capability.VIDEO_CONTEXT} if task.errand is Errand.VIDEO else set())}
        known = self._catalogue().for_role(Role.READER)
        return [model for model in known if needs <= model.capabilities and model.provider in self._readers]


def _note(model: ModelSpec, error: ProviderError) -> None:
    if isinstance(error, PolicyRefusal):  # of what the person asked for
        log.info("reader.refused", model=model.id, reason=error.reason.value)
    else:
        log.warning("reader.failed", model=model.id, error=repr(error))


async def _asked(reader: Reader, task: Task) -> Found:
    """Raises ProviderError."""
    brief, words = task.brief, task.brief.words
    match task.errand:
        case Errand.IDEAS:
            ideas = await reader.headlines(" ".join(filter(None, (brief.title, words))), IDEAS)
            return Found(by=ideas.by, headlines=ideas.value, usage=ideas.usage)
        case Errand.SHORTEN:
            shorter = await reader.shorten(words)
            return Found(by=shorter.by, answers=_cut(words, shorter.value), usage=shorter.usage)
        case Errand.BRIEF:
            wishes = await reader.brief(words)
            answers, usage = _answers(wishes.value), wishes.usage
            if not wishes.value.headline:
                shorter = await _beside(usage, reader.shorten(words))
                answers, usage = answers | _cut(words, shorter.value), _together(usage, shorter.usage)
            return Found(by=wishes.by, answers=answers, usage=usage)
        case Errand.ALT:
            line = await reader.alt_text(task.picture, "image/jpeg", words)
            return Found(by=line.by, text=line.value, usage=line.usage)
        case Errand.LOOK:
            look = await reader.describe(task.picture, "image/jpeg")
            return Found(by=look.by, answers=_look(look.value), usage=look.usage)
        case Errand.VIDEO:
            link = video_link(brief.video)
            assert link is not None
            # The whole of it: a moment bounds what a painter is shown, and the reader is to find the best one.
            seen = await reader.video(from_video(brief, replace(link, moment_s=None)))
            # The moment somebody pasted is the one they want.
            moment = link if link.moment_s is not None else at(link, seen.value.moment_s)
            return Found(by=seen.by, answers=_answers(seen.value) | {"video": address(moment)}, usage=seen.usage)


def _cut(words: str, shorter: str) -> dict[str, Json]:
    """Nothing, where it could not be made shorter."""
    return {} if shorter.split() == words.split() else {"headline": shorter}


async def _beside(paid: Usage | None, second: Awaitable[T]) -> T:
    """The second call of an errand; where it fails, its error costs what the first one did, too."""
    try:
        return await second
    except ProviderError as error:
        error.cost_micro_usd += paid.cost_micro_usd if paid else 0
        raise


def _together(first: Usage | None, second: Usage | None) -> Usage | None:
    if first is None or second is None:
        return first or second
    names = [*first.tokens, *second.tokens]
    tokens = {name: first.tokens.get(name, 0) + second.tokens.get(name, 0) for name in names}
    return Usage(cost_micro_usd=first.cost_micro_usd + second.cost_micro_usd, tokens=tokens)


def _answers(read: Wishes | VideoReading) -> dict[str, Json]:
    """What was said, as answers of the questionnaire."""
    said = {name: getattr(read, name) for name in ("title", "headline", "subtext", "vibe", "emotion", "colours")}
    return {name: to_record(value) for name, value in said.items() if value}


def _look(read: Description) -> dict[str, Json]:
    """What makes a look, as answers; the words and the person in it are somebody else's."""
    look = {"vibe": read.vibe, "colours": read.colours, "type_mood": read.type_mood, "type_effects": read.effects}
    return {name: to_record(value) for name, value in look.items() if value is not TypeMood.AUTO}
