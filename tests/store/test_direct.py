"""What only the direct transport promises: plain statements, and life after the database went away."""

import asyncio
import math
import tempfile
import time
from collections.abc import AsyncGenerator, Iterator
from contextlib import aclosing
from enum import StrEnum
from pathlib import Path

import psycopg
import pytest

from core.store.direct import CONNECT_SECONDS, DirectTransport
from core.store.embedded import EmbeddedPostgres
from core.store.error import Fault, Unavailable
from core.store.inner import ask
from core.store.migration import migrate


@pytest.fixture
def mortal() -> Iterator[EmbeddedPostgres]:
    """A migrated server of its own, which a test may stop and start."""
    with tempfile.TemporaryDirectory(prefix="factory-test-") as folder:
        Path(folder).chmod(0o711)
        with EmbeddedPostgres(Path(folder) / "postgres", durable=False) as server:
            migrate(server.dsn)
            yield server


async def test_plain_statements_return_rows_by_name(database: str) -> None:
    async with DirectTransport(database) as direct:
        assert await direct.fetch("create table public.thing (n int, name text)") == []
        assert await direct.fetch("insert into thing values (%s, %s)", (1, "a")) == []
        assert await direct.fetch("select n, name from thing where n = %(n)s", {"n": 1}) == [{"n": 1, "name": "a"}]
        with pytest.raises(Fault) as caught:
            await direct.fetch("select * from no_such_table")
        assert caught.value.code == "42P01"


class Colour(StrEnum):
    RED = "red"


async def test_both_doors_write_the_same_json(database: str) -> None:
    with psycopg.connect(database, autocommit=True) as owner:
        for schema in ("api", "tf"):
            owner.execute(f"create function {schema}.echo(p jsonb) returns jsonb language sql as 'select p'")
    sent = {"by": {Colour.RED: Colour.RED, 7: (1, 2)}, "no number": [math.nan, math.inf], "word": "Größe 🔥"}
    async with DirectTransport(database) as direct:
        answers = [await direct.call("echo", sent), await ask(direct, "select tf.echo(%s) as answer", sent)]
        for bad in (object(), {1, 2}, "\ud800"):
            for refused in (direct.call("echo", {"x": bad}), ask(direct, "select tf.echo(%s) as answer", {"x": bad})):
                with pytest.raises(TypeError):
                    await refused
    heard = {"by": {"red": "red", "7": [1, 2]}, "no number": [None, None], "word": "Größe 🔥"}
    assert answers == [heard, heard]


async def test_connections_the_server_closed_while_idle_are_not_noticed_by_callers(database: str) -> None:
    async with DirectTransport(database, size=4) as direct:
        await asyncio.gather(*(direct.fetch("select pg_sleep(0.05)") for _ in range(4)))
        _hang_up(database)
        answers = await asyncio.gather(*(direct.fetch("select 1 as one") for _ in range(4)))
    assert answers == [[{"one": 1}]] * 4


async def test_a_call_whose_connection_breaks_is_repeated_once(database: str) -> None:
    with psycopg.connect(database, autocommit=True) as owner:
        owner.execute("create sequence public.tries")
        owner.execute("""
            create function api.fall(p jsonb) returns jsonb language plpgsql as $$
            begin
              if nextval('public.tries') <= (p->>'falls')::int then
                perform pg_terminate_backend(pg_backend_pid());
              end if;
              return to_jsonb(currval('public.tries'));
            end $$""")
    async with DirectTransport(database) as direct:
        assert await direct.call("fall", {"falls": 1}) == 2
        with pytest.raises(Unavailable):
            await direct.call("fall", {"falls": 9})


@pytest.mark.parametrize("code", ["55P03", "40001", "40P01", "53300"])
async def test_a_call_that_met_a_lock_or_a_limit_is_not_repeated(database: str, code: str) -> None:
    with psycopg.connect(database, autocommit=True) as owner:
        owner.execute("create sequence public.tries")
        owner.execute("""
            create function api.fall(p jsonb) returns jsonb language plpgsql as $$
            begin
              perform nextval('public.tries');
              raise exception using errcode = p->>'code';
            end $$""")
        async with DirectTransport(database) as direct:
            with pytest.raises(Unavailable) as caught:
                await direct.call("fall", {"code": code})
        assert caught.value.code == code
        assert owner.execute("select last_value from public.tries").fetchone() == (1,)


async def test_a_database_gone_for_ten_seconds_is_unavailable_quickly_and_back_at_once(
    mortal: EmbeddedPostgres,
) -> None:
    async with DirectTransport(mortal.dsn, size=4) as direct:
        await direct.call("ping", {})
        await asyncio.to_thread(mortal.stop)
        until = time.monotonic() + 10
        refused = []
        while time.monotonic() < until:
            started = time.monotonic()
            with pytest.raises(Unavailable) as caught:
                await direct.call("ping", {})
            assert caught.value.retryable
            refused.append(time.monotonic() - started)
            await asyncio.sleep(0.2)
        assert max(refused) < 2 * CONNECT_SECONDS + 0.5
        await asyncio.to_thread(mortal.start)
        started = time.monotonic()
        await direct.call("ping", {})
        assert time.monotonic() - started < 1.5


async def test_a_listener_hears_again_after_the_database_was_away(mortal: EmbeddedPostgres) -> None:
    async with DirectTransport(mortal.dsn) as direct, aclosing(direct.listen("outbox")) as wakes:
        await anext(wakes)
        await anext(wakes)
        await asyncio.to_thread(mortal.stop)
        await asyncio.to_thread(mortal.start)
        heard = asyncio.create_task(_until(wakes, "chat 7"))
        with psycopg.connect(mortal.dsn, autocommit=True) as other:
            async with asyncio.timeout(10):
                while not heard.done():
                    other.execute("notify outbox, 'chat 7'")
                    await asyncio.sleep(0.1)
        await heard


async def _until(wakes: AsyncGenerator[str], payload: str) -> None:
    async for heard in wakes:
        if heard == payload:
            return


def _hang_up(database: str) -> None:
    with psycopg.connect(database, autocommit=True) as owner:
        owner.execute(
            "select pg_terminate_backend(pid, 1000) from pg_stat_activity "
            "where datname = current_database() and pid <> pg_backend_pid()"
        )
