"""What a layout is made from: the scene type has to live with, and the type itself."""

from __future__ import annotations

from dataclasses import dataclass

from core.compose.arrangement import Arrangement
from core.compose.geometry import Box, Silhouette
from core.compose.measure import Measure
from core.compose.palette import Palette
from core.compose.style import Mark, Style
from core.domain.format import Size


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """What the type has to live with."""

    size: Size
    row: Arrangement
    zones: tuple[Box, ...]
    subject: Silhouette
    face: Box | None = None
    head: Box | None = None
    faces: tuple[Box, ...] = ()
    heads: tuple[Box, ...] = ()
    """Of two people, from left to right; `head` is around both."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Type:
    """What is to be set, and with what."""

    words: tuple[str, ...]
    subtext: tuple[str, ...]
    style: Style
    font: str
    subtext_font: str
    measure: Measure
    subtext_measure: Measure
    palette: Palette
    mark: Mark
    right_to_left: bool = False
    tall: bool = False
    """Letters without capitals."""
    language: str = ""
    """The person's, a BCP 47 tag: where phrases end."""
    key: int | None = None
    """Which of the words carries the headline, where that was said."""
    least: float = 0.0
    """Capital height in px no line of the headline may be below."""
    least_small: float = 0.0
    """The same of the small line."""
