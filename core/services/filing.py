"""Filing: files of a finished variant as it is, in another size or of another kind."""

from __future__ import annotations

from dataclasses import asdict, replace

import structlog

from core.conversation import card, present
from core.conversation.view import FileView
from core.domain import format as formats
from core.domain.brief import FileType
from core.domain.format import Size
from core.domain.job import JobKind, JobStatus
from core.domain.record import Json
from core.services import facts, naming
from core.services.album import Album
from core.services.archiving import Archiving
from core.services.desk import AssetGone
from core.services.drawing import MEDIA_TYPES, STORED_FILES, Drawing, Picture, PlateGone
from core.services.finishing import Assignment, Step, end, plates, renders
from core.services.packing import archive
from core.services.target import Target, Targets, facts_of
from core.store.variant import StoredRender
from core.store.work import Work
from core.workshop.refusal import TypeRefused
from core.workshop.workshop import Workshop

log = structlog.get_logger(__name__)


class Filing:
    def __init__(
        self, work: Work, album: Album, drawing: Drawing, workshop: Workshop, targets: Targets, archiving: Archiving
    ) -> None:
        self._work = work
        self._album = album
        self._drawing = drawing
        self._workshop = workshop
        self._targets = targets
        self._archiving = archiving

    def steps(self) -> dict[JobKind, Step]:
        return {
            JobKind.RESIZE: self._resize,
            JobKind.ALL_SIZES: self._all_sizes,
            JobKind.FILE: self._file,
            JobKind.FEED_PREVIEW: self._feed,
        }

    async def _resize(self, it: Assignment) -> None:
        target = await self._targets.find(it)
        format_id = str(it.order.options["format"])
        return await self._end_file(it, await self._resized(it, target, format_id), format_id, FileType.JPG)

    async def _resized(self, it: Assignment, target: Target, format_id: str) -> Target:
        """The target with a file of that format."""
        if await self._has(target, format_id):
            return target
        recipe = replace(target.recipe, brief=replace(target.recipe.brief, format=format_id))
        picture = await self._targets.composed(target, recipe, format_id)
        made = [*renders([picture]), *plates([picture])]
        await self._work.store_renders(it.job.id, target.stored.id, target.shown.number, made)
        return await self._targets.find(it)

    async def _all_sizes(self, it: Assignment) -> None:
        """A format that has no room for the words is left out: it must not cost the others."""
        target = await self._targets.find(it)
        for format_id in formats.FORMATS:
            try:
                target = await self._resized(it, target, format_id)
            except TypeRefused as error:
                log.warning("format.failed", format=format_id, error=repr(error))
        position = target.stored.position
        made = [row for row in target.shown.renders if row.media_type == MEDIA_TYPES[FileType.JPG]]
        wanted = [(naming.picture(target.recipe, position, row.format, FileType.JPG), row.asset.id) for row in made]
        with archive() as packed:
            inside = await self._archiving.pack(packed, wanted)
            name = naming.picture(target.recipe, position, "all-sizes", FileType.ZIP)
            view, file = await self._archiving.archived(it, packed, name, target.stored.code)
        lost = formats.FORMATS.keys() - {row.format for row in made if row.asset.id in inside}
        names = [card.label(it.voice, "format", row) for row in formats.FORMATS if row in lost]
        sizes = [(row.format, row.asset.id, _size(row)) for row in made if row.asset.id in inside]
        shown = present.sizes_shown(it.voice, facts_of(target), sizes)
        besides = [it.post("pictures", shown)] if sizes else []
        await end(
            self._work,
            it,
            JobStatus.DONE,
            present.without(it.voice, view, names),
            assets=[file.record],
            besides=besides,
        )

    async def _file(self, it: Assignment) -> None:
        target = await self._targets.find(it)
        kind = FileType(str(it.order.options.get("type", FileType.JPG)))
        format_id = target.recipe.brief.format
        if kind in STORED_FILES:
            if not await self._has(target, format_id, MEDIA_TYPES[kind]):
                made = renders([await self._exported(target, kind)], MEDIA_TYPES[kind])
                await self._work.store_renders(it.job.id, target.stored.id, target.shown.number, made)
                target = await self._targets.find(it)
            return await self._end_file(it, target, format_id, kind)
        try:
            made_now = (await self._exported(target, kind)).file
        except (AssetGone, PlateGone):
            if kind is not FileType.JPG:
                raise
            return await self._end_file(it, target, format_id, kind)  # as it was shown is better than not at all
        return await end(
            self._work,
            it,
            JobStatus.DONE,
            self._file_view(it, target, format_id, kind, made_now.record),
            assets=[made_now.record],
        )

    async def _exported(self, target: Target, kind: FileType) -> Picture:
        """The version that is shown as a file of that kind."""
        format_id = target.recipe.brief.format
        plate = await self._targets.plate(target, format_id)
        logo = await self._album.logo(target.recipe.brief)
        return await self._drawing.export(target.recipe, format_id, plate, kind, logo=logo)

    async def _has(self, target: Target, format_id: str, media_type: str = "image/jpeg") -> bool:
        """Whether this file of the version exists, and not only its row."""
        render = facts.main_render(target.shown, format_id, media_type)
        return render is not None and await self._album.holds(render.asset.id)

    async def _feed(self, it: Assignment) -> None:
        target = await self._targets.find(it)
        shown = facts_of(target)
        sheet, size = await self._workshop.feed(
            await self._album.load(shown.picture), target.recipe.brief.headline, it.voice.say("feed.channel")
        )
        file = await self._drawing.keep(sheet, "export", "image/jpeg", size.width, size.height)
        known = it.facts(status=JobStatus.DONE, variants=[shown.code])
        await end(
            self._work,
            it,
            JobStatus.DONE,
            present.feed_ready(it.voice, known, shown, asset=file.id, size=size),
            assets=[file.record],
        )

    async def _end_file(self, it: Assignment, target: Target, format_id: str, kind: FileType) -> None:
        """Deliver the version's file that is stored, whoever stored it."""
        render = facts.main_render(target.shown, format_id, MEDIA_TYPES[kind])
        if render is None:
            raise AssetGone(target.stored.code)
        view = self._file_view(it, target, format_id, kind, asdict(render.asset))
        if it.job.kind is JobKind.RESIZE:
            view = present.size_ready(it.voice, facts_of(target), view, format_id, _size(render))
        await end(self._work, it, JobStatus.DONE, view)

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


def _size(render: StoredRender) -> Size:
    return Size(render.asset.width or 0, render.asset.height or 0)
