-- The browser's record of a chat. Sequence and revision grow per place under the page's lock: a reader who has seen
-- revision n has seen every earlier one.
create table tf.page (
  place text primary key,
  user_id uuid references tf.users on delete cascade,
  seq bigint not null default 0,
  revision bigint not null default 0
);
create index on tf.page (user_id);

create table tf.transcript (
  place text not null references tf.page on delete cascade,
  seq bigint not null,
  key text not null,
  author text not null check (author in ('person', 'bot')),
  view jsonb not null,
  revision bigint not null,
  at timestamptz not null default tf.now(),
  primary key (place, seq),
  unique (place, key)
);
create index on tf.transcript (place, revision);

-- Append a line to a page, or replace the one with the same key: {place, key, view, author, user_id?}
-- -> {seq, revision}. Saying the same again changes nothing.
create function api.say(p jsonb) returns jsonb
language plpgsql security definer set search_path = '' as $$
declare
  g tf.page;
  t tf.transcript;
begin
  insert into tf.page as page (place, user_id)
  values (p->>'place', (p->>'user_id')::uuid)
  on conflict (place) do update set user_id = coalesce(page.user_id, excluded.user_id)
  returning * into g;
  select * into t from tf.transcript where place = g.place and key = p->>'key';
  if not found then
    insert into tf.transcript (place, seq, key, author, view, revision)
    values (g.place, g.seq + 1, p->>'key', p->>'author', p->'view', g.revision + 1)
    returning * into t;
  elsif t.view <> p->'view' then
    update tf.transcript set view = p->'view', revision = g.revision + 1
     where place = t.place and seq = t.seq
    returning * into t;
  else
    return jsonb_build_object('seq', t.seq, 'revision', t.revision);
  end if;
  update tf.page set seq = greatest(seq, t.seq), revision = t.revision where place = g.place;
  perform pg_notify('tf_page', g.place);
  return jsonb_build_object('seq', t.seq, 'revision', t.revision);
end $$;

-- Lines new or changed since `after_revision`, oldest first: {place, after_revision?, limit?}; without it (or 0) the
-- last `limit` lines of the page.
create function api.transcript(p jsonb) returns jsonb
language sql stable security definer set search_path = '' as $$
  select coalesce(jsonb_agg(to_jsonb(line) order by line.seq), '[]')
  from (
    select seq, key, author, view, revision, at from tf.transcript
    where place = p->>'place' and revision > coalesce((p->>'after_revision')::bigint, 0)
    order by case when coalesce((p->>'after_revision')::bigint, 0) = 0 then -seq else revision end
    limit coalesce((p->>'limit')::int, 200)
  ) line
$$;
