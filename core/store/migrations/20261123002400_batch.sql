-- Work that waits for hours at a provider: its job is set aside, and what lies there is cleared once the job has ended.

-- {job_id, worker, stage, seconds, outbox?} -> {cancel_requested}: back to the queue until it is looked at again,
-- without a worker meanwhile. Getting here is progress: attempts are those since. A job that is to be cancelled stays
-- its worker's.
create function tf.park_job(p jsonb) returns jsonb
language plpgsql set search_path = '' as $$
declare
  j tf.job := tf.reported_job(p);
begin
  if not j.cancel_requested then
    update tf.job
       set status = 'queued', stage = p->>'stage', worker = null, heartbeat_at = null, attempts = 0,
           run_at = tf.now() + make_interval(secs => (p->>'seconds')::double precision)
     where id = j.id
    returning * into j;
    perform tf.enqueue_job(j);
    perform tf.tell_progress(j, p->'outbox');
  end if;
  return jsonb_build_object('cancel_requested', j.cancel_requested);
end $$;

-- Batches of ended jobs, with what it takes to find them at the provider. The person may be gone, so no reference.
create table tf.doomed_batch (
  job_id uuid primary key,
  state jsonb not null,
  at timestamptz not null default tf.now(),
  tried_at timestamptz
);

create function tf.doom_batch() returns trigger
language plpgsql security definer set search_path = '' as $$
begin
  insert into tf.doomed_batch (job_id, state) values (new.id, new.provider_state->'batch') on conflict do nothing;
  return null;
end $$;
create trigger batch_left after update on tf.job for each row
  when (old.ended_at is null and new.ended_at is not null and new.provider_state ? 'batch')
  execute function tf.doom_batch();

-- {limit?} -> [{job_id, state}]: never tried ones first, then those tried longest ago, so that one that cannot be
-- discarded holds up no other. What nobody managed to discard in time the provider has forgotten by itself.
create function tf.doomed_batches(p jsonb) returns jsonb
language plpgsql set search_path = '' as $$
declare
  d tf.doomed_batch;
  answer jsonb;
begin
  for d in delete from tf.doomed_batch where at < tf.now() - interval '3 days' returning * loop
    perform tf.raise_alert(jsonb_build_object('key', 'batch.left:' || d.job_id, 'kind', 'batch.left',
      'detail', jsonb_build_object('job_id', d.job_id, 'state', d.state, 'tried_at', d.tried_at)));
  end loop;
  with due as (
    select job_id from tf.doomed_batch
    order by tried_at nulls first, at limit coalesce((p->>'limit')::int, 50) for update skip locked
  ), tried as (
    update tf.doomed_batch b set tried_at = tf.now() from due where b.job_id = due.job_id returning b.job_id, b.state
  )
  select coalesce(jsonb_agg(jsonb_build_object('job_id', job_id, 'state', state)), '[]') into answer from tried;
  return answer;
end $$;

-- {job_id}
create function tf.batch_discarded(p jsonb) returns jsonb
language sql set search_path = '' as $$
  delete from tf.doomed_batch where job_id = (p->>'job_id')::uuid;
  select '{}'::jsonb
$$;
