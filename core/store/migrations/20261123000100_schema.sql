-- Schema api is the only one the Data API exposes. Every function takes one jsonb and returns jsonb; nobody but the
-- service may call one. Supabase's default grants name anon and authenticated, so revoking from public is not enough.
create schema api;
revoke all on schema api from public;
revoke all on schema api from anon, authenticated;
grant usage on schema api to service_role;

-- Schema tf: everything the factory remembers. Private: nobody but its owner may enter; schema api is the counter.
create schema tf;
revoke all on schema tf from public;
revoke all on schema tf from anon, authenticated;

-- The one clock. Only the tables' owner may move it (tests do); application clocks decide nothing.
create table tf.clock (
  only_row boolean primary key default true check (only_row),
  ahead interval not null default '0'
);
insert into tf.clock default values;

create function tf.now() returns timestamptz
language plpgsql volatile set search_path = '' as $$
begin
  return clock_timestamp() + (select ahead from tf.clock);
end $$;

-- The same moment on the server's clock, for the queue, which knows no other.
create function tf.server_time(p_at timestamptz) returns timestamptz
language sql volatile set search_path = '' as $$ select p_at - ahead from tf.clock $$;

-- Refuse: the codes of core.store.error, with a JSON object of numbers as DETAIL.
create function tf.refuse(p_code text, p_message text, p_detail jsonb default '{}') returns void
language plpgsql set search_path = '' as $$
begin
  raise exception '%', p_message using errcode = p_code, detail = p_detail::text;
end $$;

-- Close every door of our schemas but the api functions' one. Called last, because default privileges cannot take
-- PUBLIC's right to execute away for a single schema.
create procedure tf.lock_down()
language plpgsql set search_path = '' as $$
declare
  v_schema text;
  t regclass;
  f regprocedure;
begin
  foreach v_schema in array array['tf', 'queue', 'api'] loop
    execute format('revoke all on all tables in schema %I from public, anon, authenticated, service_role', v_schema);
    execute format('revoke all on all sequences in schema %I from public, anon, authenticated, service_role', v_schema);
    execute format('revoke execute on all routines in schema %I from public, anon, authenticated, service_role', v_schema);
    for t in
      select c.oid from pg_catalog.pg_class c
      where c.relnamespace = to_regnamespace(v_schema) and c.relkind in ('r', 'p') and not c.relrowsecurity
    loop
      execute format('alter table %s enable row level security', t);
    end loop;
  end loop;
  for f in select p.oid from pg_catalog.pg_proc p where p.pronamespace = 'api'::regnamespace loop
    execute format('grant execute on function %s to service_role', f);
  end loop;
end $$;

-- Is the database there, and does the caller come in by the right door?
create function api.ping(p jsonb) returns jsonb
language sql stable security definer set search_path = ''
as $$ select jsonb_build_object('echo', p, 'now', clock_timestamp()) $$;
