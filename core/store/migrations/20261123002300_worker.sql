-- A job in its worker's hands, from claim to end. Not on the Data API: workers need a direct connection.

-- What a worker (and `job inspect`) needs to know of a job, with the plan whose doors are open to its person now.
create function tf.job_record(j tf.job) returns jsonb
language sql stable set search_path = '' as $$
  select to_jsonb(j) - 'work' || jsonb_build_object(
    'order', j.work,
    'brief', (select answers from tf.brief where id = j.brief_id),
    'language', u.language, 'plan', tf.entered_plan(u.id),
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

-- What a model shows of its thinking stands in the status message, and goes when its job ends, however that ends.
-- {job_id, worker, asset, outbox}
create function tf.show_draft(p jsonb) returns jsonb
language plpgsql set search_path = '' as $$
declare
  j tf.job := tf.reported_job(p);
begin
  perform tf.keep_asset(j.user_id, p->'asset' || jsonb_build_object('facts', jsonb_build_object('job', j.id)));
  perform tf.tell_progress(j, p->'outbox');
  return '{}';
end $$;

create function tf.drop_draft() returns trigger
language plpgsql security definer set search_path = '' as $$
begin
  perform tf.delete_assets(array(select id from tf.asset
    where kind = 'draft' and deleted_at is null and facts->>'job' = new.id::text));
  return null;
end $$;
create trigger draft_left after update on tf.job for each row
  when (old.ended_at is null and new.ended_at is not null)
  execute function tf.drop_draft();

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

-- The claim counts as an attempt, and a job that was not even claimed is queued anew: {job_id, worker} -> whether it
-- was. What has been tried too often is ended by the next claim.
create function tf.put_back(p jsonb) returns jsonb
language plpgsql set search_path = '' as $$
declare
  j tf.job := tf.lock_job((p->>'job_id')::uuid);
begin
  if j.status = 'running' and j.worker = p->>'worker'
     or j.status = 'queued' and not exists (
          select from queue.procrastinate_jobs q where q.id = j.queue_job_id and q.status = 'todo') then
    update tf.job set status = 'queued', stage = 'queued', worker = null, heartbeat_at = null where id = j.id
    returning * into j;
    perform tf.enqueue_job(j);
    return 'true';
  end if;
  return 'false';
end $$;
