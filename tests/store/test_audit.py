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


@pytest.mark.parametrize(
    ("spoiled", "found"),
    [
        ("insert into tf.entry (txn_id, line, account, amount) select id, 9, 'sales', 3 from tf.txn", (3, 1, 0, 0)),
        ("update tf.wallet set purchased = purchased + 1", (0, 0, 1, 0)),
        ("update tf.hold set status = 'released'", (0, 0, 1, 0)),
        (
            "insert into tf.txn (key, kind, wallet_id, request, result) "
            "select 'k', 'gift', id, '[]', '{}' from tf.wallet",
            (0, 0, 0, 1),
        ),
    ],
)
def test_each_figure_of_the_audit_finds_what_it_is_for(
    database: str, spoiled: str, found: tuple[int, int, int, int]
) -> None:
    with psycopg.connect(database) as owner:
        owner.execute("insert into tf.wallet default values")
        owner.execute("select tf.topup(id, 5, 'first', null) from tf.wallet")
        if "tf.hold" in spoiled:
            owner.execute("select tf.hold_credits(id, gen_random_uuid(), 2, 60) from tf.wallet")
        owner.execute("set local session_replication_role = replica")  # no trigger refuses it
        owner.execute(spoiled.encode())
        assert owner.execute("select * from tf.audit").fetchone() == found
        owner.rollback()
