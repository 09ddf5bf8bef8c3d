"""What both transports promise, run over both."""

import asyncio
from contextlib import aclosing

import psycopg
import pytest

from core.store.direct import DirectTransport
from core.store.error import REJECTIONS, Fault, Forbidden, Rejected, StoreError, Unavailable, refusal
from core.store.port import Transport
from core.store.supabase import SupabaseTransport
from tests.store.postgrest import DataApi

SQLSTATES = {
    kind.sqlstate
    for kind in vars(psycopg.errors).values()
    if isinstance(kind, type) and issubclass(kind, psycopg.Error) and kind.sqlstate
}

REFUSE = """
create function api.refuse(p jsonb) returns jsonb language plpgsql as $$
begin
  raise exception 'refused' using errcode = p->>'code', detail = jsonb_build_object('short_by', 3)::text;
end $$;
grant execute on function api.refuse(jsonb) to service_role;
notify pgrst, 'reload schema';
"""


async def test_ping_answers_with_what_it_was_sent(transport: Transport) -> None:
    sent = {"text": "Grüße 🎬", "number": 9_007_199_254_740_991, "nothing": None, "list": [1, {"a": True}]}
    assert (await transport.call("ping", sent))["echo"] == sent


@pytest.mark.parametrize(("code", "kind"), REJECTIONS.items())
async def test_a_rejection_keeps_its_kind_and_its_numbers(
    transport: Transport, database: str, code: str, kind: type[Rejected]
) -> None:
    await _install(database, transport)
    with pytest.raises(kind) as caught:
        await transport.call("refuse", {"code": code})
    assert (caught.value.code, dict(caught.value.detail)) == (code, {"short_by": 3})
    assert not caught.value.retryable


async def test_a_function_that_does_not_exist_is_a_fault(transport: Transport) -> None:
    with pytest.raises(Fault):
        await transport.call("no_such_function", {})


async def test_listening_wakes_at_once_and_soon_after_a_change(transport: Transport, database: str) -> None:
    async with aclosing(transport.listen("outbox")) as wakes:
        assert await anext(wakes) == ""
        assert await anext(wakes) == ""
        with psycopg.connect(database, autocommit=True) as other:
            other.execute("notify outbox, 'chat 7'")
        async with asyncio.timeout(1.5):
            assert await anext(wakes) == ("chat 7" if isinstance(transport, DirectTransport) else "")


async def test_the_publishable_key_opens_no_function(postgrest: DataApi) -> None:
    async with SupabaseTransport(postgrest.url, postgrest.publishable) as anonymous:
        with pytest.raises(Forbidden) as caught:
            await anonymous.call("ping", {})
    assert caught.value.code == "42501"


async def test_a_data_api_that_is_not_there_is_unavailable() -> None:
    async with SupabaseTransport("http://127.0.0.1:9", "sb_secret_local") as nobody:
        with pytest.raises(Unavailable):
            await nobody.call("ping", {})


async def test_a_function_name_is_never_sql(database: str) -> None:
    async with DirectTransport(database) as direct:
        with pytest.raises(ValueError, match="not a function name"):
            await direct.call("ping('{}'); drop schema api; --", {})


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        *REJECTIONS.items(),
        ("08006", Unavailable),
        ("40001", Unavailable),
        ("40P01", Unavailable),
        ("53300", Unavailable),
        ("57P01", Unavailable),
        ("57014", Unavailable),
        ("55P03", Unavailable),
        ("PGRST000", Unavailable),
        ("PGRST003", Unavailable),
        ("503", Unavailable),
        (None, Unavailable),
        ("42501", Forbidden),
        ("28P01", Forbidden),
        ("PGRST301", Forbidden),
        ("401", Forbidden),
        ("23505", Fault),
        ("42883", Fault),
        ("55000", Fault),
        ("PGRST202", Fault),
        ("404", Fault),
    ],
)
def test_every_code_has_its_place_in_the_tree(code: str | None, kind: type[StoreError]) -> None:
    assert type(refusal(code, "message")) is kind


def test_a_detail_that_is_not_json_is_kept_as_text() -> None:
    assert dict(refusal("23505", "duplicate", "Key (id)=(1) already exists.").detail) == {
        "text": "Key (id)=(1) already exists."
    }


def test_every_sqlstate_postgresql_knows_is_passing_forbidden_or_a_fault() -> None:
    passing = {state for state in SQLSTATES if type(refusal(state, "")) is Unavailable}
    assert {state[:2] for state in passing} == {"08", "40", "53", "55", "57"}
    assert {state for state in SQLSTATES if type(refusal(state, "")) is Forbidden} == {"28000", "28P01", "42501"}
    assert all(type(refusal(state, "")) is Fault for state in SQLSTATES - passing - {"28000", "28P01", "42501"})


async def _install(database: str, transport: Transport) -> None:
    """Add a function that refuses, and wait until PostgREST has read it."""
    with psycopg.connect(database, autocommit=True) as owner:
        owner.execute(REFUSE)
    for wake in range(50):
        try:
            await transport.call("refuse", {"code": "TF404"})
        except Rejected:
            return
        except Fault:
            await asyncio.sleep(0.02 * wake)
    pytest.fail("the function was never seen")
