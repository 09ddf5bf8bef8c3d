"""Hypothesis machines at the database: a story is a transaction that is undone, so thousands leave nothing behind."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar, TypeVar
from uuid import uuid4

import psycopg
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import RuleBasedStateMachine
from psycopg import sql
from psycopg.types.json import Jsonb

from tests.store.till import qualified

PLAY = settings(
    phases=[Phase.generate],
    deadline=None,
    database=None,
    suppress_health_check=list(HealthCheck),
    print_blob=False,
)
CLEAN = (0, 0, 0, 0)


def ask(connection: psycopg.Connection, function: str, **arguments: Any) -> Any:
    """What a function of one jsonb answers; `function` with its schema."""
    statement = sql.SQL("select {}(%s)").format(sql.Identifier(*function.split(".")))
    row = connection.execute(statement, [Jsonb(arguments)]).fetchone()
    assert row is not None
    return row[0]


@dataclass(frozen=True)
class Chat:
    """One identity in its private chat, whoever it is just now."""

    connection: psycopg.Connection
    platform: str
    ref: str

    def open(self, **said: Any) -> dict[str, Any]:
        """A turn of theirs; they are made when they first come."""
        opened: dict[str, Any] = ask(
            self.connection,
            "api.open_turn",
            **{"event": str(uuid4()), "platform": self.platform, "ref": self.ref, "place": self.ref, **said},
        )
        return opened

    def link(self, **linking: Any) -> None:
        """A turn that makes a code, joins two persons or parts them."""
        opened = self.open()
        ask(
            self.connection,
            "api.store_linking",
            event=str(uuid4()),
            user_id=opened["user_id"],
            platform=self.platform,
            place=self.ref,
            version=(opened["session"] or {"version": 0})["version"],
            session={},
            linking=linking,
        )

    def linking(self, code: str | None = None) -> dict[str, Any]:
        """The identities of whoever it is, and what a code offers."""
        found: dict[str, Any] = ask(
            self.connection, "api.linking", platform=self.platform, ref=self.ref, event=str(uuid4()), code=code
        )
        return found


class Undone(RuleBasedStateMachine):
    """A machine over a connection that does not commit by itself."""

    connection: ClassVar[psycopg.Connection]

    def call(self, function: str, **arguments: Any) -> Any:
        return ask(self.connection, qualified(function), **arguments)

    def refusal(self, function: str, **arguments: Any) -> psycopg.Error:
        """The error of a call that must be refused; what was done before it stays."""
        try:
            with self.connection.transaction():
                answer = self.call(function, **arguments)
        except psycopg.Error as error:
            return error
        raise AssertionError(f"{function} was not refused: {answer}")

    def look(self, statement: str, *parameters: Any) -> Any:
        """The first row of a statement."""
        return self.connection.execute(statement.encode(), parameters or None).fetchone()

    def pass_days(self, days: int) -> None:
        self.connection.execute("update tf.clock set ahead = ahead + make_interval(days => %s)", (days,))

    def teardown(self) -> None:
        self.connection.rollback()


_Machine = TypeVar("_Machine", bound=Undone)


def over(machine: type[_Machine], connection: psycopg.Connection) -> type[_Machine]:
    """The machine over a connection of the owner, which no longer commits by itself."""
    connection.autocommit = False
    return type(machine.__name__, (machine,), {"connection": connection})
