"""Drawing one variant: walk the route, set the type, keep plate and picture."""

from __future__ import annotations

import asyncio
import hashlib
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from uuid import uuid4

import structlog

from core import failpoint
from core.domain import format as formats
from core.domain.format import Size
from core.domain.job import Recipe
from core.domain.model import Catalogue, ModelSpec, Origin
from core.domain.record import Json
from core.providers.base import Painted, PaintRequest, Provider
from core.providers.error import ProviderError
from core.routing import failover
from core.routing.route import plan
from core.services.album import Album
from core.workshop.crew import WorkLost
from core.workshop.refusal import TypeRefused
from core.workshop.workshop import Finished, Workshop

log = structlog.get_logger(__name__)

EXTENSIONS = {"image/jpeg": "jpg", "image/png": "png", "application/octet-stream": "bin", "application/zip": "zip"}

MARKS = {Origin.STUDIO: "", Origin.MODEL: "", Origin.STAND_IN: "STAND-IN"}
"""Drawn into the picture itself, so that a stand-in's picture cannot pass for a model's anywhere."""

Selfies = Callable[[], Awaitable[Sequence[bytes]]]
"""Fetched only where they are needed: a picture that is finished outlives them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredFile:
    """A blob that was written and waits for its row: `record` is what the store's functions take as an asset."""

    id: str
    data: bytes
    record: dict[str, Json]


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """A finished picture in one format, written to the blobs."""

    format: str
    size: Size
    file: StoredFile
    plate: StoredFile | None
    spec: Json


@dataclass(frozen=True, slots=True, kw_only=True)
class Artwork:
    """A variant as drawn: its pictures by format (the brief's own first) and how it came about."""

    recipe: Recipe
    model: ModelSpec
    pictures: tuple[Picture, ...]
    facts: dict[str, Json]


class PlateGone(Exception):
    """What a model painted is not stored any more, and nobody pays for having it painted again."""


class Drawing:
    def __init__(
        self, catalogue: Catalogue, providers: Mapping[str, Provider], workshop: Workshop, album: Album
    ) -> None:
        self._catalogue = catalogue
        self._providers = providers
        self._workshop = workshop
        self._album = album

    async def draw(
        self,
        recipe: Recipe,
        selfies: Sequence[bytes],
        *,
        logo: bytes = b"",
        extra_formats: Sequence[str] = (),
        quick: bool = False,
    ) -> Artwork:
        """Draw what the recipe says, by its model or by what the route falls back to.

        Raises RouteExhausted, WorkLost and the blobs' errors.
        """
        started = time.monotonic()
        route = plan(recipe.brief, recipe.model, self._catalogue)
        drawn = await failover.walk(
            route, lambda model: self._paint(model, recipe, recipe.brief.format, selfies, quick=quick)
        )
        recipe = replace(recipe, model=drawn.model.id, origin=drawn.model.origin)
        painted_s = time.monotonic() - started
        first = await self.compose(recipe, recipe.brief.format, drawn.painted.plate, logo=logo)
        others = await self._others(recipe, drawn.painted.plate, selfies, logo, extra_formats)
        facts: dict[str, Json] = {
            "model": drawn.model.id,
            "origin": drawn.model.origin.value,
            "attempts": [{"model": row.model, "error": row.error} for row in drawn.attempts],
            "painted_ms": round(1000 * painted_s),
            "total_ms": round(1000 * (time.monotonic() - started)),
            **drawn.painted.facts,
        }
        return Artwork(recipe=recipe, model=drawn.model, pictures=(first, *others), facts=facts)

    async def _others(
        self, recipe: Recipe, painted: bytes, selfies: Sequence[bytes], logo: bytes, extra_formats: Sequence[str]
    ) -> list[Picture]:
        """Further formats of a variant. One that fails is left out: it must not cost the picture that is finished."""

        async def at_hand() -> Sequence[bytes]:
            return selfies

        pictures = []
        for other in extra_formats:
            try:
                plate = await self.plate(recipe, other, at_hand, painted)
                pictures.append(await self.compose(recipe, other, plate, logo=logo))
            except (failover.RouteExhausted, WorkLost, TypeRefused) as error:
                log.warning("format.failed", format=other, error=repr(error))
        return pictures

    async def plate(self, recipe: Recipe, format_id: str, selfies: Selfies, painted: bytes | None) -> bytes:
        """The plate of a finished variant in a format none is kept for. `painted`: its own format's plate, if kept.

        This is the rule of all free work: nobody but an order that pays (a set, a re-roll, another vibe) has a model
        paint. What the studio drew it composes anew, for that costs nothing and fits best; what a model painted is cut
        and carried on from its plate; and without that plate the work is refused. Raises PlateGone, what `selfies`
        raises, RouteExhausted and WorkLost.
        """
        if recipe.origin is Origin.STUDIO:
            return await self._composed(recipe, format_id, await selfies())
        if painted is None:
            raise PlateGone(recipe.model)
        target = formats.find(format_id)
        return await self._workshop.refit(recipe, target, target.size(recipe.brief.quality), painted)

    async def _composed(self, recipe: Recipe, format_id: str, selfies: Sequence[bytes]) -> bytes:
        """The studio's plate, whatever model the recipe names."""
        studio = next(model for model in self._catalogue.models if model.origin is Origin.STUDIO)
        try:
            return (await self._paint(studio, recipe, format_id, selfies, quick=True)).plate
        except ProviderError as error:
            raise failover.RouteExhausted((failover.Attempt(studio.id, type(error).__name__),), error) from error

    async def sketch(self, recipe: Recipe, selfies: Sequence[bytes], *, logo: bytes = b"") -> StoredFile:
        """One quick picture without a plate to keep: the free preview."""
        target = recipe.brief.format
        finished = await self._set(recipe, target, await self._composed(recipe, target, selfies), logo)
        return await self.keep(finished.data, "render", "image/jpeg", finished.width, finished.height)

    async def retype(self, recipe: Recipe, format_id: str, plate: bytes, *, logo: bytes = b"") -> Picture:
        """New type on a plate that is kept: what makes a text edit quick, free and certain."""
        finished = await self._set(recipe, format_id, plate, logo)
        file = await self.keep(finished.data, "render", "image/jpeg", finished.width, finished.height)
        size = Size(finished.width, finished.height)
        return Picture(format=format_id, size=size, file=file, plate=None, spec=finished.spec)

    async def lossless(self, recipe: Recipe, format_id: str, plate: bytes, *, logo: bytes = b"") -> Picture:
        """The picture as PNG."""
        target = formats.find(format_id)
        size = target.size(recipe.brief.quality)
        finished = await self._workshop.finish_png(recipe, target, size, plate, logo=logo, mark=MARKS[recipe.origin])
        file = await self.keep(finished.data, "render", "image/png", finished.width, finished.height)
        return Picture(format=format_id, size=size, file=file, plate=None, spec=finished.spec)

    async def keep(self, data: bytes, kind: str, media_type: str, width: int = 0, height: int = 0) -> StoredFile:
        """Write a blob under a fresh key; its row follows in the transaction that makes it count."""
        file_id = str(uuid4())
        key = f"{kind}/{file_id}.{EXTENSIONS[media_type]}"
        await self._album.write(key, data, media_type)
        failpoint.reach("render.after_put")
        record: dict[str, Json] = {
            "id": file_id,
            "kind": kind,
            "blob_key": key,
            "media_type": media_type,
            "width": width,
            "height": height,
            "byte_count": len(data),
            "sha256": hashlib.sha256(data).hexdigest(),
        }
        return StoredFile(id=file_id, data=data, record=record)

    async def _paint(
        self, model: ModelSpec, recipe: Recipe, format_id: str, selfies: Sequence[bytes], *, quick: bool
    ) -> Painted:
        target = formats.find(format_id)
        recipe = replace(recipe, model=model.id, origin=model.origin)
        return await self._providers[model.provider].paint(
            PaintRequest(
                recipe=recipe,
                format=target,
                size=target.size(recipe.brief.quality),
                selfies=tuple(selfies),
                quick=quick,
            )
        )

    async def compose(self, recipe: Recipe, format_id: str, plate: bytes, *, logo: bytes = b"") -> Picture:
        """Type on a plate that is new, and both kept."""
        finished, kept = await asyncio.gather(
            self._set(recipe, format_id, plate, logo), self.keep(plate, "plate", "application/octet-stream")
        )
        file = await self.keep(finished.data, "render", "image/jpeg", finished.width, finished.height)
        size = Size(finished.width, finished.height)
        return Picture(format=format_id, size=size, file=file, plate=kept, spec=finished.spec)

    async def _set(self, recipe: Recipe, format_id: str, plate: bytes, logo: bytes) -> Finished:
        target = formats.find(format_id)
        size = target.size(recipe.brief.quality)
        return await self._workshop.finish(recipe, target, size, plate, logo=logo, mark=MARKS[recipe.origin])
