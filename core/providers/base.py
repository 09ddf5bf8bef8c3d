"""The seam to whoever draws: a request in, a plate (a picture without text) out."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Protocol

from core.domain.format import Format, Size
from core.domain.job import Recipe
from core.domain.record import Json


@dataclass(frozen=True, slots=True, kw_only=True)
class PaintRequest:
    recipe: Recipe
    format: Format
    size: Size
    selfies: tuple[bytes, ...]
    """JPEG files of the subject, best first; empty for a composition without a person."""
    quick: bool = False
    """Somebody is waiting for this one picture; it should not stand behind sets."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Painted:
    plate: bytes
    """`core.compose.studio.Plate` in its stored form."""
    facts: dict[str, Json] = field(default_factory=dict)
    """What the provider says of the picture: its request id, timings ... shown by Info."""


class Provider(Protocol):
    @property
    def name(self) -> str: ...

    async def paint(self, request: PaintRequest) -> Painted:
        """Draw one variant. Raises ProviderError and nothing else; cancelling the task abandons the work."""
