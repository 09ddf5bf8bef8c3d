-- What a platform knows of our messages: files it has, threads it opened, ways to answer that it lends for a while.

-- Files a platform already has (Telegram's file_id), by content.
create table tf.file_reference (
  platform text not null,
  sha256 text not null,
  form text not null,
  ref text not null,
  at timestamptz not null default tf.now(),
  primary key (platform, sha256, form)
);

create function api.file_reference(p jsonb) returns jsonb
language sql stable security definer set search_path = '' as $$
  select to_jsonb(ref) from tf.file_reference
  where platform = p->>'platform' and sha256 = p->>'sha256' and form = p->>'form'
$$;

create function api.keep_file_reference(p jsonb) returns jsonb
language sql security definer set search_path = '' as $$
  insert into tf.file_reference (platform, sha256, form, ref)
  values (p->>'platform', p->>'sha256', p->>'form', p->>'ref')
  on conflict (platform, sha256, form) do update set ref = excluded.ref, at = tf.now()
  returning to_jsonb(ref)
$$;

-- Which variant a delivered message shows, where the platform has no buttons under it: a receipt may say so in `shows`
-- (message -> code). It is forgotten with its outbox row, no sooner than the picture's original.
-- {platform, place, message} -> code | null
create function api.shown_variant(p jsonb) returns jsonb
language sql stable security definer set search_path = '' as $$
  select receipt->'shows'->(p->>'message') from tf.outbox
  where receipt ? 'shows' and receipt->'shows' ? (p->>'message')
    and platform = p->>'platform' and place = p->>'place'
  order by id desc limit 1
$$;

-- Threads that talk about one job, by the channel they began in. They go with the job.
create table tf.discussion (
  platform text not null,
  place text not null,
  job_id uuid not null references tf.job on delete cascade,
  thread text not null,
  primary key (platform, place, job_id)
);
create index on tf.discussion (job_id);

-- {platform, place, job: its code} -> {thread} or null
create function api.discussion(p jsonb) returns jsonb
language sql stable security definer set search_path = '' as $$
  select jsonb_build_object('thread', d.thread) from tf.job j join tf.discussion d on d.job_id = j.id
   where j.code = p->>'job' and (d.platform, d.place) = (p->>'platform', p->>'place')
$$;

-- {platform, place, job: its code, thread}: in the place of the one there was. Of a job that is gone nothing is kept.
create function api.keep_discussion(p jsonb) returns jsonb
language sql security definer set search_path = '' as $$
  insert into tf.discussion (platform, place, job_id, thread)
  select p->>'platform', p->>'place', id, p->>'thread' from tf.job where code = p->>'job'
  on conflict (platform, place, job_id) do update set thread = excluded.thread;
  select '{}'::jsonb
$$;

-- Ways to answer that a platform lends for a while (Discord's interaction tokens): without them nobody can change what
-- was said to one person alone. They outlive their person by their quarter of an hour, for the receipt of /delete_me.
create table tf.reply (
  platform text not null,
  id text not null,
  place text not null,
  token text not null,
  application text not null,
  original text,
  filled_by text,
  follow_ups int,
  attachment_bytes bigint not null,
  created_at timestamptz not null default tf.now(),
  expires_at timestamptz not null,
  primary key (platform, id)
);
create index on tf.reply (platform, place, expires_at);
create index on tf.reply (expires_at);
comment on column tf.reply.original is 'the message it began at, or its own first answer once that stands';
comment on column tf.reply.filled_by is 'what takes the place of "thinking"; null while nobody has claimed it';
comment on column tf.reply.follow_ups is 'how many new messages are left; null: as many as one likes';

-- {platform, id, place, token, application, original?, follow_ups?, attachment_bytes, seconds}. The same one again
-- changes nothing. Those whose time has run out go.
create function api.keep_reply(p jsonb) returns jsonb
language plpgsql security definer set search_path = '' as $$
begin
  delete from tf.reply r using (
    select platform, id from tf.reply where expires_at < tf.now() limit 100 for update skip locked
  ) gone where (r.platform, r.id) = (gone.platform, gone.id);
  insert into tf.reply (platform, id, place, token, application, original, follow_ups, attachment_bytes, expires_at)
  values (p->>'platform', p->>'id', p->>'place', p->>'token', p->>'application', p->>'original',
          (p->>'follow_ups')::int, (p->>'attachment_bytes')::bigint,
          tf.now() + make_interval(secs => (p->>'seconds')::double precision))
  on conflict (platform, id) do nothing;
  return '{}';
end $$;

-- {platform, place} -> those still good, newest first.
create function api.replies(p jsonb) returns jsonb
language sql stable security definer set search_path = '' as $$
  select coalesce(jsonb_agg(jsonb_build_object(
           'id', id, 'token', token, 'application', application, 'original', original, 'follow_ups', follow_ups,
           'attachment_bytes', attachment_bytes) order by created_at desc, id desc), '[]')
  from tf.reply where platform = p->>'platform' and place = p->>'place' and expires_at > tf.now()
$$;

-- {platform, id, key} -> {"way": "original" | "follow_up" | null}: whoever asks first under one key takes the place of
-- "thinking", and takes it again on every further attempt; the rest are new messages as long as there are any left.
create function api.take_reply(p jsonb) returns jsonb
language plpgsql security definer set search_path = '' as $$
declare
  r tf.reply;
begin
  select * into r from tf.reply
   where platform = p->>'platform' and id = p->>'id' and expires_at > tf.now() for update;
  if r.id is null or r.follow_ups = 0 and (r.original is not null or r.filled_by <> p->>'key') then
    return '{"way": null}';
  end if;
  if r.filled_by = p->>'key' or r.filled_by is null and r.original is null then
    update tf.reply set filled_by = p->>'key' where (platform, id) = (r.platform, r.id);
    return '{"way": "original"}';
  end if;
  update tf.reply set follow_ups = follow_ups - 1 where (platform, id) = (r.platform, r.id);
  return '{"way": "follow_up"}';
end $$;

-- {platform, id, original}: its first answer stands, as this message.
create function api.reply_stands(p jsonb) returns jsonb
language sql security definer set search_path = '' as $$
  update tf.reply set original = p->>'original' where platform = p->>'platform' and id = p->>'id'
  returning '{}'::jsonb
$$;
