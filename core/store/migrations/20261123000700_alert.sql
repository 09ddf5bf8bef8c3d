-- What operators must look at; raising the same again only counts.
create table tf.alert (
  key text primary key,
  kind text not null,
  detail jsonb not null default '{}',
  times int not null default 1,
  raised_at timestamptz not null default tf.now(),
  last_at timestamptz not null default tf.now(),
  resolved_at timestamptz,
  told_at timestamptz
);
comment on column tf.alert.told_at is 'when operators last heard of it';

-- {key, kind, detail?} -> {new: bool}: new when it was not open before
create function tf.raise_alert(p jsonb) returns jsonb
language plpgsql set search_path = '' as $$
declare
  v_open boolean;
begin
  select resolved_at is null into v_open from tf.alert where key = p->>'key' for update;
  insert into tf.alert as a (key, kind, detail) values (p->>'key', p->>'kind', coalesce(p->'detail', '{}'))
  on conflict (key) do update set detail = excluded.detail, times = a.times + 1, last_at = tf.now(),
    raised_at = case when a.resolved_at is null then a.raised_at else tf.now() end, resolved_at = null;
  return jsonb_build_object('new', not coalesce(v_open, false));
end $$;

create function tf.resolve_alert(p jsonb) returns jsonb
language sql set search_path = '' as $$
  with gone as (
    update tf.alert set resolved_at = tf.now() where key = p->>'key' and resolved_at is null returning 1
  ) select jsonb_build_object('resolved', exists (select from gone))
$$;

create function tf.open_alerts(p jsonb) returns jsonb
language sql stable set search_path = '' as $$
  select coalesce(jsonb_agg(to_jsonb(a) order by last_at desc), '[]') from tf.alert a where resolved_at is null
$$;
