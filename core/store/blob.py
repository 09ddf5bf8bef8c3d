"""Where pictures are kept: by key, private, handed out only through links that end."""

import re
from collections.abc import AsyncGenerator, Iterable
from dataclasses import dataclass
from typing import Final, Protocol

LINK_SECONDS: Final = 3600
"""The longest life of a link; longer wishes are refused."""
KEY: Final = re.compile(r"[a-z0-9][a-z0-9_-]{0,63}(/[a-z0-9][a-z0-9_-]{0,63}){0,5}\.[a-z0-9]{1,8}")
KEY_LENGTH: Final = 200
PIECE: Final = 256 * 1024
"""The most bytes of a blob that are handed on at a time."""


@dataclass(frozen=True, slots=True)
class Usage:
    """What is stored in all: number of blobs and their bytes."""

    blobs: int
    octets: int


class Blobs(Protocol):
    """A store of bytes. Every failure is a `BlobError` of `core.store.error`; a malformed key a ValueError.

    Keys look like `asset/3f2a…/original.jpg`: lower case, digits, `-`, `_`, up to six parts, always one extension
    (so that no key can be the directory of another).
    """

    async def put(self, key: str, content: bytes, media_type: str) -> None:
        """Store or replace, durably, all or nothing."""
        ...

    async def get(self, key: str) -> bytes:
        """The bytes, or `BlobMissing`."""
        ...

    def pieces(self, key: str) -> AsyncGenerator[bytes]:
        """The bytes, at most PIECE of them at a time; what can go wrong with `get` does so here, on the way. Close it
        with `aclosing`."""
        ...

    async def size(self, key: str) -> int:
        """Number of bytes, or `BlobMissing`."""
        ...

    async def delete(self, keys: Iterable[str]) -> None:
        """Remove what is there; what is not is no error."""
        ...

    async def signed_url(self, key: str, seconds: int, name: str = "") -> str | None:
        """A link anybody may open for `seconds` (1 to LINK_SECONDS), as a download called `name`; None where this
        place has no public address. Whether the blob exists may be asked or not."""
        ...

    async def usage(self) -> Usage: ...

    async def sweep(self) -> int:
        """Remove the pieces killed writers left behind, if this place has such; how many."""
        ...

    async def close(self) -> None: ...


def valid(key: str) -> str:
    """The key, or ValueError: what passes here can be neither a path out of the store nor a hidden file."""
    if len(key) > KEY_LENGTH or not KEY.fullmatch(key):
        raise ValueError(f"not a blob key: {key[:80]!r}")
    return key


def valid_life(seconds: int) -> int:
    if not 1 <= seconds <= LINK_SECONDS:
        raise ValueError(f"a link lives 1 to {LINK_SECONDS} seconds, not {seconds}")
    return seconds
