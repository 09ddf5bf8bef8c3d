-- Jobs as people and operators ask for them.

-- Place in the queue (0: not waiting) and an estimate from what such jobs took lately.
create function tf.job_outlook(j tf.job) returns jsonb
language plpgsql stable set search_path = '' as $$
declare
  v_ahead int := 0;
  v_running int;
  v_seconds double precision;
begin
  if j.ended_at is not null then
    return '{"queue_position": 0, "seconds_left": 0}';
  end if;
  select coalesce(avg(extract(epoch from ended_at - started_at)), 10) into v_seconds
    from (select started_at, ended_at from tf.job where kind = j.kind and status in ('done', 'partly_done')
          order by ended_at desc limit 20) recent;
  if j.status = 'running' then
    return jsonb_build_object('queue_position', 0, 'seconds_left',
      ceil(greatest(1, v_seconds - extract(epoch from tf.now() - j.started_at))));
  end if;
  select count(*) filter (where status = 'queued' and (priority > j.priority or priority = j.priority
                          and (created_at, id) < (j.created_at, j.id))),
         count(*) filter (where status = 'running')
    into v_ahead, v_running
    from tf.job where queue = j.queue and status in ('queued', 'running');
  return jsonb_build_object('queue_position', v_ahead + 1,
    'seconds_left', ceil(v_seconds * ((v_ahead + v_running)::double precision / greatest(v_running, 1) + 1)));
end $$;

create function tf.job_facts(j tf.job) returns jsonb
language sql stable set search_path = '' as $$
  select tf.job_record(j) || tf.job_outlook(j) || jsonb_build_object('variants', (
    select coalesce(jsonb_agg(code order by position), '[]') from tf.variant
    where job_id = j.id and deleted_at is null))
$$;

-- {user_id, job_id? | code?}
create function api.job(p jsonb) returns jsonb
language plpgsql stable security definer set search_path = '' as $$
begin
  return tf.job_facts(tf.owned_job((p->>'user_id')::uuid, p));
end $$;

-- Running ones first, then newest first: {user_id, offset?, limit?, kinds?} -> {total, jobs}
create function api.jobs(p jsonb) returns jsonb
language sql stable security definer set search_path = '' as $$
  select jsonb_build_object(
    'total', (select count(*) from tf.job where user_id = (p->>'user_id')::uuid
              and (p->'kinds' is null or p->'kinds' ? kind)),
    'jobs', coalesce(jsonb_agg(tf.job_facts(j) order by j.ended_at is null desc, j.created_at desc, j.id), '[]'))
  from (
    select * from tf.job where user_id = (p->>'user_id')::uuid and (p->'kinds' is null or p->'kinds' ? kind)
    order by ended_at is null desc, created_at desc, id
    offset coalesce((p->>'offset')::int, 0) limit coalesce((p->>'limit')::int, 10)
  ) j
$$;

-- From event to delivery, for operators: {job_id | code} -> {job, timeline: [{at, what, ...}]}
create function api.job_timeline(p jsonb) returns jsonb
language plpgsql stable security definer set search_path = '' as $$
declare
  j tf.job := tf.job_of(p);
begin
  return jsonb_build_object('job', tf.job_record(j), 'timeline', (
    select jsonb_agg(jsonb_build_object('at', at, 'what', what) || jsonb_strip_nulls(facts) order by at, rank)
    from (
      select at, 'job' as what, 2 as rank, jsonb_build_object('status', status, 'stage', stage, 'attempt', attempt,
             'worker', worker, 'note', note) as facts
        from tf.job_event where job_id = j.id
      union all
      select at, kind, 1, result - 'replayed' from tf.txn where key in ('hold:' || j.id, 'settle:' || j.id)
      union all
      select n.created_at, 'variant', 3, jsonb_build_object('code', v.code, 'position', v.position, 'version', n.number)
        from tf.version n join tf.variant v on v.id = n.variant_id where n.job_id = j.id
      union all
      select created_at, 'message', 4, jsonb_build_object('key', key) from tf.outbox where job_id = j.id
      union all
      select sent_at, 'delivered', 5, jsonb_build_object('key', key, 'attempts', attempts)
        from tf.outbox where job_id = j.id and status = 'sent'
      union all
      select created_at, 'dropped', 5, jsonb_build_object('key', key, 'error', error)
        from tf.outbox where job_id = j.id and status = 'dropped'
    ) happened));
end $$;
