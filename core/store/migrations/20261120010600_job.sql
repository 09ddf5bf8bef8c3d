-- The life of a job: submitted with its hold, claimed, finished once. Worker functions live in tf: they need a direct
-- connection and are not on the Data API.

-- Limits of an order, counted over what is stored, so they survive restarts:
-- [{name, kinds?: [...], free?: bool, seconds, most, everyone?: bool}]. Call with the wallet locked.
create function tf.check_limits(p_user uuid, p_limits jsonb, p_orders jsonb) returns void
language plpgsql set search_path = '' as $$
declare
  l record;
  v_used bigint;
  v_new bigint;
  v_oldest timestamptz;
  v_now timestamptz := tf.now();
begin
  for l in
    select value->>'name' as name, (value->>'most')::bigint as most, coalesce((value->>'everyone')::boolean, false) as everyone,
           make_interval(secs => (value->>'seconds')::double precision) as span, value->'kinds' as kinds,
           (value->>'free')::boolean as free
    from jsonb_array_elements(coalesce(p_limits, '[]'))
  loop
    if l.everyone then
      perform pg_advisory_xact_lock(hashtextextended('limit:' || l.name, 0));
    end if;
    select count(*) into v_new from jsonb_array_elements(p_orders) o
     where (l.kinds is null or l.kinds ? (o->>'kind'))
       and (l.free is null or l.free = (coalesce((o->>'price')::bigint, 0) = 0));
    continue when v_new = 0;
    select count(*), min(created_at) into v_used, v_oldest from tf.job
     where created_at > v_now - l.span and (l.everyone or user_id = p_user)
       and (l.kinds is null or l.kinds ? kind) and (l.free is null or l.free = (price = 0));
    if v_used + v_new > l.most then
      perform tf.refuse('TF429', 'limit reached', jsonb_build_object('name', l.name, 'limit', l.most, 'used', v_used,
        'retry_after', ceil(extract(epoch from coalesce(v_oldest, v_now) + l.span - v_now))));
    end if;
  end loop;
end $$;

-- (Re)queue a job: a fresh row for the queue. The row it replaces, if a dead or stopping worker still has it as
-- `doing`, only loses its lock, so that worker may finish it without harm and never marks the new one.
create function tf.enqueue_job(j tf.job) returns bigint
language plpgsql set search_path = '' as $$
declare
  v_id bigint;
begin
  update queue.procrastinate_jobs set lock = null where id = j.queue_job_id and status = 'doing';
  perform queue.procrastinate_cancel_job_v1(j.queue_job_id, false, true) where j.queue_job_id is not null;
  v_id := queue.put(j.queue, 'run_job', jsonb_build_object('job_id', j.id), j.priority,
                    format('user:%s:%s', j.user_id, j.slot), null, tf.server_time(j.run_at));
  update tf.job set queue_job_id = v_id where id = j.id;
  return v_id;
end $$;

-- Hold + brief + job + queue of one order. Call with the wallet locked. Returns {job_id, code, replayed}.
create function tf.submit(p_user uuid, p_wallet uuid, o jsonb, p_turn jsonb) returns jsonb
language plpgsql set search_path = '' as $$
declare
  j tf.job;
  v_price bigint := coalesce((o->>'price')::bigint, 0);
  v_lane text := coalesce(o->>'lane', 'set');
  v_project uuid := (o->>'project_id')::uuid;
  v_brief uuid := (o->>'brief_id')::uuid;
  v_slot text;
begin
  select * into j from tf.job where id = (o->>'job_id')::uuid;
  if found then
    if j.user_id <> p_user or j.price <> v_price or j.kind <> o->>'kind' or j.work <> coalesce(o->'order', '{}') then
      perform tf.refuse('TF409', 'job id reused for another order', jsonb_build_object('job_id', j.id));
    end if;
    return jsonb_build_object('job_id', j.id, 'code', j.code, 'replayed', true);
  end if;

  if v_price > 0 then
    perform tf.hold_credits(p_wallet, (o->>'job_id')::uuid, v_price,
                            coalesce((o->>'hold_seconds')::double precision, 1800));
  end if;
  if v_project is not null then
    insert into tf.project (id, user_id, mode, format)
    values (v_project, p_user, coalesce(o->>'mode', 'design'), o->'brief'->>'format')
    on conflict (id) do nothing;
    if not exists (select from tf.project where id = v_project and user_id = p_user) then
      perform tf.refuse('TF403', 'not your project');
    end if;
    if jsonb_typeof(o->'brief') = 'object' then
      v_brief := coalesce(v_brief, gen_random_uuid());
      insert into tf.brief (id, project_id, answers, seed, model)
      values (v_brief, v_project, o->'brief', (o->>'seed')::bigint, o->>'model')
      on conflict (id) do nothing;
    end if;
  end if;
  -- The least busy of the person's slots: jobs of one slot run one after the other.
  select format('%s:%s', v_lane, n) into v_slot
    from generate_series(0, greatest(coalesce((o->>'slots')::int, 1), 1) - 1) n
    order by (select count(*) from tf.job b where b.user_id = p_user and b.status in ('queued', 'running')
              and b.slot = format('%s:%s', v_lane, n)), n
    limit 1;
  insert into tf.job (id, code, user_id, project_id, brief_id, kind, platform, place, event, work, model, queue,
                      priority, slot, quote, price, ordered, run_at, deadline)
  values ((o->>'job_id')::uuid, o->>'code', p_user, v_project, v_brief, o->>'kind', p_turn->>'platform',
          p_turn->>'place', p_turn->>'event', coalesce(o->'order', '{}'), o->>'model',
          coalesce(o->>'queue', 'sets'), coalesce((o->>'priority')::int, 0), v_slot, coalesce(o->'quote', '{}'),
          v_price, coalesce((o->>'ordered')::int, 1), (o->>'run_at')::timestamptz, (o->>'deadline')::timestamptz)
  returning * into j;
  perform tf.enqueue_job(j);
  return jsonb_build_object('job_id', j.id, 'code', j.code, 'replayed', false);
end $$;

-- A job with its owner's wallet locked first (see the lock order); all null when it does not exist.
create function tf.lock_job(p_job uuid) returns tf.job
language plpgsql set search_path = '' as $$
declare
  j tf.job;
begin
  perform from tf.wallet w join tf.job k on k.user_id = w.user_id where k.id = p_job for update of w;
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
    select * into j from tf.job where id = (p->>'job_id')::uuid or code = p->>'code';
    if not found then
      perform tf.refuse('TF404', 'no such job');
    elsif j.user_id <> p_user then
      perform tf.refuse('TF403', 'not your job');
    end if;
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

-- What a worker (and `job inspect`) needs to know of a job.
create function tf.job_record(j tf.job) returns jsonb
language sql stable set search_path = '' as $$
  select to_jsonb(j) - 'work' || jsonb_build_object(
    'order', j.work,
    'brief', (select answers from tf.brief where id = j.brief_id),
    'language', u.language, 'plan', u.plan,
    'delivered', (select coalesce(jsonb_agg(jsonb_build_object(
        'variant_id', v.id, 'code', v.code, 'position', v.position, 'version', n.number, 'facts', n.facts)
        order by v.position), '[]')
      from tf.version n join tf.variant v on v.id = n.variant_id where n.job_id = j.id))
  from tf.users u where u.id = j.user_id
$$;

-- Claim: {job_id, worker} -> the job, or null when there is nothing to do (ended, cancelled, running already, crashed
-- too often: those are ended here).
create function tf.start_job(p jsonb) returns jsonb
language plpgsql set search_path = '' as $$
declare
  j tf.job := tf.lock_job((p->>'job_id')::uuid);
  v_now timestamptz := tf.now();
begin
  if j.id is null or j.ended_at is not null then
    return null;
  end if;
  if j.status = 'running' and j.heartbeat_at > v_now - interval '30 seconds' then
    return null;
  end if;
  if j.cancel_requested then
    perform tf.finish(j, 'cancelled', null, j.earned, null, null);
    return null;
  end if;
  if j.attempts >= 3 then
    perform tf.give_up(j, 'crashed_too_often');
    return null;
  end if;
  update tf.job
     set status = 'running', worker = p->>'worker', attempts = attempts + 1, heartbeat_at = v_now,
         started_at = coalesce(started_at, v_now)
   where id = j.id
  returning * into j;
  return tf.job_record(j);
end $$;

-- Signs of life of a worker for all it runs: {worker} -> {running: [job ids still its own], cancel: [to be stopped]}.
create function tf.heartbeat(p jsonb) returns jsonb
language sql set search_path = '' as $$
  with mine as (
    update tf.job set heartbeat_at = tf.now() where worker = p->>'worker' and status = 'running'
    returning id, cancel_requested
  )
  select jsonb_build_object('running', coalesce(jsonb_agg(id), '[]'),
                            'cancel', coalesce(jsonb_agg(id) filter (where cancel_requested), '[]')) from mine
$$;

-- The job of a worker's report, locked. A worker that was given up (its job requeued or ended) is refused: TF410.
create function tf.reported_job(p jsonb) returns tf.job
language plpgsql set search_path = '' as $$
declare
  j tf.job;
begin
  select * into j from tf.job where id = (p->>'job_id')::uuid for update;
  if not found then
    perform tf.refuse('TF404', 'no such job');
  end if;
  if j.status <> 'running' or j.worker is distinct from p->>'worker' then
    perform tf.refuse('TF410', 'job is not this worker''s any more', jsonb_build_object('status', j.status));
  end if;
  return j;
end $$;

create function tf.tell_progress(j tf.job, p_outbox jsonb) returns void
language sql set search_path = '' as $$
  select tf.send(p_outbox, jsonb_build_object('platform', j.platform, 'place', j.place, 'user_id', j.user_id,
    'job_id', j.id, 'language', (select language from tf.users where id = j.user_id)))
$$;

-- {job_id, worker, stage, outbox?}
create function tf.report_stage(p jsonb) returns jsonb
language plpgsql set search_path = '' as $$
declare
  j tf.job := tf.reported_job(p);
begin
  update tf.job set stage = p->>'stage', heartbeat_at = tf.now() where id = j.id;
  perform tf.tell_progress(j, p->'outbox');
  return jsonb_build_object('cancel_requested', j.cancel_requested);
end $$;

-- {job_id, worker, state}: remembered before waiting, so that another attempt resumes instead of paying twice.
create function tf.provider_state(p jsonb) returns jsonb
language plpgsql set search_path = '' as $$
declare
  j tf.job := tf.reported_job(p);
begin
  update tf.job set provider_state = provider_state || (p->'state'), heartbeat_at = tf.now() where id = j.id
  returning * into j;
  return j.provider_state;
end $$;

create function tf.keep_asset(p_user uuid, a jsonb) returns uuid
language plpgsql set search_path = '' as $$
begin
  insert into tf.asset (id, user_id, kind, blob_key, media_type, width, height, byte_count, sha256, facts, pinned,
                        purge_at)
  values ((a->>'id')::uuid, p_user, a->>'kind', a->>'blob_key', a->>'media_type', (a->>'width')::int,
          (a->>'height')::int, (a->>'byte_count')::bigint, a->>'sha256', coalesce(a->'facts', '{}'),
          coalesce((a->>'pinned')::boolean, false),
          case when a->>'kind' <> 'logo'
            then tf.now() + make_interval(secs => coalesce((a->>'keep_seconds')::double precision, 30 * 86400)) end)
  on conflict (id) do nothing;
  return (a->>'id')::uuid;
end $$;

-- [{id, format, size, media_type, asset: {...}}]
create function tf.keep_renders(p_user uuid, p_variant uuid, p_version int, p_renders jsonb) returns void
language plpgsql set search_path = '' as $$
declare
  r jsonb;
begin
  for r in select value from jsonb_array_elements(coalesce(p_renders, '[]')) loop
    if exists (select from tf.render x where x.variant_id = p_variant and x.version = p_version
               and (x.format, x.size, x.media_type) = (r->>'format', r->>'size', r->>'media_type')
               and x.asset_id <> (r->'asset'->>'id')::uuid) then
      -- Drawn twice (an attempt that died after this commit): the first stays, the new file goes.
      insert into tf.doomed_blob (blob_key) values (r->'asset'->>'blob_key') on conflict do nothing;
    else
      insert into tf.render (id, variant_id, version, format, size, media_type, asset_id)
      values ((r->>'id')::uuid, p_variant, p_version, r->>'format', r->>'size', r->>'media_type',
              tf.keep_asset(p_user, r->'asset'))
      on conflict do nothing;
    end if;
  end loop;
end $$;

create function tf.keep_version(j tf.job, p_variant uuid, p_number int, p_parent int, p jsonb) returns void
language plpgsql set search_path = '' as $$
begin
  insert into tf.version (variant_id, number, parent, job_id, recipe, spec, facts, plate_asset)
  values (p_variant, p_number, p_parent, j.id, p->'version'->'recipe', coalesce(p->'version'->'spec', '{}'),
          coalesce(p->'version'->'facts', '{}'),
          case jsonb_typeof(p->'version'->'plate')
            when 'object' then tf.keep_asset(j.user_id, p->'version'->'plate')
            when 'string' then (p->'version'->>'plate')::uuid end);
  perform tf.keep_renders(j.user_id, p_variant, p_number, p->'renders');
  update tf.job set earned = coalesce((p->>'earned')::bigint, earned), heartbeat_at = tf.now() where id = j.id;
  perform tf.tell_progress(j, p->'outbox');
end $$;

-- A finished variant with its first version, files and message, in one transaction:
-- {job_id, worker, variant: {id, code, position}, version: {recipe, spec, facts, plate?: asset | id},
--  renders: [...], earned?, outbox?} -> {variant_id, code, version, replayed}. Once per (job, position).
create function tf.store_variant(p jsonb) returns jsonb
language plpgsql set search_path = '' as $$
declare
  j tf.job := tf.reported_job(p);
  v tf.variant;
begin
  select * into v from tf.variant where job_id = j.id and position = (p->'variant'->>'position')::int;
  if found then
    if v.id <> (p->'variant'->>'id')::uuid then
      perform tf.doom_files(p);
    end if;
    return jsonb_build_object('variant_id', v.id, 'code', v.code, 'version', 1, 'replayed', true);
  end if;
  insert into tf.variant (id, code, user_id, job_id, position)
  values ((p->'variant'->>'id')::uuid, p->'variant'->>'code', j.user_id, j.id, (p->'variant'->>'position')::int)
  returning * into v;
  perform tf.keep_version(j, v.id, 1, null, p);
  return jsonb_build_object('variant_id', v.id, 'code', v.code, 'version', 1, 'replayed', false);
end $$;

-- A further version of an existing variant of the same person: {job_id, worker, variant_id, version, renders, earned?,
-- outbox?}. Becomes the current one. Once per (job, variant).
create function tf.store_version(p jsonb) returns jsonb
language plpgsql set search_path = '' as $$
declare
  j tf.job := tf.reported_job(p);
  v tf.variant;
  v_number int;
begin
  select * into v from tf.variant where id = (p->>'variant_id')::uuid for update;
  if not found or v.user_id <> j.user_id then
    perform tf.refuse('TF404', 'no such variant');
  end if;
  select number into v_number from tf.version where variant_id = v.id and job_id = j.id;
  if found then
    perform tf.doom_files(p);
    return jsonb_build_object('variant_id', v.id, 'code', v.code, 'version', v_number, 'replayed', true);
  end if;
  select max(number) + 1 into v_number from tf.version where variant_id = v.id;
  perform tf.keep_version(j, v.id, v_number, v.current, p);
  update tf.variant set current = v_number where id = v.id;
  return jsonb_build_object('variant_id', v.id, 'code', v.code, 'version', v_number, 'replayed', false);
end $$;

-- Further files of a version (other sizes, PNG): {job_id, worker, variant_id, version, renders, outbox?}.
create function tf.store_renders(p jsonb) returns jsonb
language plpgsql set search_path = '' as $$
declare
  j tf.job := tf.reported_job(p);
begin
  if not exists (select from tf.variant where id = (p->>'variant_id')::uuid and user_id = j.user_id) then
    perform tf.refuse('TF404', 'no such variant');
  end if;
  perform tf.keep_renders(j.user_id, (p->>'variant_id')::uuid, (p->>'version')::int, p->'renders');
  perform tf.tell_progress(j, p->'outbox');
  return jsonb_build_object('renders', (select jsonb_agg(jsonb_build_object(
      'id', id, 'format', format, 'size', size, 'media_type', media_type, 'asset_id', asset_id) order by created_at)
    from tf.render where variant_id = (p->>'variant_id')::uuid and version = (p->>'version')::int));
end $$;

-- Files of a report that came twice: blobs nobody will point to.
create function tf.doom_files(p jsonb) returns void
language sql set search_path = '' as $$
  insert into tf.doomed_blob (blob_key)
  select file->>'blob_key'
  from (select r->'asset' as file from jsonb_array_elements(coalesce(p->'renders', '[]')) r
        union all select p->'version'->'plate' where jsonb_typeof(p->'version'->'plate') = 'object') files
  where not exists (select from tf.asset a where a.blob_key = file->>'blob_key')
  on conflict do nothing
$$;

-- Hold settled, status, closing message and result in one transaction; one terminal state:
-- {job_id, worker, status, failure?, captured?, result?, outbox?, assets?} -> {status, captured, released, replayed}.
-- `captured` defaults to what was reported as earned; `assets` are files of the job itself (export, sheet).
-- A job that has ended already answers how it did.
create function tf.end_job(p jsonb) returns jsonb
language plpgsql set search_path = '' as $$
declare
  j tf.job := tf.lock_job((p->>'job_id')::uuid);
begin
  if j.id is null then
    perform tf.refuse('TF404', 'no such job');
  end if;
  if j.ended_at is not null then
    return jsonb_build_object('status', j.status, 'captured', j.captured, 'released', j.price - j.captured,
      'replayed', true);
  end if;
  if j.worker is distinct from p->>'worker' or j.status <> 'running' then
    perform tf.refuse('TF410', 'job is not this worker''s any more', jsonb_build_object('status', j.status));
  end if;
  perform tf.keep_asset(j.user_id, value) from jsonb_array_elements(coalesce(p->'assets', '[]'));
  return tf.finish(j, p->>'status', p->>'failure', coalesce((p->>'captured')::bigint, j.earned), p->'result',
    coalesce(p->'outbox', '[]'));
end $$;

-- A worker that stops lets go of its jobs at once; that is no failed attempt. {worker} -> [job ids]
create function tf.requeue_jobs(p jsonb) returns jsonb
language plpgsql set search_path = '' as $$
declare
  j tf.job;
  v_ids jsonb := '[]';
begin
  for j in
    select * from tf.job where worker = p->>'worker' and status = 'running' order by id for update
  loop
    update tf.job set status = 'queued', stage = 'queued', worker = null, heartbeat_at = null,
                      attempts = greatest(0, attempts - 1)
     where id = j.id returning * into j;
    perform tf.enqueue_job(j);
    v_ids := v_ids || to_jsonb(j.id);
  end loop;
  return v_ids;
end $$;

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
    perform from tf.wallet w join tf.job k on k.user_id = w.user_id
      where k.id = v_found.id for update of w skip locked;
    continue when not found;
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

-- Holds past their time end their job (what was delivered is paid) or, without one, are released. {limit?} -> [job ids]
create function tf.reap_holds(p jsonb) returns jsonb
language plpgsql set search_path = '' as $$
declare
  v_found record;
  j tf.job;
  v_ids jsonb := '[]';
begin
  for v_found in
    select job_id, wallet_id from tf.hold where status = 'held' and expires_at <= tf.now()
    order by wallet_id, job_id limit coalesce((p->>'limit')::int, 100)
  loop
    perform from tf.wallet where id = v_found.wallet_id for update skip locked;
    continue when not found;
    select * into j from tf.job where id = v_found.job_id for update;
    continue when not exists (select from tf.hold where job_id = v_found.job_id and status = 'held');
    if j.id is null then
      perform tf.settle_hold(v_found.job_id, 0);
    else
      perform queue.procrastinate_cancel_job_v1(j.queue_job_id, true, false);
      perform tf.give_up(j, 'internal');
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

call tf.lock_down();
