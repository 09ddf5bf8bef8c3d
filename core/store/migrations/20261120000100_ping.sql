-- Schema api is the only one the Data API exposes. Every function takes one jsonb and returns jsonb; nobody but the
-- service may call one. Supabase's default grants name anon and authenticated, so revoking from public is not enough.
create schema if not exists api;
revoke all on schema api from public;
revoke all on schema api from anon, authenticated;
grant usage on schema api to service_role;

-- Is the database there, and does the caller come in by the right door?
create function api.ping(p jsonb) returns jsonb
language sql stable security definer set search_path = ''
as $$ select jsonb_build_object('echo', p, 'now', clock_timestamp()) $$;

revoke execute on function api.ping(jsonb) from public, anon, authenticated;
grant execute on function api.ping(jsonb) to service_role;
