"""Finishing: what becomes of the pictures of a set, whoever drew them: stored with their messages, paid, closed."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence, Set
from dataclasses import dataclass, field
from uuid import uuid4

import structlog

from core import failpoint
from core.compose.distance import apart
from core.compose.gist import short
from core.conversation import offer, present, texts
from core.conversation.effect import Order
from core.conversation.texts import Speaker
from core.conversation.view import View
from core.conversation.world import JobFacts, VariantFacts
from core.domain import code, series
from core.domain.brief import VARIANT_COUNTS, FileType
from core.domain.job import Failure, JobKind, JobStatus, Recipe, Stage
from core.domain.model import Catalogue, Origin
from core.domain.price import Quote, captured
from core.domain.record import Json, from_record, to_record
from core.routing.failover import Attempt
from core.services import facts, identity, naming
from core.services.album import Album
from core.services.drawing import Artwork, Drawing, Picture, StoredFile
from core.services.failing import Expected
from core.services.metric import CREDITS, JOBS
from core.services.packing import archive
from core.store.job import StoredJob
from core.store.outbox import Post
from core.store.variant import Variants
from core.store.work import NewRender, NewVersion, Work
from core.workshop.workshop import Workshop

log = structlog.get_logger(__name__)


FRUITLESS = "fruitless"
"""Where a job's `provider_state` keeps what attempts at it that broke off had asked of models in vain."""


@dataclass(frozen=True, slots=True)
class Assignment:
    """A claimed job with what every step of it needs."""

    job: StoredJob
    order: Order
    voice: Speaker
    fruitless: list[Attempt] = field(default_factory=list)
    """Calls of models for pictures that came to nothing. They may be billed all the same."""

    @classmethod
    def of(cls, job: StoredJob) -> Assignment:
        tried = [from_record(Attempt, row) for row in job.provider_state.get(FRUITLESS, ())]
        return cls(job, from_record(Order, job.order), texts.speaker(job.language), tried)

    def spent(self) -> dict[str, Json]:
        """What the job keeps of `fruitless`."""
        if not self.fruitless:
            return {}
        cost = sum(row.cost_micro_usd for row in self.fruitless)
        return {"cost_micro_usd": cost, "attempts": [row.record() for row in self.fruitless]}

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


Step = Callable[[Assignment], Awaitable[None]]


class Finishing:
    def __init__(
        self,
        work: Work,
        variants: Variants,
        album: Album,
        drawing: Drawing,
        workshop: Workshop,
        catalogue: Callable[[], Catalogue],
    ) -> None:
        self._work = work
        self._variants = variants
        self._album = album
        self._drawing = drawing
        self._workshop = workshop
        self._catalogue = catalogue

    def recipe(self, it: Assignment, position: int) -> Recipe:
        """Of the variant at a place in the set; the preview's is that of the first."""
        brief = it.order.brief
        # A fixed seed belongs to the person: every set of a series is drawn alike.
        seed = code.seed(it.job.user_id) if brief.fixed_seed else code.seed(it.job.code, position)
        seed, look = series.shown(brief, position, seed)
        resolved = self._catalogue().resolve(it.order.quote.model)
        origin = resolved.model.origin if resolved else Origin.STUDIO
        return Recipe(
            brief=brief,
            model=it.order.quote.model,
            origin=origin,
            seed=seed,
            position=look,
            short=short(brief, position),
        )

    async def delivered(self, job: StoredJob) -> tuple[VariantFacts, ...]:
        if not job.delivered:
            return ()
        page = await self._variants.gallery(job.user_id, job_id=job.id, limit=len(job.delivered))
        known = (facts.variant(item.variant, item.job_code) for item in page.items)
        return tuple(row for row in known if row is not None)

    async def keep(
        self, it: Assignment, position: int, artwork: Artwork, prices: Sequence[int], ready: Sequence[VariantFacts]
    ) -> VariantFacts:
        variant_code = code.derive(it.job.code, "variant", position)
        first = artwork.pictures[0]
        known = {
            **artwork.facts,
            **_seen(first, ready),
            "price": prices[-1],
            "ordered": it.order.quote.ordered,
            "seed": artwork.recipe.seed,
        }
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
            # A night is told of once it is whole: its status message stays what was said when it was handed in.
            outbox=[] if it.job.kind is JobKind.OVERNIGHT else [it.post(f"variant:{position}", view)],
        )
        return shown

    async def close(self, it: Assignment, ready: Sequence[VariantFacts], prices: Sequence[int]) -> None:
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
        files, lost = await self._files(it)
        failpoint.reach("worker.before_end")
        assets = [one.record for one in (sheet, files) if one]
        posts = []
        if files or lost:
            said = present.files_ready(
                it.voice, it.order.brief, files.record if files else None, [row for row in ready if row.code in lost]
            )
            posts = [it.post("files", said)]
        await end(self._work, it, status, view, captured=kept, assets=assets, besides=posts)
        failpoint.reach("worker.after_end")

    async def _files(self, it: Assignment) -> tuple[StoredFile | None, Set[str]]:
        """The set in the type the brief asks for, as one archive, and the codes of the variants that are not in it;
        what is shown is JPG. The set is delivered without it if need be: every variant's own button makes the same
        file."""
        kind, lost = it.order.brief.file_type, set[str]()
        if kind is FileType.JPG:
            return None, lost
        page = await self._variants.gallery(it.job.user_id, job_id=it.job.id, limit=max(VARIANT_COUNTS))
        found = sorted((item.variant for item in page.items), key=lambda row: row.position)
        try:
            logo = await self._album.logo(it.order.brief)
            with archive() as packed:
                for one in found:
                    recipe, format_id = from_record(Recipe, one.shown.recipe), it.order.brief.format
                    try:
                        plate = await self._album.plate(one.shown)
                        made = await self._drawing.made(recipe, format_id, plate, kind, logo=logo, quick=False)
                    except Expected as error:
                        log.warning("file.failed", kind=kind.value, variant=one.code, error=repr(error))
                        lost.add(one.code)
                        continue
                    await packed.put(naming.picture(recipe, one.position, format_id, kind), made.data)
                if len(lost) == len(found):
                    return None, lost
                data = await packed.whole()
            return await self._drawing.fetched(data, FileType.ZIP), lost
        except Expected as error:
            log.warning("files.failed", kind=kind.value, error=repr(error))
            return None, {row.code for row in found}

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

    async def fail(self, it: Assignment, failure: Failure, unwritten: Sequence[str] = ()) -> None:
        """End with the reason; what was stored before is kept, paid and said. `unwritten`: see `failing`."""
        now = await self._work.find(it.job.id) or it.job
        done = [row.code for row in now.delivered]
        status = JobStatus.PARTLY_DONE if done else JobStatus.FAILED
        shown = done or [code for code in (it.order.variant,) if code]
        known = it.facts(status=status, kept=now.earned, variants=shown)
        reroll = self._reroll(it) if failure is Failure.PLATE_GONE else None
        view = present.job_failed(it.voice, known, failure, reroll=reroll, unwritten=unwritten)
        await end(self._work, it, status, view, captured=now.earned, failure=failure)

    def _reroll(self, it: Assignment) -> Quote:
        return offer.redraw(it.order.brief, it.order.quote.model, self._catalogue())

    async def cancel(self, it: Assignment) -> None:
        now = await self._work.find(it.job.id) or it.job
        done = [row.code for row in now.delivered]
        known = it.facts(status=JobStatus.CANCELLED, kept=now.earned, variants=done)
        view = present.job_cancelled(it.voice, known, delivered=len(done))
        await end(self._work, it, JobStatus.CANCELLED, view, captured=now.earned)


def _seen(picture: Picture, others: Sequence[VariantFacts]) -> dict[str, Json]:
    """What is seen of a variant at a glance, and how far it is from the nearest of those before it: a model may paint
    one much like another."""
    before = [bytes.fromhex(str(one.facts["seen"])) for one in others if "seen" in one.facts]
    gap = {"apart": round(apart(bytes.fromhex(picture.seen), before), 1)} if before else {}
    return {"seen": picture.seen, **gap}


async def end(
    work: Work,
    it: Assignment,
    status: JobStatus,
    view: View,
    *,
    captured: int | None = None,
    failure: Failure | None = None,
    assets: Sequence[Mapping[str, Json]] = (),
    besides: Sequence[Post] = (),
) -> None:
    """End a job with its closing message, and count how it really ended."""
    ended = await work.end(
        it.job.id,
        status,
        captured=captured,
        failure=failure,
        result=it.spent(),
        assets=assets,
        outbox=[it.post("end", view), *besides],
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
