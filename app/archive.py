"""`thumbnail-factory backup` and `restore`: database and pictures in one file."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from pathlib import Path

import click

from app.database import database
from app.stop import Stop
from core.settings import BlobPlace, Settings
from core.store.backup import BackupError, backup, restore
from core.store.residence import programs


def main(settings: Settings, *, verb: str, path: Path) -> None:
    asyncio.run(_archive(settings, verb, path))


async def _archive(settings: Settings, verb: str, path: Path) -> None:
    # Pictures in Supabase Storage stay there: the bucket has backups of its own.
    blobs = settings.blob_root if settings.blobs is BlobPlace.DISK else None
    async with database(settings, migrated=verb == "backup") as dsn:
        try:
            if verb == "backup":
                now = datetime.now(UTC)
                manifest = await asyncio.to_thread(backup, dsn, blobs, path, programs=programs(), now=now)
            else:
                manifest = await asyncio.to_thread(restore, path, dsn, blobs, programs=programs())
        except BackupError as error:
            raise Stop(str(error)) from error
    click.echo(f"{verb} done: {path} ({manifest})")
