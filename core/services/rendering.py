"""Rendering: from a claimed job to stored variants, a settled hold and the message that says so."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping, Sequence
from contextlib import aclosing, suppress
from dataclasses import dataclass, replace
from uuid import uuid4

import structlog

from core import failpoint
from core.conversation import offer, present, texts
from core.conversation.effect import Order
from core.conversation.texts import Speaker
from core.conversation.view import View
from core.conversation.world import JobFacts, VariantFacts
from core.domain import code
from core.domain.format import Quality
from core.domain.job import Failure, JobKind, JobStatus, Recipe, Stage
from core.domain.model import Origin
from core.domain.price import Quote, captured, quote
from core.domain.record import Json, from_record, to_record
from core.services import facts, identity
from core.services.album import Album
from core.services.catalogue import LiveCatalogue
from core.services.drawing import Artwork, Drawing, Picture, StoredFile
from core.services.failing import Expected, failure_of
from core.services.metric import CREDITS, JOB_SECONDS, JOBS
from core.services.sitting import Sitting
from core.store.error import Ended
from core.store.job import StoredJob
from core.store.outbox import Post
from core.store.variant import Variants
from core.store.work import NewRender, NewVersion, Work
from core.workshop.workshop import Workshop

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Assignment:
    """A claimed job with what every step of it needs."""

    job: StoredJob
    order: Order
    voice: Speaker

    def post(self, name: str, view: View) -> Post:
        """A view of this job; the same name is the same message, however often the job is tried."""
        return Post(key=f"job:{self.job.code}:{name}", view=to_record(view), slot=view.slot)

    def facts(
        self,
        *,
        status: JobStatus | None = None,
        stage: Stage | None = None,
        kept: int = 0,
        variants: Sequence[str] = (),
    ) -> JobFacts:
        return facts.of_job(self.job, status=status, stage=stage, captured=kept, variants=variants)


HOPELESS = frozenset(Failure) - {Failure.PROVIDER_DOWN, Failure.INTERNAL}
"""What failed for one variant for such a reason fails for all: the words, the photo, the rules, the room."""

Step = Callable[[Assignment], Awaitable[None]]


class Rendering:
    """Sets and previews; `steps` adds what else a job can be (see `core.services.refining`)."""

    def __init__(
        self,
        work: Work,
        variants: Variants,
        album: Album,
        drawing: Drawing,
        workshop: Workshop,
        catalogue: LiveCatalogue,
        steps: dict[JobKind, Step],
    ) -> None:
        self._work = work
        self._variants = variants
        self._album = album
        self._drawing = drawing
        self._workshop = workshop
        self._catalogue = catalogue
        self._steps: dict[JobKind, Step] = {JobKind.PREVIEW: self._preview, JobKind.SET: self._set, **steps}

    async def run(self, job_id: str) -> None:
        """Do a job, from wherever an earlier attempt left it. Raises the store's errors and bugs, nothing else."""
        job = await self._work.start(job_id)
        if job is None:
            return await self._tell(job_id)
        failpoint.reach("worker.after_start")
        await self._catalogue.fresh()
        assignment = Assignment(job, from_record(Order, job.order), texts.speaker(job.language))
        log.info("job.started", kind=job.kind.value, code=job.code, attempt=job.attempts)
        try:
            with JOB_SECONDS.labels(job.kind.value).time():
                await self._steps[job.kind](assignment)
        except Expected as error:
            log.warning("job.failed", error=repr(error))
            await self._fail(assignment, failure_of(error))
        except Ended:
            log.info("job.taken_away")

    async def cancelled(self, job_id: str) -> None:
        """End a job of this worker that the person has cancelled; what was delivered is kept and paid."""
        job = await self._work.find(job_id)
        if job is None or not job.cancel_requested:  # the person has left meanwhile, or their credits' time ran out
            return
        try:
            await self._end_cancelled(Assignment(job, from_record(Order, job.order), texts.speaker(job.language)))
        except Ended:
            log.info("job.taken_away")

    async def _tell(self, job_id: str) -> None:
        """What cannot be started may have been ended by the attempt (cancelled, crashed too often): say so at once."""
        job = await self._work.find(job_id)
        if job is not None and job.ended_at is not None:
            await self._work.tell(job.id, [self.farewell(job)])

    def farewell(self, job: StoredJob) -> Post:
        """The closing message of a job that ended without its worker (sweep, reaper, poison guard)."""
        assignment = Assignment(job, from_record(Order, job.order), texts.speaker(job.language))
        done = [row.code for row in job.delivered]
        known = assignment.facts(kept=job.captured or 0, variants=done)
        if job.status is JobStatus.CANCELLED:
            return assignment.post("end", present.job_cancelled(assignment.voice, known, delivered=len(done)))
        return assignment.post("end", present.job_failed(assignment.voice, known, job.failure or Failure.INTERNAL))

    # -- the free preview ------------------------------------------------------------------------------------------

    async def _preview(self, it: Assignment) -> None:
        brief = replace(it.order.brief, quality=Quality.DRAFT)
        recipe = Recipe(brief=brief, model=it.order.quote.model, origin=Origin.STUDIO, seed=code.seed(it.job.code))
        draft = str(it.order.options.get("draft", ""))
        catalogue = self._catalogue()
        try:
            selfies, logo = await self._album.selfies(brief), await self._album.logo(brief)
            file = await self._drawing.sketch(recipe, selfies, logo=logo)
        except Expected as error:
            failure = failure_of(error)
            view: View = present.preview_failed(
                it.voice, draft=draft, brief=it.order.brief, failure=failure, catalogue=catalogue
            )
            return await end(self._work, it, JobStatus.FAILED, view, failure=failure)
        shown = replace(recipe, brief=it.order.brief)
        view = present.preview_ready(it.voice, draft=draft, recipe=shown, asset=file.id, catalogue=catalogue)
        return await end(self._work, it, JobStatus.DONE, view, assets=[file.record])

    # -- a set -----------------------------------------------------------------------------------------------------

    async def _set(self, it: Assignment) -> None:
        brief = it.order.brief
        done = {row.position: row for row in it.job.delivered}
        prices = [int(row.facts.get("price", 0)) for row in done.values()]
        ready = await self._delivered(it.job)
        starting = present.progress(
            it.voice, it.facts(stage=Stage.DRAWING), done=len(ready), total=brief.variants, resumed=it.job.attempts > 1
        )
        if await self._work.report_stage(it.job.id, Stage.DRAWING, [it.post(f"go:{it.job.attempts}", starting)]):
            return await self._end_cancelled(it)
        logo = await self._album.logo(brief)
        sitting = Sitting(await self._album.portraits(brief), self._workshop)
        failure: Failure | None = None

        async def draw(position: int) -> Artwork:
            nonlocal failure
            recipe, agreed = self._recipe(it, position), it.order.quote
            try:
                return await self._drawing.draw(recipe, sitting, agreed, logo=logo, extra_formats=brief.extra_formats)
            except Expected as error:
                failure = failure_of(error)
                log.warning("variant.failed", position=position, error=repr(error))
                raise

        undone = [position for position in range(brief.variants) if position not in done]
        async with aclosing(_as_made(draw, undone, self._together(it), lambda: failure not in HOPELESS)) as made:
            async for position, artwork in made:
                failpoint.reach("worker.after_paint")
                prices.append(quote(brief, artwork.model, it.order.quote.work).credits)
                ready = (*ready, await self._store_variant(it, position, artwork, prices, ready))
                failpoint.reach("worker.after_variant")
                if await self._work.report_stage(it.job.id, Stage.DRAWING):
                    return await self._end_cancelled(it)
        if not ready:
            return await self._fail(it, failure or Failure.INTERNAL)
        return await self._end_set(it, sorted(ready, key=lambda row: row.position), prices)

    def _together(self, it: Assignment) -> int:
        """How many variants are drawn at a time: a model is asked for as many as it takes, the studio draws one."""
        resolved = self._catalogue().resolve(it.order.quote.model)
        return max(1, resolved.model.concurrency) if resolved else 1

    def _recipe(self, it: Assignment, position: int) -> Recipe:
        brief = it.order.brief
        # A fixed seed belongs to the person: every set of a series is drawn alike.
        seed = code.seed(it.job.user_id) if brief.fixed_seed else code.seed(it.job.code, position)
        resolved = self._catalogue().resolve(it.order.quote.model)
        origin = resolved.model.origin if resolved else Origin.STUDIO
        return Recipe(brief=brief, model=it.order.quote.model, origin=origin, seed=seed, position=position)

    async def _store_variant(
        self, it: Assignment, position: int, artwork: Artwork, prices: Sequence[int], ready: Sequence[VariantFacts]
    ) -> VariantFacts:
        variant_code = code.derive(it.job.code, "variant", position)
        first = artwork.pictures[0]
        known = {**artwork.facts, "price": prices[-1], "seed": artwork.recipe.seed}
        shown = VariantFacts(
            code=variant_code,
            job=it.job.code,
            position=position,
            version=1,
            versions=1,
            recipe=artwork.recipe,
            picture=first.file.id,
            facts=known,
        )
        view = present.variant_ready(
            it.voice,
            it.facts(stage=Stage.DRAWING),
            (*ready, shown),
            total=it.order.brief.variants,
            catalogue=self._catalogue(),
        )
        await self._work.store_variant(
            it.job.id,
            variant_id=identity.variant_id(variant_code),
            code=variant_code,
            position=position,
            version=version_of(artwork, known),
            earned=captured(it.order.quote, prices),
            outbox=[it.post(f"variant:{position}", view)],
        )
        return shown

    async def _end_set(self, it: Assignment, ready: Sequence[VariantFacts], prices: Sequence[int]) -> None:
        await self._work.report_stage(it.job.id, Stage.FINISHING)
        sheet = await self._sheet(ready)
        kept = captured(it.order.quote, prices)
        complete = len(prices) == it.order.brief.variants
        status = JobStatus.DONE if complete else JobStatus.PARTLY_DONE
        view = present.set_ready(
            it.voice,
            it.facts(status=status, kept=kept, variants=[row.code for row in ready]),
            ready,
            ordered=it.order.brief.variants,
            sheet=sheet.id if sheet else "",
            catalogue=self._catalogue(),
        )
        failpoint.reach("worker.before_end")
        assets = [sheet.record] if sheet else []
        await end(self._work, it, status, view, captured=kept, assets=assets)
        failpoint.reach("worker.after_end")

    async def _sheet(self, ready: Sequence[VariantFacts]) -> StoredFile | None:
        """All pictures in one, for front ends that show a single one. The set is delivered without it if need be."""
        if len(ready) < 2:
            return None
        try:
            pictures = await self._album.all([row.picture for row in ready])
            return await self._drawing.keep(await self._workshop.sheet(pictures), "render", "image/jpeg")
        except Expected as error:
            log.warning("sheet.failed", error=repr(error))
            return None

    async def _delivered(self, job: StoredJob) -> tuple[VariantFacts, ...]:
        if not job.delivered:
            return ()
        page = await self._variants.gallery(job.user_id, job_id=job.id, limit=len(job.delivered))
        known = (facts.variant(item.variant, item.job_code) for item in page.items)
        return tuple(row for row in known if row is not None)

    # -- ends ------------------------------------------------------------------------------------------------------

    async def _fail(self, it: Assignment, failure: Failure) -> None:
        """End with the reason; what was stored before is kept, paid and said."""
        now = await self._work.find(it.job.id) or it.job
        done = [row.code for row in now.delivered]
        status = JobStatus.PARTLY_DONE if done else JobStatus.FAILED
        shown = done or [code for code in (it.order.variant,) if code]
        known = it.facts(status=status, kept=now.earned, variants=shown)
        reroll = self._reroll(it) if failure is Failure.PLATE_GONE else None
        view = present.job_failed(it.voice, known, failure, reroll=reroll)
        await end(self._work, it, status, view, captured=now.earned, failure=failure)

    def _reroll(self, it: Assignment) -> Quote:
        return offer.redraw(it.order.brief, it.order.quote.model, self._catalogue())

    async def _end_cancelled(self, it: Assignment) -> None:
        now = await self._work.find(it.job.id) or it.job
        done = [row.code for row in now.delivered]
        known = it.facts(status=JobStatus.CANCELLED, kept=now.earned, variants=done)
        view = present.job_cancelled(it.voice, known, delivered=len(done))
        await end(self._work, it, JobStatus.CANCELLED, view, captured=now.earned)


async def _as_made(
    draw: Callable[[int], Awaitable[Artwork]], positions: Sequence[int], together: int, worth: Callable[[], bool]
) -> AsyncGenerator[tuple[int, Artwork], None]:
    """Each position with its picture as they are ready, without those that came to nothing; at most `together` are
    drawn at a time, and none is begun that is not worth it any more. Leaving early abandons the rest."""
    room = asyncio.Semaphore(together)

    async def one(position: int) -> tuple[int, Artwork] | None:
        async with room:
            with suppress(*Expected):
                return (position, await draw(position)) if worth() else None
        return None

    tasks = [asyncio.create_task(one(position)) for position in positions]
    try:
        for ended in asyncio.as_completed(tasks):
            if (made := await ended) is not None:
                yield made
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def end(
    work: Work,
    it: Assignment,
    status: JobStatus,
    view: View,
    *,
    captured: int | None = None,
    failure: Failure | None = None,
    assets: Sequence[Mapping[str, Json]] = (),
) -> None:
    """End a job with its closing message, and count how it really ended."""
    ended = await work.end(
        it.job.id, status, captured=captured, failure=failure, assets=assets, outbox=[it.post("end", view)]
    )
    if ended.replayed:
        return
    JOBS.labels(it.job.kind.value, ended.status.value).inc()
    CREDITS.inc(ended.captured)
    log.info("job.ended", status=ended.status.value, captured=ended.captured)


PLATE = "application/octet-stream"
"""Media type of the plates of further formats, which are kept beside the pictures made from them."""


def plates(pictures: Sequence[Picture]) -> list[NewRender]:
    return [
        NewRender(id=str(uuid4()), format=row.format, size=str(row.size), media_type=PLATE, asset=row.plate.record)
        for row in pictures
        if row.plate
    ]


def renders(pictures: Sequence[Picture], media_type: str = "image/jpeg") -> list[NewRender]:
    return [
        NewRender(id=str(uuid4()), format=row.format, size=str(row.size), media_type=media_type, asset=row.file.record)
        for row in pictures
    ]


def version_of(artwork: Artwork, known: dict[str, object]) -> NewVersion:
    """What is stored of an artwork; the plates of further formats ride along as files of theirs."""
    first = artwork.pictures[0]
    return NewVersion(
        recipe=to_record(artwork.recipe),
        spec={row.format: row.spec for row in artwork.pictures},
        facts=known,
        plate=first.plate.record if first.plate else None,
        original=artwork.original.record if artwork.original else None,
        thread=artwork.thread.record if artwork.thread else None,
        renders=[*renders(artwork.pictures), *plates(artwork.pictures[1:])],
    )
