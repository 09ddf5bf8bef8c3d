"""A zip on disk, written beside the event loop: some are larger than what a worker should hold while it packs."""

from __future__ import annotations

import asyncio
import tempfile
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from typing import IO


class Archive:
    def __init__(self, file: IO[bytes], packed: zipfile.ZipFile) -> None:
        self._file = file
        self._packed = packed

    async def put(self, path: str, data: bytes) -> None:
        await asyncio.to_thread(self._packed.writestr, path, data)

    async def whole(self) -> bytes:
        """The finished file; nothing can be put into it any more."""
        return await asyncio.to_thread(self._finished)

    def _finished(self) -> bytes:
        self._packed.close()
        self._file.seek(0)
        return self._file.read()


@contextmanager
def archive() -> Iterator[Archive]:
    with tempfile.TemporaryFile() as file, zipfile.ZipFile(file, "w") as packed:
        yield Archive(file, packed)
