"""Transport A: psycopg 3 to any PostgreSQL (embedded, plain, Supabase's direct or session port)."""

import asyncio
import logging
import re
import select
from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import aclosing
from functools import cache
from typing import Any, Final, LiteralString, Self
from uuid import uuid4

import orjson
import psycopg
from psycopg import AsyncConnection, sql
from psycopg.rows import dict_row
from psycopg.types.json import set_json_loads
from psycopg_pool import AsyncConnectionPool, PoolTimeout, TooManyRequests

from core.store.argument import argument
from core.store.error import StoreError, Unavailable, refusal
from core.store.port import POLL_SECONDS

FUNCTION = re.compile(r"[a-z][a-z0-9_]{0,62}")
CONNECT_SECONDS = 2.0
"""How long a call waits for a connection before the store counts as gone."""
CALL_SECONDS = 10.0
PROBE_SECONDS = 2.0
BROKEN: Final = ("08", "57P")
"""SQLSTATE classes of a connection that ended under a call, where the server lived to say so."""
REST_SECONDS = 15.0
"""Even a listener that is told looks this often, in case a notification was lost with its connection."""
# A peer that vanished without a word is noticed after this long (TCP only).
SILENCE: Final[Mapping[str, Any]] = {
    "connect_timeout": 3,
    "keepalives_idle": 10,
    "keepalives_interval": 3,
    "tcp_user_timeout": 10_000,
}

log = logging.getLogger(__name__)
Row = dict[str, Any]


class DirectTransport:
    """A pool of `size` connections, opened in the background: a database that is not there yet delays only calls.

    `prepare_threshold=None` never prepares statements on the server, which a transaction pooler needs; a number saves
    planning time on a direct connection.
    """

    def __init__(self, dsn: str, *, size: int = 8, prepare_threshold: int | None = None) -> None:
        self._dsn = dsn
        self._pool = AsyncConnectionPool(
            dsn,
            kwargs={**SILENCE, "autocommit": True, "prepare_threshold": prepare_threshold, "row_factory": dict_row},
            connection_class=AsyncConnection[Row],
            min_size=1,
            max_size=size,
            timeout=CONNECT_SECONDS,
            # Giving up early makes the next call try at once; patient retries back off and heal late.
            reconnect_timeout=1.0,
            configure=_read_json,
            check=_still_open,
            open=False,
        )

    async def open(self) -> Self:
        await self._pool.open(wait=False)
        return self

    async def close(self) -> None:
        await self._pool.close()

    async def __aenter__(self) -> Self:
        return await self.open()

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    async def call(self, function: str, arguments: Mapping[str, Any]) -> Any:
        """See `Transport.call`; a call whose connection broke is repeated once on a new one."""
        statement, parameters = _calling(function), (argument(arguments),)
        try:
            rows = await self._run(statement, parameters)
        except Unavailable as error:
            # Without a connection or time repeating would only take longer; and who met a lock or a deadlock knows
            # better than we do what to ask again (`Group` asks for each member alone).
            if error.__cause__ is None or not (error.code or BROKEN[0]).startswith(BROKEN):
                raise
            rows = await self._run(statement, parameters)
        return rows[0]["answer"]

    async def fetch(self, statement: LiteralString, parameters: Sequence[Any] | Mapping[str, Any] = ()) -> list[Row]:
        """The rows of one plain statement in its own transaction; [] when it returns none. Never repeated."""
        return await self._run(sql.SQL(statement), parameters)

    async def listen(self, channel: str) -> AsyncGenerator[str]:
        """See `Transport.listen`; where notifications do not get through (transaction pooler) this polls."""
        while True:
            yield ""
            try:
                async with await AsyncConnection.connect(self._dsn, autocommit=True, **SILENCE) as connection:
                    pause = REST_SECONDS
                    if not await _is_told(connection):
                        log.warning("listener.polling_started")
                        pause = POLL_SECONDS
                    await connection.execute(sql.SQL("listen {}").format(sql.Identifier(channel)))
                    yield ""  # something may have changed while nobody was listening
                    while True:
                        async with aclosing(connection.notifies(timeout=pause, stop_after=1)) as told:
                            payloads = [note.payload async for note in told]
                        for payload in payloads or [""]:
                            yield payload
            except psycopg.OperationalError as error:
                log.warning("listener.connection_lost: %s", error)
            await asyncio.sleep(POLL_SECONDS)

    async def _run(self, statement: bytes | sql.SQL, parameters: Sequence[Any] | Mapping[str, Any]) -> list[Row]:
        caller = asyncio.current_task()
        asked = caller.cancelling() if caller else 0
        try:
            async with asyncio.timeout(CALL_SECONDS), self._pool.connection() as connection:
                # Handed a connection while it is being cancelled, the pool's waiting client keeps the connection and
                # forgets the cancellation: a sender that was told to stop would run for ever.
                if caller and caller.cancelling() > asked:
                    raise asyncio.CancelledError
                cursor = await connection.execute(statement, parameters)
                return await cursor.fetchall() if cursor.description else []
        except (PoolTimeout, TooManyRequests, TimeoutError) as error:
            raise Unavailable(f"the database did not answer: {type(error).__name__}") from None
        except psycopg.Error as error:
            raise translate(error) from error


@cache
def _calling(function: str) -> bytes:
    """The statement that calls a function of schema api. Raises ValueError for what is no function's name."""
    if not FUNCTION.fullmatch(function):
        raise ValueError(f"not a function name: {function!r}")
    return f"select api.{function}(%s) as answer".encode()


def translate(error: psycopg.Error) -> StoreError:
    """The store's error for psycopg's; without an SQLSTATE only a broken connection counts as passing."""
    if error.sqlstate is None and not isinstance(error, psycopg.OperationalError):
        return refusal("XX000", str(error))
    return refusal(error.sqlstate, error.diag.message_primary or str(error), error.diag.message_detail)


async def _read_json(connection: AsyncConnection[Row]) -> None:
    set_json_loads(orjson.loads, connection)


async def _still_open(connection: AsyncConnection[Any]) -> None:
    """Notice a connection the server closed while it lay in the pool, without a round trip.

    An idle connection that does not listen hears nothing but its end.
    """
    waiting = select.poll()
    waiting.register(connection.fileno(), select.POLLIN)
    if waiting.poll(0):
        await connection.close()  # or the pool would offer it again
        raise psycopg.OperationalError("the server closed the connection")


async def _is_told(connection: AsyncConnection[Any]) -> bool:
    """Whether this connection hears a notification it sends itself."""
    probe = f"probe_{uuid4().hex}"
    await connection.execute(sql.SQL("listen {}").format(sql.Identifier(probe)))
    await connection.execute(sql.SQL("notify {}").format(sql.Identifier(probe)))
    async with aclosing(connection.notifies(timeout=PROBE_SECONDS, stop_after=1)) as told:
        heard = [note async for note in told]
    await connection.execute(sql.SQL("unlisten {}").format(sql.Identifier(probe)))
    return bool(heard)
