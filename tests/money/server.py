"""A database server of its own, and migrated databases on it."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
from psycopg import sql

from core.store.embedded import EmbeddedPostgres
from core.store.migration import migrate
from tests.store.till import open_till

_TEMPLATE = "template"


@contextmanager
def served(*, durable: bool = False) -> Iterator[EmbeddedPostgres]:
    """`durable`: what is acknowledged outlives a crash."""
    # Not pytest's folder, which is closed to others: for root the server runs as somebody else.
    folder = Path(tempfile.mkdtemp(prefix="factory-money-"))
    folder.chmod(0o711)
    try:
        with EmbeddedPostgres(folder / "postgres", durable=durable) as server:
            _made(server, _TEMPLATE)
            migrate(server.address(_TEMPLATE))
            open_till(server.address(_TEMPLATE))
            yield server
    finally:
        shutil.rmtree(folder)


@contextmanager
def scratch(server: EmbeddedPostgres, name: str = "scratch") -> Iterator[str]:
    """The address of a migrated database, dropped afterwards."""
    _made(server, name, like=_TEMPLATE)
    try:
        yield server.address(name)
    finally:
        with psycopg.connect(server.dsn, autocommit=True) as owner:
            owner.execute(sql.SQL("drop database {} with (force)").format(sql.Identifier(name)))


def _made(server: EmbeddedPostgres, name: str, like: str = "template1") -> None:
    with psycopg.connect(server.dsn, autocommit=True) as owner:
        owner.execute(sql.SQL("create database {} template {}").format(*map(sql.Identifier, (name, like))))
