"""Every order in which six events of a payment, or of a subscription, can arrive: one outcome, whatever comes when."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from itertools import permutations
from typing import Any
from uuid import uuid4

import psycopg
from psycopg.types.json import Jsonb

from core.domain.plan import PLANS, PlanId
from core.domain.subscription import Standing, Term
from core.store.subscription import record
from tests.money.play import CLEAN, Chat, ask

Event = dict[str, Any]
ORDERS = 720

# A new person, their order, and what is told of its payment in one go: what they have, owe, and were credited.
_PAID = """
create or replace function pg_temp.play(p_number int, p_events jsonb) returns bigint[] language plpgsql as $$
declare
  v_user uuid;
  v_wallet uuid;
  v_order uuid;
  v_event jsonb;
begin
  insert into tf.users default values returning id into v_user;
  insert into tf.wallet (user_id) values (v_user) returning id into v_wallet;
  insert into tf.checkout (provider, key, user_id, wallet_id, platform, item, credits, minor, currency, live,
                           expires_at, title)
  values ('stripe', int4send(p_number), v_user, v_wallet, 'web', 'p', 50, 500, 'usd', false, tf.now(), 't')
  returning id into v_order;
  for v_event in select jsonb_array_elements(p_events) loop
    perform tf.merge_payment(v_event || jsonb_build_object('provider', 'stripe', 'reference', 'pi_' || p_number)
      || case when v_event ? 'state' then jsonb_build_object('order', v_order) else '{}' end);
  end loop;
  return (select array[w.purchased, w.debt, p.credited] from tf.wallet w, tf.payment p
           where w.id = v_wallet and p.reference = 'pi_' || p_number);
end $$
"""


def claim(name: str, kind: str, minor: int, stage: str) -> Event:
    return {"claim": {"id": name, "kind": kind, "minor": minor, "stage": stage}}


OF_A_PAYMENT: tuple[Event, ...] = (
    {"state": "pending", "live": False},
    {"state": "paid", "live": False, "paid_minor": 500, "paid_currency": "usd"},
    {"refunded_minor": 100},
    {"refunded_minor": 250},
    claim("du_1", "dispute", 500, "open"),
    claim("du_1", "dispute", 500, "lifted"),
)
PAYMENT_COMES_TO = (25, 0, 25)
"""Bought, owed, credited: half of the pack was refunded, and the dispute was won."""


class Counter:
    """Payments of new people, told in one go each, over a connection that does not commit by itself."""

    def __init__(self, connection: psycopg.Connection) -> None:
        self._connection = connection
        self._connection.execute(_PAID)
        self._connection.commit()
        self._number = 0

    def outcome(self, events: Sequence[Event]) -> tuple[int, ...]:
        """Bought credits, debt, and what the payment counts as credited."""
        self._number += 1
        row = self._connection.execute("select pg_temp.play(%s, %s)", (self._number, Jsonb(list(events)))).fetchone()
        assert row is not None
        return tuple(row[0])


def of_payment(connection: psycopg.Connection, orders: int = ORDERS) -> int:
    """How many events were told, so many orders of them; each order is undone. Raises AssertionError at the first that
    comes to something else."""
    counter, told = Counter(connection), 0
    for order in _orders(orders):
        assert counter.outcome([OF_A_PAYMENT[number] for number in order]) == PAYMENT_COMES_TO, order
        told += _end(connection, order)
    return told


SUBSCRIPTION_COMES_TO = ("starter", 50, 0)
"""Plan, monthly credits and debt after an upgrade that was given back, and a cancellation that was taken back."""
MONTHS_COME_TO = (("pro", 125, 0), ("starter", 50, 0))
"""The same of two months, while the first goes on, with a change within it for a dearer plan and a part of the way
back; and once it has ended."""


def of_subscription(connection: psycopg.Connection, orders: int = ORDERS) -> int:
    """The same of a subscription, where one word alone tells whose it is, and the first comes again at the end."""
    row = connection.execute("select tf.now()").fetchone()
    assert row is not None
    events, told = _of_a_subscription(row[0]), 0
    for order in _orders(orders):
        user = Chat(connection, "telegram", str(uuid4())).open()["user_id"]
        for number in (*order, order[0]):
            whose = {"user_id": user} if number == 0 else {}
            said = {"provider": "stripe", "reference": "sub_1", **whose, **events[number]}
            merged = ask(connection, "api.merge_subscription", **said)
        assert merged["moved"] == 0, "it was said before"
        assert [merged[name] for name in ("plan", "paid_plan", "ends", "status")] == ["pro", "starter", False, "active"]
        wallet = ask(connection, "api.balance", user_id=user)["wallet"]
        plan = ask(connection, "api.subscriptions", user_id=user)["plan"]
        assert (plan, wallet["monthly"], wallet["debt"]) == SUBSCRIPTION_COMES_TO, order
        told += _end(connection, order) + 1
    return told


ENTITLEMENTS_COME_TO = ("pro", 250, 0)
"""Two months of a plan, of which the first is over, the difference to a dearer one, and a second month of that which
was given back."""


def of_entitlements(connection: psycopg.Connection, orders: int = ORDERS) -> int:
    """The same of a plan that a platform sells, the first word again at the end."""
    row = connection.execute("select tf.now()").fetchone()
    assert row is not None
    told = 0
    for order in _orders(orders):
        user = Chat(connection, "discord", str(uuid4())).open()["user_id"]
        events = _of_entitlements(row[0], user)
        for number in (*order, order[0]):
            merged = ask(connection, "api.merge_entitled", provider="discord", happenings=[], **events[number])
        assert merged["moved"] == 0, "it was said before"
        wallet = ask(connection, "api.balance", user_id=user)["wallet"]
        plan = ask(connection, "api.subscriptions", user_id=user)["plan"]
        assert (plan, wallet["monthly"], wallet["debt"]) == ENTITLEMENTS_COME_TO, order
        told += _end(connection, order) + 1
    return told


def _of_entitlements(now: datetime, user: str) -> tuple[Event, ...]:
    def moment(days: float) -> str:
        return (now + timedelta(days=days)).isoformat()

    def bought(right: str, plan: PlanId, begins: float) -> Event:
        term = {
            "entitlement": right,
            "plan": plan,
            "credits": PLANS[plan].monthly_credits,
            "starts_at": moment(begins),
            "until": moment(begins + 30),
        }
        held = {
            "reference": "7",
            "user_id": user,
            "plan": PlanId.PRO,
            "ends": True,
            "until": moment(25),
            "grace_days": 7,
        }
        return {"entitlements": [], "subscription": {**held, "terms": [term]}}

    return (
        bought("1", PlanId.STARTER, -40),
        bought("1", PlanId.STARTER, -10),
        {"entitlements": [{"id": "1", "ended_at": moment(-5)}]},
        bought("2", PlanId.PRO, -5),
        bought("2", PlanId.PRO, -1),
        {"entitlements": [{"id": "2", "gone": True}]},
    )


def of_months(connection: psycopg.Connection, orders: int = ORDERS) -> int:
    """The same of two months, the first of which ends before, between or after these words."""
    row = connection.execute("select tf.now()").fetchone()
    assert row is not None
    events, told = _of_two_months(row[0]), 0
    for number, order in enumerate(_orders(orders)):
        user, ends = Chat(connection, "telegram", str(uuid4())).open()["user_id"], number % (len(order) + 2)
        for position, event in enumerate(order):
            if position == ends:
                _end_month(connection)
            said = {"provider": "stripe", "reference": "sub_1", "user_id": user, **events[event]}
            ask(connection, "api.merge_subscription", **said)
        if ends == len(order):
            _end_month(connection)
        ask(connection, "tf.begin_periods")
        wallet = ask(connection, "api.balance", user_id=user)["wallet"]
        plan = ask(connection, "api.subscriptions", user_id=user)["plan"]
        assert (plan, wallet["monthly"], wallet["debt"]) == MONTHS_COME_TO[ends <= len(order)], (order, ends)
        told += _end(connection, order)
    return told


def _end_month(connection: psycopg.Connection) -> None:
    connection.execute("update tf.clock set ahead = ahead + interval '20 days 1 minute'")


def _of_two_months(now: datetime) -> tuple[Event, ...]:
    def days(count: float) -> str:
        return (now + timedelta(days=count)).isoformat()

    def term(payment: str, begins: float, ends: float, **said: Any) -> Event:
        return {"term": {"payment": payment, "paid": True, "starts_at": days(begins), "until": days(ends), **said}}

    standing = Standing(at=now, plan=PlanId.STARTER)
    return (
        {"standing": record(standing)},
        term("in_1", -10, 20, plan="starter", credits=50),
        term("in_2:il_1", -1, 20, plan="pro", more=125),
        term("in_2:il_2", -1, 20, more=-25),
        term("in_3:il_1", 0, 20, more=-25),
        term("in_4", 20, 50, plan="starter", credits=50),
    )


def _of_a_subscription(now: datetime) -> tuple[Event, ...]:
    def days(count: float) -> datetime:
        return now + timedelta(days=count)

    def term(payment: str, plan: PlanId) -> Event:
        credits_ = PLANS[plan].monthly_credits
        return {
            "term": record(Term(payment=payment, plan=plan, credits=credits_, starts_at=now, until=days(30), paid=True))
        }

    def standing(when: float, plan: PlanId, **said: Any) -> Event:
        return {"standing": record(Standing(at=days(when), plan=plan, **said))}

    return (
        standing(-0.3, PlanId.STARTER),
        term("in_1", PlanId.STARTER),
        term("in_2", PlanId.PRO),
        standing(-0.2, PlanId.PRO, ends=True),
        standing(-0.1, PlanId.PRO),
        {"term": record(Term(payment="in_2", refunded=True))},
    )


def _end(connection: psycopg.Connection, order: Sequence[int]) -> int:
    assert connection.execute("select * from tf.audit").fetchone() == CLEAN
    connection.rollback()
    return len(order)


def _orders(count: int) -> Iterator[tuple[int, ...]]:
    """All of them, or a seeded part."""
    orders = list(permutations(range(6)))
    return iter(orders if count >= ORDERS else random.Random(ORDERS).sample(orders, count))
