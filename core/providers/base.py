"""The seam to whoever draws: a request in, a picture without text out."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Protocol

from core.domain.format import Format, Size
from core.domain.job import Recipe
from core.domain.model import ModelSpec, Thinking
from core.domain.prompt import Prompt, Reference
from core.domain.record import Json


class Shelf(Protocol):
    """References that lie at a provider, so that requests need not carry them."""

    @property
    def names(self) -> tuple[str, ...]:
        """What the provider calls them, known before anything is uploaded: who keeps them can have them deleted from
        another process. None: it takes no uploads."""
        ...

    async def fill(self) -> None:
        """Upload all at once; returns when every upload has ended, well or not. What is not there is sent inline."""
        ...

    async def clear(self) -> None:
        """Delete all of them, those that never arrived too. Raises ProviderError."""
        ...


class Sharing(Protocol):
    """What some providers can besides painting: keep references that several requests show."""

    def shelf(self, references: Iterable[Reference]) -> Shelf:
        """An empty one for these references; `fill` uploads them."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class PaintRequest:
    recipe: Recipe
    format: Format
    size: Size
    selfies: tuple[bytes, ...]
    """JPEG files of the subject, best first, or of the exhibit; empty for a composition of words alone."""
    quick: bool = False
    """Somebody is waiting for this one picture; it should not stand behind sets."""
    model: ModelSpec | None = None
    """Who is asked. None for the studio, which is its only model."""
    prompt: Prompt | None = None
    """What is said to a model; the studio works from the recipe."""
    conversation: bytes | None = None
    """What `Painted.conversation` was: the prompt is the next turn of it."""
    thinking: Thinking | None = None
    search: bool = False
    """The model may look things up on the web."""
    strict: bool = False
    """The brief's content filter."""
    timeout_s: float = 120.0
    shelf: Shelf | None = None
    """Where references of the prompt lie already; only the provider it is of looks at it."""
    on_draft: OnDraft | None = None
    """Told of pictures from before the final one as they come, where the model shows any."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Original:
    """What a model painted, untouched: its bytes carry the provenance."""

    data: bytes
    media_type: str


OnDraft = Callable[[Original], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Usage:
    """What a call used, as its provider counts, and what that costs us."""

    cost_micro_usd: int
    tokens: Mapping[str, int] = field(default_factory=dict)
    """By direction and modality: "in_text", "in_image", "out_image", "thoughts" ..."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Painted:
    """A finished `plate` (the studio's), or an `original` that becomes one."""

    plate: bytes = b""
    """`core.compose.plate.Plate` in its stored form."""
    original: Original | None = None
    conversation: bytes | None = None
    """Opaque: what the provider needs to go on from this picture, after a restart and on another machine."""
    usage: Usage | None = None
    facts: dict[str, Json] = field(default_factory=dict)
    """What the provider says of the picture: its request id, timings, note ... shown by Info."""

    def __post_init__(self) -> None:
        if not self.plate and self.original is None:
            raise ValueError("nothing was painted")


class Provider(Protocol):
    @property
    def name(self) -> str: ...

    async def paint(self, request: PaintRequest) -> Painted:
        """Draw one variant. Raises ProviderError and nothing else; cancelling the task abandons the work."""
        ...
