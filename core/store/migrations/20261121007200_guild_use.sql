-- What members use of a server is counted apart from them: who leaves and comes back is the same member, for a day.
create table tf.guild_use (
  job_id uuid primary key,
  platform text not null,
  guild text not null,
  person_hash text not null,
  by_guild boolean not null,
  at timestamptz not null default tf.now()
);
create index on tf.guild_use (platform, guild, person_hash, at);
create index on tf.guild_use (at);
comment on table tf.guild_use is 'sets and paid work of the last day; credits are those of the hold';
comment on column tf.guild_use.person_hash is 'keyed, as in tf.starter_grant; outlives the person';
comment on column tf.job.guild is 'the server of `platform` it was ordered in; what counts for its caps is tf.guild_use';

-- Whether an order counts for a server's caps: sets, however little they cost, and whatever costs something.
create function tf.counts(p_order jsonb) returns boolean
language sql immutable set search_path = '' as $$
  select p_order->>'kind' in ('set', 'overnight') or coalesce((p_order->>'price')::bigint, 0) > 0
$$;

-- What a member (`p_member`: their hash) may still order in a server today: TF429. Call with the member's wallet locked,
-- so that two orders at once are counted one after the other.
drop function tf.check_caps(uuid, tf.guild, jsonb);
create function tf.check_caps(p_member text, g tf.guild, p_orders jsonb) returns void
language plpgsql set search_path = '' as $$
declare
  v_since timestamptz := tf.now() - interval '1 day';
  c record;
begin
  for c in
    with used as (
      select u.at, u.by_guild, case h.status when 'held' then h.total else h.captured end as credits
        from tf.guild_use u left join tf.hold h using (job_id)
       where (u.platform, u.guild, u.person_hash) = (g.platform, g.id, p_member) and u.at > v_since
    )
    select 'guild_jobs' as name, coalesce((g.rules->>'daily_jobs')::bigint, 0) as most,
           (select count(*) from jsonb_array_elements(p_orders) where tf.counts(value)) as new,
           (select count(*) from used) as used, (select min(at) from used) as oldest
    union all
    select 'guild_credits', coalesce((g.rules->>'daily_credits')::bigint, 0),
           (select coalesce(sum((value->>'price')::bigint), 0) from jsonb_array_elements(p_orders)
             where value->>'payer' = 'guild'),
           (select coalesce(sum(credits), 0) from used where by_guild), (select min(at) from used where by_guild)
  loop
    if c.most > 0 and c.new > 0 and c.used + c.new > c.most then
      perform tf.refuse('TF429', 'limit reached', jsonb_build_object('name', c.name, 'limit', c.most, 'used', c.used,
        'retry_after', ceil(extract(epoch from coalesce(c.oldest - v_since, interval '0')))));
    end if;
  end loop;
end $$;

-- All orders of a turn or none: limits and funds are checked for all of them before the first is written. Orders of one
-- turn are of one server, if they name any (`guild`, and `member`: the hash of who orders), and those that cost
-- something are paid by one wallet (`payer`); 22023 otherwise.
create or replace function tf.submit_all(p_user uuid, p_orders jsonb, p_limits jsonb, p_turn jsonb) returns jsonb
language plpgsql set search_path = '' as $$
declare
  v_guild text;
  v_member text;
  v_by_guild boolean;
  v_differ boolean;
  v_own uuid;
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
           or count(distinct jsonb_build_array(guild, payer)) filter (where priced) > 1
    into v_guild, v_member, v_by_guild, v_differ from o;
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
  perform from tf.wallet where id = v_own or v_by_guild and id = g.wallet_id order by id for update;
  w := tf.lock_wallet(case when v_by_guild then g.wallet_id else v_own end);
  select coalesce(jsonb_agg(value), '[]'), coalesce(sum((value->>'price')::bigint), 0) into v_fresh, v_need
    from jsonb_array_elements(p_orders)
   where not exists (select from tf.job where id = (value->>'job_id')::uuid);
  if v_need > 0 then
    perform tf.check_funds(w, v_need);
  end if;
  perform tf.check_limits(p_user, p_limits, v_fresh);
  perform tf.check_caps(v_member, g, v_fresh) where g.id is not null;
  v_answer := (select jsonb_agg(tf.submit(p_user, w.id, value, p_turn) order by ordinality)
               from jsonb_array_elements(p_orders) with ordinality);
  if v_guild is not null then
    update tf.job set guild = v_guild, payer = case when v_by_guild and price > 0 then w.id end
     where id in (select (value->>'job_id')::uuid from jsonb_array_elements(v_fresh));
    insert into tf.guild_use (job_id, platform, guild, person_hash, by_guild)
    select (value->>'job_id')::uuid, p_turn->>'platform', v_guild, v_member, v_by_guild
      from jsonb_array_elements(v_fresh) where tf.counts(value)
    on conflict do nothing;
  end if;
  return v_answer;
end $$;

-- Old traces of finished work, as before, and what members used of servers longer than a day ago.
create or replace function tf.prune(p jsonb) returns jsonb
language plpgsql set search_path = '' as $$
declare
  v_now timestamptz := tf.now();
  v_queue interval := make_interval(hours => coalesce((p->>'queue_hours')::int, 24));
  v_events bigint;
  v_jobs bigint;
  v_sent bigint;
begin
  delete from tf.guild_use where at <= v_now - interval '1 day';
  delete from tf.processed_event where at < v_now - make_interval(days => coalesce((p->>'events_days')::int, 7));
  get diagnostics v_events = row_count;
  delete from tf.schedule_slot where at < v_now - interval '7 days';
  delete from tf.outbox o
   where status <> 'pending' and created_at < v_now - make_interval(days => coalesce((p->>'outbox_days')::int, 30))
     -- The message standing in a slot may still be edited.
     and not (slot is not null and status = 'sent' and not exists (
       select from tf.outbox n where (n.platform, n.place, n.slot) = (o.platform, o.place, o.slot)
       and n.status = 'sent' and n.id > o.id));
  get diagnostics v_sent = row_count;
  -- Nothing of ours points to a queue row that has ended, or that a vanished worker left as `doing` long ago.
  delete from queue.procrastinate_jobs q
   where (q.status not in ('todo', 'doing')
          or q.status = 'doing' and not exists (select from queue.procrastinate_workers w where w.id = q.worker_id
             and w.last_heartbeat > clock_timestamp() - interval '10 minutes'))
     and not exists (select from tf.job j where j.queue_job_id = q.id and j.status in ('queued', 'running'))
     and tf.server_time(v_now) - v_queue > (select max(at) from queue.procrastinate_events e
                                            where e.job_id = q.id and e.type <> 'scheduled');
  get diagnostics v_jobs = row_count;
  delete from queue.procrastinate_workers where last_heartbeat < clock_timestamp() - interval '1 day';
  return jsonb_build_object('processed_events', v_events, 'queue_jobs', v_jobs, 'outbox', v_sent);
end $$;

call tf.lock_down();
