"""Brings a database to the schema this release speaks.

The files are laid out for the Supabase CLI (`<UTC timestamp>_<name>.sql`) and recorded in the CLI's own table, so that
either tool may continue what the other began. A digest beside each row of ours tells data that an earlier state of the
same file made, for until the first release files change where they are.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

import psycopg

FOLDER = Path(__file__).with_name("migrations")
FILE_NAME = re.compile(r"(?P<version>\d{14})_(?P<name>[a-z0-9_]+)\.sql")
LOCK = 7_216_853_394_018_225_000
"""Advisory lock taken by every runner; an arbitrary number nobody else uses."""

RECORD = """
create schema if not exists supabase_migrations;
create table if not exists supabase_migrations.schema_migrations (version text not null primary key);
alter table supabase_migrations.schema_migrations add column if not exists statements text[];
alter table supabase_migrations.schema_migrations add column if not exists name text;
alter table supabase_migrations.schema_migrations add column if not exists digest text;
"""


class MigrationError(Exception):
    """The database cannot be brought to this release's schema; the message is one sentence for the operator."""


class UnreleasedError(MigrationError):
    """The data were made by files that are not this release's; whoever knows their place says how to begin anew."""


@dataclass(frozen=True, slots=True, order=True)
class Migration:
    version: str
    name: str
    sql: str

    @property
    def digest(self) -> str:
        return sha256(self.sql.encode()).hexdigest()


def migrations(folder: Path = FOLDER) -> tuple[Migration, ...]:
    """The migrations of this release, oldest first."""
    found = []
    for path in folder.glob("*.sql"):
        if not (match := FILE_NAME.fullmatch(path.name)):
            raise MigrationError(f"{path.name} is not named <YYYYMMDDhhmmss>_<name>.sql.")
        found.append(Migration(match["version"], match["name"], path.read_text(encoding="utf-8")))
    if len({migration.version for migration in found}) < len(found):
        raise MigrationError("Two migrations carry the same timestamp.")
    return tuple(sorted(found))


def migrate(dsn: str, known: tuple[Migration, ...] | None = None) -> tuple[str, ...]:
    """Apply what is missing, each file in its own transaction; returns the versions applied by this call.

    Replicas may do this at once. The lock is taken inside each transaction, not for the session, because behind a
    transaction pooler the next statement may run in another session.
    """
    known = migrations() if known is None else known
    with psycopg.connect(dsn, autocommit=True, prepare_threshold=None) as connection:
        with connection.transaction():
            connection.execute("select pg_advisory_xact_lock(%s)", (LOCK,))
            connection.execute(RECORD)
            recorded = _recorded(connection)
        _refuse_foreign(recorded, known)
        return tuple(one.version for one in known if one.version not in recorded and _apply(connection, one))


def _refuse_foreign(recorded: Mapping[str, str | None], known: tuple[Migration, ...]) -> None:
    """`recorded`: digests by version, None where the Supabase CLI applied the file."""
    ours = {migration.version: migration.digest for migration in known}
    foreign = [version for version, digest in recorded.items() if digest not in (None, ours.get(version))]
    foreign += recorded.keys() - ours.keys()
    if not foreign:
        return
    if (newest := max(foreign)) > known[-1].version:
        raise MigrationError(
            f"The database knows migration {newest} and this release does not: it was written by a newer release, "
            "start that one."
        )
    raise UnreleasedError(
        f"The data were made by an unreleased version (migration {newest}) and nothing reads them now."
    )


def _recorded(connection: psycopg.Connection) -> dict[str, str | None]:
    return dict(connection.execute("select version, digest from supabase_migrations.schema_migrations").fetchall())


def _apply(connection: psycopg.Connection, migration: Migration) -> bool:
    """Whether this call, and not another replica's, applied it."""
    with connection.transaction():
        connection.execute("select pg_advisory_xact_lock(%s)", (LOCK,))
        if migration.version in _recorded(connection):
            return False
        try:
            connection.execute(migration.sql.encode())
        except psycopg.Error as error:
            raise MigrationError(f"Migration {migration.version}_{migration.name} failed: {error}") from error
        connection.execute(
            "insert into supabase_migrations.schema_migrations (version, name, statements, digest) "
            "values (%s, %s, %s, %s)",
            (migration.version, migration.name, [migration.sql], migration.digest),
        )
        return True
