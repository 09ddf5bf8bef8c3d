-- Orders of a turn become jobs: limits, hold, queue.

-- Limits of an order, counted over what is stored, so they survive restarts: [{name, kinds?: [...], free?: bool,
-- seconds, most, everyone?: bool, octets?: bool}]. With `octets`, `most` is bytes of pictures kept instead of jobs
-- within a time. Call with the wallet locked.
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
           (value->>'free')::boolean as free, coalesce((value->>'octets')::boolean, false) as octets
    from jsonb_array_elements(coalesce(p_limits, '[]'))
  loop
    select count(*) into v_new from jsonb_array_elements(p_orders) o
     where (l.kinds is null or l.kinds ? (o->>'kind'))
       and (l.free is null or l.free = (coalesce((o->>'price')::bigint, 0) = 0));
    continue when v_new = 0;
    if l.octets then
      v_used := tf.disk_use(case when not l.everyone then p_user end);
      if v_used >= l.most then
        perform tf.refuse('TF429', 'no room', jsonb_build_object('name', l.name, 'limit', l.most, 'used', v_used,
          'retry_after', 0));
      end if;
      continue;
    end if;
    if l.everyone then
      perform pg_advisory_xact_lock(hashtextextended('limit:' || l.name, 0));
    end if;
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

-- Hold + brief + job + queue of one order. Call with the wallet locked. Returns {job_id, code, replayed}. Changes of
-- one variant run one after the other, so that each goes on from what the one before it made: with `follows` an order
-- takes the slot in which open jobs of these kinds about its own variant are, however busy that slot is.
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

-- All orders of a turn or none: limits and funds are checked for all of them before the first is written. Orders of one
-- turn are of one server, if they name any (`guild`, and `member`: the hash of who orders), and those that cost
-- something are paid by one wallet, or it is 22023: the server's where they say so (`payer`), else the team's if the seat
-- bears all of it, else the person's own.
create function tf.submit_all(p_user uuid, p_orders jsonb, p_limits jsonb, p_turn jsonb) returns jsonb
language plpgsql set search_path = '' as $$
declare
  v_guild text;
  v_member text;
  v_by_guild boolean;
  v_differ boolean;
  v_priced boolean;
  v_own uuid;
  v_team uuid;
  v_seat uuid;
  g tf.guild;
  w tf.wallet;
  v_fresh jsonb;
  v_need bigint;
  v_answer jsonb;
begin
  if p_orders = '[]' then
    return '[]';
  end if;
  with o as (
    select value->>'guild' as guild, value->>'member' as member, coalesce(value->>'payer', 'person') as payer,
           coalesce((value->>'price')::bigint, 0) > 0 as priced
    from jsonb_array_elements(p_orders)
  )
  select max(guild), max(member), coalesce(bool_or(payer = 'guild') filter (where priced), false),
         count(distinct guild) > 1 or count(distinct member) > 1
           or count(distinct jsonb_build_array(guild, payer)) filter (where priced) > 1, bool_or(priced)
    into v_guild, v_member, v_by_guild, v_differ, v_priced from o;
  if v_differ then
    raise exception 'orders of one turn are of one server and paid by one wallet' using errcode = '22023';
  end if;
  v_own := tf.wallet_of(p_user);
  if v_guild is not null then
    select * into g from tf.guild where (platform, id) = (p_turn->>'platform', v_guild);
  end if;
  if v_by_guild and g.rules->>'payer' is distinct from 'guild' then
    perform tf.refuse('TF409', 'the server does not pay');
  end if;
  if v_priced and not v_by_guild then
    v_team := tf.team_wallet(p_user);
  end if;
  perform from tf.wallet where id = v_own or v_by_guild and id = g.wallet_id or id = v_team order by id for update;
  select coalesce(jsonb_agg(value), '[]'), coalesce(sum((value->>'price')::bigint), 0) into v_fresh, v_need
    from jsonb_array_elements(p_orders)
   where not exists (select from tf.job where id = (value->>'job_id')::uuid);
  if v_team is not null and v_need > 0 then
    v_seat := tf.paying_seat(p_user, v_team, v_need);
    if v_seat is null and tf.team_wallet(p_user) is distinct from v_team then
      perform tf.refuse('TF409', 'seated elsewhere this very moment');
    end if;
  end if;
  w := tf.lock_wallet(case when v_by_guild then g.wallet_id when v_seat is not null then v_team else v_own end);
  if v_need > 0 then
    -- Nobody whose own wallet is frozen spends another's.
    w.frozen_at := coalesce(w.frozen_at, (select frozen_at from tf.wallet where id = v_own));
    perform tf.check_funds(w, v_need);
  end if;
  perform tf.check_limits(p_user, p_limits, v_fresh);
  perform tf.check_caps(v_member, g, v_fresh) where g.id is not null;
  v_answer := (select jsonb_agg(tf.submit(p_user, w.id, value, p_turn) order by ordinality)
               from jsonb_array_elements(p_orders) with ordinality);
  if v_guild is not null or v_seat is not null then
    update tf.job set guild = v_guild, payer = case when w.id <> v_own and price > 0 then w.id end
     where id in (select (value->>'job_id')::uuid from jsonb_array_elements(v_fresh));
  end if;
  if v_seat is not null then
    update tf.hold set seat_id = v_seat
     where job_id in (select (value->>'job_id')::uuid from jsonb_array_elements(v_fresh));
  end if;
  if v_guild is not null then
    insert into tf.guild_use (job_id, platform, guild, person_hash, by_guild)
    select (value->>'job_id')::uuid, p_turn->>'platform', v_guild, v_member, v_by_guild
      from jsonb_array_elements(v_fresh) where tf.counts(value)
    on conflict do nothing;
  end if;
  return v_answer;
end $$;
