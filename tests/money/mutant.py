"""Bugs planted in the SQL of a scratch database, each to be caught by the check that is named with it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import psycopg

from tests.money import ledger, month, order

CHECKS: dict[str, Callable[[psycopg.Connection], object]] = {
    "model": lambda connection: ledger.played(connection, examples=100, steps=60, number=0),
    "payment orders": lambda connection: order.of_payment(connection, 60),
    "subscription orders": lambda connection: order.of_subscription(connection, 60),
    "entitlement orders": lambda connection: order.of_entitlements(connection, 60),
    "month orders": lambda connection: order.of_months(connection, 60),
    "calendar": month.kept,
}
"""Each raises AssertionError, or what the database says."""


@dataclass(frozen=True, slots=True)
class Mutant:
    bug: str
    check: str
    function: str
    right: str
    wrong: str

    def plant(self, connection: psycopg.Connection) -> None:
        """Raises LookupError where the text is not there exactly once: the mutant no longer fits the source."""
        row = connection.execute("select pg_get_functiondef(%s::regproc)", [self.function]).fetchone()
        if row is None or row[0].count(self.right) != 1:
            raise LookupError(f"{self.bug}: no such text, once, in {self.function}")
        connection.execute(row[0].replace(self.right, self.wrong).encode())
        connection.commit()


MUTANTS = (
    Mutant(
        "bought credits are spent before monthly ones",
        "model",
        "tf.hold_credits",
        "v_monthly := least(w.monthly, p_credits)",
        "v_monthly := least(w.monthly, greatest(p_credits - w.purchased, 0))",
    ),
    Mutant(
        "monthly credits come back before bought ones",
        "model",
        "tf.settle_hold",
        "v_purchased := least(v_back, h.from_purchased)",
        "v_purchased := greatest(0, v_back - h.from_monthly - h.from_granted)",
    ),
    Mutant("a key may be reused for something else", "model", "tf.replay", "v_first.request <> p_request", "false"),
    Mutant("a replay passes for a first time", "model", "tf.replay", "'{\"replayed\": true}'", "'{}'"),
    Mutant("a settled hold settles again", "model", "tf.settle_hold", "if h.status <> 'held'", "if false"),
    Mutant(
        "one credit too few is enough",
        "model",
        "tf.check_funds",
        "w.purchased < p_credits",
        "w.purchased < p_credits - 1",
    ),
    Mutant(
        "the last credit cannot be spent",
        "model",
        "tf.check_funds",
        "w.purchased < p_credits",
        "w.purchased <= p_credits",
    ),
    Mutant("debt does not block", "model", "tf.check_funds", "w.debt > 0", "false"),
    Mutant("debt is not repaid", "model", "tf.topup", "least(w.debt, p_credits)", "0"),
    Mutant(
        "an ended month's credits come back as monthly ones",
        "model",
        "tf.settle_hold",
        "if l.until <= tf.now()",
        "if false",
    ),
    Mutant(
        "what comes back of a refunded month can be spent",
        "model",
        "tf.settle_hold",
        "least(v_part, greatest(0, l.used - l.credits))",
        "0",
    ),
    Mutant("what ends later is spent first", "model", "tf.draw", "order by until, id", "order by until desc, id"),
    Mutant(
        "credits spent of a refunded month are nobody's debt",
        "model",
        "tf.set_lot",
        "greatest(0, l.used - p_credits) - greatest(0, l.used - l.credits)",
        "0",
    ),
    Mutant("a returned grant is valid for 8 days", "model", "tf.settle_hold", "interval '7 days'", "interval '8 days'"),
    Mutant("monthly credits never expire", "model", "tf.lock_wallet", "until <= tf.now()", "false"),
    Mutant("debt stays behind when two join", "model", "tf.join_wallets", "w.debt + f.debt)", "w.debt)"),
    Mutant("what paid a month takes none of it back", "model", "tf.kept", "when t.back = 0", "when true"),
    Mutant(
        "refunds are added up",
        "payment orders",
        "tf.merge_payment",
        "greatest(r.refunded_minor, (p->>'refunded_minor')::bigint)",
        "r.refunded_minor + coalesce((p->>'refunded_minor')::bigint, 0)",
    ),
    Mutant(
        "a dispute can be reopened by an old word",
        "payment orders",
        "tf.merge_payment",
        "stage = greatest(known.stage, excluded.stage)",
        "stage = excluded.stage",
    ),
    Mutant("every event posts the whole", "payment orders", "tf.merge_payment", "v_target - r.credited", "v_target"),
    Mutant(
        "an upgrade brings its whole month",
        "subscription orders",
        "tf.settle_periods",
        "r.until, r.target,",
        "r.until, r.target + r.credited,",
    ),
    Mutant(
        "money given back comes again with an old word",
        "subscription orders",
        "api.merge_subscription",
        "known.refunded or excluded.refunded",
        "excluded.refunded",
    ),
    Mutant(
        "a month told of after its end is good for a week",
        "month orders",
        "tf.set_lot",
        "'monthly', p_until)",
        "'monthly', greatest(p_until, tf.now() + interval '7 days'))",
    ),
    Mutant(
        "a plan that is changed for a dearer one brings all of that on top",
        "entitlement orders",
        "tf.weigh_terms",
        "then -b.credits else 0 end",
        "then 0 else 0 end",
    ),
    Mutant(
        "a right that is gone keeps its last month",
        "entitlement orders",
        "tf.weigh_terms",
        "coalesce(k.gone, false)",
        "false",
    ),
    Mutant(
        "a right that is gone takes every month of its own along",
        "entitlement orders",
        "tf.weigh_terms",
        "k.last and (",
        "(",
    ),
    Mutant("a plan has no grace", "calendar", "tf.plan_of", "n.now < t.until + s.grace", "n.now < t.until"),
)
