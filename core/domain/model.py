"""Model specs: what can draw, at what cost, known by capability and never by name."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from enum import StrEnum
from types import MappingProxyType

from core.domain.brief import Brief, Vibe
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


ROLE_OF = {Quality.DRAFT: Role.DRAFT, Quality.STANDARD: Role.STANDARD, Quality.FOUR_K: Role.FOUR_K}
"""Whose candidates a brief's quality asks first."""


class Channel(StrEnum):
    """The door to a provider: what is retired behind one may still be callable behind the other."""

    DIRECT = "direct"
    """The company's own interface, with a key."""
    ENTERPRISE = "enterprise"
    """Its cloud platform."""


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
    """Takes a picture in: a selfie as reference, or the canvas to change."""
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
    INTERIM = "interim"
    """Thinks in pictures, which come before the final one."""
    BATCH = "batch"
    SERVICE_TIER = "service_tier"
    SAFETY = "safety"
    UPSCALE = "upscale"
    READ = "read"
    """Answers with text: ideas, descriptions, readings of a picture."""


EDITING = frozenset({Capability.EDIT, Capability.MULTI_TURN})
"""What changing a finished picture takes, again and again."""


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
class Term:
    """How a model stands behind one channel."""

    status: Status
    since: date | None = None
    until: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelSpec:
    id: str
    provider: str
    origin: Origin
    roles: tuple[Role, ...]
    """What it is a candidate for; the catalogue's order is the order among candidates."""
    vibes: tuple[Vibe, ...]
    """What it can draw; none: a tool, nobody's choice for a set."""
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
    """Id of what an old brief that names it is drawn by."""
    channels: Mapping[Channel, Term] = field(default_factory=lambda: MappingProxyType({}), hash=False)
    """Where it stands differently than `status` and the dates say."""
    probed: bool = False
    """Offered only once a probe has seen it answer."""
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
    per_minute: int = 0
    """Requests a minute that all workers together may send; 0: no bound of ours."""
    concurrency: int = 0
    """Calls under way at a time over all workers; 0: no bound of ours."""

    @property
    def token(self) -> str:
        return self.slug or self.id

    def on(self, channel: Channel) -> ModelSpec:
        """The model as it stands behind a channel."""
        term = self.channels.get(channel)
        return replace(self, status=term.status, since=term.since or self.since, until=term.until) if term else self

    def can(self, capability: Capability) -> bool:
        return capability in self.capabilities


def able(model: ModelSpec, brief: Brief) -> bool:
    """Whether a model can draw what a brief asks for; of two people it is shown both or is not asked."""
    drawable = brief.vibe in model.vibes and brief.quality in model.qualities
    return drawable and model.max_references >= (len(brief.drawn) or bool(brief.exhibit))


@dataclass(frozen=True, slots=True)
class Resolved:
    model: ModelSpec
    replaced: str = ""
    """The id that was asked for, if that model is gone."""


@dataclass(frozen=True, slots=True)
class Catalogue:
    """The models that may be offered now, best first."""

    models: tuple[ModelSpec, ...]
    """What draws; a person may choose among them."""
    tools: tuple[ModelSpec, ...] = ()
    """What answers with text, or only changes pictures."""
    known: tuple[ModelSpec, ...] = ()
    """Every model there is or was, offered or not: old briefs, jobs and buttons name them."""
    ranks: Mapping[Role, tuple[str, ...]] = field(default_factory=lambda: MappingProxyType({}), hash=False)
    """Ids in a role's own order, where it is not the catalogue's."""

    def find(self, model_id: str) -> ModelSpec | None:
        return next((model for model in (*self.models, *self.tools) if model.id == model_id), None)

    def label(self, model_id: str) -> str:
        """The name people know a model by, offered or not; of one nobody knows, its id."""
        named = (row.label for row in (*self.models, *self.tools, *self.known) if row.id == model_id)
        return next(named, "") or model_id

    def resolve(self, model_id: str) -> Resolved | None:
        """The model of an id or, once that is gone, what succeeded it. None: nothing on offer did."""
        wanted, seen = model_id, set[str]()
        while wanted and wanted not in seen:
            seen.add(wanted)
            if found := self.find(wanted):
                return Resolved(found, model_id if wanted != model_id else "")
            wanted = next((row.successor for row in self.known if row.id == wanted), "")
        return None

    def by_token(self, token: str) -> Resolved | None:
        """The model of a button, however old the button is."""
        named = next((row.id for row in (*self.models, *self.tools, *self.known) if row.token == token), token)
        return self.resolve(named)

    def for_role(self, role: Role) -> tuple[ModelSpec, ...]:
        """Who may be asked for it, best first, the free ones last."""
        return self._ranked(role, [model for model in (*self.models, *self.tools) if role in model.roles])

    def for_brief(self, brief: Brief) -> tuple[ModelSpec, ...]:
        """Who can draw a brief: the candidates of its quality, then whatever else can, then the free ones."""
        return self._ranked(ROLE_OF[brief.quality], [model for model in self.models if able(model, brief)])

    def paid(self) -> tuple[ModelSpec, ...]:
        return tuple(model for model in self.models if not model.free)

    def vibes(self) -> tuple[Vibe, ...]:
        """What at least one model can draw, in the order of the questionnaire."""
        drawable = {vibe for model in self.models for vibe in model.vibes}
        return tuple(vibe for vibe in Vibe if vibe in drawable)

    def _ranked(self, role: Role, models: list[ModelSpec]) -> tuple[ModelSpec, ...]:
        rank = {model_id: place for place, model_id in enumerate(self.ranks.get(role, ()))}
        return tuple(sorted(models, key=lambda model: (model.free, rank.get(model.id, len(rank)))))
