"""Prefilling: the complete brief of a session, from what was answered and what fills the rest.

Answers given win over the last brief's, those over settings (the brand kit), those over what suits the platform.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import cache
from typing import Any, get_type_hints

from core.conversation.event import Photo
from core.conversation.script import PER_VIDEO
from core.conversation.session import Session
from core.conversation.world import World
from core.domain import format as formats
from core.domain.brief import Brief, ColourPriority, FaceSide, TextPlace
from core.domain.code import derive
from core.domain.format import Family, Format
from core.domain.record import Json, RecordError, from_record

HARD_CONCERNS = frozenset(
    {
        "no_face",
        "second_face",
        "face_too_small",
        "blurred",
        "turned_away",
        "tilted_away",
        "too_dark",
        "burnt_out",
    }
)
"""Concerns of the selfie check that are put to the person before anything is drawn; the others are only mentioned."""

_SUITING: dict[Family, dict[str, Json]] = {
    Family.WIDE: {},
    Family.PORTRAIT: {},
    Family.TALL: {"face_side": FaceSide.CENTRE.value, "text_place": TextPlace.TOP.value},
    # The avatar covers the lower left.
    Family.HEADER: {"face_side": FaceSide.RIGHT.value},
}


@cache
def _kinds() -> dict[str, Any]:
    return get_type_hints(Brief)


def read(answers: Mapping[str, Json]) -> dict[str, Any]:
    """Records to field values; what an earlier release wrote and no field reads any more is left out."""
    values: dict[str, Any] = {}
    for name, record in answers.items():
        kind = _kinds().get(name)
        if kind is None:
            continue
        try:
            values[name] = from_record(kind, record)
        except RecordError:
            continue
    return values


def lasting(answers: Mapping[str, Json]) -> dict[str, Json]:
    """The answers that may fill a later brief."""
    return {name: record for name, record in answers.items() if name not in PER_VIDEO}


def target(format_id: object) -> Format:
    """The format of an id, or the first one when an earlier release knew an id that is gone."""
    try:
        return formats.find(str(format_id))
    except (KeyError, formats.SizeRefused):
        return formats.FORMATS["youtube"]


def ranked(photos: tuple[Photo, ...]) -> tuple[Photo, ...]:
    """The photo to draw first, first: no hard concern before any, then the fewest; else as sent."""
    return tuple(sorted(photos, key=lambda photo: (bool(HARD_CONCERNS & {*photo.concerns}), len(photo.concerns))))


def brief(session: Session, world: World) -> Brief:
    """The whole brief as it would be ordered now; the headline may be empty while it is still asked for."""
    given = read(session.answers)
    rest = {**read(lasting(world.settings)), **read(lasting(world.last_answers))}
    if rest.get("brand_colours") and "colours" not in rest:
        rest["colours"] = ColourPriority.BRAND
    if given.get("brand_colours") and "colours" not in given:
        given["colours"] = ColourPriority.BRAND
    merged = {**rest, **given}
    shape = target(merged.get("format", Brief().format))
    values = {**read(_SUITING[shape.family]), **merged, "format": shape.id}
    values["selfies"] = () if session.without_person else tuple(photo.asset for photo in ranked(session.photos))
    return _drawable(Brief(**values), world)


def _drawable(wanted: Brief, world: World) -> Brief:
    """Nothing is promised that no model here can draw or that would be done twice."""
    vibes = world.catalogue.vibes()
    return replace(
        wanted,
        vibe=wanted.vibe if wanted.vibe in vibes or not vibes else vibes[0],
        extra_formats=tuple(extra for extra in wanted.extra_formats if extra != wanted.format),
        model=wanted.model if world.catalogue.find(wanted.model) else Brief().model,
    )


def look(wanted: Brief) -> str:
    """Fingerprint of all that changes a preview's picture."""
    plain = Brief()
    return derive(
        repr(
            replace(
                wanted,
                variants=plain.variants,
                quality=plain.quality,
                model=plain.model,
                file_type=plain.file_type,
                extra_formats=plain.extra_formats,
                prompts=plain.prompts,
                fixed_seed=plain.fixed_seed,
            )
        )
    )
