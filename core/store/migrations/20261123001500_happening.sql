-- What a platform tells of the application itself (a purchase was made, or ended), or a company that takes money for
-- us: recorded once, open until whoever is responsible has done what it asks for. What nobody is responsible for yet
-- stays open.

create table tf.happening (
  platform text not null,
  key text not null,
  kind text not null,
  record jsonb not null,
  at timestamptz not null default tf.now(),
  done_at timestamptz,
  swept int,
  primary key (platform, key)
);
create index on tf.happening (platform, at) where done_at is null;
create index on tf.happening (at) where swept is not null and done_at is null;
create index on tf.happening (platform, (record->>'reference')) where swept is null and done_at is null;
create index on tf.happening (platform, (record->>'pays')) where swept is null and done_at is null;
comment on column tf.happening.swept is 'how often it was handed to a worker again; null: it is not for one, or lies by';

-- {platform, key, kind, record} -> {"new": bool, "open": bool}. The same key again changes nothing.
create function api.record_happening(p jsonb) returns jsonb
language plpgsql security definer set search_path = '' as $$
declare
  v_new bool;
  v_open bool;
begin
  insert into tf.happening (platform, key, kind, record)
  values (p->>'platform', p->>'key', p->>'kind', p->'record')
  on conflict do nothing;
  v_new := found;
  select done_at is null into v_open from tf.happening where platform = p->>'platform' and key = p->>'key';
  return jsonb_build_object('new', v_new, 'open', v_open);
end $$;

-- {platform, key}: what it asks for is done. Whoever it was about is in the ledger, and nowhere else.
create function api.close_happening(p jsonb) returns jsonb
language sql security definer set search_path = '' as $$
  update tf.happening
     set done_at = coalesce(done_at, tf.now()), record = record - array['user_id', 'gifter_user_id']
   where platform = p->>'platform' and key = p->>'key'
  returning '{}'::jsonb
$$;

-- Whoever goes is no longer named in what is still open either, nor in what they were about to pay.
create function tf.unname() returns trigger
language plpgsql security definer set search_path = '' as $$
begin
  update tf.happening set record = record - 'user_id'
   where platform = old.platform and record->>'user_id' = old.ref;
  update tf.happening set record = record - 'gifter_user_id'
   where platform = old.platform and record->>'gifter_user_id' = old.ref;
  update tf.checkout set person = null, place = null, back = null where (platform, person) = (old.platform, old.ref);
  return null;
end $$;
create trigger unname after delete on tf.identity for each row execute function tf.unname();
