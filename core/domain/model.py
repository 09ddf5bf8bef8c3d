"""Model specs: what can draw, at what cost, known by capability and never by name."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from types import MappingProxyType

from core.domain.brief import Vibe
from core.domain.format import Quality


class Origin(StrEnum):
    """Who drew a picture; every view says it."""

    STUDIO = "studio"
    """The local studio: our own code, no model."""
    MODEL = "model"
    STAND_IN = "stand_in"
    """The paid provider of tests and the demo; draws with the studio and says so."""


class Role(StrEnum):
    """What a model is asked for; a role resolves to ordered candidates."""

    DRAFT = "draft"
    STANDARD = "standard"
    PREMIUM = "premium"
    FOUR_K = "4k"
    EDIT = "edit"
    IDENTITY = "identity"
    COPY = "copy"
    READER = "reader"


class Status(StrEnum):
    LIVE = "live"
    PREVIEW = "preview"
    DEPRECATED = "deprecated"
    """Answers, but has a date or a successor: never a first choice."""
    RETIRED = "retired"
    """Resolves to its successor; the probe may find it alive again."""


class Capability(StrEnum):
    TEXT_TO_IMAGE = "text_to_image"
    EDIT = "edit"
    COMPOSE = "compose"
    """Several references in one picture."""
    MULTI_TURN = "multi_turn"
    MASK = "mask"
    SEED = "seed"
    SEARCH_WEB = "search_web"
    SEARCH_IMAGE = "search_image"
    VIDEO_CONTEXT = "video_context"
    """A video file or a public YouTube link as context."""
    STREAMING = "streaming"
    BATCH = "batch"
    SERVICE_TIER = "service_tier"
    SAFETY = "safety"
    UPSCALE = "upscale"
    READ = "read"
    """Answers with text: ideas, descriptions, readings of a picture."""


class Latency(StrEnum):
    FAST = "fast"
    """About 5 s a picture."""
    USUAL = "usual"
    """15 to 40 s."""
    SLOW = "slow"


class Thinking(StrEnum):
    MINIMAL = "minimal"
    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenRates:
    """Micro-USD per million tokens. Thinking and returned text are billed as text out."""

    text_in: int
    text_out: int
    image_out: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelSpec:
    id: str
    provider: str
    origin: Origin
    roles: tuple[Role, ...]
    """What it is a candidate for; the catalogue's order is the order among candidates."""
    vibes: tuple[Vibe, ...]
    qualities: tuple[Quality, ...]
    slug: str = ""
    """At most 10 characters of [a-z0-9.-]: what a button's token carries instead of the id. Empty: the id itself."""
    label: str = ""
    """The name people know, "Nano Banana 2.1"; a brand name, so not translated."""
    family: str = ""
    """Which requests it understands: "gemini-image", "imagen", "gemini-text"; the provider's word."""
    status: Status = Status.LIVE
    since: date | None = None
    until: date | None = None
    """Announced last day, as far as a source says one."""
    successor: str = ""
    capabilities: frozenset[Capability] = frozenset()
    thinking: tuple[Thinking, ...] = ()
    """Levels that may be sent, cheapest first; empty: the field is not sent at all."""
    ratios: tuple[str, ...] = ()
    sizes: tuple[str, ...] = ()
    """Values of the size field, smallest first; empty: the field is not sent at all."""
    pixels: Mapping[str, tuple[int, int]] = field(default_factory=lambda: MappingProxyType({}), hash=False)
    """Ratio -> width and height at 1K, as far as seen; a hint for choosing, never for decoding."""
    free: bool = False
    """Costs no credits and writes no hold."""
    surcharge: int = 0
    """Credits a set costs more than the base price (premium models: 1 or 2)."""
    prices: Mapping[str, int] = field(default_factory=lambda: MappingProxyType({}), hash=False)
    """Size -> micro-USD of one picture."""
    rates: TokenRates | None = None
    batch_factor: float | None = None
    """What a picture of the batch API costs, over the usual price; None: no batch."""
    source: str = ""
    """Where the row's facts were read."""
    price_verified: bool = False
    """The price was seen on an official page or in a maintained price table."""
    latency: Latency = Latency.USUAL
    marked: bool = False
    """Premium or preview: the chooser says so."""
    max_references: int = 0

    @property
    def token(self) -> str:
        return self.slug or self.id

    def can(self, capability: Capability) -> bool:
        return capability in self.capabilities


@dataclass(frozen=True, slots=True)
class Catalogue:
    """The models that may be offered now, best first."""

    models: tuple[ModelSpec, ...]

    def find(self, model_id: str) -> ModelSpec | None:
        return next((model for model in self.models if model.id == model_id), None)

    def paid(self) -> tuple[ModelSpec, ...]:
        return tuple(model for model in self.models if not model.free)

    def vibes(self) -> tuple[Vibe, ...]:
        """What at least one model can draw, in the order of the questionnaire."""
        drawable = {vibe for model in self.models for vibe in model.vibes}
        return tuple(vibe for vibe in Vibe if vibe in drawable)
