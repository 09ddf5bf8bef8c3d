"""Model specs: what can draw, at what cost, known by capability and never by name."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

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


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelSpec:
    id: str
    provider: str
    origin: Origin
    roles: tuple[Role, ...]
    vibes: tuple[Vibe, ...]
    qualities: tuple[Quality, ...]
    free: bool = False
    """Costs no credits and writes no hold."""
    surcharge: int = 0
    """Credits a set costs more than the base price (premium models: 1 or 2)."""
    cost_micro_usd: int = 0
    """What one picture costs us."""
    max_references: int = 0


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
