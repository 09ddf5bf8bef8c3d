"""The shelf: references uploaded once, used by every call of a job, deleted when its last user lets go."""

from __future__ import annotations

import asyncio
import io
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from hashlib import sha256

import structlog
from google import genai
from google.genai import types

from core.domain.prompt import Reference
from core.providers.error import ProviderError
from core.providers.gemini.client import within
from core.providers.gemini.fault import translated
from core.providers.gemini.request import inline

log = structlog.get_logger(__name__)

UPLOAD_S = 30.0


@dataclass(slots=True)
class _Held:
    upload: asyncio.Task[types.File]
    users: int = 0


class Shelf:
    """Uploads expire at the provider after 48 h; we delete them as soon as nobody holds them.

    A reference that is not on the shelf goes inline, so an upload that fails costs bytes and nothing else.
    """

    def __init__(self, client: genai.Client) -> None:
        self._client = client
        self._held: dict[bytes, _Held] = {}

    @asynccontextmanager
    async def holding(self, references: Iterable[Reference]) -> AsyncIterator[None]:
        wanted = tuple(references)
        try:
            await self.hold(wanted)
            yield
        finally:
            await self.release(wanted)

    async def hold(self, references: Iterable[Reference]) -> None:
        """Upload what is not there yet; returns when every upload has ended, well or not."""
        if self._client.vertexai:  # Enterprise has no Files API
            return
        uploads = []
        for key, reference in _keyed(references).items():
            if key not in self._held:
                self._held[key] = _Held(asyncio.create_task(self._upload(reference)))
            self._held[key].users += 1
            uploads.append(self._held[key].upload)
        if uploads:
            await asyncio.wait(uploads)
        for upload in uploads:
            if error := upload.exception():
                log.warning("reference.not_uploaded", error=repr(error))

    async def release(self, references: Iterable[Reference]) -> None:
        """Let go of what `hold` was called with; deletes what nobody else holds."""
        for key in _keyed(references):
            if (held := self._held.get(key)) is None:
                continue
            held.users -= 1
            if held.users == 0:
                del self._held[key]
                await self._delete(held.upload)

    @property
    def names(self) -> tuple[str, ...]:
        """What the uploads are called at the provider."""
        done = (row.upload for row in self._held.values() if row.upload.done() and not row.upload.exception())
        return tuple(name for upload in done if (name := upload.result().name))

    def place(self, data: bytes, media_type: str) -> types.Part:
        held = self._held.get(sha256(data).digest())
        if held is None or not held.upload.done() or held.upload.exception():
            return inline(data, media_type)
        file = held.upload.result()
        return types.Part(file_data=types.FileData(file_uri=file.uri, mime_type=media_type))

    async def _upload(self, reference: Reference) -> types.File:
        config = types.UploadFileConfig(mime_type=reference.media_type, display_name=reference.role.value)
        with translated():
            # The SDK asks three times when the upload's answer lacks a header; the deadline binds all of them.
            async with asyncio.timeout(UPLOAD_S):
                return await self._client.aio.files.upload(file=io.BytesIO(reference.data), config=config)

    async def _delete(self, upload: asyncio.Task[types.File]) -> None:
        if not upload.done():
            upload.cancel()
            return
        if upload.cancelled() or upload.exception():
            return
        try:
            with translated():
                await self._client.aio.files.delete(
                    name=upload.result().name or "", config=types.DeleteFileConfig(http_options=within(UPLOAD_S))
                )
        except ProviderError as error:
            log.warning("reference.not_deleted", error=repr(error))


def _keyed(references: Iterable[Reference]) -> dict[bytes, Reference]:
    return {sha256(reference.data).digest(): reference for reference in references}
