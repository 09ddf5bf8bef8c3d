"""Prefilling: the complete brief of a session, from what was answered and what fills the rest.

Answers given win over the last brief's, those over settings (the brand kit), those over what suits the platform.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from functools import cache
from typing import Any, get_type_hints

from core.conversation.event import Photo
from core.conversation.script import PER_VIDEO
from core.conversation.session import Session
from core.conversation.world import World
from core.domain import concern
from core.domain import format as formats
from core.domain.brief import Brief, ColourPriority, FaceSide, People
from core.domain.code import derive
from core.domain.format import Family, Format
from core.domain.record import Json, RecordError, from_record

_PLAIN = Brief()

_SUITING: dict[Family, dict[str, Json]] = {
    Family.WIDE: {},
    Family.SQUARE: {},
    Family.PORTRAIT: {},
    Family.TALL: {"face_side": FaceSide.CENTRE.value},
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

    def worse(photo: Photo) -> tuple[bool, int, int]:
        return bool(concern.HARD & {*photo.concerns}), photo.rank, len(photo.concerns)

    return tuple(sorted(photos, key=worse))


def brief(session: Session, world: World) -> Brief:
    """The whole brief as it would be ordered now; the headline may be empty while it is still asked for."""
    given = read(session.answers)
    shared = world.seat.shared if world.seat else {}
    own = {name: value for name, value in world.settings.items() if value}
    rest = {**read(lasting({**shared, **own})), **read(lasting(world.last_answers))}
    if rest.get("brand_colours") and "colours" not in rest:
        rest["colours"] = ColourPriority.BRAND
    if given.get("brand_colours") and "colours" not in given:
        given["colours"] = ColourPriority.BRAND
    merged = {**rest, **given}
    shape = target(merged.get("format", _PLAIN.format))
    values = {**read(_SUITING[shape.family]), **merged, "format": shape.id}
    sent = () if session.without_person else _selfies(session.photos)
    if len(sent) < 2 and not any(photo.faces > 1 for photo in sent):
        values["people"] = People.ONE  # of one person alone nobody makes two
    # One of each, as they were sent; of one person the best.
    photos = sent if values.get("people") is People.TWO else ranked(sent)
    values["exhibit"] = _exhibit(session)
    values["selfies"] = tuple(photo.asset for photo in photos)
    values["selfie_places"] = tuple(1 + sent.index(photo) for photo in photos) if photos != sent else ()
    values["language"] = session.language
    _keep_drawable(values, world)
    return Brief(**values)


def faceless(photo: Photo) -> bool:
    """Whether it shows nobody: a product, a screenshot, a scene."""
    return concern.Concern.NO_FACE in photo.concerns


def _selfies(photos: tuple[Photo, ...]) -> tuple[Photo, ...]:
    """Those that show somebody. If none does, the first as it is: whoever sent it is still to say what it is for."""
    return tuple(photo for photo in photos if not faceless(photo)) or photos[:1]


def _exhibit(session: Session) -> str:
    """The photo that shows nobody, where the person goes on without one."""
    if not session.without_person or session.words_only:
        return ""
    return next((photo.asset for photo in session.photos if faceless(photo)), "")


def _keep_drawable(values: dict[str, Any], world: World) -> None:
    """Nothing is promised that no model here can draw, or that would be done twice."""
    vibes = world.catalogue.vibes()
    if vibes and values.get("vibe", _PLAIN.vibe) not in vibes:
        values["vibe"] = vibes[0]
    if "extra_formats" in values:
        values["extra_formats"] = tuple(extra for extra in values["extra_formats"] if extra != values["format"])
    if values.get("model") not in {row.id for row in (*world.catalogue.models, *world.catalogue.known)}:
        values["model"] = _PLAIN.model  # one that is gone is kept: the card says who draws instead


_NOT_SEEN = frozenset(
    {
        "variants",
        "every_word",
        "quality",
        "model",
        "file_type",
        "extra_formats",
        "prompts",
        "fixed_seed",
        "inspiration",
        "video",
        "search",
    }
    | {"selfie_places"}
)
"""Fields that leave a preview's picture as it is."""
_SEEN = tuple(row.name for row in fields(Brief) if row.name not in _NOT_SEEN)


def look(wanted: Brief) -> str:
    """Fingerprint of all that changes a preview's picture."""
    return derive(*(getattr(wanted, name) for name in _SEEN))
