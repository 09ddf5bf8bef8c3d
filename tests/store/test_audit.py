"""The fixture every test of the ledger leans on really looks."""

import psycopg
import pytest

from tests.conftest import audit


@pytest.mark.parametrize(("figures", "balanced"), [("0, 0", True), ("0, 1", False), ("-3, 0", False)])
def test_an_audit_that_is_not_all_zero_fails_the_test(database: str, figures: str, balanced: bool) -> None:
    with psycopg.connect(database, autocommit=True) as owner:
        owner.execute("create schema if not exists tf")
        owner.execute("drop view if exists tf.audit")
        owner.execute(f"create view tf.audit as values ({figures})".encode())
    if balanced:
        audit(database)
    else:
        with pytest.raises(AssertionError, match="the ledger does not balance"):
            audit(database)
        with psycopg.connect(database, autocommit=True) as owner:
            owner.execute("drop view tf.audit")  # or the fixture itself would fail this test
