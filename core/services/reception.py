"""The desk as front ends get it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from core.conversation.event import Event, Photo, PhotoRefused
from core.conversation.view import NoticeView
from core.services.conversing import Conversing
from core.services.desk import Asset, AssetGone, Envelope, NotYours, Unavailable
from core.services.example import EXAMPLE, example
from core.services.uploading import Uploading
from core.store import error
from core.store.asset import Assets, StoredAsset
from core.store.blob import LINK_SECONDS, Blobs


@dataclass(frozen=True, slots=True)
class Reception:
    """Implements `core.services.desk.Desk`."""

    conversing: Conversing
    uploading: Uploading
    assets: Assets
    blobs: Blobs

    async def handle(self, envelope: Envelope, event: Event) -> NoticeView | None:
        return await self.conversing.handle(envelope, event)

    async def accept(self, envelope: Envelope, data: bytes) -> Photo | PhotoRefused:
        try:
            return await self.uploading.accept(envelope, data)
        except (error.Unavailable, error.BlobsUnavailable, error.Ended) as gone:  # ended: written an hour ago
            raise Unavailable(str(gone)) from gone

    async def asset(self, asset_id: str, person: Envelope | None = None) -> Asset:
        if asset_id == EXAMPLE:
            return example()
        with _found(asset_id):
            stored = await self._stored(asset_id, person)
            data = await self.blobs.get(stored.blob_key)
        return Asset(
            id=stored.id,
            data=data,
            media_type=stored.media_type,
            sha256=stored.sha256 or "",
            width=stored.width or 0,
            height=stored.height or 0,
        )

    async def link(self, asset_id: str, name: str, person: Envelope | None = None) -> str | None:
        with _found(asset_id):
            stored = await self._stored(asset_id, person)
            return await self.blobs.signed_url(stored.blob_key, LINK_SECONDS, name)

    async def _stored(self, asset_id: str, person: Envelope | None) -> StoredAsset:
        user_id = (await self.conversing.open(person)).user_id if person else None
        return await self.assets.get(asset_id, user_id)


@contextmanager
def _found(asset_id: str) -> Iterator[None]:
    """The store's refusals as the desk's."""
    try:
        yield
    except error.Blocked as refused:
        raise NotYours(asset_id) from refused
    except (error.Unknown, error.BlobMissing, error.Fault) as gone:
        raise AssetGone(asset_id) from gone
    except (error.Unavailable, error.BlobsUnavailable) as gone:
        raise Unavailable(str(gone)) from gone
