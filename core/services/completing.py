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
from core.services.loading import LISTED_KINDS
from core.services.opening import found
from core.store.job import Jobs
from core.store.variant import Variants

LATEST = 25
"""As many as any platform lists."""


@dataclass(frozen=True, slots=True)
class Completing:
    conversing: Conversing
    variants: Variants
    jobs: Jobs
    live: LiveCatalogue

    def catalogue(self) -> Catalogue:
        """As it was last read: what a form offers must not wait."""
        return self.live()

    async def complete(self, person: Envelope, parameter: Parameter, typed: str) -> tuple[Completion, ...]:
        """In the order they are best listed. Raises Unavailable."""
        variants, jobs = [], []
        if parameter.takes is Takes.VARIANT:
            with found(""):
                opened = await self.conversing.open(person)
                page = await self.variants.gallery(opened.user_id, limit=LATEST)
            variants = [one for item in page.items if (one := facts.variant(item.variant, item.job_code))]
        elif parameter.takes is Takes.JOB:
            with found(""):
                opened = await self.conversing.open(person)
                listed = await self.jobs.page(opened.user_id, limit=LATEST, kinds=LISTED_KINDS)
            jobs = [one for one in map(facts.job, listed.jobs) if not one.status.ended]
        voice = texts.speaker(person.language)
        return menu.completions(voice, parameter, typed, await self.live.fresh(), variants, jobs)
