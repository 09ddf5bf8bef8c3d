"""From a wanted model to an ordered route, with the reason for every candidate and for everyone passed by."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from enum import StrEnum

from core.domain.brief import Brief
from core.domain.look import nearest
from core.domain.model import Capability, Catalogue, ModelSpec, Role, able
from core.domain.price import Quote, Work, quote
from core.domain.record import Json
from core.routing.health import WELL, Health


class Reason(StrEnum):
    """Why a model is on the route, or not."""

    WANTED = "wanted"
    """The one the person chose, or the quote named."""
    SUCCESSOR = "successor"
    """What followed the wanted one, which is gone."""
    SAME_ROLE = "same_role"
    """Does the same work for no more."""
    LAST_RESORT = "last_resort"
    """The free studio: a dead provider never leaves a person with nothing."""

    GONE = "gone"
    """Retired, switched off, or without a key, and nothing succeeded it."""
    DEARER = "dearer"
    UNABLE = "unable"
    RESTING = "resting"
    UNFUNDED = "unfunded"
    """There is no money left with its provider."""


INDISPENSABLE = frozenset({Capability.MULTI_TURN, Capability.MASK, Capability.UPSCALE})
"""Without these there is no answer to what was asked, so that not even the studio may stand in."""


@dataclass(frozen=True, slots=True)
class Candidate:
    model: ModelSpec
    reason: Reason
    brief: Brief
    """What it draws: the brief that was ordered, but for a look the studio lacks."""


@dataclass(frozen=True, slots=True)
class PassedBy:
    model: str
    reason: Reason


@dataclass(frozen=True, slots=True)
class Route:
    """Iterating yields the models to try, in order."""

    candidates: tuple[Candidate, ...]
    passed_by: tuple[PassedBy, ...] = ()
    replaced: str = ""
    """The id that was asked for, if that model is gone."""

    def __iter__(self) -> Iterator[ModelSpec]:
        return (row.model for row in self.candidates)

    def brief_for(self, model: ModelSpec) -> Brief:
        return next(row.brief for row in self.candidates if row.model.id == model.id)

    def receipt(self) -> dict[str, Json]:
        """What Info says of the choice; the attempts tell the rest."""
        return {
            "candidates": [{"model": row.model.id, "reason": row.reason.value} for row in self.candidates],
            "passed_by": [{"model": row.model, "reason": row.reason.value} for row in self.passed_by],
            "replaced": self.replaced,
        }


def plan(
    brief: Brief,
    wanted: str,
    catalogue: Catalogue,
    *,
    agreed: Quote | None = None,
    health: Health = WELL,
    needs: frozenset[Capability] = frozenset(),
    role: Role | None = None,
) -> Route:
    """The models to try for a variant, in order.

    First the wanted one (an id), then those of the same role that cost no more than was agreed, last the free studio.
    `agreed` is the quote of the order; without one the wanted model's own price for a set is the bound. `needs` are
    abilities beyond those the brief itself asks for, `role` the work where that is not the brief's quality.
    """
    resolved = catalogue.resolve(wanted)
    first = resolved.model if resolved else None
    replaced = resolved.replaced if resolved else ""
    candidates: list[Candidate] = []
    passed_by = [] if first else [PassedBy(wanted, Reason.GONE)]
    for model, reason in _asked(brief, first, replaced, catalogue, role):
        against = _against(model, reason, brief, agreed or _own(brief, wanted, catalogue), health, needs)
        if against is None:
            candidates.append(Candidate(model, reason, brief))
        else:
            passed_by.append(PassedBy(model.id, against))
    last = _last_resort(brief, catalogue, needs)
    candidates.extend(row for row in last if row.model not in (known.model for known in candidates))
    return Route(tuple(candidates), tuple(passed_by), replaced)


def _asked(
    brief: Brief, first: ModelSpec | None, replaced: str, catalogue: Catalogue, role: Role | None
) -> Iterator[tuple[ModelSpec, Reason]]:
    """Everyone worth a thought but the studio, once each. Who wants the studio wants nobody else."""
    seen = set[str]()
    if first is not None:
        seen.add(first.id)
        yield first, Reason.SUCCESSOR if replaced else Reason.WANTED
        if first.free:
            return
    premium = catalogue.for_role(Role.PREMIUM) if first is not None and Role.PREMIUM in first.roles else ()
    for model in (*premium, *(catalogue.for_role(role) if role else catalogue.for_brief(brief))):
        if model.id not in seen and not model.free:
            seen.add(model.id)
            yield model, Reason.SAME_ROLE


def _against(
    model: ModelSpec, reason: Reason, brief: Brief, agreed: Quote, health: Health, needs: frozenset[Capability]
) -> Reason | None:
    """What speaks against a model. The wanted one keeps its order's price, whatever it costs by now."""
    if not able(model, brief) or not needs <= model.capabilities:
        return Reason.UNABLE
    if reason is not Reason.WANTED and quote(brief, model, agreed.work).credits > agreed.credits:
        return Reason.DEARER
    if model.provider in health.closed:
        return Reason.UNFUNDED
    if health.passes_by(model.id):
        return Reason.RESTING
    return None


def _own(brief: Brief, wanted: str, catalogue: Catalogue) -> Quote:
    """The price of the wanted model itself; nothing may be charged for one nobody knows."""
    models = (*catalogue.models, *catalogue.tools, *catalogue.known)
    named = next((row for row in models if row.id == wanted), None)
    return quote(brief, named) if named else Quote(0, wanted, Work.SET, brief.variants)


def _last_resort(brief: Brief, catalogue: Catalogue, needs: frozenset[Capability]) -> Iterator[Candidate]:
    if needs & INDISPENSABLE:
        return
    for model in catalogue.models:
        if not model.free or not model.vibes:
            continue
        look = replace(brief, vibe=nearest(brief.vibe, model.vibes))
        if able(model, look):
            yield Candidate(model, Reason.LAST_RESORT, look)
