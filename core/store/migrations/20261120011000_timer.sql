-- Timers whose worker died, or found the database away: nobody but us ever runs them again. The event a timer brings is
-- handled once, so running one twice does no harm; one that failed three times is left alone.
-- {stale_seconds?} -> how many were put back
create function tf.sweep_timers(p jsonb) returns jsonb
language plpgsql set search_path = '' as $$
declare
  v_stale interval := make_interval(secs => coalesce((p->>'stale_seconds')::double precision, 30));
  v_id bigint;
  v_count int := 0;
begin
  for v_id in
    select q.id from queue.procrastinate_jobs q
     where q.queue_name = 'turns' and q.attempts < 3
       and (q.status = 'failed' or q.status = 'doing' and not exists (
             select from queue.procrastinate_workers w where w.id = q.worker_id
             and w.last_heartbeat > clock_timestamp() - v_stale))
     order by q.id for update of q skip locked
  loop
    perform queue.procrastinate_retry_job_v2(v_id, clock_timestamp(), null, null, null);
    v_count := v_count + 1;
  end loop;
  return to_jsonb(v_count);
end $$;

call tf.lock_down();
