-- Schedules: a slot is queued once, by whoever ticks first, and its row says how it went.

-- Which slot of a schedule was queued already: exactly once, however many replicas tick.
create table tf.schedule_slot (
  schedule text not null,
  slot timestamptz not null,
  at timestamptz not null default tf.now(),
  ended_at timestamptz,
  error text,
  primary key (schedule, slot)
);
comment on column tf.schedule_slot.error is 'of the last attempt; null and ended: it went well';

-- {due: [{schedule, slot}]} -> the schedules whose slot this call queued. Row and task are one transaction.
create function tf.enqueue_due(p jsonb) returns jsonb
language plpgsql set search_path = '' as $$
declare
  d record;
  v_queued text[] := '{}';
begin
  for d in
    select * from jsonb_to_recordset(p->'due') as x (schedule text, slot timestamptz) order by schedule, slot
  loop
    insert into tf.schedule_slot (schedule, slot) values (d.schedule, d.slot) on conflict do nothing;
    continue when not found;
    perform queue.put('housekeeping', 'run_schedule', jsonb_build_object('schedule', d.schedule, 'slot', d.slot));
    v_queued := v_queued || d.schedule;
  end loop;
  return to_jsonb(v_queued);
end $$;

-- How the run of a slot ended: {schedule, slot, error?}. A run by hand has a slot of its own, made here. Trouble is an
-- alert until a later run goes well.
create function tf.end_slot(p jsonb) returns jsonb
language plpgsql set search_path = '' as $$
declare
  v_key text := 'schedule.failed:' || (p->>'schedule');
begin
  insert into tf.schedule_slot (schedule, slot, ended_at, error)
  values (p->>'schedule', (p->>'slot')::timestamptz, tf.now(), p->>'error')
  on conflict (schedule, slot) do update set ended_at = excluded.ended_at, error = excluded.error;
  if p->>'error' is null then
    perform tf.resolve_alert(jsonb_build_object('key', v_key));
  else
    perform tf.raise_alert(jsonb_build_object('key', v_key, 'kind', 'schedule.failed',
      'detail', jsonb_build_object('schedule', p->>'schedule', 'error', p->>'error')));
  end if;
  return '{}';
end $$;

-- {} -> [{schedule, slot, queued_at, ended_at, error}], the latest slot of each
create function tf.latest_slots(p jsonb) returns jsonb
language sql stable set search_path = '' as $$
  select coalesce(jsonb_agg(jsonb_build_object('schedule', schedule, 'slot', slot, 'queued_at', at, 'ended_at', ended_at,
      'error', error) order by schedule), '[]')
  from (select distinct on (schedule) * from tf.schedule_slot order by schedule, slot desc) latest
$$;

create function tf.clock_now(p jsonb) returns jsonb
language sql volatile set search_path = '' as $$ select to_jsonb(tf.now()) $$;

-- Timers whose worker died, or found the database away: nobody but us ever runs them again. The event a timer brings is
-- handled once, so running one twice does no harm; one that failed three times is left alone. The same for schedules:
-- whose worker died or stopped in the middle runs again, three times at most, and what they do they may do twice.
-- {stale_seconds?} -> how many were put back
create function tf.sweep_timers(p jsonb) returns jsonb
language plpgsql set search_path = '' as $$
declare
  v_stale interval := make_interval(secs => coalesce((p->>'stale_seconds')::double precision, 30));
  v_id bigint;
  v_args jsonb;
  v_count int := 0;
begin
  for v_id in
    select q.id from queue.procrastinate_jobs q
     where (q.queue_name = 'turns' or q.task_name = 'run_schedule') and q.attempts < 3
       and (q.status = 'failed' or q.status = 'doing' and not exists (
             select from queue.procrastinate_workers w where w.id = q.worker_id
             and w.last_heartbeat > clock_timestamp() - v_stale))
     order by q.id for update of q skip locked
  loop
    perform queue.procrastinate_retry_job_v2(v_id, clock_timestamp(), null, null, null);
    v_count := v_count + 1;
  end loop;
  -- A worker that stops in the middle of one leaves it aborted, which the queue never takes up again.
  for v_args in
    delete from queue.procrastinate_jobs where task_name = 'run_schedule' and status = 'aborted' returning args
  loop
    perform queue.put('housekeeping', 'run_schedule', v_args);
    v_count := v_count + 1;
  end loop;
  return to_jsonb(v_count);
end $$;
