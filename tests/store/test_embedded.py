"""The embedded server: starts, stops, survives its owner's death, and never opens itself to others."""

import psycopg

from core.store.embedded import EmbeddedPostgres


def test_a_fresh_database_answers_and_is_postgres_18(database: str) -> None:
    with psycopg.connect(database) as connection:
        assert connection.info.server_version // 10_000 == 18


def test_ping_is_there_after_migrating(database: str, postgres: EmbeddedPostgres) -> None:
    with psycopg.connect(database) as connection:
        row = connection.execute("""select api.ping('{"a": 1}')->'echo'""").fetchone()
    assert row == ({"a": 1},)
