-- Pictures, variants and histories as front ends ask for them. Every function names the person: what belongs to
-- somebody else is TF403.

create function tf.asset_record(a tf.asset) returns jsonb
language sql immutable set search_path = '' as $$ select to_jsonb(a) - 'user_id' $$;

-- {user_id, id, kind, blob_key, media_type, width?, height?, byte_count, sha256?, facts?, pinned?, keep_seconds?}
create function api.add_asset(p jsonb) returns jsonb
language plpgsql security definer set search_path = '' as $$
begin
  if not exists (select from tf.users where id = (p->>'user_id')::uuid) then
    perform tf.refuse('TF404', 'no such person');
  end if;
  perform tf.keep_asset((p->>'user_id')::uuid, p);
  return api.asset(p);
end $$;

-- {id, user_id?}; without a person (deliveries) the picture of anybody.
create function api.asset(p jsonb) returns jsonb
language plpgsql stable security definer set search_path = '' as $$
declare
  a tf.asset;
begin
  select * into a from tf.asset where id = (p->>'id')::uuid;
  if a.id is null or a.deleted_at is not null then
    perform tf.refuse('TF404', 'no such picture');
  elsif p->>'user_id' is not null and a.user_id <> (p->>'user_id')::uuid then
    perform tf.refuse('TF403', 'not your picture');
  end if;
  return tf.asset_record(a);
end $$;

-- {id, user_id, pinned}
create function api.pin(p jsonb) returns jsonb
language plpgsql security definer set search_path = '' as $$
begin
  perform api.asset(p);
  update tf.asset set pinned = (p->>'pinned')::boolean where id = (p->>'id')::uuid;
  return api.asset(p);
end $$;

-- The selfies of the person's most recent upload that has any left, newest first: {user_id, limit?}
create function api.latest_selfies(p jsonb) returns jsonb
language sql stable security definer set search_path = '' as $$
  select coalesce(jsonb_agg(tf.asset_record(a) order by a.created_at desc), '[]')
  from (
    select * from tf.asset
    where user_id = (p->>'user_id')::uuid and kind = 'selfie' and deleted_at is null
    order by created_at desc limit coalesce((p->>'limit')::int, 10)
  ) a
$$;

-- The picture goes: its file is doomed, and what was read from it (biometric facts, hash) is emptied.
create function tf.delete_assets(p_ids uuid[]) returns jsonb
language sql set search_path = '' as $$
  with gone as (
    update tf.asset set deleted_at = tf.now(), facts = '{}', sha256 = null
    where id = any (p_ids) and deleted_at is null returning blob_key
  ), doomed as (
    insert into tf.doomed_blob (blob_key) select blob_key from gone on conflict do nothing
  )
  select coalesce(jsonb_agg(blob_key), '[]') from gone
$$;

-- {user_id} -> blob keys to delete
create function api.forget_selfies(p jsonb) returns jsonb
language sql security definer set search_path = '' as $$
  select tf.delete_assets(array(select id from tf.asset
    where user_id = (p->>'user_id')::uuid and kind = 'selfie' and deleted_at is null))
$$;

-- {user_id} -> {mine, everyone} in bytes
create function api.disk_used(p jsonb) returns jsonb
language sql stable security definer set search_path = '' as $$
  select jsonb_build_object(
    'mine', coalesce(sum(byte_count) filter (where user_id = (p->>'user_id')::uuid), 0),
    'everyone', coalesce(sum(byte_count), 0))
  from tf.asset where deleted_at is null
$$;

create function tf.variant_record(v tf.variant) returns jsonb
language sql stable set search_path = '' as $$
  select to_jsonb(v) - 'user_id' || jsonb_build_object(
    'versions', (select jsonb_agg(jsonb_build_object(
        'number', n.number, 'parent', n.parent, 'recipe', n.recipe, 'spec', n.spec, 'facts', n.facts,
        'plate_asset', n.plate_asset, 'created_at', n.created_at,
        'renders', (select coalesce(jsonb_agg(jsonb_build_object(
            'id', r.id, 'format', r.format, 'size', r.size, 'media_type', r.media_type,
            'asset', tf.asset_record(a)) order by r.created_at, r.id), '[]')
          from tf.render r join tf.asset a on a.id = r.asset_id
          where r.variant_id = n.variant_id and r.version = n.number)) order by n.number)
      from tf.version n where n.variant_id = v.id))
$$;

create function tf.owned_variant(p jsonb) returns tf.variant
language plpgsql stable set search_path = '' as $$
declare
  v tf.variant;
begin
  select * into v from tf.variant where code = p->>'code';
  if not found then
    perform tf.refuse('TF404', 'no such variant');
  elsif v.user_id <> (p->>'user_id')::uuid then
    perform tf.refuse('TF403', 'not your variant');
  end if;
  return v;
end $$;

-- {code, user_id} -> the variant with its versions, their files, and its job
create function api.variant(p jsonb) returns jsonb
language plpgsql stable security definer set search_path = '' as $$
declare
  v tf.variant := tf.owned_variant(p);
begin
  return tf.variant_record(v) || jsonb_build_object('job', (select tf.job_record(j) from tf.job j where j.id = v.job_id));
end $$;

-- Finished variants, newest first: {user_id, offset?, limit?, job_id?} -> {total, variants}
create function api.gallery(p jsonb) returns jsonb
language sql stable security definer set search_path = '' as $$
  select jsonb_build_object(
    'total', (select count(*) from tf.variant where user_id = (p->>'user_id')::uuid and deleted_at is null
              and (p->>'job_id' is null or job_id = (p->>'job_id')::uuid)),
    'variants', coalesce(jsonb_agg(tf.variant_record(v)
                || jsonb_build_object('job_code', (select code from tf.job j where j.id = v.job_id))
                order by v.created_at desc, v.position), '[]'))
  from (
    select * from tf.variant where user_id = (p->>'user_id')::uuid and deleted_at is null
      and (p->>'job_id' is null or job_id = (p->>'job_id')::uuid)
    order by created_at desc, position
    offset coalesce((p->>'offset')::int, 0) limit coalesce((p->>'limit')::int, 10)
  ) v
$$;

-- Pin, delete (or bring back) a variant, or show another of its versions: {code, user_id, pinned?, deleted?, current?}
create function tf.mark_variant(p jsonb) returns jsonb
language plpgsql set search_path = '' as $$
declare
  v tf.variant := tf.owned_variant(p);
  v_current int := coalesce((p->>'current')::int, v.current);
begin
  if not exists (select from tf.version where variant_id = v.id and number = v_current) then
    perform tf.refuse('TF404', 'no such version');
  end if;
  update tf.variant
     set current = v_current,
         pinned = coalesce((p->>'pinned')::boolean, pinned),
         deleted_at = case (p->>'deleted')::boolean
           when true then coalesce(deleted_at, tf.now()) when false then null else deleted_at end
   where id = v.id
  returning * into v;
  if p->>'pinned' is not null then
    update tf.asset set pinned = v.pinned
     where id in (select asset_id from tf.render where variant_id = v.id
                  union select plate_asset from tf.version where variant_id = v.id);
  end if;
  return tf.variant_record(v);
end $$;

create function api.set_variant(p jsonb) returns jsonb
language sql security definer set search_path = '' as $$ select tf.mark_variant(p) $$;

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
declare
  j tf.job;
begin
  select * into j from tf.job where id = (p->>'job_id')::uuid or code = p->>'code';
  if not found then
    perform tf.refuse('TF404', 'no such job');
  elsif j.user_id <> (p->>'user_id')::uuid then
    perform tf.refuse('TF403', 'not your job');
  end if;
  return tf.job_facts(j);
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
  j tf.job;
begin
  select * into j from tf.job where id = (p->>'job_id')::uuid or code = p->>'code';
  if not found then
    perform tf.refuse('TF404', 'no such job');
  end if;
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

call tf.lock_down();
