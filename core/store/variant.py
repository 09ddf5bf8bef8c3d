"""Variants of a person with their versions and files."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from core.domain.record import Json
from core.store.asset import StoredAsset
from core.store.job import StoredJob
from core.store.moment import moment
from core.store.port import Transport


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredRender:
    id: str
    format: str
    size: str
    media_type: str
    asset: StoredAsset


@dataclass(frozen=True, slots=True, kw_only=True)
class Version:
    """`parent` is the version it was made from; `recipe` and `spec` are records, the assets ids."""

    number: int
    parent: int | None
    recipe: Json
    spec: Json
    facts: dict[str, Json]
    plate_asset: str | None
    original_asset: str | None
    thread_asset: str | None
    created_at: datetime
    renders: tuple[StoredRender, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredVariant:
    id: str
    code: str
    job_id: str
    position: int
    current: int
    pinned: bool
    deleted: bool
    created_at: datetime
    versions: tuple[Version, ...]

    @property
    def shown(self) -> Version:
        return next(version for version in self.versions if version.number == self.current)

    @classmethod
    def read(cls, row: Mapping[str, Any]) -> StoredVariant:
        return cls(
            id=row["id"],
            code=row["code"],
            job_id=row["job_id"],
            position=row["position"],
            current=row["current"],
            pinned=row["pinned"],
            deleted=row["deleted_at"] is not None,
            created_at=moment(row["created_at"]),
            versions=tuple(_version(one) for one in row["versions"]),
        )


@dataclass(frozen=True, slots=True)
class GalleryItem:
    variant: StoredVariant
    job_code: str


@dataclass(frozen=True, slots=True)
class GalleryPage:
    total: int
    items: tuple[GalleryItem, ...]


class Variants:
    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    async def get(self, code: str, user_id: str) -> tuple[StoredVariant, StoredJob]:
        """A variant, deleted ones included, and the job that made it. Raises Unknown, Blocked."""
        row = await self._transport.call("variant", {"code": code, "user_id": user_id})
        return StoredVariant.read(row), StoredJob.read(row["job"])

    async def gallery(
        self, user_id: str, *, offset: int = 0, limit: int = 10, job_id: str | None = None
    ) -> GalleryPage:
        """Newest first; of one job only, if named."""
        arguments = {"user_id": user_id, "offset": offset, "limit": limit, "job_id": job_id}
        row = await self._transport.call("gallery", arguments)
        return GalleryPage(
            row["total"],
            tuple(GalleryItem(StoredVariant.read(one), one["job_code"]) for one in row["variants"]),
        )

    async def mark(
        self,
        code: str,
        user_id: str,
        *,
        pinned: bool | None = None,
        deleted: bool | None = None,
        current: int | None = None,
    ) -> StoredVariant:
        """Pin, delete or bring back, show another version (undo); None leaves as it is. Raises Unknown, Blocked."""
        arguments = {"code": code, "user_id": user_id, "pinned": pinned, "deleted": deleted, "current": current}
        return StoredVariant.read(await self._transport.call("set_variant", arguments))


def _version(row: Mapping[str, Any]) -> Version:
    return Version(
        number=row["number"],
        parent=row["parent"],
        recipe=row["recipe"],
        spec=row["spec"],
        facts=row["facts"],
        plate_asset=row["plate_asset"],
        original_asset=row["original_asset"],
        thread_asset=row["thread_asset"],
        created_at=moment(row["created_at"]),
        renders=tuple(
            StoredRender(
                id=one["id"],
                format=one["format"],
                size=one["size"],
                media_type=one["media_type"],
                asset=StoredAsset.read(one["asset"]),
            )
            for one in row["renders"]
        ),
    )
