"""A backup is worth what a restore of it gives back."""

import io
import stat
import tarfile
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import psycopg
import pytest

from core.store.backup import BackupError, backup, restore
from core.store.direct import DirectTransport
from core.store.disk import DiskBlobs
from core.store.embedded import EmbeddedPostgres
from core.store.link import Signer
from core.store.migration import migrations
from tests.conftest import audit

NOW = datetime(2026, 11, 20, tzinfo=UTC)


@pytest.fixture
def empty(postgres: EmbeddedPostgres) -> Iterator[str]:
    """Connection string of a database to restore into."""
    with psycopg.connect(postgres.dsn, autocommit=True) as owner:
        owner.execute("create database restored")
        try:
            yield postgres.address("restored")
        finally:
            owner.execute("drop database restored with (force)")


def disk(folder: Path) -> DiskBlobs:
    return DiskBlobs(folder, Signer(b"s" * 32), "http://factory/blob")


async def test_a_restored_factory_knows_what_the_saved_one_knew(
    database: str, empty: str, postgres: EmbeddedPostgres, tmp_path: Path
) -> None:
    with psycopg.connect(database) as connection:
        connection.execute("create table api.note (text text)")
        connection.execute("insert into api.note values ('Grüße 🎬')")
    await disk(tmp_path / "blobs").put("asset/a/original.jpg", b"picture", "image/jpeg")
    saved = backup(database, tmp_path / "blobs", tmp_path / "all.tar", programs=postgres.programs, now=NOW)
    assert (saved.blobs, saved.migration) == (1, migrations()[-1].version)
    assert stat.S_IMODE((tmp_path / "all.tar").stat().st_mode) == 0o600

    assert restore(tmp_path / "all.tar", empty, tmp_path / "again", programs=postgres.programs) == saved

    audit(empty)
    assert _shape(empty) == _shape(database)
    assert await disk(tmp_path / "again").get("asset/a/original.jpg") == b"picture"
    assert {stat.S_IMODE(path.stat().st_mode) for path in (tmp_path / "again").rglob("*")} == {0o700, 0o600}
    async with DirectTransport(empty) as direct:
        assert await direct.fetch("select text from api.note") == [{"text": "Grüße 🎬"}]
        assert (await direct.call("ping", {"a": 1}))["echo"] == {"a": 1}


async def test_a_restore_never_overwrites(
    database: str, empty: str, postgres: EmbeddedPostgres, tmp_path: Path
) -> None:
    await disk(tmp_path / "blobs").put("a.png", b"picture", "image/png")
    backup(database, tmp_path / "blobs", tmp_path / "all.tar", programs=postgres.programs, now=NOW)
    with pytest.raises(BackupError, match="database is not empty"):
        restore(tmp_path / "all.tar", database, tmp_path / "again", programs=postgres.programs)
    with pytest.raises(BackupError, match="blobs is not empty"):
        restore(tmp_path / "all.tar", empty, tmp_path / "blobs", programs=postgres.programs)
    with pytest.raises(BackupError, match="holds 1 pictures and was given no folder"):
        restore(tmp_path / "all.tar", empty, None, programs=postgres.programs)
    with pytest.raises(BackupError, match="exists already"):
        backup(database, tmp_path / "blobs", tmp_path / "all.tar", programs=postgres.programs, now=NOW)


def test_a_damaged_or_foreign_file_is_refused(empty: str, postgres: EmbeddedPostgres, tmp_path: Path) -> None:
    _archive(tmp_path / "foreign.tar", {"holiday.jpg": b"x"})
    with pytest.raises(BackupError, match="is no backup of a factory"):
        restore(tmp_path / "foreign.tar", empty, None, programs=postgres.programs)
    (tmp_path / "text.tar").write_text("not a tar file at all")
    with pytest.raises(BackupError, match="is damaged"):
        restore(tmp_path / "text.tar", empty, None, programs=postgres.programs)
    for migration, release in (("99990101000000", "a newer release"), ("20261120010000", "an unreleased version")):
        manifest = f'{{"format": 1, "created_at": "", "migration": "{migration}", "blobs": 0}}'.encode()
        _archive(tmp_path / f"{migration}.tar", {"manifest.json": manifest, "database.dump": b""})
        with pytest.raises(BackupError, match=f"is of {release}"):
            restore(tmp_path / f"{migration}.tar", empty, None, programs=postgres.programs)


async def test_a_picture_that_names_a_path_outside_stays_outside(
    database: str, empty: str, postgres: EmbeddedPostgres, tmp_path: Path
) -> None:
    backup(database, None, tmp_path / "all.tar", programs=postgres.programs, now=NOW)
    with tarfile.open(tmp_path / "all.tar", "a") as archive:
        _add(archive, "blobs/../../escaped.txt", b"x")
    with pytest.raises(BackupError, match="is damaged"):
        restore(tmp_path / "all.tar", empty, tmp_path / "in" / "blobs", programs=postgres.programs)
    assert not (tmp_path / "escaped.txt").exists()
    assert not (tmp_path / "in" / "blobs").exists()
    with psycopg.connect(empty) as connection:
        assert connection.execute("select to_regnamespace('tf')").fetchone() == (None,)


def _shape(dsn: str) -> list[tuple[object, ...]]:
    """Every relation, function and trigger of ours, who may use it, and how many rows each table has."""
    with psycopg.connect(dsn) as connection:
        shape = connection.execute("""
            select relnamespace::regnamespace::text, relname, relkind::text, relrowsecurity, rolname
            from pg_class cross join pg_roles
            where relnamespace = any(select oid from pg_namespace where nspname in ('tf', 'api', 'queue'))
            and relkind <> 'S' and has_table_privilege(pg_roles.oid, pg_class.oid, 'select,insert,update,delete')
            union all
            select pronamespace::regnamespace::text, pg_proc.oid::regprocedure::text, prosrc, prosecdef, rolname
            from pg_proc cross join pg_roles
            where pronamespace = any(select oid from pg_namespace where nspname in ('tf', 'api', 'queue'))
            and has_function_privilege(pg_roles.oid, pg_proc.oid, 'execute')
            union all
            select tgrelid::regclass::text, tgname, tgfoid::regprocedure::text, tgdeferrable, tgenabled::text
            from pg_trigger where not tgisinternal
            order by 1, 2, 3, 4, 5""").fetchall()
        tables = connection.execute("""
            select oid::regclass::text from pg_class where relkind = 'r'
            and relnamespace = any(select oid from pg_namespace where nspname in ('tf', 'api', 'queue')) order by 1
            """).fetchall()
        for (table,) in tables:
            shape += connection.execute(f"select '{table}', count(*) from {table}".encode()).fetchall()
    return shape


def _archive(path: Path, members: dict[str, bytes]) -> None:
    with tarfile.open(path, "w") as archive:
        for name, content in members.items():
            _add(archive, name, content)


def _add(archive: tarfile.TarFile, name: str, content: bytes) -> None:
    member = tarfile.TarInfo(name)
    member.size = len(content)
    archive.addfile(member, io.BytesIO(content))
