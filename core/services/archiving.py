"""Archiving: many files as one, of a set, of its best three, or of everything known of a person."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence, Set
from contextlib import suppress

from core.conversation import present
from core.conversation.view import FileView
from core.conversation.world import VariantFacts
from core.domain.brief import VARIANT_COUNTS, FileType
from core.domain.job import TESTED, JobKind, JobStatus, Recipe
from core.domain.model import Catalogue
from core.domain.record import from_record
from core.services import facts, identity, naming
from core.services.album import Album
from core.services.desk import AssetGone
from core.services.drawing import MEDIA_TYPES, Drawing, StoredFile
from core.services.finishing import PLATE, Assignment, Step, end
from core.services.packing import Archive, archive
from core.store.person import People
from core.store.variant import StoredRender, StoredVariant, Variants, Version
from core.store.work import Work
from core.workshop.workshop import Workshop


class Archiving:
    def __init__(
        self,
        work: Work,
        variants: Variants,
        people: People,
        album: Album,
        drawing: Drawing,
        workshop: Workshop,
        catalogue: Callable[[], Catalogue],
    ) -> None:
        self._work = work
        self._variants = variants
        self._people = people
        self._album = album
        self._drawing = drawing
        self._workshop = workshop
        self._catalogue = catalogue

    def steps(self) -> dict[JobKind, Step]:
        return {
            JobKind.DOWNLOAD_ALL: self._download_all,
            JobKind.BEST_THREE: self._best_three,
            JobKind.EXPORT: self._export,
        }

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
            if not await self.pack(packed, wanted):
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
            view, file = await self.archived(it, packed, "best-three.zip")
        best = [row for row, _ in chosen]
        pictures = it.post("pictures", present.best_shown(it.voice, best, self._catalogue()))
        await end(
            self._work,
            it,
            JobStatus.DONE,
            present.best_ready(it.voice, view, best),
            assets=[file.record],
            besides=[pictures],
        )

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
            inside = await self.pack(packed, wanted)
            files = {asset_id: {"file": path} for path, asset_id in wanted if asset_id in inside}
            told = {**record, "assets": [{**asset, **files.get(asset["id"], {})} for asset in assets]}
            await packed.put("data.json", json.dumps(told, indent=1, ensure_ascii=False, default=str).encode())
            await self._end_archive(it, packed, "my-data.zip")

    async def pack(self, packed: Archive, wanted: Sequence[tuple[str, str]]) -> Set[str]:
        """One file after the other, by path and asset; what was purged meanwhile is left out. The assets inside."""
        inside = set()
        for path, asset_id in wanted:
            with suppress(AssetGone):
                await packed.put(path, await self._album.load(asset_id))
                inside.add(asset_id)
        return inside

    async def _end_archive(self, it: Assignment, packed: Archive, name: str, *variants: str) -> None:
        view, file = await self.archived(it, packed, name, *variants)
        await end(self._work, it, JobStatus.DONE, view, assets=[file.record])

    async def archived(self, it: Assignment, packed: Archive, name: str, *variants: str) -> tuple[FileView, StoredFile]:
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


def _file_name(variant: StoredVariant, version: Version, render: StoredRender) -> str:
    recipe = from_record(Recipe, version.recipe)
    return naming.picture(recipe, variant.position, render.format, naming.ending(render.media_type), version.number)
