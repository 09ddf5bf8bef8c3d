-- Projects, briefs and jobs, whose history writes itself.

create table tf.project (
  id uuid primary key,
  user_id uuid not null references tf.users on delete cascade,
  mode text not null default 'design',
  format text,
  status text not null default 'open',
  created_at timestamptz not null default tf.now()
);
create index on tf.project (user_id);

create table tf.brief (
  id uuid primary key,
  project_id uuid not null references tf.project on delete cascade,
  answers jsonb not null,
  seed bigint,
  model text,
  created_at timestamptz not null default tf.now()
);
create index on tf.brief (project_id);

create table tf.job (
  id uuid primary key,
  code text not null unique check (code ~ '^[0-9A-HJKMNP-TV-Z]{10}$'),
  user_id uuid not null references tf.users on delete cascade,
  project_id uuid references tf.project on delete cascade,
  brief_id uuid references tf.brief on delete cascade,
  kind text not null,
  platform text,
  place text,
  event text,
  guild text,
  payer uuid references tf.wallet,
  repeats uuid references tf.job on delete set null,
  work jsonb not null,
  model text,
  status text not null default 'queued'
    check (status in ('queued', 'running', 'done', 'partly_done', 'failed', 'cancelled')),
  stage text not null default 'queued',
  queue text not null,
  priority int not null default 0,
  slot text not null,
  quote jsonb not null default '{}',
  price bigint not null check (price >= 0),
  ordered int not null default 1 check (ordered > 0),
  earned bigint not null default 0,
  captured bigint,
  failure text,
  result jsonb not null default '{}',
  attempts int not null default 0,
  worker text,
  heartbeat_at timestamptz,
  queue_job_id bigint,
  provider_state jsonb not null default '{}',
  cancel_requested boolean not null default false,
  run_at timestamptz,
  deadline timestamptz,
  created_at timestamptz not null default tf.now(),
  started_at timestamptz,
  ended_at timestamptz,
  told_at timestamptz,
  check (earned between 0 and price),
  check (captured between 0 and price),
  check ((ended_at is null) = (status in ('queued', 'running'))),
  check ((captured is null) = (status in ('queued', 'running')))
);
create index on tf.job (user_id, created_at desc);
create index on tf.job (created_at);
create index on tf.job (queue, priority desc, created_at) where status in ('queued', 'running');
create index on tf.job (kind, ended_at desc) where status in ('done', 'partly_done');
create index on tf.job (ended_at) where ended_at is not null and told_at is null;
create index on tf.job (payer) where payer is not null and ended_at is null;
create index on tf.job (repeats) where repeats is not null;
comment on column tf.job.work is 'the order: everything the worker needs';
comment on column tf.job.earned is 'credits to keep should it end now, reported with each delivered variant';
comment on column tf.job.told_at is 'when its closing message was put into the outbox; ended without one: still to tell';
comment on column tf.job.guild is 'the server of `platform` it was ordered in; what counts for its caps is tf.guild_use';
comment on column tf.job.payer is 'the wallet of a server, a team or the house, where that pays; null: the person''s own';
comment on column tf.job.repeats is 'the job that failed and that an operator has begun again';

create table tf.job_event (
  id bigint generated always as identity primary key,
  job_id uuid not null references tf.job on delete cascade,
  at timestamptz not null default tf.now(),
  status text not null,
  stage text not null,
  attempt int not null,
  worker text,
  note text
);
create index on tf.job_event (job_id, id);

create function tf.record_job() returns trigger
language plpgsql security definer set search_path = '' as $$
begin
  insert into tf.job_event (job_id, status, stage, attempt, worker, note)
  values (new.id, new.status, new.stage, new.attempts, new.worker,
          case when new.failure is not null then new.failure when new.cancel_requested then 'cancel_requested' end);
  return null;
end $$;
create trigger history_begun after insert on tf.job for each row execute function tf.record_job();
create trigger history after update on tf.job for each row
  when ((old.status, old.stage, old.attempts, old.cancel_requested)
        is distinct from (new.status, new.stage, new.attempts, new.cancel_requested))
  execute function tf.record_job();

-- A job ends once: nothing brings it back or changes how it ended.
create function tf.keep_ended() returns trigger
language plpgsql security definer set search_path = '' as $$
begin
  raise exception 'job % has ended', old.id using errcode = '55000';
end $$;
create trigger one_end before update on tf.job for each row
  when (old.ended_at is not null and (old.status, old.captured, old.ended_at)
        is distinct from (new.status, new.captured, new.ended_at))
  execute function tf.keep_ended();

-- {job_id | code}
create function tf.job_of(p jsonb) returns tf.job
language plpgsql stable set search_path = '' as $$
declare
  j tf.job;
begin
  select * into j from tf.job where id = (p->>'job_id')::uuid or code = p->>'code';
  if not found then
    perform tf.refuse('TF404', 'no such job');
  end if;
  return j;
end $$;

-- The same, if it is this person's.
create function tf.owned_job(p_user uuid, p jsonb) returns tf.job
language plpgsql stable set search_path = '' as $$
declare
  j tf.job := tf.job_of(p);
begin
  if j.user_id <> p_user then
    perform tf.refuse('TF403', 'not your job');
  end if;
  return j;
end $$;
