"""Everything the factory remembers in one file, and back.

The file is a tar: `manifest.json`, `database.dump` (pg_dump's custom format), `blobs/…`. The database is read first, as
of one moment; so every picture it speaks of is in the file too, unless it was purged in between.
"""

import json
import os
import shutil
import subprocess
import tarfile
import tempfile
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path, PurePosixPath
from typing import Final

import psycopg
from psycopg.conninfo import conninfo_to_dict
from psycopg.pq import Conninfo

from core.store.disk import SCRATCH
from core.store.migration import migrate, migrations

FORMAT: Final = 1
SCHEMAS: Final = ("tf", "api", "queue", "supabase_migrations")
MANIFEST: Final = "manifest.json"
DUMP: Final = "database.dump"
BLOBS: Final = PurePosixPath("blobs")
ROLES: Final = "roles"
"""Name of the migration that makes the roles a dump grants to; roles belong to the server, so no dump holds them."""


class BackupError(Exception):
    """Nothing was saved, or nothing was restored; the message is one sentence for the operator."""


@dataclass(frozen=True, slots=True)
class Manifest:
    """`migration` is the newest one the saved database knows; `blobs` is the number of pictures saved."""

    format: int
    created_at: str
    migration: str
    blobs: int


def backup(dsn: str, blobs: Path | None, target: Path, *, programs: Path, now: datetime) -> Manifest:
    """Save database and blobs folder (None: the pictures live elsewhere) as `target`, which must not exist.

    Works while the factory runs. `programs` is the directory of pg_dump, of the server's major version or newer.
    """
    if target.exists():
        raise BackupError(f"{target} exists already.")
    with tempfile.TemporaryDirectory(dir=target.parent, prefix=".backup-") as scratch:  # mode 0700
        dump, part = Path(scratch) / DUMP, Path(scratch) / "part"
        with psycopg.connect(dsn) as connection:
            newest = _newest(connection)
        if newest is None:
            raise BackupError("This database holds no factory.")
        chosen = [argument for schema in SCHEMAS for argument in ("--schema", schema)]
        _run(programs / "pg_dump", dsn, "--format=custom", "--no-owner", *chosen, "--file", str(dump))
        with tarfile.open(part, "w") as archive:
            archive.add(dump, DUMP)
            count = sum(_add(archive, file, name) for file, name in _files(blobs)) if blobs else 0
            manifest = Manifest(FORMAT, now.isoformat(), newest, count)
            description = Path(scratch) / MANIFEST
            description.write_text(json.dumps(asdict(manifest)))
            archive.add(description, MANIFEST)
        with part.open("rb") as written:
            os.fsync(written.fileno())
        part.chmod(0o600)
        part.rename(target)
    return manifest


def restore(source: Path, dsn: str, blobs: Path | None, *, programs: Path) -> Manifest:
    """Fill an empty database and an empty (or missing) blobs folder from `source`, then migrate to this release.

    A failure leaves both empty: the pictures are unpacked aside and take their place by a rename at the end.
    """
    try:
        with tarfile.open(source, "r:") as archive, tempfile.TemporaryDirectory(prefix="tf-restore-") as scratch:
            manifest = _manifest(archive)
            with psycopg.connect(dsn, autocommit=True) as connection:
                _refuse_full(connection, blobs, manifest)
                connection.execute(_roles().encode())
            archive.extract(DUMP, scratch, filter="data")
            unpacked = _unpack(archive, blobs) if blobs is not None else None
            arguments = "--no-owner", "--exit-on-error", "--single-transaction"
            _run(programs / "pg_restore", dsn, *arguments, str(Path(scratch) / DUMP), database=True)
    except tarfile.TarError as error:
        raise BackupError(f"{source} is damaged: {error}") from error
    if blobs is not None and unpacked is not None:
        unpacked.replace(blobs)
        unpacked.parent.rmdir()
    migrate(dsn)
    return manifest


def _manifest(archive: tarfile.TarFile) -> Manifest:
    try:
        file = archive.extractfile(MANIFEST)
        assert file is not None
        manifest = Manifest(**json.load(file))
    except (KeyError, TypeError, ValueError) as error:
        raise BackupError("This file is no backup of a factory, or not a whole one.") from error
    known = [migration.version for migration in migrations()]
    if manifest.format != FORMAT or manifest.migration > known[-1]:
        raise BackupError(f"This backup (migration {manifest.migration}) is of a newer release: restore it with that.")
    if manifest.migration not in known:
        raise BackupError(
            f"This backup (migration {manifest.migration}) is of an unreleased version: nothing reads it now."
        )
    return manifest


def _refuse_full(connection: psycopg.Connection, blobs: Path | None, manifest: Manifest) -> None:
    taken = connection.execute("select nspname from pg_namespace where nspname = any(%s)", (list(SCHEMAS),)).fetchall()
    if taken:
        raise BackupError("The database is not empty: restore only into an empty one.")
    if blobs is not None and blobs.exists() and next(blobs.iterdir(), None) is not None:
        raise BackupError(f"{blobs} is not empty: restore only into an empty folder.")
    if blobs is None and manifest.blobs:
        raise BackupError(f"The backup holds {manifest.blobs} pictures and was given no folder for them.")


def _newest(connection: psycopg.Connection) -> str | None:
    if connection.execute("select to_regclass('supabase_migrations.schema_migrations')").fetchone() == (None,):
        return None
    row = connection.execute("select max(version) from supabase_migrations.schema_migrations").fetchone()
    return row[0] if row else None


def _roles() -> str:
    (sql,) = (one.sql for one in migrations() if one.name == ROLES)
    return sql


def _files(blobs: Path) -> Iterator[tuple[Path, PurePosixPath]]:
    for directory, _, names in os.walk(blobs):
        if Path(directory).name != SCRATCH:
            for name in names:
                file = Path(directory) / name
                yield file, BLOBS / file.relative_to(blobs).as_posix()


def _add(archive: tarfile.TarFile, file: Path, name: PurePosixPath) -> bool:
    """Whether the picture was still there to be saved."""
    try:
        archive.add(file, str(name))
    except FileNotFoundError:
        return False
    return True


def _unpack(archive: tarfile.TarFile, blobs: Path) -> Path:
    """Pictures into a folder beside; returns it. Modes as the store makes them, whatever the file says."""
    part = blobs.with_name(f"{blobs.name}.part")
    shutil.rmtree(part, ignore_errors=True)
    (part / BLOBS).mkdir(parents=True)
    for member in archive:
        if member.isfile() and PurePosixPath(member.name).parts[:1] == BLOBS.parts:
            archive.extract(member, part, filter=_private)
    for directory, _, _ in os.walk(part):
        Path(directory).chmod(0o700)
    return part / BLOBS


def _private(member: tarfile.TarInfo, path: str) -> tarfile.TarInfo:
    return tarfile.data_filter(member, path).replace(mode=0o600)


def _run(program: Path, dsn: str, *arguments: str, database: bool = False) -> None:
    """Run one of PostgreSQL's programs; the address goes by environment, where other users cannot read a password."""
    names = {option.keyword.decode(): option.envvar.decode() for option in Conninfo.get_defaults() if option.envvar}
    address = {names[keyword]: str(value) for keyword, value in conninfo_to_dict(dsn).items() if keyword in names}
    extra = ["--dbname", address["PGDATABASE"]] if database else []
    command = [str(program), *extra, *arguments]
    done = subprocess.run(  # noqa: S603 - our own program with our own arguments
        command, env={"PATH": "/usr/bin:/bin", **address}, capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise BackupError(f"{program.name} failed: {done.stderr.strip()}")
