"""The clock moved across month ends and changes of summer time, whatever zone the database's session is set to."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import psycopg

from core.domain.plan import GRACE_DAYS
from tests.money.play import CLEAN, Chat, ask

ZONES = ("UTC", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe")
"""Of the session; the last one moves its clocks by half an hour."""
MOMENTS = (
    datetime(2027, 1, 31, 23, 59, tzinfo=UTC),
    datetime(2028, 2, 29, 12, tzinfo=UTC),
    datetime(2027, 3, 12, 3, tzinfo=UTC),
    datetime(2027, 3, 26, 1, 30, tzinfo=UTC),
    datetime(2027, 10, 29, 22, tzinfo=UTC),
    datetime(2027, 12, 31, 23, tzinfo=UTC),
)
"""Ends of months and years, a leap day; within a week New York or Berlin changes its clocks, or Lord Howe does in the
next month's first."""
WEEK, GRACE, AROUND = timedelta(days=7), timedelta(days=GRACE_DAYS), timedelta(minutes=1)
BRINGS, HELD = 50, 20


def kept(connection: psycopg.Connection) -> int:
    """How many moments were tried, each undone. Raises AssertionError where a month, a week or a grace ends a minute
    too early or too late, or a month comes twice.
    """
    for zone in ZONES:
        for moment in MOMENTS:
            connection.execute("select set_config('timezone', %s, true)", [zone])
            for story in (_months_that_are_given, _a_period_told_too_late, _a_period_that_is_not_collected):
                story(Calendar(connection, moment))
            assert connection.execute("select * from tf.audit").fetchone() == CLEAN
            connection.rollback()
    return len(ZONES) * len(MOMENTS)


class Calendar:
    """A new person, and a clock that is put to a moment."""

    def __init__(self, connection: psycopg.Connection, moment: datetime) -> None:
        self.connection, self.moment = connection, moment
        self.put(moment)
        self.user: str = Chat(connection, "telegram", str(uuid4())).open()["user_id"]

    def put(self, moment: datetime) -> None:
        # Seconds, because days of an interval are days of the zone.
        ahead = (
            "update tf.clock set ahead = make_interval(secs => extract(epoch from %s::timestamptz - clock_timestamp()))"
        )
        self.connection.execute(ahead, [moment])

    def tell(self, **said: Any) -> dict[str, Any]:
        told = {"provider": "stripe", "reference": str(uuid4()), "user_id": self.user, "grace_days": GRACE_DAYS, **said}
        answer: dict[str, Any] = ask(self.connection, "api.merge_subscription", **told)
        return answer

    def begin(self) -> int:
        moved: int = ask(self.connection, "tf.begin_periods")["moved"]
        return moved

    def has(self, pile: str, at: datetime) -> int:
        self.put(at)
        found: int = ask(self.connection, "api.balance", user_id=self.user)["wallet"][pile]
        return found

    def plan(self, at: datetime) -> str:
        self.put(at)
        found: str = ask(self.connection, "api.subscriptions", user_id=self.user)["plan"]
        return found


def _months_that_are_given(here: Calendar) -> None:
    """A year of them, each once; what is held over the first month's end is good for a week, to the minute."""
    standing = {"at": here.moment.isoformat(), "plan": "starter", "state": "active", "ends": False}
    here.tell(provider="admin", given=BRINGS, standing=standing)
    first, job = here.moment, str(uuid4())
    for month in range(12):
        assert (here.begin(), here.begin()) == (BRINGS, 0)
        if month == 0:
            ask(here.connection, "till.hold", user_id=here.user, job_id=job, credits=HELD)
        left = BRINGS - HELD if month == 0 else BRINGS
        first = (first.replace(day=1, hour=0, minute=0) + timedelta(days=32)).replace(day=1)
        assert (here.has("monthly", first - timedelta(seconds=1)), here.has("monthly", first)) == (left, 0)
        if month == 0:
            ask(here.connection, "till.settle", job_id=job, captured=0)
            assert here.has("granted", first + WEEK - AROUND) == HELD
            assert here.has("granted", first + WEEK + AROUND) == 0
            here.put(first)


def _a_period_told_too_late(here: Calendar) -> None:
    """It brings nothing, to the minute, and somebody has to look."""
    here.tell(term=_term(here.moment - 2 * WEEK, here.moment + AROUND))
    assert here.has("monthly", here.moment) == BRINGS
    here.tell(term=_term(here.moment - 2 * WEEK, here.moment))
    assert here.has("monthly", here.moment + AROUND) == 0
    assert here.connection.execute("select detail->>'reason' from tf.alert").fetchall() == [("late",)]


def _a_period_that_is_not_collected(here: Calendar) -> None:
    here.tell(term=_term(here.moment - WEEK, here.moment))
    assert here.plan(here.moment + GRACE - AROUND) == "starter"
    assert here.plan(here.moment + GRACE + AROUND) == "free"


def _term(starts: datetime, until: datetime) -> dict[str, Any]:
    term = {"payment": "in_1", "plan": "starter", "credits": BRINGS, "paid": True}
    return term | {"starts_at": starts.isoformat(), "until": until.isoformat()}
