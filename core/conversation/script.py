"""The script: the questionnaire as data (product.md §3, sections A–H).

A question's id is the field of Brief it answers. To add one: a field there, a row here, its sentences in the locales.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from enum import StrEnum

from core.conversation.view import FieldKind
from core.domain.brief import (
    AUTO_MODEL,
    BRIEF_FILES,
    VARIANT_COUNTS,
    Change,
    ColourPriority,
    ContentFilter,
    Emotion,
    FaceSide,
    FocusPoint,
    Highlight,
    NoGo,
    Outfit,
    Outline,
    People,
    TextPlace,
    TypeEffect,
    TypeMood,
)
from core.domain.format import FORMATS, Quality
from core.domain.model import Capability, Catalogue
from core.domain.record import Json


class Section(StrEnum):
    PROJECT = "A"
    CREATIVE = "B"
    FACE = "C"
    LAYOUT = "D"
    TYPOGRAPHY = "E"
    REFERENCES = "F"
    OUTPUT = "G"
    RUN = "H"


class Reading(StrEnum):
    """How typed words become an answer, where a question takes words of one's own."""

    NONE = "none"
    HEADLINE = "headline"
    SUBTEXT = "subtext"
    WORDS = "words"
    COLOURS = "colours"
    VIDEOS = "videos"
    HEADLINES = "headlines"
    SIZE = "size"
    VIDEO = "video"


def _as_it_is(_: Catalogue, value: str) -> str:
    return value


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    id: str
    section: Section
    kind: FieldKind
    offers: Callable[[Catalogue], tuple[str, ...]]
    """Option values in order, out of what the catalogue can draw; () for a question answered in words or pictures."""
    cast: Callable[[str], Json] = str
    """An option's value as the record Brief's field reads."""
    pack: Callable[[Catalogue, str], str] = _as_it_is
    """An option's value as a button's token carries it, where the value itself may not fit into one."""
    unpack: Callable[[Catalogue, str], str] = _as_it_is
    reading: Reading = Reading.NONE
    optional: bool = False
    """May be emptied by an option of its own."""
    needs: Capability | None = None
    """Asked only where whoever draws can do this."""

    @property
    def open(self) -> bool:
        """Whether words of one's own are taken beside the options, or beside pictures."""
        return self.kind in (FieldKind.CHOICE, FieldKind.PHOTOS) and self.reading is not Reading.NONE


NONE = "none"
"""The option that empties an optional answer."""
OWN = "own"
"""The option of a form, where nothing else can be typed, for whoever wants none of the others: it is asked next."""
SHORTER = "shorter"
"""The option that takes the proposed cut of a long headline."""


def _nothing(_: Catalogue) -> tuple[str, ...]:
    return ()


def _choice(name: str, section: Section, values: tuple[str, ...], cast: Callable[[str], Json] = str) -> Question:
    return Question(id=name, section=section, kind=FieldKind.CHOICE, offers=lambda _: values, cast=cast)


def _several(name: str, section: Section, values: tuple[str, ...]) -> Question:
    return Question(id=name, section=section, kind=FieldKind.CHOICES, offers=lambda _: values)


def _words(name: str, section: Section, reading: Reading, *, optional: bool = True) -> Question:
    return Question(id=name, section=section, kind=FieldKind.TEXT, offers=_nothing, reading=reading, optional=optional)


def _yes_no(name: str, section: Section) -> Question:
    return _choice(name, section, ("yes", "no"), cast=lambda value: value == "yes")


def _models(catalogue: Catalogue) -> tuple[str, ...]:
    return (AUTO_MODEL, *(model.id for model in catalogue.models))


def _slug(catalogue: Catalogue, model_id: str) -> str:
    model = catalogue.find(model_id)
    return model.token if model else model_id


def _of_slug(catalogue: Catalogue, slug: str) -> str:
    resolved = catalogue.by_token(slug)
    return resolved.model.id if resolved else slug


QUESTIONS: dict[str, Question] = {
    row.id: row
    for row in (
        Question(
            id="format",
            section=Section.PROJECT,
            kind=FieldKind.CHOICE,
            offers=lambda _: tuple(FORMATS),
            reading=Reading.SIZE,
        ),
        _choice("content_filter", Section.PROJECT, tuple(ContentFilter)),
        _words("title", Section.CREATIVE, Reading.WORDS),
        _words("headline", Section.CREATIVE, Reading.HEADLINE, optional=False),
        _words("subtext", Section.CREATIVE, Reading.SUBTEXT),
        Question(
            id="vibe", section=Section.CREATIVE, kind=FieldKind.CHOICE, offers=lambda catalogue: catalogue.vibes()
        ),
        _choice("colours", Section.CREATIVE, tuple(ColourPriority)),
        _choice("emotion", Section.CREATIVE, tuple(Emotion)),
        Question(id="selfies", section=Section.FACE, kind=FieldKind.PHOTOS, offers=_nothing),
        _choice("people", Section.FACE, tuple(People)),
        _choice("outfit", Section.FACE, tuple(Outfit)),
        _several("allowed", Section.FACE, tuple(Change)),
        _several("no_gos", Section.FACE, tuple(NoGo)),
        _words("no_go_note", Section.FACE, Reading.WORDS),
        _choice("face_side", Section.LAYOUT, tuple(FaceSide)),
        _choice("focus", Section.LAYOUT, tuple(FocusPoint)),
        _choice("text_place", Section.LAYOUT, tuple(TextPlace)),
        _yes_no("reserve_overlays", Section.LAYOUT),
        _choice("type_mood", Section.TYPOGRAPHY, tuple(TypeMood)),
        _several("type_effects", Section.TYPOGRAPHY, tuple(TypeEffect)),
        _choice("outline", Section.TYPOGRAPHY, tuple(Outline)),
        _choice("highlight", Section.TYPOGRAPHY, tuple(Highlight)),
        _yes_no("every_word", Section.TYPOGRAPHY),
        _choice("word_cap", Section.TYPOGRAPHY, ("0", "2", "3", "4", "5", "6"), cast=int),
        _words("brand_colours", Section.REFERENCES, Reading.COLOURS),
        _words("brand_guide", Section.REFERENCES, Reading.WORDS),
        Question(
            id="inspiration",
            section=Section.REFERENCES,
            kind=FieldKind.PHOTOS,
            offers=_nothing,
            reading=Reading.VIDEOS,
            optional=True,
        ),
        _words("video", Section.REFERENCES, Reading.VIDEO),
        _choice("variants", Section.OUTPUT, tuple(map(str, VARIANT_COUNTS)), cast=int),
        _choice("file_type", Section.OUTPUT, BRIEF_FILES),
        _several("extra_formats", Section.OUTPUT, tuple(FORMATS)),
        Question(id="model", section=Section.RUN, kind=FieldKind.CHOICE, offers=_models, pack=_slug, unpack=_of_slug),
        _choice("quality", Section.RUN, tuple(Quality)),
        _yes_no("fixed_seed", Section.RUN),
        replace(_yes_no("search", Section.RUN), needs=Capability.SEARCH_WEB),
        _words("prompts", Section.RUN, Reading.HEADLINES),
    )
}

PER_VIDEO = frozenset(
    {"headline", "subtext", "title", "selfies", "people", "inspiration", "video", "prompts", "search", "series"}
)
"""Answers that belong to one video and never fill the next brief."""


IDEA = "idea"
"""The option that takes a headline somebody thought of, with its number."""


def section(name: Section) -> tuple[Question, ...]:
    return tuple(row for row in QUESTIONS.values() if row.section is name)
