"""The desk as front ends get it."""

from __future__ import annotations

from dataclasses import dataclass

from core.conversation.event import Event, Photo, PhotoRefused
from core.conversation.view import NoticeView
from core.services.conversing import Conversing
from core.services.desk import Asset, Download, Envelope, Unavailable
from core.services.example import EXAMPLE, example
from core.services.opening import found, pieces
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

    async def closed(self, envelope: Envelope, event: Event) -> NoticeView | None:
        return await self.conversing.closed(envelope, event)

    async def accept(self, envelope: Envelope, data: bytes) -> Photo | PhotoRefused:
        try:
            return await self.uploading.accept(envelope, data)
        except (error.Unavailable, error.BlobsUnavailable, error.Ended) as gone:  # ended: written an hour ago
            raise Unavailable(str(gone)) from gone

    async def asset(self, asset_id: str, person: Envelope | None = None) -> Asset:
        if asset_id == EXAMPLE:
            return example()
        with found(asset_id):
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

    async def download(self, asset_id: str, person: Envelope | None = None) -> Download:
        with found(asset_id):
            stored = await self._stored(asset_id, person)
        return Download(
            id=stored.id,
            media_type=stored.media_type,
            byte_count=stored.byte_count,
            pieces=lambda: pieces(self.blobs, stored.blob_key),
        )

    async def link(self, asset_id: str, name: str, person: Envelope | None = None) -> str | None:
        with found(asset_id):
            stored = await self._stored(asset_id, person)
            return await self.blobs.signed_url(stored.blob_key, LINK_SECONDS, name)

    async def _stored(self, asset_id: str, person: Envelope | None) -> StoredAsset:
        user_id = (await self.conversing.open(person)).user_id if person else None
        return await self.assets.get(asset_id, user_id)
