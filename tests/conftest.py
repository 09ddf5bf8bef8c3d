"""Fixtures of the whole suite: a real PostgreSQL per test process, a fresh database per test, the shared pictures."""

import logging
import os
import shutil
import tempfile
from collections.abc import Iterator
from itertools import count
from pathlib import Path

import psycopg
import pytest
import structlog
from hypothesis import settings

from core.store.embedded import EmbeddedPostgres
from core.store.migration import migrate
from tests.store.till import open_till

TEMPLATE = "factory_template"
MEMORY_BYTES = 4_000_000_000
"""A server's write-ahead log may grow to a gigabyte, and there is one a core."""
# A property is no test of speed: on a busy machine an example of half a millisecond once took one of seconds.
settings.register_profile("unhurried", deadline=None)
settings.load_profile("unhurried")
_numbers = count(1)


def _folder_from(variable: str) -> Path:
    """The folder an environment variable names: without it a visible skip, and in CI a failure."""
    value = os.environ.get(variable)
    if value and Path(value).is_dir():
        return Path(value)
    if os.environ.get("CI") == "true":
        pytest.fail(f"{variable} must name a folder in CI", pytrace=False)
    pytest.skip(f"{variable} names no folder")


@pytest.fixture
def logging_as_it_was() -> Iterator[None]:
    """For tests that configure logging: nothing of it is left to the next."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield
    root.handlers[:] = handlers
    root.setLevel(level)
    structlog.reset_defaults()


@pytest.fixture(scope="session")
def photos() -> Path:
    """Free portraits to test with."""
    return _folder_from("FACTORY_PHOTOS")


@pytest.fixture(scope="session")
def contracts() -> Path:
    """Machine-readable interfaces of the companies we talk to."""
    return _folder_from("FACTORY_CONTRACTS")


@pytest.fixture(scope="session")
def postgres() -> Iterator[EmbeddedPostgres]:
    """One embedded server for this test process."""
    # Not tmp_path: pytest keeps that 0700, and for root the server runs as somebody else.
    folder = Path(tempfile.mkdtemp(prefix="factory-test-", dir=_memory()))
    folder.chmod(0o711)
    try:
        with EmbeddedPostgres(folder / "postgres", durable=False) as server:
            yield server
    finally:
        shutil.rmtree(folder)


def _memory() -> Path | None:
    """A file system in memory with room for it, where there is one: a clone of the template is a thousand files, which
    takes 20 ms there and up to 800 on a disk."""
    memory = Path("/dev/shm")
    if not os.access(memory, os.W_OK) or shutil.disk_usage(memory).free < MEMORY_BYTES:
        return None
    return memory


@pytest.fixture(scope="session")
def template(postgres: EmbeddedPostgres) -> str:
    """Name of a migrated database nobody connects to, so that it can be cloned."""
    with psycopg.connect(postgres.dsn, autocommit=True) as owner:
        owner.execute(f"create database {TEMPLATE}")
    migrate(postgres.address(TEMPLATE))
    open_till(postgres.address(TEMPLATE))
    return TEMPLATE


@pytest.fixture
def database(postgres: EmbeddedPostgres, template: str) -> Iterator[str]:
    """Connection string (owner role) of a fresh, migrated database; after the test its books must balance."""
    name = f"test_{next(_numbers)}"
    with psycopg.connect(postgres.dsn, autocommit=True) as owner:
        owner.execute(f"create database {name} template {template}")
        try:
            yield postgres.address(name)
            audit(postgres.address(name))
        finally:
            owner.execute(f"drop database {name} with (force)")


def audit(dsn: str) -> None:
    """Assert that the ledger's audit finds nothing: every figure in every row of tf.audit is zero."""
    with psycopg.connect(dsn) as connection:
        if connection.execute("select to_regclass('tf.audit')").fetchone() == (None,):
            return
        found = connection.execute("select * from tf.audit")
        assert found.description is not None
        names = [column.name for column in found.description]
        off = [dict(zip(names, row, strict=True)) for row in found if any(row)]
    assert not off, f"the ledger does not balance: {off}"
