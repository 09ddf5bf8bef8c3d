-- A server of a chat platform: its rules, and a wallet of its own, which pays for its members where they say so.

create table tf.guild (
  platform text not null,
  id text not null,
  rules jsonb not null default '{}',
  wallet_id uuid not null unique references tf.wallet,
  created_at timestamptz not null default tf.now(),
  primary key (platform, id)
);
comment on column tf.wallet.user_id is 'null: of a server (tf.guild), or of somebody who has left';

alter table tf.job add column guild text, add column payer uuid references tf.wallet;
comment on column tf.job.guild is 'the server of `platform` it was ordered in, whose caps it counts for';
comment on column tf.job.payer is 'the server''s wallet, where that pays; null: the person''s own';
create index on tf.job (payer) where payer is not null and ended_at is null;

-- The wallet of a server, made when it is first asked for.
create function tf.guild_wallet(p_platform text, p_guild text) returns uuid
language plpgsql set search_path = '' as $$
declare
  v_wallet uuid;
begin
  select wallet_id into v_wallet from tf.guild where (platform, id) = (p_platform, p_guild);
  if found then
    return v_wallet;
  end if;
  perform pg_advisory_xact_lock(hashtextextended(format('guild:%s:%s', p_platform, p_guild), 0));
  select wallet_id into v_wallet from tf.guild where (platform, id) = (p_platform, p_guild);
  if not found then
    insert into tf.wallet default values returning id into v_wallet;
    insert into tf.guild (platform, id, wallet_id) values (p_platform, p_guild, v_wallet);
  end if;
  return v_wallet;
end $$;

-- -- credits given to a server --------------------------------------------------------------------------------------

alter table tf.txn drop constraint txn_kind_check;
alter table tf.txn add constraint txn_kind_check check (kind in
  ('starter', 'grant', 'gift', 'topup', 'hold', 'capture', 'release', 'expire', 'clawback', 'close', 'join_out',
   'join_in', 'give_out', 'give_in'));

-- What of a wallet was bought with money and is left: whatever was granted counts as spent first, and stays.
create function tf.giveable(w tf.wallet) returns bigint
language sql stable set search_path = '' as $$
  select case when w.debt > 0 then 0 else w.purchased - least(w.purchased, greatest(0, coalesce(sum(e.amount), 0))) end
  from tf.txn t join tf.entry e on e.txn_id = t.id
  where t.wallet_id = w.id and e.account = 'purchased' and t.kind in ('starter', 'gift', 'hold', 'capture', 'release')
$$;

-- Bought credits of a person become a server's, for good. `p_having` is what they were told they could give: whoever
-- taps twice has less of it the second time, and is refused (TF409).
create function tf.give(p_user uuid, p_into uuid, p_credits bigint, p_having bigint, p_key text) returns void
language plpgsql set search_path = '' as $$
declare
  v_from uuid := tf.wallet_of(p_user);
  f tf.wallet;
  w tf.wallet;
  v_giveable bigint;
begin
  perform tf.check_amount(p_credits);
  perform from tf.wallet where id in (v_from, p_into) order by id for update;
  f := tf.lock_wallet(v_from);
  w := tf.lock_wallet(p_into);
  v_giveable := tf.giveable(f);
  if v_giveable <> p_having or p_credits > v_giveable then
    perform tf.refuse('TF409', 'the wallet has moved on', jsonb_build_object('giveable', v_giveable));
  end if;
  update tf.wallet set purchased = purchased - p_credits, version = version + 1 where id = f.id;
  perform tf.post('give_out:' || p_key, 'give_out', f.id, null, '{}', jsonb_build_object('given', p_credits),
    array['purchased', 'joined'], array[-p_credits, p_credits]);
  update tf.wallet set purchased = purchased + p_credits, version = version + 1 where id = w.id;
  perform tf.post('give_in:' || p_key, 'give_in', w.id, null, '{}', jsonb_build_object('given', p_credits),
    array['purchased', 'joined'], array[p_credits, -p_credits]);
end $$;

-- {platform, id, user_id?} -> {rules, wallet, giveable}: `giveable` of that person.
create function api.guild(p jsonb) returns jsonb
language sql stable security definer set search_path = '' as $$
  select jsonb_build_object(
    'rules', coalesce(g.rules, '{}'),
    'wallet', (select tf.wallet_record(w, tf.now()) from tf.wallet w where w.id = g.wallet_id),
    'giveable', (select tf.giveable(w) from tf.wallet w where w.user_id = tf.person_now((p->>'user_id')::uuid)))
  from (select) one left join tf.guild g on (g.platform, g.id) = (p->>'platform', p->>'id')
$$;

-- A turn that changes a server's rules or gives it credits: {..., guild: {id, rules?, give?: {credits, having}}} -> what
-- store_turn answers. Rules are merged key by key.
create function api.store_guild_turn(p jsonb) returns jsonb
language plpgsql security definer set search_path = '' as $$
declare
  g jsonb := p->'guild';
  v_user uuid := (p->>'user_id')::uuid;
  v_wallet uuid;
begin
  insert into tf.processed_event (key) values (tf.event_hash(p->>'event')) on conflict do nothing;
  if not found then
    return '{"duplicate": true}';
  end if;
  v_wallet := tf.guild_wallet(p->>'platform', g->>'id');
  perform from tf.session where user_id = v_user order by platform, place for update;
  if g ? 'give' then
    perform tf.give(v_user, v_wallet, (g->'give'->>'credits')::bigint, (g->'give'->>'having')::bigint,
                    encode(tf.event_hash(p->>'event'), 'hex'));
  end if;
  if g ? 'rules' then
    update tf.guild set rules = rules || (g->'rules') where wallet_id = v_wallet;
  end if;
  return api.store_turn(p - array['guild', 'event']);
end $$;

-- {platform, guild, credits, key, reference}: an operator's gift to a server; for direct connections alone, like tf.gift.
create function tf.gift_guild(p jsonb) returns jsonb
language sql set search_path = '' as $$
  select tf.topup(tf.guild_wallet(p->>'platform', p->>'guild'), (p->>'credits')::bigint, 'gift:' || (p->>'key'),
                  p->>'reference', 'gift')
$$;

-- -- jobs a server pays for -----------------------------------------------------------------------------------------

-- What a member may still order in a server today, counted over what is stored: TF429. Call with the member's wallet
-- locked, so that two orders at once are counted one after the other.
create function tf.check_caps(p_user uuid, g tf.guild, p_orders jsonb) returns void
language plpgsql set search_path = '' as $$
declare
  v_since timestamptz := tf.now() - interval '1 day';
  v_jobs int := coalesce((g.rules->>'daily_jobs')::int, 0);
  v_credits int := coalesce((g.rules->>'daily_credits')::int, 0);
  v_new bigint;
  v_used bigint;
  v_oldest timestamptz;
begin
  select count(*) into v_new from jsonb_array_elements(p_orders)
   where value->>'kind' in ('set', 'overnight') or (value->>'price')::bigint > 0;
  if v_jobs > 0 and v_new > 0 then
    select count(*), min(created_at) into v_used, v_oldest from tf.job
     where user_id = p_user and created_at > v_since and (platform, guild) = (g.platform, g.id)
       and (kind in ('set', 'overnight') or price > 0);
    if v_used + v_new > v_jobs then
      perform tf.refuse('TF429', 'limit reached', jsonb_build_object('name', 'guild_jobs', 'limit', v_jobs,
        'used', v_used, 'retry_after', ceil(extract(epoch from coalesce(v_oldest - v_since, interval '0')))));
    end if;
  end if;
  select coalesce(sum((value->>'price')::bigint), 0) into v_new from jsonb_array_elements(p_orders)
   where value->>'payer' = 'guild';
  if v_credits > 0 and v_new > 0 then
    select coalesce(sum(coalesce(captured, price)), 0), min(created_at) into v_used, v_oldest from tf.job
     where user_id = p_user and created_at > v_since and payer = g.wallet_id;
    if v_used + v_new > v_credits then
      perform tf.refuse('TF429', 'limit reached', jsonb_build_object('name', 'guild_credits', 'limit', v_credits,
        'used', v_used, 'retry_after', ceil(extract(epoch from coalesce(v_oldest - v_since, interval '0')))));
    end if;
  end if;
end $$;

-- All orders of a turn or none: limits and funds are checked for all of them before the first is written. Orders of one
-- turn are of one server, if they name any (`guild`), and are paid by one wallet (`payer`).
create or replace function tf.submit_all(p_user uuid, p_orders jsonb, p_limits jsonb, p_turn jsonb) returns jsonb
language plpgsql set search_path = '' as $$
declare
  v_guild text := p_orders->0->>'guild';
  v_by_guild boolean := coalesce(p_orders->0->>'payer' = 'guild', false);
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
  perform tf.check_caps(p_user, g, v_fresh) where g.id is not null;
  v_answer := (select jsonb_agg(tf.submit(p_user, w.id, value, p_turn) order by ordinality)
               from jsonb_array_elements(p_orders) with ordinality);
  if v_guild is not null then
    update tf.job set guild = v_guild, payer = case when v_by_guild then w.id end
     where id in (select (value->>'job_id')::uuid from jsonb_array_elements(v_fresh));
  end if;
  return v_answer;
end $$;

-- The wallets that may move when a job ends: its owner's, and the server's that pays.
create function tf.wallets_of_job(p_job uuid) returns setof uuid
language sql stable set search_path = '' as $$
  select w.id from tf.job j join tf.wallet w on w.user_id = j.user_id or w.id = j.payer where j.id = p_job
$$;

-- A job with its wallets locked first (see the lock order); all null when it does not exist.
create or replace function tf.lock_job(p_job uuid) returns tf.job
language plpgsql set search_path = '' as $$
declare
  j tf.job;
begin
  perform from tf.wallet where id in (select tf.wallets_of_job(p_job)) order by id for update;
  select * into j from tf.job where id = p_job for update;
  return j;
end $$;

-- As before, with every wallet of the job, or without the job: whoever holds one of them is about to end it.
create function tf.try_wallets(p_job uuid) returns boolean
language sql set search_path = '' as $$
  select count(*) > 0 and count(*) = (select count(*) from tf.wallets_of_job(p_job))
  from (select from tf.wallet where id in (select tf.wallets_of_job(p_job)) order by id for update skip locked) locked
$$;

-- What the queue alone never heals, as before: {stale_seconds?, limit?} -> {requeued: [...], ended: [...]}
create or replace function tf.sweep_jobs(p jsonb) returns jsonb
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

-- The person and everything of theirs, as before. What is under way at a server's cost goes back to its wallet.
create or replace function tf.delete_person(p_user uuid) returns jsonb
language plpgsql set search_path = '' as $$
declare
  v_wallet uuid;
  j tf.job;
  v_receipt jsonb;
begin
  perform from tf.session where user_id = p_user for update;
  v_wallet := tf.wallet_of(p_user);
  perform from tf.wallet
    where id = v_wallet or id in (select payer from tf.job where user_id = p_user and ended_at is null)
    order by id for update;
  for j in
    select * from tf.job where user_id = p_user and status in ('queued', 'running') order by id for update
  loop
    perform queue.procrastinate_cancel_job_v1(j.queue_job_id, true, false);
    perform tf.finish(j, 'cancelled', null, j.earned, null, '[]');
  end loop;
  update queue.procrastinate_jobs set lock = null
   where lock is not null and id in (select queue_job_id from tf.job where user_id = p_user);
  insert into tf.doomed_blob (blob_key)
  select blob_key from tf.asset where user_id = p_user and deleted_at is null
  on conflict do nothing;
  v_receipt := jsonb_build_object(
    'receipt', gen_random_uuid(), 'at', tf.now(),
    'jobs', (select count(*) from tf.job where user_id = p_user),
    'variants', (select count(*) from tf.variant where user_id = p_user),
    'pictures', (select count(*) from tf.asset where user_id = p_user and deleted_at is null),
    'bytes', (select coalesce(sum(byte_count), 0) from tf.asset where user_id = p_user and deleted_at is null),
    'credits_written_off', tf.close_wallet(v_wallet),
    'blob_keys', (select coalesce(jsonb_agg(blob_key), '[]') from tf.asset
                  where user_id = p_user and deleted_at is null));
  delete from queue.procrastinate_jobs where args->>'user_id' = p_user::text and status = 'todo';
  delete from tf.chat c
   where (platform, place) in (
           select platform, ref from tf.identity where user_id = p_user
           union select platform, place from tf.session where user_id = p_user
           union select platform, place from tf.outbox where user_id = p_user)
     and not exists (select from tf.outbox o where (o.platform, o.place) = (c.platform, c.place)
                     and o.user_id is distinct from p_user);
  delete from tf.page where place in (select ref from tf.identity where user_id = p_user and platform = 'web');
  delete from tf.users where id = p_user;
  return v_receipt;
end $$;

call tf.lock_down();
