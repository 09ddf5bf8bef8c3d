"""Blobs in a folder: the default."""

import asyncio
import contextlib
import errno
import math
import os
import secrets
import time
from collections.abc import AsyncGenerator, Callable, Iterable, Iterator
from hashlib import sha256
from pathlib import Path
from urllib.parse import quote, urlencode

from core.store.blob import PIECE, Usage, valid, valid_life
from core.store.error import BlobError, BlobFault, BlobMissing, BlobsFull
from core.store.link import Signer

SCRATCH = "incoming"
FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
SCRATCH_SECONDS = 3600
"""A half-written file this old has no writer any more."""


class DiskBlobs:
    """One file per blob below `folder` (mode 0700), spread over 256 shards so that no directory grows huge.

    `address` is where the web server answers `GET {address}/{key}?expires=…&signature=…` after `Signer.verify`, empty
    when nobody outside reaches it; `clock` returns seconds since 1970. The media type follows from the key's extension,
    so it is not stored.
    """

    def __init__(self, folder: Path, signer: Signer, address: str, *, clock: Callable[[], float] = time.time) -> None:
        self._folder = folder
        self._signer = signer
        self._address = address.rstrip("/")
        self._clock = clock

    async def put(self, key: str, content: bytes, media_type: str) -> None:
        """See `Blobs.put`: written aside, flushed, renamed, so that a reader sees the old bytes or the new."""
        await asyncio.to_thread(self._write, self.path(key), content)

    async def get(self, key: str) -> bytes:
        with _translated(key):
            return await asyncio.to_thread(self.path(key).read_bytes)

    async def pieces(self, key: str) -> AsyncGenerator[bytes]:
        """See `Blobs.pieces`. A file that is deleted or replaced meanwhile is read to its end."""
        with _translated(key), await asyncio.to_thread(self.path(key).open, "rb") as file:
            while piece := await asyncio.to_thread(file.read, PIECE):
                yield piece

    async def size(self, key: str) -> int:
        with _translated(key):
            return (await asyncio.to_thread(self.path(key).stat)).st_size

    async def delete(self, keys: Iterable[str]) -> None:
        paths = [self.path(key) for key in keys]
        with _translated("delete"):
            await asyncio.to_thread(_unlink, paths)

    async def signed_url(self, key: str, seconds: int, name: str = "") -> str | None:
        expires = int(self._clock()) + valid_life(seconds)
        asked = {"expires": expires, "signature": self._signer.sign(key, expires), **({"name": name} if name else {})}
        return f"{self._address}/{quote(key)}?{urlencode(asked)}" if self._address else None

    async def usage(self) -> Usage:
        return await asyncio.to_thread(self._count)

    async def close(self) -> None:
        """Nothing is held open."""

    def path(self, key: str) -> Path:
        """The file of a key, for a server that sends files itself; it need not exist."""
        name = valid(key)
        return self._folder / sha256(name.encode()).hexdigest()[:2] / name

    async def sweep(self) -> int:
        """See `Blobs.sweep`."""
        return await asyncio.to_thread(self._sweep)

    def _sweep(self) -> int:
        old = self._clock() - SCRATCH_SECONDS
        left = [path for path in (self._folder / SCRATCH).glob("*") if _written(path) < old]
        _unlink(left)
        return len(left)

    def _write(self, path: Path, content: bytes) -> None:
        scratch = self._folder / SCRATCH / secrets.token_hex(8)
        with _translated(path.name):
            _private(scratch.parent)
            try:
                with scratch.open("xb") as file:
                    os.fchmod(file.fileno(), 0o600)
                    file.write(content)
                    file.flush()
                    os.fsync(file.fileno())
                _private(path.parent)
                scratch.rename(path)
                _flush(path.parent)
            except OSError:
                scratch.unlink(missing_ok=True)
                raise

    def _count(self) -> Usage:
        blobs = octets = 0
        for directory, _, names in os.walk(self._folder):
            if Path(directory).name != SCRATCH:
                blobs += len(names)
                octets += sum((Path(directory) / name).stat().st_size for name in names)
        return Usage(blobs, octets)


def _private(directory: Path) -> None:
    """Create directories on the way, each for us alone."""
    if not directory.exists():
        _private(directory.parent)
        with contextlib.suppress(FileExistsError):
            directory.mkdir(mode=0o700)


def _written(path: Path) -> float:
    """When it was last written to; a writer may have renamed it away meanwhile."""
    with contextlib.suppress(FileNotFoundError):
        return path.stat().st_mtime
    return math.inf


def _unlink(paths: Iterable[Path]) -> None:
    for path in paths:
        path.unlink(missing_ok=True)


def _flush(directory: Path) -> None:
    """Make the rename itself survive a power cut."""
    descriptor = os.open(directory, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


@contextlib.contextmanager
def _translated(key: str) -> Iterator[None]:
    try:
        yield
    except (FileNotFoundError, NotADirectoryError, IsADirectoryError) as error:
        raise BlobMissing(f"nothing is stored under {key}") from error
    except OSError as error:
        kind: type[BlobError] = BlobsFull if error.errno in FULL else BlobFault
        raise kind(f"{key}: {error.strerror}") from error
