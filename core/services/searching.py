"""Searching: the piece of a page that a provider wants shown with what its search led to."""

from __future__ import annotations

from dataclasses import dataclass

from core.services.conversing import Conversing
from core.services.desk import AssetGone, Envelope
from core.services.opening import found
from core.store.variant import Variants


@dataclass(frozen=True, slots=True)
class Searching:
    conversing: Conversing
    variants: Variants

    async def chip(self, name: str, person: Envelope) -> str:
        """HTML of the provider's, to be shown apart from ours. `name`: see `GalleryView.chips`. Raises AssetGone,
        NotYours, Unavailable."""
        code, _, number = name.partition(".")
        with found(name):
            stored, _ = await self.variants.get(code, (await self.conversing.open(person)).user_id)
        facts = next((row.facts for row in stored.versions if str(row.number) == number), {})
        chip = facts.get("search_chip")
        if stored.deleted or not isinstance(chip, str):
            raise AssetGone(name)
        return chip
