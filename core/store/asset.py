"""Stored pictures: whose, what, and until when."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from core.domain.record import Json
from core.store.moment import moment, moment_or_none
from core.store.port import Transport


class AssetKind(StrEnum):
    SELFIE = "selfie"
    REFERENCE = "reference"
    LOGO = "logo"
    PLATE = "plate"
    """A finished picture without its type, kept so that a text edit needs no drawing."""
    RENDER = "render"
    ORIGINAL = "original"
    """What a model painted, untouched."""
    THREAD = "thread"
    """What a provider needs to go on from a picture."""
    EXPORT = "export"
    DRAFT = "draft"
    """What a model shows of its thinking, until its job ends."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredAsset:
    """Dimensions are px, None where the file is no picture. `facts` (biometric ones too) go with the picture."""

    id: str
    kind: AssetKind
    blob_key: str
    media_type: str
    width: int | None
    height: int | None
    byte_count: int
    sha256: str | None
    facts: dict[str, Json]
    pinned: bool
    created_at: datetime
    purge_at: datetime | None

    @classmethod
    def read(cls, row: Mapping[str, Any]) -> StoredAsset:
        return cls(
            id=row["id"],
            kind=AssetKind(row["kind"]),
            blob_key=row["blob_key"],
            media_type=row["media_type"],
            width=row["width"],
            height=row["height"],
            byte_count=row["byte_count"],
            sha256=row["sha256"],
            facts=row["facts"],
            pinned=row["pinned"],
            created_at=moment(row["created_at"]),
            purge_at=moment_or_none(row["purge_at"]),
        )


@dataclass(frozen=True, slots=True)
class DiskUse:
    """Bytes of pictures kept, sent and drawn; what is to go within the hour counts no more."""

    mine: int
    everyone: int


class Assets:
    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    async def promise(self, blob_key: str) -> None:
        """Call before a blob is written: unless a row names it within the hour, housekeeping deletes it. The row lifts
        that in its own transaction, and comes too late (Ended) when the hour is over. Raises Conflict for a blob that
        has its row."""
        await self._transport.call("promise_blob", {"blob_key": blob_key})

    async def add(self, user_id: str, record: Mapping[str, Json]) -> StoredAsset:
        """Give a written blob its row. `record`: id, kind, blob_key, media_type, byte_count; optional width, height,
        sha256, facts, pinned, keep_seconds (30 days; a logo stays). The same id again changes nothing. Raises Ended
        (see `promise`)."""
        return StoredAsset.read(await self._transport.call("add_asset", {**record, "user_id": user_id}))

    async def get(self, asset_id: str, user_id: str | None = None) -> StoredAsset:
        """With a person: only if it is theirs. Raises Unknown (also when it was deleted), Blocked."""
        return StoredAsset.read(await self._transport.call("asset", {"id": asset_id, "user_id": user_id}))

    async def pin(self, asset_id: str, user_id: str, *, pinned: bool = True) -> StoredAsset:
        """Keep it beyond its time, or no longer. Raises Unknown, Blocked."""
        arguments = {"id": asset_id, "user_id": user_id, "pinned": pinned}
        return StoredAsset.read(await self._transport.call("pin", arguments))

    async def latest_selfies(self, user_id: str, limit: int = 10) -> tuple[StoredAsset, ...]:
        """Those of the person's last brief in its order, else those of the latest upload, newest first."""
        rows = await self._transport.call("latest_selfies", {"user_id": user_id, "limit": limit})
        return tuple(StoredAsset.read(row) for row in rows)

    async def forget_selfies(self, user_id: str) -> tuple[str, ...]:
        """Delete them all; the blob keys that are to go."""
        return tuple(await self._transport.call("forget_selfies", {"user_id": user_id}))

    async def disk_used(self, user_id: str) -> DiskUse:
        row = await self._transport.call("disk_used", {"user_id": user_id})
        return DiskUse(row["mine"], row["everyone"])
