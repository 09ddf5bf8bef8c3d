"""Pictures and plates as bytes, with or before their rows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import structlog

from core.domain.brief import Brief
from core.services.desk import AssetGone
from core.services.sitting import Portrait
from core.store.asset import Assets
from core.store.blob import Blobs
from core.store.error import BlobMissing, Unknown
from core.store.variant import Version

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Album:
    assets: Assets
    blobs: Blobs

    async def write(self, key: str, data: bytes, media_type: str) -> None:
        """A blob whose row follows; should this process die first, housekeeping finds it. Raises the blobs' errors."""
        await self.assets.promise(key)
        await self.blobs.put(key, data, media_type)

    async def load(self, asset_id: str) -> bytes:
        """Raises AssetGone."""
        try:
            return await self.blobs.get((await self.assets.get(asset_id)).blob_key)
        except (Unknown, BlobMissing) as gone:
            raise AssetGone(asset_id) from gone

    async def plate(self, version: Version) -> bytes:
        """What a version's picture was made from. Raises AssetGone, also where none was ever stored."""
        if version.plate_asset is None:
            raise AssetGone(f"plate of version {version.number}")
        return await self.load(version.plate_asset)

    async def holds(self, asset_id: str) -> bool:
        try:
            await self.assets.get(asset_id)
        except Unknown:
            return False
        return True

    async def selfies(self, brief: Brief) -> tuple[bytes, ...]:
        """What the studio draws from: each person's first selfie, or the exhibit. Raises AssetGone."""
        return tuple([await self.load(asset_id) for asset_id in brief.drawn]) or await self.exhibit(brief)

    async def exhibit(self, brief: Brief) -> tuple[bytes, ...]:
        """What is shown in place of a person. Raises AssetGone."""
        return (await self.load(brief.exhibit),) if brief.exhibit and not brief.selfies else ()

    async def portraits(self, brief: Brief) -> tuple[Portrait, ...]:
        """All selfies with what is known of them. Raises AssetGone."""
        found = []
        for asset_id in brief.selfies:
            data = await self.load(asset_id)
            facts = (await self.assets.get(asset_id)).facts
            found.append(Portrait(data, facts if "reading" in facts else None))
        return tuple(found)

    async def logo(self, brief: Brief) -> bytes:
        """Empty without one. One that is gone is no reason to refuse a picture."""
        if not brief.logo:
            return b""
        try:
            return await self.load(brief.logo)
        except AssetGone:
            log.warning("logo.gone", asset=brief.logo)
            return b""

    async def all(self, asset_ids: Sequence[str]) -> tuple[bytes, ...]:
        return tuple([await self.load(asset_id) for asset_id in asset_ids])
