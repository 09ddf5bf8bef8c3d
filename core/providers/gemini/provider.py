"""Provider `gemini`: translates a request, asks, reads the answer. Retrying, order and waiting are the router's."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Iterable
from contextlib import AbstractAsyncContextManager
from dataclasses import replace

from google import genai
from google.genai import types

from core.domain.model import Capability
from core.domain.prompt import Reference
from core.providers.base import Painted, PaintRequest
from core.providers.gemini import answer, imagen
from core.providers.gemini.fault import translated
from core.providers.gemini.request import Ask, Place, addressed, build
from core.providers.gemini.stream import Draft, drafts, joined
from core.providers.gemini.upload import Shelf


class GeminiProvider:
    name = "gemini"

    def __init__(self, client: genai.Client, *, notes: bool = True, service_tier: str = "") -> None:
        """`notes`: have the model say a line beside the picture, for the alt text and Info.

        `service_tier`: flex, standard or priority, for models that take one.
        """
        self._client = client
        self._notes = notes
        self._service_tier = service_tier
        self._shelf = Shelf(client)

    async def paint(self, request: PaintRequest) -> Painted:
        started = time.monotonic()
        spec, _ = addressed(request)
        if spec.family == imagen.FAMILY:
            painted = await imagen.paint(self._client, request)
        else:
            ask = self.ask(request)
            with translated():
                response = await self._client.aio.models.generate_content(
                    model=spec.id, contents=list(ask.contents), config=ask.config
                )
            painted = answer.painted(response, ask)
        return _timed(painted, started)

    async def paint_live(self, request: PaintRequest) -> AsyncIterator[Draft | Painted]:
        """Like `paint`, with the drafts of a model that thinks in pictures before the final one."""
        started = time.monotonic()
        spec, _ = addressed(request)
        if not spec.can(Capability.STREAMING):
            yield await self.paint(request)
            return
        ask = self.ask(request)
        if spec.thinking:
            thinking = ask.config.thinking_config or types.ThinkingConfig()
            ask.config.thinking_config = thinking.model_copy(update={"include_thoughts": True})
        chunks: list[types.GenerateContentResponse] = []
        with translated():
            stream = await self._client.aio.models.generate_content_stream(
                model=spec.id, contents=list(ask.contents), config=ask.config
            )
            async for chunk in stream:
                chunks.append(chunk)
                for draft in drafts(chunk):
                    yield draft
        yield _timed(answer.painted(joined(chunks), ask), started)

    def ask(self, request: PaintRequest, place: Place | None = None) -> Ask:
        """`place`: where references are, if not on the provider's own shelf."""
        return build(
            request,
            place or self._shelf.place,
            notes=self._notes,
            service_tier=self._service_tier,
            enterprise=bool(self._client.vertexai),
        )

    def sharing(self, references: Iterable[Reference]) -> AbstractAsyncContextManager[None]:
        """While inside, these references are sent by address: for jobs that ask several times about the same ones."""
        return self._shelf.holding(references)

    async def share(self, references: Iterable[Reference]) -> None:
        """The first half of `sharing`, for what outlives a block, like a batch."""
        await self._shelf.hold(references)

    async def release(self, references: Iterable[Reference]) -> None:
        """The second half: deletes at the provider what nobody else uses."""
        await self._shelf.release(references)

    async def close(self) -> None:
        await self._client.aio.aclose()


def _timed(painted: Painted, started: float) -> Painted:
    return replace(painted, facts={**painted.facts, "call_ms": round(1000 * (time.monotonic() - started))})
