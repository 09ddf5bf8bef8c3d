"""Painting: one call of one model (or the studio), from the recipe to a plate type can be set on."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, replace

from core.compose.outline import outline
from core.compose.staging import staging
from core.domain import format as formats
from core.domain.brief import ContentFilter
from core.domain.format import Quality
from core.domain.job import Recipe
from core.domain.look import nearest
from core.domain.model import Capability, Catalogue, ModelSpec, Origin, Thinking
from core.domain.prompt import Reference, ReferenceRole, Touch
from core.domain.record import Json
from core.domain.video import video_link
from core.prompting.design import design
from core.prompting.edit import edit
from core.prompting.reword import reword
from core.providers import frame
from core.providers.base import OnDraft, Painted, PaintRequest, Provider, Shelf
from core.providers.error import Change, Faceless, ProviderError, TimedOut, Unadopted, Undecodable
from core.routing.failover import Amend
from core.services.budget import Budget
from core.services.patience import WORK_TRIES_S, persist
from core.services.sitting import Sitting
from core.workshop.crew import WorkLost
from core.workshop.refusal import PictureRefused
from core.workshop.workshop import Workshop

THINKING = {Quality.DRAFT: Thinking.MINIMAL}
"""A draft is to be quick and cheap; otherwise a model thinks as much as it thinks right."""

GRACE_S = 5.0
"""For a provider's library to notice by itself that the time is over."""


class Wording:
    """How a variant is asked for: after a soft refusal once more, in safer words; where the conversation so far is
    refused, without it."""

    def __init__(self) -> None:
        self.careful = False
        self.anew = False

    @property
    def amends(self) -> Mapping[Change, Amend]:
        return {Change.REWORD: self._soften, Change.ANEW: self._begin_anew}

    def _soften(self) -> bool:
        """False when the words are as safe as they get."""
        softened = not self.careful
        self.careful = True
        return softened

    def _begin_anew(self) -> bool:
        self.anew = True
        return True


@dataclass(frozen=True, slots=True, kw_only=True)
class Edit:
    """A change to a finished picture."""

    asked: Touch | str
    """A button's, or what the person typed."""
    canvas: Callable[[], Awaitable[bytes]]
    """The picture as it is, without type (JPEG); fetched only where a conversation begins with it."""
    painter: str
    """Whose conversation `thread` is: another model knows nothing of it."""
    thread: bytes | None
    layout: Json
    """Of the type that stands on it now."""

    def thread_for(self, model: ModelSpec, wording: Wording) -> bytes | None:
        """The conversation `model` is asked in, if there is one it knows. A face is mended beside the selfies, in one
        of its own: what was said since they were shown would weigh against them."""
        own = self.painter == model.id and not wording.anew and self.asked is not Touch.FIX_FACE
        return self.thread if own else None


class Painting:
    def __init__(
        self, providers: Mapping[str, Provider], workshop: Workshop, budget: Budget, *, call_s: float = 120.0
    ) -> None:
        """`call_s`: how long one call of a model may take."""
        self._providers = providers
        self._workshop = workshop
        self._budget = budget
        self._call_s = call_s

    async def plate(
        self,
        model: ModelSpec,
        recipe: Recipe,
        sitting: Sitting,
        wording: Wording,
        catalogue: Catalogue,
        *,
        quick: bool,
        change: Edit | None = None,
        on_draft: OnDraft | None = None,
    ) -> Painted:
        """Have `model` paint the recipe's own format, or `change` what is painted. What comes back has its plate,
        whoever painted it.

        Raises ProviderError, WorkLost and the store's errors.
        """
        request = await self.request(model, recipe, sitting, wording, catalogue, quick=quick, change=change)
        request = replace(request, on_draft=on_draft, shelf=await _shelf(request, sitting))
        async with self._budget.place(model, call_s=request.timeout_s):
            painted = await self._asked(model, request)
        return await self.adopted(painted, request, catalogue)

    async def _asked(self, model: ModelSpec, request: PaintRequest) -> Painted:
        """The call itself, which ends in time even where the provider's library does not see to it."""
        try:
            async with asyncio.timeout(None if model.free else request.timeout_s + GRACE_S) as limit:
                return await self._providers[model.provider].paint(request)
        except TimeoutError as error:
            if not limit.expired():
                raise
            raise TimedOut(f"no picture within {request.timeout_s:.0f} s") from error

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
        change: Edit | None = None,
    ) -> PaintRequest:
        """What is asked of whoever draws; of a model in its own terms: prompt, references, thinking."""
        brief = recipe.brief
        target = formats.find(brief.format)
        size = target.size(brief.quality)
        request = PaintRequest(
            recipe=recipe,
            format=target,
            size=size,
            selfies=sitting.selfies,
            quick=quick,
            timeout_s=self._call_s,
        )
        if model.origin is not Origin.MODEL:
            return request
        stage = staging(typed(recipe, catalogue).brief, target, recipe.position)
        thread = change.thread_for(model, wording) if change else None
        if change is None:
            prompt = design(
                brief,
                model.family,
                stage,
                await sitting.references(model.max_references),
                recipe.position,
                painted=frame.choose(model, size, brief.quality).ratio,
                video=video_link(brief.video) if model.can(Capability.VIDEO_CONTEXT) else None,
            )
        else:
            shown = () if thread else await _shown(change, model, sitting)
            prompt = edit(change.asked, brief, model.family, outline(change.layout, stage), shown)
        return replace(
            request,
            model=model,
            prompt=reword(prompt) if wording.careful else prompt,
            conversation=thread,
            thinking=THINKING.get(brief.quality),
            search=brief.search,
            strict=brief.content_filter is ContentFilter.STRICT,
        )

    async def adopted(self, painted: Painted, request: PaintRequest, catalogue: Catalogue) -> Painted:
        """A model's picture with its plate; the studio's is one already. Raises ProviderError and WorkLost."""
        if painted.original is None or request.model is None:
            return painted
        recipe = typed(request.recipe, catalogue)
        asked, original = frame.choose(request.model, request.size, recipe.brief.quality), painted.original
        try:
            adopted = await persist(
                lambda: self._workshop.adopt(recipe, request.format, request.size, original.data),
                WorkLost,
                WORK_TRIES_S,
            )
        except PictureRefused as refused:
            raise costing(Undecodable(str(refused)), painted) from refused
        except WorkLost as lost:
            raise costing(Unadopted(str(lost)), painted) from lost
        gates: dict[str, Json] = adopted.facts["gates"]
        if not gates.get("face", True):
            raise costing(Faceless("a person was ordered, and no face is in the picture"), painted)
        shown = request.prompt.references if request.prompt else ()
        facts: dict[str, Json] = {
            "ratio": asked.ratio,
            "size": asked.size,
            "portraits": sum(row.role is ReferenceRole.PERSON for row in shown),
            "styles": sum(row.role is ReferenceRole.STYLE for row in shown),
        }
        return replace(painted, plate=adopted.plate, facts={**facts, **painted.facts, **adopted.facts})


async def _shown(change: Edit, model: ModelSpec, sitting: Sitting) -> tuple[Reference, ...]:
    """What a new conversation about a picture begins with: the picture and the selfies."""
    canvas = Reference(ReferenceRole.CANVAS, await change.canvas())
    return (canvas, *await sitting.people(model.max_references - 1))


async def _shelf(request: PaintRequest, sitting: Sitting) -> Shelf | None:
    """Before a place in the model's pool is taken: an upload may last."""
    if sitting.shelving is None or request.model is None or request.prompt is None:
        return None
    return await sitting.shelving.at(request.model.provider, request.prompt.references)


def typed(recipe: Recipe, catalogue: Catalogue) -> Recipe:
    """The recipe as the typesetter reads it: a look it has no type for borrows that of the nearest look."""
    looks = next(model.vibes for model in catalogue.models if model.origin is Origin.STUDIO)
    return replace(recipe, brief=replace(recipe.brief, vibe=nearest(recipe.brief.vibe, looks)))


def costing(error: ProviderError, painted: Painted) -> ProviderError:
    """The error with what the call cost all the same."""
    error.cost_micro_usd = painted.usage.cost_micro_usd if painted.usage else 0
    return error
