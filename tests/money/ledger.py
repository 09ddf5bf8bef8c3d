"""The ledger as a page of Python, and a machine that plays both and compares them, and audits, after every step.

The Python knows nothing of the SQL: a wallet is piles of credits, a payment a handful of facts.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from fractions import Fraction
from math import ceil
from typing import Any, ClassVar
from uuid import uuid4

import psycopg
from hypothesis import seed, settings
from hypothesis import strategies as st
from hypothesis.stateful import initialize, invariant, precondition, rule, run_state_machine_as_test

from tests.money.play import CLEAN, PLAY, Chat, Undone, ask, over

PACK, PRICE = 20, 700
"""Credits of a pack, and cents: not a whole number of cents each, so that parts are rounded."""
PEOPLE = st.sampled_from((0, 0, 0, 1, 2))
"""Mostly the first one: what goes wrong lies deep in one wallet."""


@dataclass
class Held:
    monthly: int
    granted: int
    purchased: int
    month_until: float
    """End of the month whose credits it took; what is given back to another month is granted."""
    granted_until: float

    @property
    def total(self) -> int:
        return self.monthly + self.granted + self.purchased


@dataclass
class Purse:
    """Days are whole numbers; a month ends half-way through its last day, a returned grant after 7 full days."""

    monthly: int = 0
    month_until: float = 0
    granted: int = 0
    granted_until: float = 0
    purchased: int = 0
    debt: int = 0
    holds: dict[str, Held] = field(default_factory=dict)

    def expire(self, today: int) -> None:
        if self.month_until <= today:
            self.monthly = 0
        if self.granted_until <= today:
            self.granted = 0

    def put(self, credits_: int) -> None:
        repaid = min(self.debt, credits_)
        self.debt -= repaid
        self.purchased += credits_ - repaid

    def take(self, credits_: int) -> None:
        taken = min(self.purchased, credits_)
        self.purchased -= taken
        self.debt += credits_ - taken

    def refusal(self, credits_: int) -> str | None:
        if self.debt:
            return "TF403"
        return "TF402" if self.spendable < credits_ else None

    @property
    def spendable(self) -> int:
        return self.monthly + self.granted + self.purchased

    def begin_month(self, credits_: int, until: float, today: int) -> None:
        """What else is monthly and has not ended shares the later end."""
        if self.month_until > today:
            shared = max(until, self.month_until)
            for one in self.holds.values():
                if one.month_until == self.month_until:
                    one.month_until = shared
            until = shared
        self.monthly += credits_
        self.month_until = until

    def hold(self, name: str, credits_: int) -> None:
        monthly = min(self.monthly, credits_)
        granted = min(self.granted, credits_ - monthly)
        purchased = credits_ - monthly - granted
        self.monthly -= monthly
        self.granted -= granted
        self.purchased -= purchased
        self.holds[name] = Held(monthly, granted, purchased, self.month_until, self.granted_until)

    def settle(self, name: str, captured: int, today: int) -> None:
        one = self.holds.pop(name)
        back = one.total - captured
        purchased = min(back, one.purchased)
        granted = min(back - purchased, one.granted)
        monthly = back - purchased - granted
        self.purchased += purchased
        ends = [self.granted_until] if self.granted else []
        if monthly and one.month_until == self.month_until > today:
            self.monthly += monthly
            monthly = 0
        if granted:
            ends.append(one.granted_until if one.granted_until > today else today + 7)
        if monthly:
            ends.append(today + 7)
        if granted + monthly:
            self.granted += granted + monthly
            self.granted_until = max(ends)

    def take_in(self, other: Purse, today: int) -> None:
        """Everything of somebody who holds nothing: nothing is valid longer than it was."""
        self.debt += other.debt
        self.purchased += other.purchased
        repaid = min(self.debt, self.purchased)
        self.debt -= repaid
        self.purchased -= repaid
        moved = [(other.granted, other.granted_until)] if other.granted else []
        if other.monthly and self.month_until > today:
            moved.append((other.monthly, other.month_until))
        elif other.monthly:
            self.monthly, self.month_until = other.monthly, other.month_until
        if moved:
            ends = [end for _, end in moved] + ([self.granted_until] if self.granted else [])
            self.granted += sum(credits_ for credits_, _ in moved)
            self.granted_until = min(ends)
            for one in self.holds.values():
                if one.granted:
                    one.granted_until = min(one.granted_until, self.granted_until)


@dataclass
class Payment:
    """What was told of it so far, and what of it is in the purse."""

    owner: str
    order: str
    paid: bool = False
    refunded: int = 0
    """The greatest sum of refunds that was told."""
    claims: dict[str, tuple[int, str]] = field(default_factory=dict)
    """By name: cents and stage; names of refunds begin with r."""
    credited: int = 0

    def told(self, name: str, cents: int, stage: str) -> None:
        """A claim grows, and goes from open to lost to lifted, whatever comes first."""
        before, was = self.claims.get(name, (0, "open"))
        self.claims[name] = max(before, cents), max(was, stage, key=("open", "lost", "lifted").index)

    def due(self) -> int:
        """Credits it stands for now."""
        if not self.paid:
            return 0
        single = sum(cents for name, (cents, stage) in self.claims.items() if name[0] == "r" and stage != "lifted")
        failed = sum(cents for name, (cents, stage) in self.claims.items() if name[0] == "r" and stage == "lifted")
        disputed = sum(cents for name, (cents, stage) in self.claims.items() if name[0] == "d" and stage != "lifted")
        gone = min(PRICE, max(single, self.refunded - failed) + disputed)
        return PACK - ceil(Fraction(PACK * gone, PRICE))


class Ledger(Undone):
    """Each story has three new people, who become one another; whoever did is followed by somebody new."""

    steps: ClassVar[int] = 0

    def __init__(self) -> None:
        super().__init__()
        self.today = 0
        self.chats: list[Chat] = []
        self.users: list[str] = []
        self.purses: dict[str, Purse] = {}
        """By person; who joined somebody has theirs."""
        self.payments: dict[str, Payment] = {}
        self.done: list[tuple[str, dict[str, Any], dict[str, Any], Purse | None]] = []

    @initialize()
    def begin(self) -> None:
        self.chats, self.users = map(list, zip(*(self.arrive() for _ in range(3)), strict=True))
        self.start: datetime = self.look("select tf.now()")[0]

    def arrive(self) -> tuple[Chat, str]:
        chat = Chat(self.connection, "telegram", str(uuid4()))
        user: str = chat.open()["user_id"]
        self.purses[user] = Purse()
        return chat, user

    def purse(self, who: int) -> Purse:
        return self.purses[self.users[who]]

    def move(self, function: str, **arguments: Any) -> dict[str, Any]:
        """A call that moves credits: new the first time, remembered for replays."""
        answer: dict[str, Any] = self.call(function, **arguments)
        assert answer["replayed"] is False
        self.done.append((function, arguments, answer, self.purse_of(arguments)))
        return answer

    def purse_of(self, arguments: dict[str, Any]) -> Purse | None:
        return self.purses[arguments["user_id"]] if "user_id" in arguments else None

    # -- credits -------------------------------------------------------------------------------------------------------

    @rule(who=PEOPLE, credits_=st.integers(1, 30))
    def topup(self, who: int, credits_: int) -> None:
        self.move("topup", user_id=self.users[who], credits=credits_, key=str(uuid4()), reference="r")
        self.purse(who).put(credits_)

    @rule(who=PEOPLE, credits_=st.integers(1, 12))
    def clawback(self, who: int, credits_: int) -> None:
        self.move("clawback", user_id=self.users[who], credits=credits_, key=str(uuid4()), reference="r")
        self.purse(who).take(credits_)

    @rule(who=PEOPLE, credits_=st.integers(1, 30), days=st.integers(1, 4), again=st.booleans())
    def grant(self, who: int, credits_: int, days: int, again: bool) -> None:
        until = self.today + days - 0.5
        begun, ended = self.start, self.start + timedelta(days=until)
        term = {"payment": "in", "plan": "starter", "credits": credits_, "paid": True}
        term |= {"starts_at": begun.isoformat(), "until": ended.isoformat()}
        told = {"provider": "stripe", "reference": str(uuid4()), "user_id": self.users[who], "term": term}
        assert self.call("merge_subscription", **told)["moved"] == credits_
        if again:
            assert self.call("merge_subscription", **told)["moved"] == 0
        self.purse(who).begin_month(credits_, until, self.today)

    @rule(who=PEOPLE, data=st.data())
    def hold(self, who: int, data: st.DataObject) -> None:
        have = self.purse(who).spendable
        # Of several piles, and around the limit, where the mistakes live.
        credits_ = data.draw(st.integers(1, max(1, have)) | st.integers(max(1, have - 1), have + 1))
        refusal = self.purse(who).refusal(credits_)
        if refusal is None:
            self.take(who, credits_)
            return
        refused = self.refusal("hold", user_id=self.users[who], job_id=str(uuid4()), credits=credits_)
        assert refused.sqlstate == refusal
        if refusal == "TF402":
            detail = json.loads(refused.diag.message_detail or "")
            assert (detail["have"], detail["need"]) == (have, credits_)

    def take(self, who: int, credits_: int) -> str:
        name = str(uuid4())
        self.move("hold", user_id=self.users[who], job_id=name, credits=credits_)
        self.purse(who).hold(name, credits_)
        return name

    @rule(who=PEOPLE, credits_=st.integers(2, 20), data=st.data())
    def outlast(self, who: int, credits_: int, data: st.DataObject) -> None:
        """A hold ends after the month it took from."""
        purse = self.purse(who)
        if not purse.debt:
            self.grant(who, credits_, 1, again=False)
            name = self.take(who, data.draw(st.integers(1, purse.spendable)))
            self.wait(1)
            self.end(purse, name, data.draw(st.integers(0, purse.holds[name].total)))

    def holds(self) -> list[tuple[Purse, str]]:
        return [(self.purse(who), name) for who in range(len(self.users)) for name in self.purse(who).holds]

    @precondition(lambda self: self.holds())
    @rule(data=st.data())
    def settle(self, data: st.DataObject) -> None:
        """Captured in full, in part, or released."""
        purse, name = data.draw(st.sampled_from(self.holds()))
        self.end(purse, name, data.draw(st.integers(0, purse.holds[name].total)))

    def end(self, purse: Purse, name: str, captured: int) -> None:
        total = purse.holds[name].total
        answer = self.move("settle", job_id=name, captured=captured)
        assert (answer["captured"], answer["released"]) == (captured, total - captured)
        purse.settle(name, captured, self.today)

    @rule(days=st.sampled_from((1, 3, 7)))
    def wait(self, days: int) -> None:
        self.pass_days(days)
        self.today += days
        for purse in self.purses.values():
            purse.expire(self.today)

    # -- payments ------------------------------------------------------------------------------------------------------

    @rule(who=PEOPLE, paid=st.booleans(), again=st.booleans())
    def order(self, who: int, paid: bool, again: bool) -> None:
        reference = str(uuid4())
        order = self.call(
            "open_checkout", provider="stripe", event=reference, user_id=self.users[who], platform="web", person=None,
            place=None, item="p", title="t", back=None, credits=PACK, minor=PRICE, currency="usd", live=False,
            seconds=3600, least_seconds=60,
        )  # fmt: skip
        self.payments[reference] = Payment(self.users[who], order["id"])
        if paid:
            self.pay(reference, again)

    @precondition(lambda self: self.payments)
    @rule(
        data=st.data(), word=st.sampled_from(("paid", "refunds", "r1", "r2", "d1", "d2")), cents=st.integers(1, PRICE),
        stage=st.sampled_from(("open", "lost", "lifted")), again=st.booleans(),
    )  # fmt: skip
    def hear(self, data: st.DataObject, word: str, cents: int, stage: str, again: bool) -> None:
        """That it is paid, how much was refunded so far, or of one refund or dispute."""
        reference = data.draw(st.sampled_from(list(self.payments)))
        payment = self.payments[reference]
        if word == "paid":
            self.pay(reference, again)
        elif word == "refunds":
            payment.refunded = max(payment.refunded, cents)
            self.tell(reference, again, refunded_minor=cents)
        else:
            payment.told(word, cents, stage)
            kind = "refund" if word[0] == "r" else "dispute"
            self.tell(reference, again, claim={"id": word, "kind": kind, "minor": cents, "stage": stage})

    def pay(self, reference: str, again: bool) -> None:
        """Only this names the order."""
        payment = self.payments[reference]
        payment.paid = True
        paid = {"state": "paid", "live": False, "paid_minor": PRICE, "paid_currency": "usd"}
        self.tell(reference, again, order=payment.order, **paid)

    def tell(self, reference: str, again: bool, **said: Any) -> None:
        """Recorded, settled, and perhaps told once more in another event."""
        payment = self.payments[reference]
        due = payment.due()
        for moves in (due - payment.credited, 0)[: 2 if again else 1]:
            key = str(uuid4())
            self.call("take_payment", provider="stripe", key=key, kind="k", record={**said, "reference": reference})
            assert ask(self.connection, "tf.settle_payment", provider="stripe", key=key)["moved"] == moves
        purse, moved = self.purses[payment.owner], due - payment.credited
        (purse.put if moved > 0 else purse.take)(abs(moved))
        payment.credited = due

    # -- persons -------------------------------------------------------------------------------------------------------

    @rule(who=PEOPLE, into=PEOPLE)
    def merge(self, who: int, into: int) -> None:
        gone, kept = self.purse(who), self.purse(into)
        if gone is kept:
            return
        self.connection.execute("delete from tf.join_try")  # how often one may is another test's
        code = str(uuid4())
        self.chats[into].link(issue=code, seconds=600)
        offer = self.chats[who].linking(code)["offer"]
        if gone.holds:
            assert offer == {"reason": "running"}
            return
        terms = {"moves": gone.spendable, "lapses": 0, "debt": gone.debt}
        assert {name: offer[name] for name in terms} == terms
        self.chats[who].link(offer=code, ref=self.chats[who].ref, terms=terms)
        kept.take_in(gone, self.today)
        for user, purse in self.purses.items():
            if purse is gone:
                self.purses[user] = kept
        self.chats[who], self.users[who] = self.arrive()

    # -- again ---------------------------------------------------------------------------------------------------------

    @precondition(lambda self: self.done)
    @rule(data=st.data())
    def replay(self, data: st.DataObject) -> None:
        function, arguments, answer, purse = data.draw(st.sampled_from(self.done))
        if self.purse_of(arguments) is purse:
            assert self.call(function, **arguments) == {**answer, "replayed": True}
        else:  # they are somebody else by now, and it stands in a wallet that is closed
            assert self.refusal(function, **arguments).sqlstate == "TF409"

    @precondition(lambda self: self.done)
    @rule(data=st.data())
    def reuse_a_key_for_something_else(self, data: st.DataObject) -> None:
        function, arguments, *_ = data.draw(st.sampled_from(self.done))
        changed = "captured" if function == "settle" else "credits"
        refused = self.refusal(function, **{**arguments, changed: arguments[changed] + 1})
        assert refused.sqlstate == ("TF410" if function == "settle" else "TF409")

    # -- what holds ----------------------------------------------------------------------------------------------------

    @invariant()
    def both_agree_and_the_books_balance(self) -> None:
        wallets, *audit = self.look(
            "select (select jsonb_agg(tf.balance(tf.person_now(id)) order by number) "
            "from unnest(%s::uuid[]) with ordinality as u (id, number)), a.* from tf.audit a",
            list(self.purses),
        )
        assert tuple(audit) == CLEAN
        for wallet, purse in zip(wallets or (), self.purses.values(), strict=True):
            held = sum(one.total for one in purse.holds.values())
            piles = (purse.monthly, purse.granted, purse.purchased, held, purse.debt)
            assert tuple(wallet[name] for name in ("monthly", "granted", "purchased", "held", "debt")) == piles
        type(self).steps += 1


def played(connection: psycopg.Connection, examples: int, steps: int, number: int) -> int:
    """Play so many stories of so many steps, chosen by a seed; how many steps were compared. Raises at the first
    difference, with the story that led there."""
    machine = over(Ledger, connection)
    settled = settings(PLAY, max_examples=examples, stateful_step_count=steps)
    run_state_machine_as_test(seed(number)(machine), settings=settled)  # type: ignore[no-untyped-call]
    return machine.steps
