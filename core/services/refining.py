"""Refining: what is done to a finished variant, each time as a new version or a new file of it."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Iterator, Sequence, Set
from contextlib import suppress
from dataclasses import asdict, dataclass, replace

import structlog

from core import failpoint
from core.conversation import card, present, report
from core.conversation.view import FileView, View
from core.conversation.world import VariantFacts
from core.domain import code
from core.domain import format as formats
from core.domain.brief import VARIANT_COUNTS, Brief, FileType, Vibe
from core.domain.format import Size
from core.domain.job import TESTED, JobKind, JobStatus, Recipe, rerolled
from core.domain.model import Catalogue, Origin
from core.domain.price import Work as Paid
from core.domain.price import captured
from core.domain.prompt import Touch
from core.domain.recall import covered
from core.domain.record import Json, from_record, to_record
from core.domain.restyle import restyled
from core.domain.score import SOFT_FROM, small_width, with_recall
from core.services import facts, identity, naming
from core.services.album import Album
from core.services.desk import AssetGone
from core.services.drawing import MEDIA_TYPES, STORED_FILES, Artwork, Drawing, Picture, PlateGone, StoredFile
from core.services.finishing import PLATE, Assignment, Step, end, plates, renders, version_of
from core.services.packing import Archive, archive
from core.services.painting import Edit, typed
from core.services.seating import Seating
from core.services.sitting import Sitting
from core.services.uploading import SENT_OCTETS
from core.store.outbox import Post
from core.store.person import People
from core.store.variant import StoredRender, StoredVariant, Variants, Version
from core.store.work import NewVersion, Work
from core.workshop.crew import WorkLost
from core.workshop.refusal import TypeRefused
from core.workshop.workshop import Workshop

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Target:
    """The variant a refinement works on, as it is shown now."""

    stored: StoredVariant
    shown: Version
    recipe: Recipe
    job_code: str

    @property
    def positions(self) -> Iterator[int]:
        """What its versions showed of the studio's looks, those included that were undone."""
        return (from_record(Recipe, version.recipe).position for version in self.stored.versions)

    def plates(self, format_id: str) -> Iterator[str]:
        """Assets of the picture's plates in a format. Versions with the same plate are the same picture."""
        if format_id == self.recipe.brief.format and self.shown.plate_asset:
            yield self.shown.plate_asset
        for version in reversed(self.stored.versions):
            plate = facts.main_render(version, format_id, PLATE)
            if plate and version.plate_asset == self.shown.plate_asset:
                yield plate.asset.id


class Refining:
    def __init__(
        self,
        work: Work,
        variants: Variants,
        people: People,
        album: Album,
        drawing: Drawing,
        workshop: Workshop,
        seating: Seating,
        catalogue: Callable[[], Catalogue],
    ) -> None:
        self._work = work
        self._variants = variants
        self._people = people
        self._album = album
        self._drawing = drawing
        self._workshop = workshop
        self._seating = seating
        self._catalogue = catalogue

    def steps(self) -> dict[JobKind, Step]:
        return {
            JobKind.EDIT_TEXT: self._set_again,
            JobKind.RESTYLE: self._set_again,
            JobKind.CHANGE_VIBE: self._redraw,
            JobKind.REROLL: self._redraw,
            JobKind.EDIT_PROMPT: self._change,
            JobKind.UPSCALE: self._upscale,
            JobKind.RESIZE: self._resize,
            JobKind.ALL_SIZES: self._all_sizes,
            JobKind.FILE: self._file,
            JobKind.FEED_PREVIEW: self._feed,
            JobKind.SCORE: self._judge,
            JobKind.DOWNLOAD_ALL: self._download_all,
            JobKind.BEST_THREE: self._best_three,
            JobKind.EXPORT: self._export,
        }

    async def _set_again(self, it: Assignment) -> None:
        """Other words or other type on the same picture."""
        if it.job.delivered:  # stored by an attempt that died before it could say so
            return await self._end_refined(it)
        target = await self._target(it)
        recipe = replace(target.recipe, brief=_wanted(it, target))
        if it.job.kind is JobKind.EDIT_TEXT:
            recipe = replace(recipe, short="")
        picture = await self._composed(target, recipe, recipe.brief.format)
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
        target = await self._target(it)
        recipe = replace(target.recipe, brief=_wanted(it, target), model=it.order.quote.model)
        if it.job.kind is JobKind.REROLL:
            recipe = replace(recipe, seed=code.seed(it.job.code), position=rerolled(target.positions))
        logo = await self._album.logo(recipe.brief)
        sitting = await self._seating.sitting(recipe.brief)
        artwork = await self._drawing.draw(recipe, sitting, it.order.quote, it.fruitless, logo=logo, quick=True)
        return await self._store(it, target, artwork)

    async def _change(self, it: Assignment) -> None:
        """What is painted already, changed: the conversation with its model goes on from the version that is shown."""
        if it.job.delivered:
            return await self._end_refined(it)
        target = await self._target(it)
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
            recipe, sitting, it.order.quote, it.fruitless, logo=logo, quick=True, change=edit
        )
        # A conversation that goes on was shown them when it began.
        shown = artwork.facts.get("selfies_shown") or target.shown.facts.get("selfies_shown", [])
        return await self._store(it, target, artwork, **options, selfies_shown=shown)

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
        return await self._workshop.bare(await self._kept(target, format_id) or await self._plate(target, format_id))

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

    async def _upscale(self, it: Assignment) -> None:
        """In 4K: what the studio drew is drawn once more, what a model painted is enlarged; the type is set anew."""
        if it.job.delivered:
            return await self._end_refined(it)
        target = await self._target(it)
        format_id = target.recipe.brief.format
        recipe = replace(target.recipe, brief=_wanted(it, target))
        painted = await self._kept(target, format_id)
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

    async def _resize(self, it: Assignment) -> None:
        target = await self._target(it)
        format_id = str(it.order.options["format"])
        return await self._end_file(it, await self._resized(it, target, format_id), format_id, FileType.JPG)

    async def _resized(self, it: Assignment, target: Target, format_id: str) -> Target:
        """The target with a file of that format."""
        if await self._has(target, format_id):
            return target
        recipe = replace(target.recipe, brief=replace(target.recipe.brief, format=format_id))
        picture = await self._composed(target, recipe, format_id)
        made = [*renders([picture]), *plates([picture])]
        await self._work.store_renders(it.job.id, target.stored.id, target.shown.number, made)
        return await self._target(it)

    async def _all_sizes(self, it: Assignment) -> None:
        """A format that has no room for the words is left out: it must not cost the others."""
        target = await self._target(it)
        for format_id in formats.FORMATS:
            try:
                target = await self._resized(it, target, format_id)
            except TypeRefused as error:
                log.warning("format.failed", format=format_id, error=repr(error))
        position = target.stored.position
        made = [row for row in target.shown.renders if row.media_type == MEDIA_TYPES[FileType.JPG]]
        wanted = [(naming.picture(target.recipe, position, row.format, FileType.JPG), row.asset.id) for row in made]
        with archive() as packed:
            inside = await self._pack(packed, wanted)
            name = naming.picture(target.recipe, position, "all-sizes", FileType.ZIP)
            view, file = await self._archived(it, packed, name, target.stored.code)
        lost = formats.FORMATS.keys() - {row.format for row in made if row.asset.id in inside}
        names = [card.label(it.voice, "format", row) for row in formats.FORMATS if row in lost]
        sizes = [(row.format, row.asset.id, _size(row)) for row in made if row.asset.id in inside]
        shown = present.sizes_shown(it.voice, self._facts(target), sizes)
        besides = [it.post("pictures", shown)] if sizes else []
        await self._done(it, present.without(it.voice, view, names), file, besides=besides)

    async def _file(self, it: Assignment) -> None:
        target = await self._target(it)
        kind = FileType(str(it.order.options.get("type", FileType.JPG)))
        format_id = target.recipe.brief.format
        if kind in STORED_FILES:
            if not await self._has(target, format_id, MEDIA_TYPES[kind]):
                made = renders([await self._exported(target, kind)], MEDIA_TYPES[kind])
                await self._work.store_renders(it.job.id, target.stored.id, target.shown.number, made)
                target = await self._target(it)
            return await self._end_file(it, target, format_id, kind)
        try:
            made_now = (await self._exported(target, kind)).file
        except (AssetGone, PlateGone):
            if kind is not FileType.JPG:
                raise
            return await self._end_file(it, target, format_id, kind)  # as it was shown is better than not at all
        return await self._done(it, self._file_view(it, target, format_id, kind, made_now.record), made_now)

    async def _exported(self, target: Target, kind: FileType) -> Picture:
        """The version that is shown as a file of that kind."""
        format_id = target.recipe.brief.format
        plate = await self._kept(target, format_id) or await self._plate(target, format_id)
        logo = await self._album.logo(target.recipe.brief)
        return await self._drawing.export(target.recipe, format_id, plate, kind, logo=logo)

    async def _has(self, target: Target, format_id: str, media_type: str = "image/jpeg") -> bool:
        """Whether this file of the version exists, and not only its row."""
        render = facts.main_render(target.shown, format_id, media_type)
        return render is not None and await self._album.holds(render.asset.id)

    async def _feed(self, it: Assignment) -> None:
        target = await self._target(it)
        shown = self._facts(target)
        sheet, size = await self._workshop.feed(
            await self._album.load(shown.picture), target.recipe.brief.headline, it.voice.say("feed.channel")
        )
        file = await self._drawing.keep(sheet, "export", "image/jpeg", size.width, size.height)
        known = it.facts(status=JobStatus.DONE, variants=[shown.code])
        await self._done(it, present.feed_ready(it.voice, known, shown, asset=file.id, size=size), file)

    async def _judge(self, it: Assignment) -> None:
        """One of ours by what is known of it, a picture from elsewhere by looking."""
        elsewhere = it.order.options.get("asset")
        await (self._appraise(it, str(elsewhere)) if elsewhere else self._score(it))

    async def _score(self, it: Assignment) -> None:
        """Measured on the file that is shown, against the layout it was set from."""
        target = await self._target(it)
        shown, brief = self._facts(target), target.recipe.brief
        picture, shape = await self._album.load(shown.picture), formats.find(brief.format)
        layout = target.shown.spec[brief.format]
        said = facts.said(layout)
        checks, read = await asyncio.gather(
            self._workshop.score(picture, layout, typed(target.recipe, self._catalogue()), shape),
            self._reread(picture, said, small_width(shape.family, shape.size(brief.quality).width)),
        )
        known = it.facts(status=JobStatus.DONE, variants=[shown.code])
        view = report.own(
            it.voice,
            known,
            shown,
            with_recall(checks, read),
            catalogue=self._catalogue(),
            unread=self._workshop.reads and bool(said) and not covered(said),
        )
        await self._done(it, view)

    async def _appraise(self, it: Assignment, asset: str) -> None:
        """Raises WorkLost: without the measuring there is nothing to say."""
        picture = await self._album.load(asset)
        stored = await self._album.assets.get(asset)
        found = await self._workshop.appraise(picture, int(stored.facts.get(SENT_OCTETS, 0)))
        known = it.facts(status=JobStatus.DONE)
        await self._done(it, report.elsewhere(it.voice, known, found))

    async def _reread(self, picture: bytes, words: str, width: int) -> float | None:
        """What is left out where it cannot be had: everything else is known without it."""
        try:
            return await self._workshop.reread(picture, words, width)
        except WorkLost as lost:
            log.warning("score.not_reread", reason=str(lost))
            return None

    async def _download_all(self, it: Assignment) -> None:
        job_id = identity.job_id(str(it.order.options["job"]))
        page = await self._variants.gallery(it.job.user_id, job_id=job_id, limit=max(VARIANT_COUNTS))
        wanted = [
            (_file_name(item.variant, version, render), render.asset.id)
            for item in page.items
            for version in item.variant.versions
            for render in version.renders
            if render.media_type != PLATE
        ]
        with archive() as packed:
            if not await self._pack(packed, wanted):
                raise AssetGone(it.job.code)
            await self._end_archive(it, packed, "thumbnails.zip")

    async def _best_three(self, it: Assignment) -> None:
        """What each variant shows now, the three most apart; fewer where fewer are left."""
        job_id = identity.job_id(str(it.order.options["job"]))
        page = await self._variants.gallery(it.job.user_id, job_id=job_id, limit=max(VARIANT_COUNTS))
        known = [facts.variant(item.variant, item.job_code) for item in page.items]
        shown: list[tuple[VariantFacts, bytes]] = []
        for row in sorted(filter(None, known), key=lambda row: row.position):
            with suppress(AssetGone):
                shown.append((row, await self._album.load(row.picture)))
        if not shown:
            raise AssetGone(it.job.code)
        chosen = [shown[place] for place in await self._workshop.most_apart([data for _, data in shown], TESTED)]
        with archive() as packed:
            for letter, (row, data) in zip(present.LETTERS, chosen, strict=False):
                name = naming.picture(row.recipe, row.position, row.recipe.brief.format, "jpg")
                await packed.put(f"{letter}-{name}", data)
            view, file = await self._archived(it, packed, "best-three.zip")
        best = [row for row, _ in chosen]
        pictures = it.post("pictures", present.best_shown(it.voice, best, self._catalogue()))
        await self._done(it, present.best_ready(it.voice, view, best), file, besides=[pictures])

    async def _export(self, it: Assignment) -> None:
        """Everything known of the person: what is stored as JSON, and every picture that still exists."""
        record = await self._people.export(it.job.user_id)
        paths, assets = naming.exported(record), record.get("assets") or ()
        wanted = [
            (paths[asset["id"]], asset["id"])
            for asset in assets
            if asset["kind"] not in ("export", "plate", "thread") and asset["media_type"] != PLATE
        ]
        with archive() as packed:
            inside = await self._pack(packed, wanted)
            files = {asset_id: {"file": path} for path, asset_id in wanted if asset_id in inside}
            told = {**record, "assets": [{**asset, **files.get(asset["id"], {})} for asset in assets]}
            await packed.put("data.json", json.dumps(told, indent=1, ensure_ascii=False, default=str).encode())
            await self._end_archive(it, packed, "my-data.zip")

    # -- shared ----------------------------------------------------------------------------------------------------

    async def _target(self, it: Assignment) -> Target:
        stored, job = await self._variants.get(it.order.variant, it.job.user_id)
        shown = stored.shown
        if stored.deleted:
            raise AssetGone(stored.code)
        return Target(stored, shown, from_record(Recipe, shown.recipe), job.code)

    async def _composed(self, target: Target, recipe: Recipe, format_id: str) -> Picture:
        """The recipe's type on the target's picture in a format; a plate that had to be made is kept."""
        logo = await self._album.logo(recipe.brief)
        if kept := await self._kept(target, format_id):
            return await self._drawing.retype(recipe, format_id, kept, logo=logo)
        return await self._drawing.compose(recipe, format_id, await self._plate(target, format_id), logo=logo)

    async def _kept(self, target: Target, format_id: str) -> bytes | None:
        """The plate of a format as it is stored, with this version or with one that has other words on it."""
        for asset_id in target.plates(format_id):
            with suppress(AssetGone):
                return await self._album.load(asset_id)
        return None

    async def _plate(self, target: Target, format_id: str) -> bytes:
        """One that is not kept; see `Drawing.plate`."""
        painted = await self._kept(target, target.recipe.brief.format)
        return await self._drawing.plate(
            target.recipe, format_id, lambda: self._album.selfies(target.recipe.brief), painted
        )

    def _facts(self, target: Target) -> VariantFacts:
        shown = facts.variant(target.stored, target.job_code)
        if shown is None:
            raise AssetGone(target.stored.code)
        return shown

    async def _end_refined(self, it: Assignment) -> None:
        """Show the version this job has stored, as it is stored."""
        now = self._facts(await self._target(it))
        stored = await self._work.find(it.job.id) or it.job
        known = it.facts(status=JobStatus.DONE, kept=stored.earned, variants=[now.code])
        view = present.refined(it.voice, known, now, catalogue=self._catalogue())
        await end(self._work, it, JobStatus.DONE, view, captured=stored.earned)

    async def _end_file(self, it: Assignment, target: Target, format_id: str, kind: FileType) -> None:
        """Deliver the version's file that is stored, whoever stored it."""
        render = facts.main_render(target.shown, format_id, MEDIA_TYPES[kind])
        if render is None:
            raise AssetGone(target.stored.code)
        view = self._file_view(it, target, format_id, kind, asdict(render.asset))
        if it.job.kind is JobKind.RESIZE:
            view = present.size_ready(it.voice, self._facts(target), view, format_id, _size(render))
        await self._done(it, view)

    def _file_view(self, it: Assignment, target: Target, format_id: str, kind: FileType, file: Json) -> FileView:
        return present.file_ready(
            it.voice,
            it.facts(status=JobStatus.DONE, variants=[target.stored.code]),
            asset=file["id"],
            name=naming.picture(target.recipe, target.stored.position, format_id, kind),
            media_type=file["media_type"],
            size_bytes=file["byte_count"],
            width=file["width"] or 0,
            height=file["height"] or 0,
        )

    async def _pack(self, packed: Archive, wanted: Sequence[tuple[str, str]]) -> Set[str]:
        """One file after the other, by path and asset; what was purged meanwhile is left out. The assets inside."""
        inside = set()
        for path, asset_id in wanted:
            with suppress(AssetGone):
                await packed.put(path, await self._album.load(asset_id))
                inside.add(asset_id)
        return inside

    async def _end_archive(self, it: Assignment, packed: Archive, name: str, *variants: str) -> None:
        view, file = await self._archived(it, packed, name, *variants)
        await self._done(it, view, file)

    async def _archived(
        self, it: Assignment, packed: Archive, name: str, *variants: str
    ) -> tuple[FileView, StoredFile]:
        file = await self._drawing.keep(await packed.whole(), "export", MEDIA_TYPES[FileType.ZIP])
        view = present.file_ready(
            it.voice,
            it.facts(status=JobStatus.DONE, variants=variants),
            asset=file.id,
            name=name,
            media_type=MEDIA_TYPES[FileType.ZIP],
            size_bytes=len(file.data),
        )
        return view, file

    async def _done(self, it: Assignment, view: View, *files: StoredFile, besides: Sequence[Post] = ()) -> None:
        await end(self._work, it, JobStatus.DONE, view, assets=[file.record for file in files], besides=besides)


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


def _size(render: StoredRender) -> Size:
    return Size(render.asset.width or 0, render.asset.height or 0)


def _file_name(variant: StoredVariant, version: Version, render: StoredRender) -> str:
    recipe = from_record(Recipe, version.recipe)
    return naming.picture(recipe, variant.position, render.format, naming.ending(render.media_type), version.number)
