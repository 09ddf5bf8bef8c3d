"""The assembled factory, and how it is opened on what the settings name."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from core.bootstrap.given import Extra
from core.bootstrap.key import signing_key
from core.bootstrap.task import Tasks
from core.services import link
from core.settings import BlobPlace, Settings
from core.store.blob import Blobs
from core.store.bucket import BucketBlobs
from core.store.direct import DirectTransport
from core.store.disk import DiskBlobs
from core.store.link import Signer
from core.store.port import Transport
from core.store.supabase import SupabaseTransport


class Factory(Tasks):
    """Everything one process may need, made on first use."""

    async def close(self) -> None:
        for name in ("workshop", "decoder", "gemini", "cashier"):
            if (made := self.__dict__.get(name)) is not None:
                await made.close()
        for books in self.__dict__.get("books", {}).values():
            await books.close()
        await self.blobs.close()
        await self.transport.close()


@asynccontextmanager
async def open_factory(
    settings: Settings, dsn: str | None, *, release: str, extras: tuple[Extra, ...] = ()
) -> AsyncIterator[Factory]:
    """A factory on a database that is there (`dsn`), or on the Supabase SDK alone."""
    secret = signing_key(settings)
    transport: Transport
    if dsn is not None:
        # Prepared statements save planning time, but a transaction pooler, which we cannot rule out, breaks on them.
        prepare = 5 if settings.embedded else None
        transport = await DirectTransport(dsn, size=settings.database_pool_size, prepare_threshold=prepare).open()
    elif settings.supabase_url and settings.supabase_secret_key:
        transport = await SupabaseTransport(
            settings.supabase_url, settings.supabase_secret_key.get_secret_value()
        ).open()
    else:
        raise ValueError("neither a database nor Supabase is configured")
    factory = Factory(settings, dsn, transport, await _blobs(settings, secret), secret, release, extras)
    try:
        yield factory
    finally:
        await factory.close()


async def _blobs(settings: Settings, secret: bytes) -> Blobs:
    if settings.blobs is BlobPlace.SUPABASE:
        assert settings.supabase_secret_key is not None
        key = settings.supabase_secret_key.get_secret_value()
        bucket = await BucketBlobs(settings.supabase_url, key, settings.supabase_bucket).open()
        await bucket.prepare()
        return bucket
    public = settings.web_public_url.rstrip("/")
    return DiskBlobs(settings.blob_root, Signer(secret), f"{public}{link.PATH}" if public else "")
