"""Nobody but the service gets anything: asked of the catalogue, and through the Data API with the public key."""

import httpx
import psycopg
import pytest

from tests.store.postgrest import DataApi

OURS = ("tf", "api", "queue")

# Execute on a function, or any right on a table, view or sequence, for roles the public key opens.
OPEN = """
select 'function ' || function.oid::regprocedure || ' may be run by ' || role.name as hole
from pg_proc as function
join pg_namespace as space on space.oid = function.pronamespace
cross join (values ('anon'), ('authenticated')) as role (name)
where space.nspname = any(%(ours)s) and has_function_privilege(role.name, function.oid, 'execute')
union all
select 'relation ' || relation.oid::regclass || ' is open to ' || role.name
from pg_class as relation
join pg_namespace as space on space.oid = relation.relnamespace
cross join (values ('anon'), ('authenticated')) as role (name)
where space.nspname = any(%(ours)s) and (
  (relation.relkind in ('r', 'p', 'v', 'm', 'f')
    and has_table_privilege(role.name, relation.oid, 'select,insert,update,delete,truncate,references,trigger'))
  or (relation.relkind = 'S' and has_sequence_privilege(role.name, relation.oid, 'usage,select,update')))
union all
select 'schema ' || space.nspname || ' is open to ' || role.name
from pg_namespace as space cross join (values ('anon'), ('authenticated')) as role (name)
where space.nspname = any(%(ours)s) and has_schema_privilege(role.name, space.oid, 'usage,create')
union all
select 'table ' || relation.oid::regclass || ' has no row level security'
from pg_class as relation join pg_namespace as space on space.oid = relation.relnamespace
where space.nspname = any(%(ours)s) and relation.relkind in ('r', 'p') and not relation.relrowsecurity
union all
select 'table ' || policy.polrelid::regclass || ' has policy ' || policy.polname
from pg_policy as policy
join pg_class as relation on relation.oid = policy.polrelid
join pg_namespace as space on space.oid = relation.relnamespace
where space.nspname = any(%(ours)s)
union all
select 'security definer ' || function.oid::regprocedure || ' has no fixed search_path'
from pg_proc as function join pg_namespace as space on space.oid = function.pronamespace
where space.nspname = any(%(ours)s) and function.prosecdef and not exists (
  select from unnest(function.proconfig) as setting where setting like 'search\\_path=%%')
order by 1
"""


def test_the_catalogue_knows_no_hole(database: str) -> None:
    assert _holes(database) == []


@pytest.mark.parametrize(
    ("hole", "found"),
    [
        ("grant execute on function api.ping(jsonb) to anon", "may be run by anon"),
        ("create table api.forgotten (n int)", "has no row level security"),
        ("create view api.leak as select 1 as n; grant select on api.leak to authenticated", "open to authenticated"),
        ("create sequence api.numbers; grant usage on sequence api.numbers to anon", "open to anon"),
        ("grant usage on schema api to anon", "schema api is open to anon"),
        ("create function api.loose() returns int language sql security definer as 'select 1'", "no fixed search_path"),
    ],
)
def test_the_catalogue_question_finds_a_hole(database: str, hole: str, found: str) -> None:
    with psycopg.connect(database, autocommit=True) as owner:
        owner.execute(hole.encode())
    assert any(found in one for one in _holes(database))


def test_every_api_function_takes_one_jsonb_and_is_the_services(database: str) -> None:
    with psycopg.connect(database) as connection:
        odd = connection.execute("""
            select oid::regprocedure::text from pg_proc where pronamespace = 'api'::regnamespace and not (
              proargtypes = array['jsonb'::regtype]::oidvector and proargnames[1] = 'p'
              and prorettype = 'jsonb'::regtype and not proretset
              and has_function_privilege('service_role', oid, 'execute'))
        """).fetchall()
    assert odd == []


def test_not_even_the_service_reaches_a_table(database: str) -> None:
    """It calls functions; nothing but them writes money, and nothing rewrites history."""
    with psycopg.connect(database) as connection:
        rights = "select,insert,update,delete,truncate,references,trigger"
        reached = connection.execute(
            """select c.oid::regclass::text from pg_class c join pg_namespace n on n.oid = c.relnamespace
                where n.nspname = any(%s) and c.relkind in ('r', 'p', 'v', 'm')
                  and has_table_privilege('service_role', c.oid, %s)""",
            (list(OURS), rights),
        ).fetchall()
        assert reached == []
        connection.execute("set role service_role")
        connection.commit()
        for change in ("update tf.txn set kind = kind", "delete from tf.entry", "truncate tf.admin_action"):
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                connection.execute(change.encode())
            connection.rollback()


async def test_the_public_key_is_refused_every_function_and_every_table(postgrest: DataApi, database: str) -> None:
    with psycopg.connect(database) as connection:
        functions = [
            name
            for (name,) in connection.execute("select proname from pg_proc where pronamespace = 'api'::regnamespace")
        ]
    headers = {"apikey": postgrest.publishable, "Authorization": f"Bearer {postgrest.publishable}"}
    async with httpx.AsyncClient(base_url=f"{postgrest.url}/rest/v1", headers=headers) as anonymous:
        assert "ping" in functions
        for function in functions:
            answer = await anonymous.post(f"/rpc/{function}", json={"p": {}}, headers={"Content-Profile": "api"})
            assert (answer.status_code, answer.json()["code"]) == (401, "42501"), function
        for schema in ("tf", "queue", "public", "supabase_migrations"):
            answer = await anonymous.get("/wallet", headers={"Accept-Profile": schema})
            assert (answer.status_code, answer.json()["code"]) == (406, "PGRST106"), schema


async def test_a_forged_token_is_refused(postgrest: DataApi) -> None:
    forged = "eyJhbGciOiJIUzI1NiJ9.eyJyb2xlIjoic2VydmljZV9yb2xlIn0.AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
    headers = {"apikey": forged, "Authorization": f"Bearer {forged}"}
    async with httpx.AsyncClient() as client:
        answer = await client.post(f"{postgrest.url}/rest/v1/rpc/ping", json={"p": {}}, headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (401, "PGRST301")


def _holes(dsn: str) -> list[str]:
    with psycopg.connect(dsn) as connection:
        return [hole for (hole,) in connection.execute(OPEN, {"ours": list(OURS)})]
