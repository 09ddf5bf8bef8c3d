-- How a job ends: once, by whoever holds its wallets.

-- The wallets that may move when a job ends: its owner's, and the server's that pays.
create function tf.wallets_of_job(p_job uuid) returns setof uuid
language sql stable set search_path = '' as $$
  select w.id from tf.job j join tf.wallet w on w.user_id = j.user_id or w.id = j.payer where j.id = p_job
$$;

-- A job with its wallets locked first (see the lock order); all null when it does not exist.
create function tf.lock_job(p_job uuid) returns tf.job
language plpgsql set search_path = '' as $$
declare
  j tf.job;
begin
  perform from tf.wallet where id in (select tf.wallets_of_job(p_job)) order by id for update;
  select * into j from tf.job where id = p_job for update;
  return j;
end $$;

-- The one way a job ends: hold settled, status, closing message. `p_outbox` null: somebody must still tell the person
-- (api: tf.untold). Call with wallet and job locked, and the job open.
create function tf.finish(j tf.job, p_status text, p_failure text, p_captured bigint, p_result jsonb, p_outbox jsonb)
returns jsonb
language plpgsql set search_path = '' as $$
declare
  v_now timestamptz := tf.now();
begin
  if p_captured not between 0 and j.price then
    raise exception 'capture out of range' using errcode = '22023';
  end if;
  if j.price > 0 then
    perform tf.settle_hold(j.id, p_captured);
  end if;
  update tf.job
     set status = p_status, failure = p_failure, captured = p_captured, result = coalesce(p_result, '{}'),
         ended_at = v_now, told_at = case when p_outbox is not null then v_now end
   where id = j.id;
  perform tf.send(p_outbox, jsonb_build_object('platform', j.platform, 'place', j.place, 'user_id', j.user_id,
    'job_id', j.id, 'language', (select language from tf.users where id = j.user_id)));
  return jsonb_build_object('status', p_status, 'captured', p_captured, 'released', j.price - p_captured,
    'replayed', false);
end $$;

-- End a job nobody can finish: what was delivered stays and is paid.
create function tf.give_up(j tf.job, p_failure text) returns jsonb
language plpgsql set search_path = '' as $$
begin
  return tf.finish(j,
    case when exists (select from tf.version where job_id = j.id) then 'partly_done' else 'failed' end,
    p_failure, j.earned, null, null);
end $$;

-- Cancel: a queued job ends at once (and gets `p_outbox` as its closing message), a running one is asked to stop and
-- is ended by its worker.
create function tf.cancel(p_job uuid, p_outbox jsonb) returns jsonb
language plpgsql set search_path = '' as $$
declare
  j tf.job := tf.lock_job(p_job);
begin
  if j.ended_at is null then
    perform queue.procrastinate_cancel_job_v1(j.queue_job_id, true, false);
  end if;
  if j.status = 'queued' then
    update tf.job set cancel_requested = true where id = j.id;
    perform tf.finish(j, 'cancelled', null, j.earned, null, coalesce(p_outbox, '[]'));
    j.status := 'cancelled';
  elsif j.status = 'running' then
    update tf.job set cancel_requested = true where id = j.id;
  end if;
  return jsonb_build_object('job_id', j.id, 'code', j.code, 'status', j.status, 'cancel_requested',
    j.status = 'running');
end $$;

-- Cancel one job ({job_id} or {code}) or all open ones of the person: {user_id, job_id?, code?, outbox?}.
create function tf.cancel_jobs(p_user uuid, p jsonb) returns jsonb
language plpgsql set search_path = '' as $$
declare
  v_all boolean := p->>'job_id' is null and coalesce(p->>'code', '') = '';
  j tf.job;
  v_done jsonb := '[]';
begin
  if not v_all then
    j := tf.owned_job(p_user, p);
  else
    perform from tf.wallet where id in (
      select tf.wallets_of_job(id) from tf.job where user_id = p_user and status in ('queued', 'running'))
      order by id for update;
  end if;
  for j in
    select * from tf.job
    where user_id = p_user and (id = j.id or v_all and status in ('queued', 'running')) order by id
  loop
    v_done := v_done || tf.cancel(j.id, p->'outbox');
  end loop;
  return v_done;
end $$;

create function api.cancel_job(p jsonb) returns jsonb
language sql security definer set search_path = '' as $$ select tf.cancel_jobs((p->>'user_id')::uuid, p) $$;
