-- What a platform tells of the application itself (a purchase was made, or ended): recorded once, open until whoever is
-- responsible has done what it asks for. What nobody is responsible for yet stays open.
create table tf.happening (
  platform text not null,
  key text not null,
  kind text not null,
  record jsonb not null,
  at timestamptz not null default tf.now(),
  done_at timestamptz,
  primary key (platform, key)
);
create index on tf.happening (platform, at) where done_at is null;

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

-- {platform, key}: what it asks for is done.
create function api.close_happening(p jsonb) returns jsonb
language sql security definer set search_path = '' as $$
  update tf.happening set done_at = coalesce(done_at, tf.now())
   where platform = p->>'platform' and key = p->>'key'
  returning '{}'::jsonb
$$;

call tf.lock_down();
