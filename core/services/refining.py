"""Refining: a finished variant changed, each time as a new version of it."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace

from core import failpoint
from core.conversation import present
from core.domain import code
from core.domain import format as formats
from core.domain.brief import Brief, Vibe
from core.domain.job import JobKind, JobStatus, rerolled
from core.domain.model import Catalogue, Origin
from core.domain.price import Work as Paid
from core.domain.price import captured
from core.domain.prompt import Touch
from core.domain.record import Json, to_record
from core.domain.restyle import restyled
from core.domain.score import SOFT_FROM
from core.services.album import Album
from core.services.desk import AssetGone
from core.services.drawing import Artwork, Drawing, Picture
from core.services.finishing import Assignment, Step, end, renders, version_of
from core.services.painting import Edit
from core.services.seating import Seating
from core.services.sitting import Sitting
from core.services.target import Target, Targets, facts_of
from core.store.work import NewVersion, Work
from core.workshop.workshop import Workshop


class Refining:
    def __init__(
        self,
        work: Work,
        album: Album,
        drawing: Drawing,
        workshop: Workshop,
        seating: Seating,
        targets: Targets,
        catalogue: Callable[[], Catalogue],
    ) -> None:
        self._work = work
        self._album = album
        self._drawing = drawing
        self._workshop = workshop
        self._seating = seating
        self._targets = targets
        self._catalogue = catalogue

    def steps(self) -> dict[JobKind, Step]:
        return {
            JobKind.EDIT_TEXT: self._set_again,
            JobKind.RESTYLE: self._set_again,
            JobKind.CHANGE_VIBE: self._redraw,
            JobKind.REROLL: self._redraw,
            JobKind.EDIT_PROMPT: self._change,
            JobKind.UPSCALE: self._upscale,
        }

    async def _set_again(self, it: Assignment) -> None:
        """Other words or other type on the same picture."""
        if it.job.delivered:  # stored by an attempt that died before it could say so
            return await self._end_refined(it)
        target = await self._targets.find(it)
        recipe = replace(target.recipe, brief=_wanted(it, target))
        if it.job.kind is JobKind.EDIT_TEXT:
            recipe = replace(recipe, short="")
        picture = await self._targets.composed(target, recipe, recipe.brief.format)
        version = NewVersion(
            recipe=to_record(recipe),
            spec={picture.format: picture.spec},
            facts=target.shown.facts,
            plate=picture.plate.record if picture.plate else target.shown.plate_asset,
            original=target.shown.original_asset,
            thread=target.shown.thread_asset,
            renders=renders([picture]),
        )
        await self._work.store_version(it.job.id, target.stored.id, version)
        failpoint.reach("worker.after_version")
        return await self._end_refined(it)

    async def _redraw(self, it: Assignment) -> None:
        """Another vibe; or the same brief with another seed and with a look this variant never had."""
        if it.job.delivered:
            return await self._end_refined(it)
        target = await self._targets.find(it)
        recipe = replace(target.recipe, brief=_wanted(it, target), model=it.order.quote.model)
        if it.job.kind is JobKind.REROLL:
            recipe = replace(recipe, seed=code.seed(it.job.code), position=rerolled(target.positions))
        logo = await self._album.logo(recipe.brief)
        sitting = await self._seating.sitting(recipe.brief)
        artwork = await self._drawing.draw(
            recipe, sitting, it.order.quote, it.fruitless, job=it.job.id, logo=logo, quick=True
        )
        return await self._store(it, target, artwork)

    async def _change(self, it: Assignment) -> None:
        """What is painted already, changed: the conversation with its model goes on from the version that is shown."""
        if it.job.delivered:
            return await self._end_refined(it)
        target = await self._targets.find(it)
        seed = code.seed(it.job.code)
        recipe = replace(target.recipe, brief=_wanted(it, target), model=it.order.quote.model, seed=seed)
        options = it.order.options
        asked: Touch | str = Touch(options["touch"]) if "touch" in options else str(options["words"])
        edit = Edit(
            asked=asked,
            canvas=lambda: self._canvas(target),
            painter=target.recipe.model,
            thread=await self._thread(target),
            layout=target.shown.spec[recipe.brief.format],
        )
        logo = await self._album.logo(recipe.brief)
        sitting = await self._sitting(recipe.brief, needed=asked is Touch.FIX_FACE)
        artwork = await self._drawing.draw(
            recipe, sitting, it.order.quote, it.fruitless, job=it.job.id, logo=logo, quick=True, change=edit
        )
        # A conversation that goes on was shown them when it began.
        shown = artwork.facts.get("selfies_shown") or target.shown.facts.get("selfies_shown", [])
        return await self._store(it, target, artwork, **options, selfies_shown=shown)

    async def _upscale(self, it: Assignment) -> None:
        """In 4K: what the studio drew is drawn once more, what a model painted is enlarged; the type is set anew."""
        if it.job.delivered:
            return await self._end_refined(it)
        target = await self._targets.find(it)
        format_id = target.recipe.brief.format
        recipe = replace(target.recipe, brief=_wanted(it, target))
        painted = await self._targets.kept(target, format_id)
        plate = await self._drawing.plate(recipe, format_id, lambda: self._album.selfies(recipe.brief), painted)
        picture = await self._drawing.compose(recipe, format_id, plate, logo=await self._album.logo(recipe.brief))
        version = NewVersion(
            recipe=to_record(recipe),
            spec={picture.format: picture.spec},
            facts={**target.shown.facts, **_enlarged(target, picture)},
            plate=picture.plate.record if picture.plate else None,
            original=target.shown.original_asset,
            thread=target.shown.thread_asset,
            renders=renders([picture]),
        )
        await self._work.store_version(it.job.id, target.stored.id, version)
        failpoint.reach("worker.after_version")
        return await self._end_refined(it)

    async def _thread(self, target: Target) -> bytes | None:
        """None where there was no conversation, or what was said is not stored any more."""
        if target.shown.thread_asset is None:
            return None
        with suppress(AssetGone):
            return await self._album.load(target.shown.thread_asset)
        return None

    async def _canvas(self, target: Target) -> bytes:
        """The picture itself, as it was painted or, of the studio's, as it lies under the type."""
        if target.shown.original_asset is not None:
            with suppress(AssetGone):
                return await self._workshop.reduce(await self._album.load(target.shown.original_asset))
        format_id = target.recipe.brief.format
        return await self._workshop.bare(await self._targets.plate(target, format_id))

    async def _sitting(self, brief: Brief, *, needed: bool) -> Sitting:
        """Selfies that are gone are missed only where the face itself is asked for: the picture shows the person."""
        try:
            return await self._seating.sitting(brief)
        except AssetGone:
            if needed:
                raise
            return Sitting((), self._workshop)

    async def _store(self, it: Assignment, target: Target, artwork: Artwork, **told: Json) -> None:
        """What a model drew anew, as the version that is shown from now on."""
        recipe = artwork.recipe
        price = artwork.price(Paid.REDRAW)
        kept = captured(it.order.quote, [price])
        known = {**artwork.facts, **told, "price": price, "agreed": it.order.quote.credits, "seed": recipe.seed}
        await self._work.store_version(it.job.id, target.stored.id, version_of(artwork, known), earned=kept)
        failpoint.reach("worker.after_version")
        return await self._end_refined(it)

    async def _end_refined(self, it: Assignment) -> None:
        """Show the version this job has stored, as it is stored."""
        now = facts_of(await self._targets.find(it))
        stored = await self._work.find(it.job.id) or it.job
        known = it.facts(status=JobStatus.DONE, kept=stored.earned, variants=[now.code])
        view = present.refined(it.voice, known, now, catalogue=self._catalogue())
        await end(self._work, it, JobStatus.DONE, view, captured=stored.earned)


def _wanted(it: Assignment, target: Target) -> Brief:
    """What was ordered, of the version as it is shown now: the order may have waited behind others, and says itself
    what it changes. Painted is in the quality whose price was said."""
    brief, order = target.recipe.brief, it.order
    match order.kind:
        case JobKind.EDIT_TEXT:
            return replace(brief, headline=str(order.options["headline"]), key_word=0)
        case JobKind.RESTYLE:
            return restyled(brief, str(order.options["change"]))
        case JobKind.CHANGE_VIBE:
            return replace(brief, vibe=Vibe(order.options["vibe"]), quality=order.brief.quality)
        case _:
            return replace(brief, quality=order.brief.quality)


def _enlarged(target: Target, picture: Picture) -> dict[str, Json]:
    """How much larger than painted it is now; what the studio draws is drawn at its size."""
    if target.recipe.origin is Origin.STUDIO:
        return {}
    known = target.shown.facts
    before = formats.find(picture.format).size(target.recipe.brief.quality)
    times = round(float(known.get("enlarged", 1.0)) * picture.size.width / before.width, 2)
    return {"enlarged": times, "gates": {**known.get("gates", {}), "sharp": times <= SOFT_FROM}}
