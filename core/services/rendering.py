"""Rendering: from a claimed job to stored variants, a settled hold and the message that says so."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping, Sequence
from contextlib import aclosing, suppress
from dataclasses import replace

import structlog

from core import failpoint
from core.conversation import present
from core.conversation.view import View
from core.conversation.world import VariantFacts
from core.domain.format import Quality
from core.domain.job import Failure, JobKind, JobStatus, Stage
from core.domain.model import Origin
from core.providers.base import Sharing
from core.services.album import Album
from core.services.catalogue import LiveCatalogue
from core.services.draft import FirstDraft
from core.services.drawing import Artwork, Drawing
from core.services.failing import Expected, failure_of, note, unwritten
from core.services.finishing import FRUITLESS, Assignment, Finishing, Step, end
from core.services.metric import JOB_SECONDS
from core.services.seating import Seating
from core.services.shelving import Shelving
from core.services.sitting import Sitting
from core.store.error import Ended, StoreError
from core.store.job import StoredJob
from core.store.outbox import Post
from core.store.work import Work
from core.workshop.workshop import Workshop

log = structlog.get_logger(__name__)


HOPELESS = frozenset(Failure) - {Failure.PROVIDER_DOWN, Failure.INTERNAL}
"""What failed for one variant for such a reason fails for all: the words, the photo, the rules, the room."""


class Rendering:
    """Sets and previews; `steps` adds what else a job can be (see `core.services.refining`)."""

    def __init__(
        self,
        work: Work,
        album: Album,
        drawing: Drawing,
        workshop: Workshop,
        seating: Seating,
        catalogue: LiveCatalogue,
        finishing: Finishing,
        sharers: Mapping[str, Sharing],
        steps: dict[JobKind, Step],
    ) -> None:
        """`sharers`: the providers that keep references while a job runs."""
        self._work = work
        self._album = album
        self._drawing = drawing
        self._workshop = workshop
        self._seating = seating
        self._catalogue = catalogue
        self._finishing = finishing
        self._sharers = sharers
        self._steps: dict[JobKind, Step] = {JobKind.PREVIEW: self._preview, JobKind.SET: self._set, **steps}

    async def run(self, job_id: str) -> None:
        """Do a job, from wherever an earlier attempt left it. Raises the store's errors and bugs, nothing else."""
        job = await self._work.start(job_id)
        if job is None:
            return await self._tell(job_id)
        failpoint.reach("worker.after_start")
        await self._catalogue.refresh()
        assignment = Assignment.of(job)
        log.info("job.started", kind=job.kind.value, code=job.code, attempt=job.attempts)
        try:
            with JOB_SECONDS.labels(job.kind.value).time():
                await self._steps[job.kind](assignment)
        except Expected as error:
            failure = failure_of(error)
            note("job.failed", failure, error)
            await self._finishing.fail(assignment, failure, unwritten(error))
        except Ended:
            log.info("job.taken_away")
        except BaseException:
            await self._remember(assignment)
            raise

    async def _remember(self, it: Assignment) -> None:
        """For the attempt that goes on from here, or whoever ends the job, if the store can be told."""
        if it.fruitless:
            with suppress(StoreError):
                tried = [row.record() for row in it.fruitless]
                await self._work.keep_provider_state(it.job.id, {FRUITLESS: tried})

    async def cancelled(self, job_id: str) -> None:
        """End a job of this worker that the person has cancelled; what was delivered is kept and paid."""
        job = await self._work.find(job_id)
        if job is None or not job.cancel_requested:  # the person has left meanwhile, or their credits' time ran out
            return
        try:
            await self._finishing.cancel(Assignment.of(job))
        except Ended:
            log.info("job.taken_away")

    async def _tell(self, job_id: str) -> None:
        """What cannot be started may have been ended by the attempt (cancelled, crashed too often): say so at once."""
        job = await self._work.find(job_id)
        if job is not None and job.ended_at is not None:
            await self._work.tell(job.id, [self.farewell(job)])

    def farewell(self, job: StoredJob) -> Post:
        """The closing message of a job that ended without its worker (sweep, reaper, poison guard)."""
        assignment = Assignment.of(job)
        done = [row.code for row in job.delivered]
        known = assignment.facts(kept=job.captured or 0, variants=done)
        if job.status is JobStatus.CANCELLED:
            return assignment.post("end", present.job_cancelled(assignment.voice, known, delivered=len(done)))
        return assignment.post("end", present.job_failed(assignment.voice, known, job.failure or Failure.INTERNAL))

    # -- the free preview ------------------------------------------------------------------------------------------

    async def _preview(self, it: Assignment) -> None:
        brief = replace(it.order.brief, quality=Quality.DRAFT)
        recipe = replace(self._finishing.recipe(it, 0), brief=brief, origin=Origin.STUDIO)
        draft = str(it.order.options.get("draft", ""))
        catalogue = self._catalogue()
        try:
            selfies, logo = await self._album.selfies(brief), await self._album.logo(brief)
            file, advice = await self._drawing.sketch(recipe, selfies, logo=logo)
        except Expected as error:
            failure = failure_of(error)
            view: View = present.preview_failed(
                it.voice,
                draft=draft,
                brief=it.order.brief,
                failure=failure,
                catalogue=catalogue,
                means=it.order.means,
                unwritten=unwritten(error),
            )
            return await end(self._work, it, JobStatus.FAILED, view, failure=failure)
        shown = replace(recipe, brief=it.order.brief)
        view = present.preview_ready(
            it.voice,
            draft=draft,
            recipe=shown,
            asset=file.id,
            catalogue=catalogue,
            means=it.order.means,
            advice=advice,
        )
        return await end(self._work, it, JobStatus.DONE, view, assets=[file.record])

    # -- a set -----------------------------------------------------------------------------------------------------

    async def _set(self, it: Assignment) -> None:
        brief = it.order.brief
        ready = await self._finishing.delivered(it.job)
        starting = present.progress(
            it.voice, it.facts(stage=Stage.DRAWING), done=len(ready), total=brief.variants, resumed=it.job.attempts > 1
        )
        if await self._work.report_stage(it.job.id, Stage.DRAWING, [it.post(f"go:{it.job.attempts}", starting)]):
            return await self._finishing.cancel(it)
        done = {row.position for row in it.job.delivered}
        undone = [position for position in range(brief.variants) if position not in done]
        first = FirstDraft(it, self._work, self._drawing, self._workshop)
        async with Shelving(self._work, it.job, self._sharers, calls=len(undone)) as shelving:
            sitting = await self._seating.sitting(brief, shelving)
            try:
                await self._draw(it, sitting, undone, ready, first)
            finally:
                await first.over()

    async def _draw(
        self,
        it: Assignment,
        sitting: Sitting,
        undone: Sequence[int],
        ready: tuple[VariantFacts, ...],
        first: FirstDraft,
    ) -> None:
        brief = it.order.brief
        prices = [int(row.facts.get("price", 0)) for row in it.job.delivered]
        logo = await self._album.logo(brief)
        failure: Failure | None = None
        missing: tuple[str, ...] = ()
        on_draft = None if ready else first.take

        async def draw(position: int) -> Artwork:
            nonlocal failure, missing
            recipe, agreed = self._finishing.recipe(it, position), it.order.quote
            try:
                return await self._drawing.draw(
                    recipe,
                    sitting,
                    agreed,
                    it.fruitless,
                    job=it.job.id,
                    logo=logo,
                    extra_formats=brief.extra_formats,
                    on_draft=on_draft,
                )
            except Expected as error:
                found = failure_of(error)
                note("variant.failed", found, error, position=position)
                failure = failure if failure in HOPELESS else found
                missing = missing or unwritten(error)
                raise

        async with aclosing(_as_made(draw, undone, self._together(it), lambda: failure not in HOPELESS)) as made:
            async for position, artwork in made:
                failpoint.reach("worker.after_paint")
                await first.over()
                prices.append(artwork.price(it.order.quote.work))
                ready = (*ready, await self._finishing.keep(it, position, artwork, prices, ready))
                failpoint.reach("worker.after_variant")
                if await self._work.report_stage(it.job.id, Stage.DRAWING):
                    return await self._finishing.cancel(it)
        if not ready:
            return await self._finishing.fail(it, failure or Failure.INTERNAL, missing)
        return await self._finishing.close(it, sorted(ready, key=lambda row: row.position), prices)

    def _together(self, it: Assignment) -> int:
        """How many variants are drawn at a time: a model is asked for as many as it takes, our own studio for one."""
        resolved = self._catalogue().resolve(it.order.quote.model)
        if resolved is None or resolved.model.origin is not Origin.MODEL:
            return 1
        return min(it.order.brief.variants, resolved.model.concurrency or it.order.brief.variants)


async def _as_made(
    draw: Callable[[int], Awaitable[Artwork]], positions: Sequence[int], together: int, worth: Callable[[], bool]
) -> AsyncGenerator[tuple[int, Artwork], None]:
    """Each position with its picture as they are ready, without those that came to nothing; at most `together` are
    drawn at a time, and none is begun that is not worth it any more. Leaving early abandons the rest; an error that is
    nobody's expectation is raised after what was under way has come, for that is paid."""
    room = asyncio.Semaphore(together)
    trouble: Exception | None = None

    async def one(position: int) -> tuple[int, Artwork] | None:
        async with room:
            with suppress(*Expected):
                return (position, await draw(position)) if worth() and trouble is None else None
        return None

    tasks = [asyncio.create_task(one(position)) for position in positions]
    try:
        for ended in asyncio.as_completed(tasks):
            try:
                made = await ended
            except Exception as error:
                trouble = trouble or error
                continue
            if made is not None:
                yield made
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
    if trouble is not None:
        raise trouble
