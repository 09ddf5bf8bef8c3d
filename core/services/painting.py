"""Painting: one call of one model (or the studio), from the recipe to a plate type can be set on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from core.compose.staging import staging
from core.domain import format as formats
from core.domain.brief import ContentFilter
from core.domain.format import Quality
from core.domain.job import Recipe
from core.domain.look import nearest
from core.domain.model import Capability, Catalogue, ModelSpec, Origin, Thinking
from core.domain.prompt import VideoLink
from core.domain.record import Json
from core.prompting.design import design
from core.prompting.reword import reword
from core.providers import frame
from core.providers.base import Painted, PaintRequest, Provider
from core.providers.error import Faceless, ProviderError, Undecodable
from core.services.budget import Budget
from core.services.sitting import Sitting
from core.workshop.refusal import PictureRefused
from core.workshop.workshop import Workshop

THINKING = {Quality.DRAFT: Thinking.MINIMAL}
"""A draft is to be quick and cheap; otherwise a model thinks as much as it thinks right."""


class Wording:
    """How a variant is asked for; after a soft refusal once more, in safer words."""

    def __init__(self) -> None:
        self.careful = False

    def soften(self) -> bool:
        """False when the words are as safe as they get."""
        softened = not self.careful
        self.careful = True
        return softened


class Painting:
    def __init__(self, providers: Mapping[str, Provider], workshop: Workshop, budget: Budget) -> None:
        self._providers = providers
        self._workshop = workshop
        self._budget = budget

    async def plate(
        self, model: ModelSpec, recipe: Recipe, sitting: Sitting, wording: Wording, catalogue: Catalogue, *, quick: bool
    ) -> Painted:
        """Have `model` paint the recipe's own format. What comes back has its plate, whoever painted it.

        Raises ProviderError, WorkLost and the store's errors.
        """
        request = await self.request(model, recipe, sitting, wording, catalogue, quick=quick)
        async with self._budget.place(model, call_s=request.timeout_s):
            painted = await self._providers[model.provider].paint(request)
        return await self.adopted(painted, request, catalogue)

    async def studio(self, model: ModelSpec, recipe: Recipe, format_id: str, selfies: tuple[bytes, ...]) -> bytes:
        """The studio's plate in any format. Raises ProviderError."""
        target = formats.find(format_id)
        request = PaintRequest(
            recipe=replace(recipe, model=model.id, origin=model.origin),
            format=target,
            size=target.size(recipe.brief.quality),
            selfies=selfies,
            quick=True,
        )
        return (await self._providers[model.provider].paint(request)).plate

    async def request(
        self,
        model: ModelSpec,
        recipe: Recipe,
        sitting: Sitting,
        wording: Wording,
        catalogue: Catalogue,
        *,
        quick: bool = False,
    ) -> PaintRequest:
        """What is asked of whoever draws; of a model in its own terms: prompt, references, thinking."""
        brief = recipe.brief
        target = formats.find(brief.format)
        size = target.size(brief.quality)
        request = PaintRequest(recipe=recipe, format=target, size=size, selfies=sitting.selfies, quick=quick)
        if model.origin is not Origin.MODEL:
            return request
        references = await sitting.references(model.max_references)
        prompt = design(
            brief,
            model.family,
            staging(typed(recipe, catalogue).brief, target, recipe.position),
            references,
            recipe.position,
            painted=frame.choose(model, size, brief.quality).ratio,
            video=VideoLink(brief.video) if brief.video and model.can(Capability.VIDEO_CONTEXT) else None,
        )
        return replace(
            request,
            model=model,
            prompt=reword(prompt) if wording.careful else prompt,
            thinking=THINKING.get(brief.quality),
            search=brief.search,
            strict=brief.content_filter is ContentFilter.STRICT,
        )

    async def adopted(self, painted: Painted, request: PaintRequest, catalogue: Catalogue) -> Painted:
        """A model's picture with its plate; the studio's is one already. Raises ProviderError and WorkLost."""
        if painted.original is None or request.model is None:
            return painted
        recipe = typed(request.recipe, catalogue)
        asked = frame.choose(request.model, request.size, recipe.brief.quality)
        try:
            adopted = await self._workshop.adopt(recipe, request.format, request.size, painted.original.data)
        except PictureRefused as refused:
            raise _costing(Undecodable(str(refused)), painted) from refused
        gates: dict[str, Json] = adopted.facts["gates"]
        if not gates.get("face", True):
            raise _costing(Faceless("a person was ordered, and no face is in the picture"), painted)
        facts: dict[str, Json] = {"ratio": asked.ratio, "size": asked.size}
        return replace(painted, plate=adopted.plate, facts={**facts, **painted.facts, **adopted.facts})


def typed(recipe: Recipe, catalogue: Catalogue) -> Recipe:
    """The recipe as the typesetter reads it: a look it has no type for borrows that of the nearest look."""
    looks = next(model.vibes for model in catalogue.models if model.origin is Origin.STUDIO)
    return replace(recipe, brief=replace(recipe.brief, vibe=nearest(recipe.brief.vibe, looks)))


def _costing(error: ProviderError, painted: Painted) -> ProviderError:
    error.cost_micro_usd = painted.usage.cost_micro_usd if painted.usage else 0
    return error
