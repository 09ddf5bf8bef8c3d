"""Signed links: whoever holds one may fetch one file, for an hour at most, without being known to us."""

from __future__ import annotations

import hashlib
import mimetypes
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from core.services.desk import Asset, AssetGone, Unavailable
from core.store import error
from core.store.blob import Blobs
from core.store.link import Signer

PATH: Final = "/f"
"""Below the page's public address; there `Blobs.signed_url` points when files lie in a folder."""


@dataclass(frozen=True, slots=True)
class Redeeming:
    """The web server's half, for files in a folder (Supabase Storage answers its own links)."""

    signer: Signer
    blobs: Blobs
    clock: Callable[[], float] = time.time

    async def __call__(self, key: str, expires: int, signature: str) -> Asset:
        """The file. Raises AssetGone for a forged, altered or expired link as for a file that is gone, Unavailable."""
        if not self.signer.verify(key, expires, signature, self.clock()):
            raise AssetGone(key[:80])
        try:
            data = await self.blobs.get(key)
        except error.BlobMissing as gone:
            raise AssetGone(key) from gone
        except error.BlobError as fault:
            raise Unavailable(str(fault)) from fault
        media_type = mimetypes.guess_type(key)[0] or "application/octet-stream"
        return Asset(id=key, data=data, media_type=media_type, sha256=hashlib.sha256(data).hexdigest())
