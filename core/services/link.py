"""Signed links: whoever holds one may fetch one file, for an hour at most, without being known to us."""

from __future__ import annotations

import mimetypes
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from core.services.desk import AssetGone, Download
from core.services.opening import found, pieces
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

    async def __call__(self, key: str, expires: int, signature: str) -> Download:
        """The file. Raises AssetGone for a forged, altered or expired link as for a file that is gone, Unavailable."""
        if not self.signer.verify(key, expires, signature, self.clock()):
            raise AssetGone(key[:80])
        with found(key):
            octets = await self.blobs.size(key)
        media_type = mimetypes.guess_type(key)[0] or "application/octet-stream"
        return Download(id=key, media_type=media_type, byte_count=octets, pieces=lambda: pieces(self.blobs, key))
