"""What is said to a model: an instruction, and parts in the order the instruction refers to."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class ReferenceRole(StrEnum):
    PERSON = "person"
    STYLE = "style"
    BRAND = "brand"
    LAYOUT = "layout"
    EXHIBIT = "exhibit"
    """What the picture shows in place of a person."""
    CANVAS = "canvas"
    """The picture that is to be changed."""


@dataclass(frozen=True, slots=True)
class Reference:
    """An image file that goes in; `data` is JPEG, PNG or WebP, already reduced for sending."""

    role: ReferenceRole
    data: bytes
    media_type: str = "image/jpeg"
    who: int = 0
    """Of several people, whom it shows."""


@dataclass(frozen=True, slots=True)
class VideoLink:
    """A public YouTube address the model may watch (`core.domain.video` reads them)."""

    url: str
    moment_s: int | None = None
    """Only what is around this second is to be watched, as far as that can be said."""


Part = str | Reference | VideoLink


@dataclass(frozen=True, slots=True, kw_only=True)
class Prompt:
    system: str
    """The rules. Never holds a word a person typed."""
    parts: tuple[Part, ...]
    """What to draw; a person's words stand only inside the delimited data part."""

    @property
    def references(self) -> tuple[Reference, ...]:
        return tuple(part for part in self.parts if isinstance(part, Reference))


class Touch(StrEnum):
    """Edits a button offers; everything else is typed."""

    DARKER_BACKGROUND = "darker_background"
    BRIGHTER_BACKGROUND = "brighter_background"
    BLUR_BACKGROUND = "blur_background"
    BIGGER_SMILE = "bigger_smile"
    STRONGER_EMOTION = "stronger_emotion"
    MORE_LIGHT_ON_FACE = "more_light_on_face"
    SIMPLER = "simpler"
    FIX_FACE = "fix_face"


@dataclass(frozen=True, slots=True)
class Area:
    """Fractions of the canvas."""

    left: float
    top: float
    right: float
    bottom: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Staging:
    """Where the layout that will be used wants things: the model leaves `type_areas` quiet and puts the head there."""

    type_areas: tuple[Area, ...]
    head: Area | None
    """None: a composition without a person."""
    heads: tuple[Area, ...] = ()
    """Of two people, from left to right; `head` is around both."""
    covered: tuple[Area, ...] = ()
    """What the platform draws over."""
