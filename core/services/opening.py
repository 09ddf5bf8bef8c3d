"""Opening what is stored: the store's refusals as the desk's, and a file's bytes piece by piece."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Iterator
from contextlib import aclosing, contextmanager

from core.services.desk import AssetGone, NotYours, Unavailable
from core.store import error
from core.store.blob import Blobs


@contextmanager
def found(name: str) -> Iterator[None]:
    """Raises AssetGone, NotYours, Unavailable for what the store raises. `name`: what is looked for."""
    try:
        yield
    except error.Blocked as refused:
        raise NotYours(name) from refused
    except (error.Unknown, error.BlobMissing, error.Fault) as gone:
        raise AssetGone(name) from gone
    except (error.Unavailable, error.BlobError) as fault:
        raise Unavailable(str(fault)) from fault


async def pieces(blobs: Blobs, key: str) -> AsyncGenerator[bytes]:
    """See `Download.pieces`."""
    with found(key):
        async with aclosing(blobs.pieces(key)) as read:
            async for piece in read:
                yield piece
