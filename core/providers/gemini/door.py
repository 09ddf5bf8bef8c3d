"""The door to Google of one process: client, provider and probe, opened and closed together."""

from __future__ import annotations

from collections.abc import Iterable

from core.domain.model import ModelSpec
from core.providers.gemini import probe
from core.providers.gemini.batch import GeminiBatches
from core.providers.gemini.client import Access, connect
from core.providers.gemini.probe import Sighting
from core.providers.gemini.provider import GeminiProvider
from core.providers.gemini.reader import GeminiReader


class Door:
    def __init__(self, access: Access, *, service_tier: str = "") -> None:
        self.client = connect(access)
        self.provider = GeminiProvider(self.client, service_tier=service_tier)
        self.batches = GeminiBatches(self.client, self.provider)

    def reader(self, spec: ModelSpec) -> GeminiReader:
        return GeminiReader(self.client, spec)

    async def look(self, ids: Iterable[str]) -> Sighting:
        """Which of these models answer. Raises ProviderError."""
        return await probe.look(self.client, ids)

    async def close(self) -> None:
        await self.provider.close()
