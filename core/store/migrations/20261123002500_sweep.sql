-- Jobs that the queue alone would leave lying, holds that ran out, and people who were not told.

-- Every wallet of a job at once, or none of them: whoever holds one is about to end it.
create function tf.try_wallets(p_job uuid) returns boolean
language sql set search_path = '' as $$
  select count(*) > 0 and count(*) = (select count(*) from tf.wallets_of_job(p_job))
  from (select from tf.wallet where id in (select tf.wallets_of_job(p_job)) order by id for update skip locked) locked
$$;

-- What the queue alone never heals (a killed worker leaves `doing`, a short shutdown `aborted`), found by comparing
-- our jobs with the queue: {stale_seconds?, limit?} -> {requeued: [...], ended: [...]}. Safe to run anywhere at once.
create function tf.sweep_jobs(p jsonb) returns jsonb
language plpgsql set search_path = '' as $$
declare
  v_stale interval := make_interval(secs => coalesce((p->>'stale_seconds')::double precision, 30));
  v_found record;
  j tf.job;
  v_requeued jsonb := '[]';
  v_ended jsonb := '[]';
begin
  for v_found in
    select k.id from tf.job k
      left join queue.procrastinate_jobs q on q.id = k.queue_job_id
     where k.status = 'running' and k.heartbeat_at <= tf.now() - v_stale
        or k.status = 'running' and (q.id is null or q.status not in ('todo', 'doing'))
        or k.status = 'queued' and (q.id is null or q.status not in ('todo', 'doing'))
        -- Fetched, and the worker died before it claimed the job.
        or k.status = 'queued' and q.status = 'doing' and not exists (
             select from queue.procrastinate_workers w where w.id = q.worker_id
             and w.last_heartbeat > clock_timestamp() - v_stale)
     order by k.user_id, k.id
     limit coalesce((p->>'limit')::int, 100)
  loop
    continue when not tf.try_wallets(v_found.id);
    select * into j from tf.job where id = v_found.id for update;
    continue when j.ended_at is not null
      or j.status = 'running' and j.heartbeat_at > tf.now() - v_stale
         and exists (select from queue.procrastinate_jobs q where q.id = j.queue_job_id and q.status in ('todo', 'doing'))
      or j.status = 'queued'
         and exists (select from queue.procrastinate_jobs q where q.id = j.queue_job_id and q.status = 'todo');
    if j.cancel_requested then
      perform tf.finish(j, 'cancelled', null, j.earned, null, null);
      v_ended := v_ended || to_jsonb(j.id);
    elsif j.attempts >= 3 then
      perform tf.give_up(j, 'crashed_too_often');
      v_ended := v_ended || to_jsonb(j.id);
    else
      update tf.job set status = 'queued', stage = 'queued', worker = null, heartbeat_at = null where id = j.id
      returning * into j;
      perform tf.enqueue_job(j);
      v_requeued := v_requeued || to_jsonb(j.id);
    end if;
  end loop;
  return jsonb_build_object('requeued', v_requeued, 'ended', v_ended);
end $$;

-- Holds past their time end their job (what was delivered is paid) or, without one, are released. {limit?} -> [job
-- ids]. Every wallet of the job is locked first, as whoever ends a job does it: a server pays, and the member's own
-- wallet moves with it. A hold that ran out is a reason of its own, not a fault of ours that nobody can name.
create function tf.reap_holds(p jsonb) returns jsonb
language plpgsql set search_path = '' as $$
declare
  v_found record;
  j tf.job;
  v_ids jsonb := '[]';
begin
  for v_found in
    select h.job_id, h.wallet_id, k.id is not null as has_job
    from tf.hold h left join tf.job k on k.id = h.job_id
    where h.status = 'held' and h.expires_at <= tf.now()
    order by h.wallet_id, h.job_id limit coalesce((p->>'limit')::int, 100)
  loop
    if v_found.has_job then
      continue when not tf.try_wallets(v_found.job_id);
    else
      perform from tf.wallet where id = v_found.wallet_id for update skip locked;
      continue when not found;
    end if;
    select * into j from tf.job where id = v_found.job_id for update;
    continue when not exists (select from tf.hold where job_id = v_found.job_id and status = 'held');
    if j.id is null then
      perform tf.settle_hold(v_found.job_id, 0);
    else
      perform queue.procrastinate_cancel_job_v1(j.queue_job_id, true, false);
      perform tf.give_up(j, 'out_of_time');
    end if;
    v_ids := v_ids || to_jsonb(v_found.job_id);
  end loop;
  return v_ids;
end $$;

-- Jobs that ended without a word to the person (sweep, reaper, poison guard): {limit?} -> [job records]
create function tf.untold(p jsonb) returns jsonb
language sql stable set search_path = '' as $$
  select coalesce(jsonb_agg(tf.job_record(j)), '[]')
  from (select * from tf.job where ended_at is not null and told_at is null
        order by ended_at limit coalesce((p->>'limit')::int, 100)) j
$$;

-- The closing message of such a job, once: {job_id, outbox} -> {told: bool}
create function tf.tell(p jsonb) returns jsonb
language plpgsql set search_path = '' as $$
declare
  j tf.job;
begin
  update tf.job set told_at = tf.now()
   where id = (p->>'job_id')::uuid and ended_at is not null and told_at is null
  returning * into j;
  if j.id is not null then
    perform tf.tell_progress(j, p->'outbox');
  end if;
  return jsonb_build_object('told', j.id is not null);
end $$;
