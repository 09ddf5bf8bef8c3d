"""The ledger as a page of Python, and a machine that plays both and compares them, and audits, after every step.

The Python knows nothing of the SQL: a wallet is a purse, a payment a handful of facts.
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
from tests.money.purse import Lot, Purse

PACK, PRICE = 20, 700
"""Credits of a pack, and cents: not a whole number of cents each, so that parts are rounded."""
PEOPLE = st.sampled_from((0, 0, 0, 1, 2))
"""Mostly the first one: what goes wrong lies deep in one wallet."""


@dataclass
class Payment:
    """What was told of it so far, and what of it is in the purse."""

    owner: str
    order: str
    credits: int = PACK
    lot: Lot | None = None
    """Of a month; else it is a pack's."""
    bill: dict[str, Any] = field(default_factory=dict)
    """Of a month, as it is told."""
    billed: bool = False
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
        """Credits it stands for now. A month is brought by its bill; what paid that only says what of it went back."""
        if self.lot and not (self.billed and self.paid):
            return self.credits if self.billed else 0
        if not self.paid:
            return 0
        single = sum(cents for name, (cents, stage) in self.claims.items() if name[0] == "r" and stage != "lifted")
        failed = sum(cents for name, (cents, stage) in self.claims.items() if name[0] == "r" and stage == "lifted")
        disputed = sum(cents for name, (cents, stage) in self.claims.items() if name[0] == "d" and stage != "lifted")
        gone = min(PRICE, max(single, self.refunded - failed) + disputed)
        return self.credits - ceil(Fraction(self.credits * gone, PRICE))


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
        self.purses[user] = Purse(self.today)
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
        self.purse(who).lots.append(Lot(until, credits_))

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
        purse.settle(name, captured)

    @rule(days=st.sampled_from((1, 3, 7)))
    def wait(self, days: int) -> None:
        self.pass_days(days)
        self.today += days
        for purse in self.purses.values():
            purse.today = self.today

    # -- payments ------------------------------------------------------------------------------------------------------

    @rule(who=PEOPLE, paid=st.booleans(), again=st.booleans())
    def order(self, who: int, paid: bool, again: bool) -> None:
        reference = str(uuid4())
        self.payments[reference] = Payment(self.users[who], self.ordered("open_checkout", who, PACK, reference))
        if paid:
            self.pay(reference, again)

    def ordered(self, function: str, who: int, credits_: int, event: str) -> str:
        order = self.call(
            function, provider="stripe", event=event, user_id=self.users[who], platform="web", person=None,
            place=None, item="p", title="t", back=None, credits=credits_, minor=PRICE, currency="usd", live=False,
            seconds=3600, least_seconds=60, plan="starter",
        )  # fmt: skip
        return str(order["id"])

    @rule(who=PEOPLE, credits_=st.integers(5, 30), days=st.integers(1, 9), told=st.sampled_from(("bill", "paid", "")))
    def subscribe(self, who: int, credits_: int, days: int, told: str) -> None:
        """A month, of which either word comes first."""
        reference = self.month(who, credits_, days)
        if told == "bill":
            self.tell_bill(reference, again=False)
        elif told:
            self.pay(reference, again=False)

    @rule(who=PEOPLE, credits_=st.integers(5, 30), stage=st.sampled_from(("open", "lost", "lifted")), data=st.data())
    def regret(self, who: int, credits_: int, stage: str, data: st.DataObject) -> None:
        """The money of a month goes back while some of it is held, and perhaps comes back."""
        purse = self.purse(who)
        if purse.debt:
            return
        reference = self.month(who, credits_, 9)
        self.tell_bill(reference, again=False)
        self.pay(reference, again=False)
        name = self.take(who, data.draw(st.integers(1, purse.spendable)))
        captured = data.draw(st.integers(0, purse.holds[name].total))
        for word in ("open", stage):
            self.payments[reference].told("d1", PRICE, word)
            claim = {"id": "d1", "kind": "dispute", "minor": PRICE, "stage": word}
            self.tell(reference, False, reference=reference, claim=claim)
            if word == "open" and name in purse.holds:
                self.end(purse, name, captured)

    def month(self, who: int, credits_: int, days: int) -> str:
        """Ordered, and not told of yet."""
        reference = str(uuid4())
        order = self.ordered("open_subscription", who, credits_, reference)
        until = self.today + days - 0.5
        line = {"id": "il", "item": "p", "minor": PRICE, "currency": "usd", "quantity": 1, "part": False}
        line |= {"starts_at": self.start.isoformat(), "until": (self.start + timedelta(days=until)).isoformat()}
        bill = {"id": f"in_{reference}", "total": PRICE, "lines": [line]}
        self.payments[reference] = Payment(self.users[who], order, credits_, Lot(until, 0), bill)
        self.purse(who).lots.append(self.payments[reference].lot or Lot(0, 0))
        return reference

    @precondition(lambda self: any(one.lot for one in self.payments.values()))
    @rule(data=st.data(), again=st.booleans())
    def bill(self, data: st.DataObject, again: bool) -> None:
        self.tell_bill(data.draw(st.sampled_from([name for name, one in self.payments.items() if one.lot])), again)

    def tell_bill(self, reference: str, again: bool) -> None:
        payment = self.payments[reference]
        payment.billed = True
        said = {"subscription": f"sub_{reference}", "live": False, "at": self.start.isoformat(), "grace_days": 7}
        self.tell(reference, again, **said, order=payment.order, tariffs={}, bill=payment.bill)

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
            self.tell(reference, again, reference=reference, refunded_minor=cents)
        else:
            payment.told(word, cents, stage)
            kind = "refund" if word[0] == "r" else "dispute"
            claim = {"id": word, "kind": kind, "minor": cents, "stage": stage}
            self.tell(reference, again, reference=reference, claim=claim)

    def pay(self, reference: str, again: bool) -> None:
        """Only this names the order, or the bill."""
        payment = self.payments[reference]
        payment.paid = True
        paid = {"reference": reference, "live": False, "paid_minor": PRICE, "paid_currency": "usd"}
        named = {"pays": payment.bill["id"]} if payment.lot else {"order": payment.order, "state": "paid"}
        self.tell(reference, again, **paid, **named)

    def tell(self, payment: str, again: bool, **said: Any) -> None:
        """Recorded, settled, and perhaps told once more in another event."""
        known = self.payments[payment]
        purse, due = self.purses[known.owner], known.due()
        if known.lot:
            moved = purse.set(known.lot, due)
        else:
            moved = due - known.credited
            (purse.put if moved > 0 else purse.take)(abs(moved))
        known.credited = due
        for moves in (moved, 0)[: 2 if again else 1]:
            key = str(uuid4())
            self.call("take_payment", provider="stripe", key=key, kind="k", record=said)
            assert ask(self.connection, "tf.settle_told", provider="stripe", key=key)["moved"] == moves

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
        kept.take_in(gone)
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
