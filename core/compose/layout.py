"""The layout of one picture as numbers: where the person stands and where every line of type goes.

Everything is in pixels of the finished picture. A Layout is stored with the variant and is what an export describes.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from core.compose.arrangement import Scheme
from core.compose.geometry import Box
from core.compose.headline import Align
from core.compose.imprint import NOTHING, Imprint
from core.compose.palette import Palette
from core.compose.style import Mark
from core.domain.score import Repair


class Role(StrEnum):
    PLAIN = "plain"
    SECOND = "second"
    """A plain line in the accent's colour, where a box already carries the emphasis."""
    EMPHASIS = "emphasis"
    SUBTEXT = "subtext"


@dataclass(frozen=True, slots=True)
class Span:
    text: str
    x: float
    width: float
    role: Role
    after: str = " "
    """What stands between it and what follows, on its line or the next: nothing within a word or between phrases."""


@dataclass(frozen=True, slots=True)
class TextLine:
    spans: tuple[Span, ...]
    baseline: float
    size: float
    """Font size, px per em."""
    cap: float
    ink: Box
    """Ink with stroke, before the block's turn."""

    @property
    def text(self) -> str:
        return typed((self,))


def typed(lines: Iterable[TextLine]) -> str:
    """The text of the lines as somebody typed it."""
    return "".join(span.text + span.after for line in lines for span in line.spans).removesuffix(" ")


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    width: int
    height: int
    scheme: Scheme
    align: Align
    text_side: Align
    angle: float
    """Degrees counter-clockwise, of all type about `pivot`."""
    pivot: tuple[float, ...]
    lines: tuple[TextLine, ...]
    subtext: tuple[TextLine, ...]
    font: str
    subtext_font: str
    mark: Mark
    palette: Palette
    face: Box | None
    head: Box | None
    """Of two people, around both heads."""
    imprint: Imprint = NOTHING
    tracking: float | None = None
    """In em, per letter of the headline, as it was set; None in older records: the style's."""
    faces: tuple[Box, ...] = ()
    """Where there are two people, the face of each."""
    repair: Repair | None = None
    """What had to be changed before it passed its gates."""

    @property
    def shown_faces(self) -> tuple[Box, ...]:
        return self.faces or (() if self.face is None else (self.face,))

    @property
    def text_boxes(self) -> tuple[Box, ...]:
        """Bounds of every line as it stands in the picture."""
        about = (self.pivot[0], self.pivot[1])
        return tuple(line.ink.turned(self.angle, about) for line in (*self.lines, *self.subtext))
