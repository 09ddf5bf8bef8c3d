"""The database a command works on: the embedded one, started for as long as it is needed, or the configured one."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import psycopg
import structlog

from app.stop import Stop
from core.settings import BlobPlace, Settings
from core.store.embedded import EmbeddedPostgres
from core.store.migration import MigrationError, UnreleasedError, migrate
from core.store.residence import EmbeddedError

log = structlog.get_logger(__name__)


@asynccontextmanager
async def database(settings: Settings, *, migrated: bool = True) -> AsyncIterator[str]:
    """Its address. Starts and ends the embedded server, brings the schema to this release; Stop says what is wrong."""
    if not settings.embedded:
        dsn = connection_string(settings)
        if migrated:
            await _migrate(dsn, "Name an empty database in DATABASE_URL")
        yield dsn
        return
    settings.factory_home.mkdir(mode=0o711, parents=True, exist_ok=True)
    server = EmbeddedPostgres(settings.factory_home / "postgres")
    try:
        await asyncio.to_thread(server.start)
    except EmbeddedError as error:
        raise Stop(str(error)) from error
    try:
        if server.residence.reason:
            log.info("postgres.moved", reason=server.residence.reason)
        if migrated:
            await _migrate(server.dsn, f"Remove the folder {server.residence.data}")
        yield server.dsn
    finally:
        await asyncio.to_thread(server.stop)


def connection_string(settings: Settings) -> str:
    """The configured one. Raises Stop where only the Supabase SDK is set up."""
    if settings.database_url is None:
        raise Stop(
            "This needs a direct connection: set DATABASE_URL to the project's direct or session connection string. "
            "With SUPABASE_URL and SUPABASE_SECRET_KEY alone, `thumbnail-factory web` and `bot` work."
        )
    return settings.database_url.get_secret_value()


async def _migrate(dsn: str, anew: str) -> None:
    """`anew`: what an operator does to begin with an empty database, where this one cannot be used."""
    try:
        applied = await asyncio.to_thread(migrate, dsn)
    except UnreleasedError as error:
        raise Stop(f"{error} {anew} and start again.") from error
    except MigrationError as error:
        raise Stop(str(error)) from error
    except psycopg.OperationalError as error:
        reason = str(error).strip().splitlines()[0]
        raise Stop(f"The database of DATABASE_URL does not answer: {reason}") from None
    if applied:
        log.info("schema.migrated", migrations=len(applied))


def check_sharing(settings: Settings) -> None:
    """What processes on several machines must have in common, before any of them starts. Raises Stop."""
    check_files(settings)
    check_key(settings)


def check_key(settings: Settings) -> None:
    """Only who owns the database is alone, and may make the key for itself. Raises Stop."""
    if settings.embedded or settings.signing_key:
        return
    raise Stop(
        "SIGNING_KEY is not set, but other machines may share this database, and all of them must sign links and "
        "recognise persons with the same key. Make one with: openssl rand -hex 32, and give it to every process."
    )


def check_files(settings: Settings) -> None:
    """All must see the same pictures. Raises Stop."""
    if settings.embedded or settings.blobs is BlobPlace.SUPABASE or settings.shared_files:
        return
    if settings.database_url and _is_here(settings.database_url.get_secret_value()):
        return
    raise Stop(
        "The database (DATABASE_URL) is on another machine, but pictures would be kept in a folder of this one "
        f"({settings.blob_root}). Set BLOBS=supabase, or point BLOB_FOLDER to a folder all machines share and say "
        "SHARED_FILES=true."
    )


def _is_here(dsn: str) -> bool:
    from psycopg.conninfo import conninfo_to_dict

    named = conninfo_to_dict(dsn)
    host = str(named.get("hostaddr") or named.get("host") or os.environ.get("PGHOST", ""))
    return host in ("", "localhost", "127.0.0.1", "::1") or host.startswith("/")
