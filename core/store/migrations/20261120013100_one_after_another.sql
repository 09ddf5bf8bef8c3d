-- Changes of one variant run one after the other, so that each goes on from what the one before it made. `follows`: an
-- order takes the slot in which open jobs of these kinds about its own variant are, however busy that slot is.
create or replace function tf.submit(p_user uuid, p_wallet uuid, o jsonb, p_turn jsonb) returns jsonb
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
  -- Jobs of one slot run one after the other: where there is something to follow it is that one, else the least busy.
  select format('%s:%s', v_lane, n) into v_slot
    from generate_series(0, greatest(coalesce((o->>'slots')::int, 1), 1) - 1) n
    cross join lateral (
      select count(*) as open,
             coalesce(bool_or(coalesce(o->'follows' ? b.kind, false)
                              and b.work->>'variant' = o->'order'->>'variant'), false) as ahead
        from tf.job b
       where b.user_id = p_user and b.status in ('queued', 'running') and b.slot = format('%s:%s', v_lane, n)) busy
   order by busy.ahead desc, busy.open, n
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
