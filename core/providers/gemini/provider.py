"""Provider `gemini`: translates a request, asks, reads the answer. Retrying, order and waiting are the router's."""

from __future__ import annotations

import time
from collections.abc import Iterable
from dataclasses import replace

from google import genai
from google.genai import types

from core.domain.model import Capability
from core.domain.prompt import Reference
from core.providers.base import OnDraft, Painted, PaintRequest
from core.providers.gemini import answer, imagen
from core.providers.gemini.fault import each, translated
from core.providers.gemini.request import Ask, addressed, build, inline
from core.providers.gemini.stream import drafts, joined
from core.providers.gemini.upload import Shelf

SHOWS_DRAFTS = frozenset({Capability.STREAMING, Capability.INTERIM})


class GeminiProvider:
    name = "gemini"

    def __init__(self, client: genai.Client, *, service_tier: str = "") -> None:
        """`service_tier`: flex, standard or priority, for models that take one."""
        self._client = client
        self._service_tier = service_tier

    async def paint(self, request: PaintRequest) -> Painted:
        started = time.monotonic()
        spec, _ = addressed(request)
        if spec.family == imagen.FAMILY:
            painted = await imagen.paint(self._client, request)
        else:
            ask = self.ask(request)
            painted = answer.painted(await self._answered(ask, request.on_draft), ask)
        return replace(painted, facts={**painted.facts, "call_ms": round(1000 * (time.monotonic() - started))})

    async def _answered(self, ask: Ask, on_draft: OnDraft | None) -> types.GenerateContentResponse:
        """In one piece; streamed where somebody wants to see what the model draws on the way."""
        models, spec, contents = self._client.aio.models, ask.spec, list(ask.contents)
        if on_draft is None or not spec.capabilities >= SHOWS_DRAFTS:
            with translated():
                return await models.generate_content(model=spec.id, contents=contents, config=ask.config)
        if spec.thinking:  # with levels to choose from, thoughts are shown on request only
            thinking = ask.config.thinking_config or types.ThinkingConfig()
            ask.config.thinking_config = thinking.model_copy(update={"include_thoughts": True})
        chunks: list[types.GenerateContentResponse] = []
        with translated():
            stream = await models.generate_content_stream(model=spec.id, contents=contents, config=ask.config)
        async for chunk in each(stream):
            chunks.append(chunk)
            for draft in drafts(chunk):
                on_draft(draft)
        return joined(chunks)

    def ask(self, request: PaintRequest) -> Ask:
        return build(
            request,
            request.shelf.place if isinstance(request.shelf, Shelf) else inline,
            service_tier=self._service_tier,
            enterprise=bool(self._client.vertexai),
        )

    def shelf(self, references: Iterable[Reference]) -> Shelf:
        return Shelf(self._client, references)

    async def close(self) -> None:
        await self._client.aio.aclose()
