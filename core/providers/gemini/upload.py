"""The shelf: references of one job uploaded once, sent by address in each of its calls, deleted after it."""

from __future__ import annotations

import asyncio
import io
from collections.abc import Iterable
from contextlib import suppress
from hashlib import sha256
from uuid import uuid4

import structlog
from google import genai
from google.genai import types

from core.domain.prompt import Reference
from core.providers.error import BadRequest, ProviderError
from core.providers.gemini.client import within
from core.providers.gemini.fault import translated
from core.providers.gemini.request import inline

log = structlog.get_logger(__name__)

UPLOAD_S = 15.0
"""A reference weighs half a megabyte at most: where that takes longer, calls had better not wait for it."""
DELETE_S = 10.0


class Shelf:
    """Uploads expire at the provider after 48 h; we delete them as soon as they have served.

    A reference that is not on the shelf goes inline, so an upload that fails costs bytes and nothing else.
    """

    def __init__(self, client: genai.Client, references: Iterable[Reference]) -> None:
        self._client = client
        # Enterprise has no Files API.
        wanted = () if client.vertexai else references
        self._references = {sha256(row.data).digest(): row for row in wanted}
        # Names are ours to choose, so that they can be written down before anything lies there.
        self._names = {key: f"files/{uuid4().hex}" for key in self._references}
        self._files: dict[bytes, types.File] = {}

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(self._names.values())

    async def fill(self) -> None:
        await asyncio.gather(*(self._upload(key) for key in self._references))

    async def clear(self) -> None:
        self._files.clear()
        await delete(self._client, self.names)

    def place(self, data: bytes, media_type: str) -> types.Part:
        file = self._files.get(sha256(data).digest())
        if file is None:
            return inline(data, media_type)
        return types.Part(file_data=types.FileData(file_uri=file.uri, mime_type=media_type))

    async def _upload(self, key: bytes) -> None:
        reference = self._references[key]
        config = types.UploadFileConfig(
            name=self._names[key], mime_type=reference.media_type, display_name=reference.role.value
        )
        try:
            with translated():
                # The SDK asks three times when the upload's answer lacks a header; the deadline binds all of them.
                async with asyncio.timeout(UPLOAD_S):
                    file = await self._client.aio.files.upload(file=io.BytesIO(reference.data), config=config)
        except ProviderError as error:
            log.warning("reference.not_uploaded", error=repr(error))
        else:
            self._files[key] = file


async def delete(client: genai.Client, names: Iterable[str]) -> None:
    """All at once; what is gone already is no failure. Raises ProviderError after every one was tried."""
    outcomes = await asyncio.gather(*(_delete(client, name) for name in names), return_exceptions=True)
    for error in outcomes:
        if error is not None:
            raise error


async def _delete(client: genai.Client, name: str) -> None:
    with suppress(BadRequest), translated():
        await client.aio.files.delete(name=name, config=types.DeleteFileConfig(http_options=within(DELETE_S)))
