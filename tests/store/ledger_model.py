"""The ledger as a few lines of Python, and a Hypothesis machine that plays both and compares them after every step."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, ClassVar
from uuid import uuid4

import psycopg
import pytest
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule
from psycopg.types.json import Jsonb

Call = tuple[str, dict[str, Any]]


@dataclass
class ModelHold:
    monthly: int
    granted: int
    purchased: int
    month_until: float
    """End of the month whose credits it took; two grants that end together are one month."""
    granted_until: int

    @property
    def total(self) -> int:
        return self.monthly + self.granted + self.purchased


@dataclass
class Model:
    """Days are whole numbers; a month ends half-way through its last day, a returned grant after 7 full days."""

    today: int = 0
    monthly: int = 0
    month_until: float = 0
    granted: int = 0
    granted_until: int = 0
    purchased: int = 0
    debt: int = 0
    holds: dict[str, ModelHold] = field(default_factory=dict)

    def advance(self, days: int) -> None:
        self.today += days
        if self.month_until <= self.today:
            self.monthly = 0
        if self.granted_until <= self.today:
            self.granted = 0

    def topup(self, credits_: int) -> None:
        repaid = min(self.debt, credits_)
        self.debt -= repaid
        self.purchased += credits_ - repaid

    def clawback(self, credits_: int) -> None:
        taken = min(self.purchased, credits_)
        self.purchased -= taken
        self.debt += credits_ - taken

    def refusal(self, credits_: int) -> str | None:
        if self.debt:
            return "TF403"
        return "TF402" if self.monthly + self.granted + self.purchased < credits_ else None

    def hold(self, name: str, credits_: int) -> None:
        monthly = min(self.monthly, credits_)
        granted = min(self.granted, credits_ - monthly)
        purchased = credits_ - monthly - granted
        self.monthly -= monthly
        self.granted -= granted
        self.purchased -= purchased
        self.holds[name] = ModelHold(monthly, granted, purchased, self.month_until, self.granted_until)

    def settle(self, name: str, captured: int) -> None:
        hold = self.holds.pop(name)
        back = hold.total - captured
        purchased = min(back, hold.purchased)
        granted = min(back - purchased, hold.granted)
        monthly = back - purchased - granted
        self.purchased += purchased
        until = [self.granted_until] if self.granted else []
        if monthly and hold.month_until == self.month_until > self.today:
            self.monthly += monthly
            monthly = 0
        if granted:
            until.append(hold.granted_until if hold.granted_until > self.today else self.today + 7)
        if monthly:
            until.append(self.today + 7)
        if granted + monthly:
            self.granted += granted + monthly
            self.granted_until = max(until)


class Ledger(RuleBasedStateMachine):
    """Each example is a new person in the database of `connection`."""

    connection: ClassVar[psycopg.Connection]

    def __init__(self) -> None:
        super().__init__()
        self.model = Model()
        self.done: list[tuple[Call, dict[str, Any]]] = []
        self.open: list[str] = []

    def call(self, function: str, **arguments: Any) -> dict[str, Any]:
        row = self.connection.execute(f"select api.{function}(%s)", (Jsonb(arguments),)).fetchone()
        assert row is not None
        answer: dict[str, Any] = row[0]
        return answer

    def move(self, function: str, **arguments: Any) -> dict[str, Any]:
        """A call that moves credits: new the first time, remembered for replays."""
        answer = self.call(function, **arguments)
        assert answer["replayed"] is False
        self.done.append(((function, arguments), answer))
        return answer

    @initialize()
    def someone(self) -> None:
        ref = str(uuid4())
        opened = self.call("open_turn", platform="telegram", ref=ref, place=ref, event=ref)
        self.user: str = opened["user_id"]
        row = self.connection.execute("select tf.now()").fetchone()
        assert row is not None
        self.start: datetime = row[0]

    @rule(credits_=st.integers(1, 30))
    def topup(self, credits_: int) -> None:
        self.move("topup", user_id=self.user, credits=credits_, key=str(uuid4()), reference="r")
        self.model.topup(credits_)

    @rule(credits_=st.integers(1, 30), days=st.integers(1, 4))
    def grant_monthly(self, credits_: int, days: int) -> None:
        until = self.model.today + days - 0.5
        at = self.start + timedelta(days=until)
        self.move("grant_monthly", user_id=self.user, credits=credits_, until=at.isoformat(), key=str(uuid4()))
        self.model.monthly, self.model.month_until = credits_, until

    @rule(credits_=st.integers(1, 40))
    def clawback(self, credits_: int) -> None:
        self.move("clawback", user_id=self.user, credits=credits_, key=str(uuid4()), reference="r")
        self.model.clawback(credits_)

    @rule(data=st.data())
    def hold(self, data: st.DataObject) -> None:
        have = self.model.monthly + self.model.granted + self.model.purchased
        # Around the limit, where the mistakes live.
        credits_ = data.draw(st.integers(1, 8) | st.integers(max(1, have - 1), have + 1))
        name, refusal = str(uuid4()), self.model.refusal(credits_)
        if refusal is None:
            self.move("hold", user_id=self.user, job_id=name, credits=credits_)
            self.model.hold(name, credits_)
            self.open.append(name)
            return
        with pytest.raises(psycopg.Error) as refused:
            self.call("hold", user_id=self.user, job_id=name, credits=credits_)
        assert refused.value.sqlstate == refusal
        if refusal == "TF402":
            detail = json.loads(refused.value.diag.message_detail or "")
            assert (detail["have"], detail["need"]) == (have, credits_)

    @precondition(lambda self: self.open)
    @rule(data=st.data())
    def settle(self, data: st.DataObject) -> None:
        name = data.draw(st.sampled_from(self.open))
        total = self.model.holds[name].total
        captured = data.draw(st.integers(0, total))
        answer = self.move("settle", job_id=name, captured=captured)
        assert (answer["captured"], answer["released"]) == (captured, total - captured)
        self.open.remove(name)
        self.model.settle(name, captured)

    @rule(days=st.sampled_from((1, 3, 7)))
    def advance(self, days: int) -> None:
        self.connection.execute("update tf.clock set ahead = ahead + make_interval(days => %s)", (days,))
        self.model.advance(days)

    @precondition(lambda self: self.done)
    @rule(data=st.data())
    def replay(self, data: st.DataObject) -> None:
        (function, arguments), answer = data.draw(st.sampled_from(self.done))
        assert self.call(function, **arguments) == {**answer, "replayed": True}

    @precondition(lambda self: self.done)
    @rule(data=st.data())
    def reuse_a_key_for_something_else(self, data: st.DataObject) -> None:
        (function, arguments), _ = data.draw(st.sampled_from(self.done))
        field_ = "captured" if function == "settle" else "credits"
        with pytest.raises(psycopg.Error) as refused:
            self.call(function, **{**arguments, field_: arguments[field_] + 1})
        assert refused.value.sqlstate == ("TF410" if function == "settle" else "TF409")

    @invariant()
    def both_agree(self) -> None:
        if not hasattr(self, "user"):
            return
        wallet = self.call("balance", user_id=self.user)["wallet"]
        model = self.model
        held = sum(one.total for one in model.holds.values())
        assert [wallet[name] for name in ("monthly", "granted", "purchased", "held", "debt")] == [
            model.monthly,
            model.granted,
            model.purchased,
            held,
            model.debt,
        ]

    def teardown(self) -> None:
        audit = self.connection.execute("select * from tf.audit").fetchone()
        assert audit == (0, 0, 0, 0)


def machine(connection: psycopg.Connection) -> type[Ledger]:
    """The machine over an autocommit connection of the owner."""
    return type("Ledger", (Ledger,), {"connection": connection})
