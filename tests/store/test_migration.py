"""The migration runner: once each, in order, by several replicas at once, and never backwards."""

import re
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import psycopg
import pytest

from core.store.embedded import EmbeddedPostgres
from core.store.migration import FOLDER, Migration, MigrationError, UnreleasedError, migrate, migrations

FIRST = Migration("20260101000000", "first", "create table public.step (n int); insert into public.step values (1);")
SECOND = Migration("20260102000000", "second", "insert into public.step values (2);")
BROKEN = Migration("20260103000000", "broken", "insert into public.step values (3); select no_such_function();")


@pytest.fixture
def empty(postgres: EmbeddedPostgres) -> Iterator[str]:
    """Connection string of a database without any of our schema."""
    with psycopg.connect(postgres.dsn, autocommit=True) as owner:
        owner.execute("create database empty")
        try:
            yield postgres.address("empty")
        finally:
            owner.execute("drop database empty with (force)")


def test_each_file_is_applied_once_and_recorded_as_the_supabase_cli_does(empty: str) -> None:
    assert migrate(empty, (FIRST,)) == (FIRST.version,)
    assert migrate(empty, (FIRST, SECOND)) == (SECOND.version,)
    assert migrate(empty, (FIRST, SECOND)) == ()
    assert _rows(empty, "select n from step order by n") == [(1,), (2,)]
    assert _rows(empty, "select version, name, statements from supabase_migrations.schema_migrations order by 1") == [
        (one.version, one.name, [one.sql]) for one in (FIRST, SECOND)
    ]


def test_eight_replicas_starting_at_once_apply_each_file_once(empty: str) -> None:
    with ThreadPoolExecutor(8) as replicas:
        applied = list(replicas.map(lambda _: migrate(empty, (FIRST, SECOND)), range(8)))
    assert sorted(version for each in applied for version in each) == [FIRST.version, SECOND.version]
    assert _rows(empty, "select count(*) from step") == [(2,)]


def test_a_file_that_fails_leaves_nothing_of_itself(empty: str) -> None:
    with pytest.raises(MigrationError, match=r"20260103000000_broken failed: .*no_such_function"):
        migrate(empty, (FIRST, BROKEN, SECOND))
    assert _rows(empty, "select n from step") == [(1,)]


def test_a_database_of_a_newer_release_is_refused(empty: str) -> None:
    migrate(empty, (FIRST, SECOND))
    with pytest.raises(MigrationError, match="knows migration 20260102000000 and this release does not"):
        migrate(empty, (FIRST,))


def test_data_of_an_unreleased_version_is_refused_and_stays(empty: str) -> None:
    migrate(empty, (FIRST,))
    with pytest.raises(UnreleasedError, match=r"unreleased version \(migration 20260101000000\)"):
        migrate(empty, (SECOND,))
    with pytest.raises(UnreleasedError):
        migrate(empty, (replace(FIRST, sql=SECOND.sql), SECOND))
    assert _rows(empty, "select n from step") == [(1,)]
    _rows(empty, "update supabase_migrations.schema_migrations set digest = null returning 1")  # as the CLI leaves it
    assert migrate(empty, (replace(FIRST, sql=SECOND.sql), SECOND)) == (SECOND.version,)


def test_what_the_schema_holds_is_written_once() -> None:
    """Nothing was released yet, so a change is made where the thing is defined. Functions are told apart by name."""
    ours = "\n".join(one.sql for one in migrations() if one.name != "queue")
    made = re.findall(r"^create (?:constraint )?(\w+) ([\w.]+)(?:[^;$]*? on (tf\.\w+))?", ours, re.MULTILINE)
    twice = [thing for thing, times in Counter(made).items() if times > 1 and thing[0] != "index"]
    assert len(made) > 300 and twice == []
    assert re.findall(r"^(?:alter|drop|create or replace) .*", ours, re.MULTILINE) == []


def test_the_files_of_this_release_are_well_named_and_ordered() -> None:
    known = migrations()
    assert [f"{one.version}_{one.name}.sql" for one in known] == sorted(path.name for path in FOLDER.iterdir())


def test_this_release_applies_again_to_a_second_database_of_the_same_server(empty: str, database: str) -> None:
    assert migrate(empty) == tuple(one.version for one in migrations())
    assert migrate(database) == ()


def _rows(dsn: str, query: str) -> list[tuple[object, ...]]:
    with psycopg.connect(dsn) as connection:
        return connection.execute(query.encode()).fetchall()
