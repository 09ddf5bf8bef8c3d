"""Completing: what a person may mean by the letters they typed so far."""

from __future__ import annotations

from dataclasses import dataclass

from core.conversation import menu, texts
from core.conversation.command import Parameter, Takes
from core.conversation.menu import Completion
from core.domain.model import Catalogue
from core.services import facts
from core.services.catalogue import LiveCatalogue
from core.services.conversing import Conversing
from core.services.desk import Envelope
from core.services.opening import found
from core.store.variant import Variants

LATEST = 25
"""As many as any platform lists."""


@dataclass(frozen=True, slots=True)
class Completing:
    conversing: Conversing
    variants: Variants
    live: LiveCatalogue

    def catalogue(self) -> Catalogue:
        """As it was last read: what a form offers must not wait."""
        return self.live()

    async def complete(self, person: Envelope, parameter: Parameter, typed: str) -> tuple[Completion, ...]:
        """In the order they are best listed. Raises Unavailable."""
        shown = []
        if parameter.takes is Takes.VARIANT:
            with found(""):
                opened = await self.conversing.open(person)
                page = await self.variants.gallery(opened.user_id, limit=LATEST)
            shown = [one for item in page.items if (one := facts.variant(item.variant, item.job_code))]
        return menu.completions(texts.speaker(person.language), parameter, typed, await self.live.fresh(), shown)
