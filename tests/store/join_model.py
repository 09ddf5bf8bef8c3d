"""Joining and leaving as a few lines of Python, and a Hypothesis machine that plays both and compares them."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, ClassVar
from uuid import uuid4

import psycopg
import pytest
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule
from psycopg.types.json import Jsonb

from tests.money.purse import Lot, draw, pile
from tests.store.till import qualified

STARTER = 4
KNOWN, ANONYMOUS = ("telegram", "discord", "telegram"), ("web", "web")
"""Platforms of the identities of an example: those that know persons, and those that do not."""
CHATS = st.integers(0, len(KNOWN) + len(ANONYMOUS) - 1)


@dataclass
class Purse:
    """Piles of credits, and what ends."""

    gift: int = 0
    bought: int = 0
    debt: int = 0
    lots: list[Lot] = field(default_factory=list)

    def repay(self) -> None:
        for pile_ in ("bought", "gift"):
            paid = min(self.debt, getattr(self, pile_))
            self.debt -= paid
            setattr(self, pile_, getattr(self, pile_) - paid)

    def ending(self, today: int) -> int:
        return pile(self.lots, today, granted=False) + pile(self.lots, today, granted=True)

    def total(self, today: int) -> int:
        return self.ending(today) + self.gift + self.bought

    def spend(self, amount: int, today: int) -> None:
        amount -= sum(part for _, part in draw(self.lots, amount, today))
        for pile_ in ("gift", "bought"):
            taken = min(amount, getattr(self, pile_))
            amount -= taken
            setattr(self, pile_, getattr(self, pile_) - taken)

    def take_in(self, other: Purse) -> None:
        """Everything but the other's gift; each lot keeps its end."""
        self.bought += other.bought
        self.debt += other.debt
        self.lots += other.lots
        self.repay()


@dataclass
class Soul:
    """A person: their purse and their chats, the first one first."""

    chats: list[int]
    purse: Purse = field(default_factory=Purse)


class Joining(RuleBasedStateMachine):
    """Each example has new identities in the database of `connection`."""

    connection: ClassVar[psycopg.Connection]

    def __init__(self) -> None:
        super().__init__()
        self.today = 0
        self.refs = [str(uuid4()) for _ in (*KNOWN, *ANONYMOUS)]
        self.souls: dict[int, Soul] = {}
        self.gifted: set[int] = set()

    # -- the database ----------------------------------------------------------------------------------------------

    def call(self, function: str, **arguments: Any) -> Any:
        row = self.connection.execute(f"select {qualified(function)}(%s)", (Jsonb(arguments),)).fetchone()
        assert row is not None
        return row[0]

    def open(self, chat: int) -> dict[str, Any]:
        ref, known = self.refs[chat], chat < len(KNOWN)
        opened: dict[str, Any] = self.call(
            "open_turn",
            event=str(uuid4()),
            platform=(*KNOWN, *ANONYMOUS)[chat],
            ref=ref,
            place=ref,
            person_hash=f"hash {ref}" if known else None,
            starter=STARTER,
        )
        return opened

    def turn(self, chat: int, **linking: Any) -> None:
        opened = self.open(chat)
        self.call(
            "store_linking",
            event=str(uuid4()),
            user_id=opened["user_id"],
            platform=(*KNOWN, *ANONYMOUS)[chat],
            place=self.refs[chat],
            version=(opened["session"] or {"version": 0})["version"],
            session={},
            linking=linking,
        )

    def linking(self, chat: int, code: str | None = None) -> dict[str, Any]:
        found: dict[str, Any] = self.call(
            "linking",
            platform=(*KNOWN, *ANONYMOUS)[chat],
            ref=self.refs[chat],
            event=str(uuid4()),
            code=code,
        )
        return found

    @initialize()
    def begin(self) -> None:
        row = self.connection.execute("select tf.now()").fetchone()
        assert row is not None
        self.start: datetime = row[0]

    # -- what happens ----------------------------------------------------------------------------------------------

    def arrive(self, chat: int) -> Soul:
        if chat not in self.souls:
            soul = self.souls[chat] = Soul([chat])
            self.open(chat)
            if chat < len(KNOWN) and chat not in self.gifted:
                self.gifted.add(chat)
                soul.purse.gift = STARTER
        return self.souls[chat]

    @rule(chat=CHATS, amount=st.integers(1, 9))
    def topup(self, chat: int, amount: int) -> None:
        purse = self.arrive(chat).purse
        self.call("topup", user_id=self.open(chat)["user_id"], credits=amount, key=str(uuid4()), reference="r")
        repaid = min(purse.debt, amount)
        purse.debt -= repaid
        purse.bought += amount - repaid

    @rule(chat=CHATS, amount=st.integers(1, 9))
    def clawback(self, chat: int, amount: int) -> None:
        """Of what was bought: more than is left of it becomes debt, once the gift is spent."""
        purse = self.arrive(chat).purse
        if purse.gift:
            amount = min(amount, purse.bought)
        if amount:
            self.call("clawback", user_id=self.open(chat)["user_id"], credits=amount, key=str(uuid4()), reference="r")
            taken = min(purse.bought, amount)
            purse.bought -= taken
            purse.debt += amount - taken

    @rule(chat=CHATS, amount=st.integers(1, 9), days=st.integers(1, 4))
    def begin_month(self, chat: int, amount: int, days: int) -> None:
        purse = self.arrive(chat).purse
        until = (self.start + timedelta(days=self.today + days)).isoformat()
        term = {"payment": "in", "plan": "starter", "credits": amount, "paid": True, "until": until}
        told = {"provider": "stripe", "reference": str(uuid4()), "user_id": self.open(chat)["user_id"]}
        self.call("merge_subscription", **told, term={**term, "starts_at": self.start.isoformat()})
        purse.lots.append(Lot(self.today + days, amount))

    @rule(chat=CHATS, data=st.data())
    def spend(self, chat: int, data: st.DataObject) -> None:
        purse = self.arrive(chat).purse
        if purse.debt or not purse.total(self.today):
            return
        amount, hold = data.draw(st.integers(1, purse.total(self.today))), str(uuid4())
        self.call("hold", user_id=self.open(chat)["user_id"], job_id=hold, credits=amount)
        self.call("settle", job_id=hold, captured=amount)
        purse.spend(amount, self.today)

    @rule(chat=CHATS, amount=st.integers(1, 9))
    def give_back(self, chat: int, amount: int) -> None:
        """Credits of a month that ended meanwhile come back for a week."""
        purse = self.arrive(chat).purse
        if purse.debt:
            return
        self.begin_month(chat, amount, 1)
        hold = str(uuid4())
        self.call("hold", user_id=self.open(chat)["user_id"], job_id=hold, credits=amount)
        draw(purse.lots, amount, self.today)
        self.advance(1)
        self.call("settle", job_id=hold, captured=0)
        purse.lots.append(Lot(self.today + 7, amount, granted=True))

    @rule(days=st.integers(1, 3))
    def advance(self, days: int) -> None:
        self.connection.execute("update tf.clock set ahead = ahead + make_interval(days => %s)", (days,))
        self.today += days

    @rule(chat=CHATS, other=CHATS)
    def join(self, chat: int, other: int) -> None:
        into, soul = self.arrive(other), self.arrive(chat)
        self.connection.execute("delete from tf.join_try")  # how often one may is another test's
        code = str(uuid4())
        self.turn(other, issue=code, seconds=600)
        offer = self.linking(chat, code)["offer"]
        if soul is into:
            assert offer == {"reason": "same"}
            return
        purse = soul.purse
        terms = {"moves": purse.ending(self.today) + purse.bought, "lapses": purse.gift, "debt": purse.debt}
        assert {name: offer[name] for name in terms} == terms
        self.turn(chat, offer=code, ref=self.refs[chat], terms=terms)
        into.purse.take_in(purse)
        into.chats += soul.chats
        for one in soul.chats:
            self.souls[one] = into

    @precondition(lambda self: self.souls)
    @rule(data=st.data())
    def leave(self, data: st.DataObject) -> None:
        chat = data.draw(st.sampled_from(sorted(self.souls)))
        soul = self.souls[chat]
        (sign,) = (one["id"] for one in self.linking(chat)["identities"] if one["here"])
        if soul.chats[0] == chat:
            with pytest.raises(psycopg.Error) as refused:
                self.turn(chat, identity=sign, here=True)
            assert refused.value.sqlstate == "TF409"
            return
        self.turn(chat, identity=sign, here=True)
        soul.chats.remove(chat)
        self.souls[chat] = Soul([chat])

    @precondition(lambda self: self.souls)
    @rule(data=st.data())
    def delete(self, data: st.DataObject) -> None:
        soul = self.souls[data.draw(st.sampled_from(sorted(self.souls)))]
        self.call("delete_me", user_id=self.open(soul.chats[0])["user_id"], outbox=[])
        for chat in soul.chats:
            del self.souls[chat]

    # -- what holds ------------------------------------------------------------------------------------------------

    @invariant()
    def both_agree(self) -> None:
        users: dict[str, Soul] = {}
        for chat, soul in self.souls.items():
            opened = self.open(chat)
            assert users.setdefault(opened["user_id"], soul) is soul
            wallet, purse = opened["wallet"], soul.purse
            assert [wallet[name] for name in ("monthly", "granted", "purchased", "debt")] == [
                pile(purse.lots, self.today, granted=False),
                pile(purse.lots, self.today, granted=True),
                purse.gift + purse.bought,
                purse.debt,
            ]
        assert len(users) == len({id(soul) for soul in self.souls.values()})

    def teardown(self) -> None:
        def one(statement: str) -> Any:
            row = self.connection.execute(statement.encode()).fetchone()
            return row and row[0]

        assert self.connection.execute("select * from tf.audit").fetchone() == (0, 0, 0, 0)
        assert one("select coalesce(sum(amount), 0) from tf.entry where account = 'joined'") == 0
        hashes = [f"hash {self.refs[chat]}" for chat in range(len(KNOWN))]
        row = self.connection.execute(
            "select count(*) from tf.starter_grant where person_hash = any(%s)", (hashes,)
        ).fetchone()
        assert row == (len(self.gifted),)
        gifts = one(
            "select coalesce(-sum(e.amount), 0) from tf.entry e join tf.txn t on t.id = e.txn_id "
            "where t.kind = 'starter' and e.account = 'grants'"
        )
        assert gifts == STARTER * one("select count(*) from tf.starter_grant")


def machine(connection: psycopg.Connection) -> type[Joining]:
    """The machine over an autocommit connection of the owner."""
    return type("Joining", (Joining,), {"connection": connection})
