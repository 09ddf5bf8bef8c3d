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

call tf.lock_down();
