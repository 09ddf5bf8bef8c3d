"""Drawing one variant: walk the route, set the type, keep plate and picture."""

from __future__ import annotations

import asyncio
import hashlib
import time
from collections import defaultdict
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any
from uuid import uuid4

import structlog

from core import failpoint
from core.conversation import receipt
from core.domain import format as formats
from core.domain.advice import Advice
from core.domain.brief import FileType
from core.domain.format import Size
from core.domain.job import Recipe
from core.domain.model import EDITING, Catalogue, ModelSpec, Origin, Role
from core.domain.price import Quote, Work, quote
from core.domain.record import Json
from core.providers import provenance
from core.providers.base import OnDraft, Painted
from core.providers.error import Alone, ProviderError, Unlike
from core.routing import failover
from core.routing.route import Route, plan
from core.services.album import Album
from core.services.budget import Budget
from core.services.costing import compare
from core.services.painting import Edit, Painting, Wording, costing, typed
from core.services.patience import WORK_TRIES_S, persist
from core.services.sitting import Sitting
from core.store.error import BlobsUnavailable
from core.workshop.crew import WorkLost
from core.workshop.refusal import TypeRefused
from core.workshop.workshop import Finished, Workshop

log = structlog.get_logger(__name__)

MEDIA_TYPES = {
    FileType.JPG: "image/jpeg",
    FileType.PNG: "image/png",
    FileType.WEBP: "image/webp",
    FileType.PSD: "image/vnd.adobe.photoshop",
    FileType.ORA: "image/openraster",
    FileType.SVG: "image/svg+xml",
    FileType.ZIP: "application/zip",
}
STORED_FILES = (FileType.PNG, FileType.WEBP)
"""Made once for a version and kept with it."""
FETCHED_S = 24 * 3600
"""How long the others are: a layered file is larger than what it is made from, and made again in a second."""
EXTENSIONS = {"application/octet-stream": "bin", **{name: kind.value for kind, name in MEDIA_TYPES.items()}}

MARKS = {Origin.STUDIO: "", Origin.MODEL: "", Origin.STAND_IN: "STAND-IN"}
"""Drawn into the picture itself, so that a stand-in's picture cannot pass for a model's anywhere."""

Failed = Callable[[ModelSpec, ProviderError], Awaitable[None]]

BLOB_TRIES_S = (0.5, 1.0, 2.0, 4.0, 8.0)
"""Pauses between tries to write a file: what was painted is paid for, and painting it again costs more than waiting."""

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
    seen: str
    """`Finished.seen`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Artwork:
    """A variant as drawn: its pictures by format (the brief's own first) and how it came about."""

    recipe: Recipe
    model: ModelSpec
    pictures: tuple[Picture, ...]
    facts: dict[str, Json]
    original: StoredFile | None
    """What a model painted, untouched."""
    thread: StoredFile | None
    """What it takes to go on from there."""

    @property
    def amiss(self) -> bool:
        """Whether the face is somebody else's, as far as it could be compared, or one of two people is missing."""
        return receipt.amiss(self.facts)

    def price(self, work: Work) -> int:
        """Credits for it as part of what was ordered. What does not show those who were is delivered, not charged."""
        return 0 if self.amiss else quote(self.recipe.brief, self.model, work).credits


class PlateGone(Exception):
    """What a model painted is not stored any more, and nobody pays for having it painted again."""


class Drawing:
    def __init__(
        self,
        catalogue: Callable[[], Catalogue],
        painting: Painting,
        workshop: Workshop,
        album: Album,
        budget: Budget,
        retire: failover.Retire,
        failed: Failed,
        *,
        pauses_s: Sequence[float] = BLOB_TRIES_S,
    ) -> None:
        """`retire` is told of a model that turned out to be gone, `failed` of every call that came to nothing."""
        self._catalogue = catalogue
        self._painting = painting
        self._workshop = workshop
        self._album = album
        self._budget = budget
        self._retire = retire
        self._failed = failed
        self._pauses_s = pauses_s

    async def draw(
        self,
        recipe: Recipe,
        sitting: Sitting,
        agreed: Quote,
        fruitless: list[failover.Attempt],
        *,
        job: str,
        logo: bytes = b"",
        extra_formats: Sequence[str] = (),
        quick: bool = False,
        change: Edit | None = None,
        on_draft: OnDraft | None = None,
    ) -> Artwork:
        """Draw what the recipe says, by its model or by what the route falls back to for no more than was agreed.

        With a `change`: what is painted already, changed, by a model that can; the studio never stands in for that.
        `on_draft`: whom to show what a model draws on the way. `fruitless` grows by what was asked of models where no
        artwork comes of it, however that ends.

        Raises RouteExhausted, WorkLost and the blobs' errors.
        """
        started = time.monotonic()
        health = await self._budget.health(job)
        needs, role = (frozenset(), None) if change is None else (EDITING, Role.EDIT)
        route = plan(
            recipe.brief, recipe.model, self._catalogue(), agreed=agreed, health=health, needs=needs, role=role
        )
        attempts: list[failover.Attempt] = []
        try:
            drawn = await self._walk(
                route, recipe, sitting, attempts.append, quick=quick, change=change, on_draft=on_draft
            )
            painted_s = time.monotonic() - started
            return await self.finish(
                recipe, route, drawn, sitting, logo=logo, extra_formats=extra_formats, painted_s=painted_s
            )
        except BaseException:
            fruitless.extend(attempts)
            raise

    async def finish(
        self,
        recipe: Recipe,
        route: Route,
        drawn: failover.Drawn,
        sitting: Sitting,
        *,
        logo: bytes = b"",
        extra_formats: Sequence[str] = (),
        painted_s: float = 0.0,
        factor: float = 1.0,
    ) -> Artwork:
        """Type on what was painted, everything kept. `painted_s`: how long the painting took; `factor`: of the listed
        price that was to be paid for it.

        Raises WorkLost, TypeRefused and the blobs' errors.
        """
        started = time.monotonic()
        made = _made(recipe, route, drawn.model)
        if drawn.painted.original is not None and provenance.STAND_IN in drawn.painted.original.data:
            made = replace(made, origin=Origin.STAND_IN)
        first = await persist(
            lambda: self.compose(made, made.brief.format, drawn.painted.plate, logo=logo), WorkLost, WORK_TRIES_S
        )
        # After the type, like the plate: what nothing comes of is not written, least of all a talk about selfies.
        original, thread = await asyncio.gather(self._original(drawn.painted), self._thread(drawn.painted))
        others = await self._others(made, drawn.painted.plate, sitting.selfies, logo, extra_formats)
        facts: dict[str, Json] = {
            "model": made.model,
            "origin": made.origin.value,
            "attempts": [row.record() for row in drawn.attempts],
            "route": route.receipt(),
            "ordered_vibe": recipe.brief.vibe.value,
            "ordered_model": recipe.model,
            "painted_ms": round(1000 * painted_s),
            "total_ms": round(1000 * (painted_s + time.monotonic() - started)),
            **_paid(drawn, sitting, made.brief.selfie_places, factor),
            **drawn.painted.facts,
            **await _provenance(drawn.painted),
            **({} if "identity" in drawn.painted.facts else await self._likeness(made, sitting, first.file.data)),
        }
        pictures = (first, *others)
        return Artwork(recipe=made, model=drawn.model, pictures=pictures, facts=facts, original=original, thread=thread)

    async def _walk(
        self,
        route: Route,
        recipe: Recipe,
        sitting: Sitting,
        told: failover.Told,
        *,
        quick: bool,
        change: Edit | None,
        on_draft: OnDraft | None,
    ) -> failover.Drawn:
        wording = Wording()
        fallen_short: defaultdict[str, list[Painted]] = defaultdict(list)

        async def paint(model: ModelSpec) -> Painted:
            try:
                return await once(model)
            except ProviderError as error:
                await self._failed(model, error)
                raise

        async def once(model: ModelSpec) -> Painted:
            made = _made(recipe, route, model)
            painted = await self._painting.plate(
                model, made, sitting, wording, self._catalogue(), quick=quick, change=change, on_draft=on_draft
            )
            if painted.original is None:
                return painted
            found = await self._likeness(made, sitting, painted.original.data)
            painted = replace(painted, facts={**painted.facts, **found})
            if not receipt.amiss(painted.facts):
                return painted
            fallen_short[model.id].append(painted)
            if len(fallen_short[model.id]) == 1:
                raise costing(_short_of(painted.facts), painted)
            best = max(fallen_short[model.id], key=_nearness)
            return replace(best, usage=painted.usage)  # the first call's cost stands with its attempt

        return await failover.walk(route, paint, amends=wording.amends, retire=self._retire, told=told)

    async def _likeness(self, made: Recipe, sitting: Sitting, picture: bytes) -> dict[str, Json]:
        """Nothing where nobody sits, or where the person is cut out of the photo itself."""
        if made.origin is Origin.STUDIO or not sitting:
            return {}
        try:
            return {"identity": await self._workshop.identity_score(picture, sitting.files)}
        except WorkLost as error:
            log.warning("identity.failed", error=repr(error))
            return {"identity": {"missing": "work_lost"}}

    async def _original(self, painted: Painted) -> StoredFile | None:
        if painted.original is None:
            return None
        return await self.keep(painted.original.data, "original", painted.original.media_type)

    async def _thread(self, painted: Painted) -> StoredFile | None:
        if painted.conversation is None:
            return None
        return await self.keep(painted.conversation, "thread", "application/octet-stream")

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
        return await self._workshop.refit(self._typed(recipe), target, target.size(recipe.brief.quality), painted)

    async def _composed(self, recipe: Recipe, format_id: str, selfies: Sequence[bytes]) -> bytes:
        """The studio's plate, whatever model the recipe names."""
        catalogue = self._catalogue()
        studio = next(model for model in catalogue.models if model.origin is Origin.STUDIO)
        try:
            return await self._painting.studio(studio, typed(recipe, catalogue), format_id, tuple(selfies))
        except ProviderError as error:
            raise failover.RouteExhausted((failover.Attempt(studio.id, type(error).__name__),), error) from error

    async def sketch(
        self, recipe: Recipe, selfies: Sequence[bytes], *, logo: bytes = b""
    ) -> tuple[StoredFile, Advice | None]:
        """One quick picture without a plate to keep, the free preview, and what is to be said of its headline."""
        target = formats.find(recipe.brief.format)
        plate = await self._composed(recipe, target.id, selfies)
        finished = await self._workshop.sketch(
            self._typed(recipe),
            target,
            target.size(recipe.brief.quality),
            plate,
            logo=logo,
            mark=MARKS[recipe.origin],
        )
        file = await self.keep(finished.data, "render", "image/jpeg", finished.width, finished.height)
        return file, finished.advice

    async def retype(self, recipe: Recipe, format_id: str, plate: bytes, *, logo: bytes = b"") -> Picture:
        """New type on a plate that is kept: what makes a text edit quick, free and certain."""
        finished = await self._set(recipe, format_id, plate, logo)
        file = await self.keep(finished.data, "render", "image/jpeg", finished.width, finished.height)
        size = Size(finished.width, finished.height)
        return Picture(format=format_id, size=size, file=file, plate=None, spec=finished.spec, seen=finished.seen)

    async def export(
        self, recipe: Recipe, format_id: str, plate: bytes, kind: FileType, *, logo: bytes = b""
    ) -> Picture:
        """The picture as a file somebody keeps; stored with the version where it is one of `STORED_FILES`."""
        finished = await self.made(recipe, format_id, plate, kind, logo=logo)
        size = Size(finished.width, finished.height)
        if kind in STORED_FILES:
            file = await self.keep(finished.data, "render", MEDIA_TYPES[kind], size.width, size.height)
        else:
            file = await self.fetched(finished.data, kind, size)
        return Picture(format=format_id, size=size, file=file, plate=None, spec=finished.spec, seen=finished.seen)

    async def made(
        self, recipe: Recipe, format_id: str, plate: bytes, kind: FileType, *, logo: bytes = b"", quick: bool = True
    ) -> Finished:
        """The bytes of such a file, kept nowhere. `quick`: somebody is looking at the screen."""
        target = formats.find(format_id)
        size = target.size(recipe.brief.quality)
        return await self._workshop.export(
            self._typed(recipe), target, size, plate, kind, logo=logo, mark=MARKS[recipe.origin], quick=quick
        )

    async def fetched(self, data: bytes, kind: FileType, size: Size | None = None) -> StoredFile:
        """A file that lies here until it was fetched."""
        wide, high = (size.width, size.height) if size else (0, 0)
        file = await self.keep(data, "export", MEDIA_TYPES[kind], wide, high)
        return replace(file, record={**file.record, "keep_seconds": FETCHED_S})

    async def keep(self, data: bytes, kind: str, media_type: str, width: int = 0, height: int = 0) -> StoredFile:
        """Write a blob under a fresh key; its row follows in the transaction that makes it count."""
        file_id = str(uuid4())
        key = f"{kind}/{file_id}.{EXTENSIONS[media_type]}"
        await persist(lambda: self._album.write(key, data, media_type), BlobsUnavailable, self._pauses_s, key=key)
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

    async def compose(self, recipe: Recipe, format_id: str, plate: bytes, *, logo: bytes = b"") -> Picture:
        """Type on a plate that is new, and both kept."""
        finished = await self._set(recipe, format_id, plate, logo)
        # Only now: with words that cannot be set, the person's cut-out would lie there until housekeeping found it.
        kept, file = await asyncio.gather(
            self.keep(plate, "plate", "application/octet-stream"),
            self.keep(finished.data, "render", "image/jpeg", finished.width, finished.height),
        )
        size = Size(finished.width, finished.height)
        return Picture(format=format_id, size=size, file=file, plate=kept, spec=finished.spec, seen=finished.seen)

    async def _set(self, recipe: Recipe, format_id: str, plate: bytes, logo: bytes) -> Finished:
        target = formats.find(format_id)
        size = target.size(recipe.brief.quality)
        return await self._workshop.finish(
            self._typed(recipe), target, size, plate, logo=logo, mark=MARKS[recipe.origin]
        )

    def _typed(self, recipe: Recipe) -> Recipe:
        return typed(recipe, self._catalogue())


def _short_of(facts: Mapping[str, Any]) -> ProviderError:
    if receipt.alone(facts):
        return Alone("one person where two were ordered")
    return Unlike("the face is not that of the selfies")


def _nearness(painted: Painted) -> tuple[bool, float]:
    """To what was ordered: both people first, then the likeness as far as it was measured."""
    facts = painted.facts
    return not receipt.alone(facts), float(facts.get("identity", {}).get("score", 0.0))


def _made(recipe: Recipe, route: Route, model: ModelSpec) -> Recipe:
    """The recipe of whoever draws it: under its name, in a look it has."""
    return replace(recipe, brief=route.brief_for(model), model=model.id, origin=model.origin)


async def _provenance(painted: Painted) -> dict[str, Json]:
    """What the provider's file says of itself: read now, because the files made from it say nothing any more."""
    if painted.original is None:
        return {}
    told = await asyncio.to_thread(provenance.read, painted.original.data, painted.original.media_type)
    return {"provenance": told.facts()}


def _paid(drawn: failover.Drawn, sitting: Sitting, places: Sequence[int], factor: float) -> dict[str, Json]:
    """What a model's picture cost us, beside the catalogue's price, and which of the selfies sent it was shown."""
    usage, spent = drawn.painted.usage, sum(row.cost_micro_usd for row in drawn.attempts)
    if usage is None:  # the studio's, after models whose failures were billed or before any was asked
        return {"cost_micro_usd": spent} if spent else {}
    shown = sitting.choice(drawn.model.max_references)[: int(drawn.painted.facts.get("portraits", 0))]
    listed = round(factor * drawn.model.prices.get(str(drawn.painted.facts.get("size", "")), 0))
    compare(drawn.model.id, usage.cost_micro_usd, listed)
    return {
        "cost_micro_usd": spent,
        "listed_micro_usd": listed,
        "tokens": dict(usage.tokens),
        "selfies_shown": [places[index] if places else index + 1 for index in shown],
    }
