"""What the store knows, as the conversation's values."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from core.conversation.effect import Order
from core.conversation.event import Photo
from core.conversation.world import JobFacts, VariantFacts
from core.domain.guild import Payer
from core.domain.job import JobStatus, Recipe, Stage
from core.domain.model import Origin
from core.domain.record import Json, from_record
from core.services.deposit import Deposit
from core.store.asset import StoredAsset
from core.store.job import ListedJob, StoredJob
from core.store.variant import StoredRender, StoredVariant, Version


def photo(asset: StoredAsset) -> Photo:
    """An accepted upload with what the selfie check said of it."""
    return Photo(
        asset=asset.id,
        concerns=tuple(asset.facts.get("concerns", ())),
        faces=int(asset.facts.get("faces", 1)),
    )


def main_render(version: Version, format_id: str, media_type: str = "image/jpeg") -> StoredRender | None:
    """The version's file in a format: what is shown of it."""
    return next((row for row in version.renders if (row.format, row.media_type) == (format_id, media_type)), None)


def variant(stored: StoredVariant, job_code: str) -> VariantFacts | None:
    """None once its pictures were purged: there is nothing left to show."""
    shown = stored.shown
    recipe = from_record(Recipe, shown.recipe)
    picture = main_render(shown, recipe.brief.format)
    if picture is None:
        return None
    before = next((row for row in stored.versions if row.number == shown.parent), None)
    earlier = from_record(Recipe, before.recipe) if before else None
    previous = main_render(before, earlier.brief.format) if before and earlier else None
    layout = shown.spec.get(recipe.brief.format, {})
    repair = layout.get("repair") or {}
    return VariantFacts(
        code=stored.code,
        job=job_code,
        position=stored.position,
        version=shown.number,
        versions=len(stored.versions),
        recipe=recipe,
        picture=picture.asset.id,
        made_at=stored.created_at,
        previous=before.number if before else 0,
        previous_picture=previous.asset.id if previous else "",
        previous_recipe=earlier,
        previous_facts=before.facts if before else {},
        pinned=stored.pinned,
        deleted=stored.deleted,
        face=str(layout.get("font", "")),
        squeezed=bool(repair.get("narrow")),
        bare=bool(repair.get("bare")),
        without=tuple(repair.get("without", ())),
        mark=str(layout.get("mark", "")),
        facts=shown.facts,
    )


def said(layout: Mapping[str, Json]) -> str:
    """The large type of a stored layout as somebody typed it: what of a brief's words the picture shows."""
    spans = (span for line in layout["lines"] for span in line["spans"])
    return "".join(span["text"] + span["after"] for span in spans).strip()


def job(listed: ListedJob) -> JobFacts:
    return of_job(
        listed.job,
        variants=listed.variants,
        queue_position=0 if handed_in(listed.job) else listed.queue_position,
        seconds_left=0 if handed_in(listed.job) else listed.seconds_left,
    )


def handed_in(stored: StoredJob) -> bool:
    """Whether a job waits at a provider: its place in our queue says nothing then."""
    return not stored.status.ended and bool(Deposit.of(stored).name)


def of_job(
    stored: StoredJob,
    *,
    status: JobStatus | None = None,
    stage: Stage | None = None,
    captured: int | None = None,
    variants: Sequence[str] = (),
    queue_position: int = 0,
    seconds_left: int = 0,
) -> JobFacts:
    """A job as it stands, or as it will once the worker's report is stored."""
    order = from_record(Order, stored.order)
    origin = Origin.MODEL if stored.price else Origin.STUDIO
    # An open job would keep what it has earned, if it ended now.
    kept = stored.earned if stored.captured is None else stored.captured
    return JobFacts(
        code=stored.code,
        kind=stored.kind,
        status=status or stored.status,
        stage=stage or (Stage.OVERNIGHT if handed_in(stored) else Stage(stored.stage)),
        price=stored.price,
        captured=kept if captured is None else captured,
        headline=order.brief.headline,
        payer=order.payer,
        by_team=order.payer is Payer.PERSON and stored.payer is not None,
        recipe=Recipe(brief=order.brief, model=order.quote.model, origin=origin, seed=0),
        created_at=stored.created_at,
        queue_position=queue_position,
        seconds_left=seconds_left,
        variants=tuple(variants),
    )
