-- Subscriptions: one row per subscription of one company, in which whatever is told of it only ever grows, as in a
-- payment. What was paid is a term, one per invoice or charge; the terms that end together are a period, and a period
-- brings its credits once: the difference between what they come to and what was credited is posted.

create type tf.plan as enum ('free', 'starter', 'pro', 'team');
create type tf.subscription_state as enum ('active', 'past_due', 'ended');

create table tf.subscription (
  id uuid primary key default gen_random_uuid(),
  provider text not null,
  reference text not null,
  user_id uuid references tf.users on delete set null,
  plan tf.plan,
  state tf.subscription_state not null default 'active',
  ends boolean not null default false,
  told_at timestamptz not null default '-infinity',
  grace interval not null default '0',
  given bigint check (given >= 0),
  at timestamptz not null default tf.now(),
  unique (provider, reference)
);
create index on tf.subscription (user_id);
comment on column tf.subscription.plan is 'of the next period';
comment on column tf.subscription.ends is 'with the period that is paid';
comment on column tf.subscription.told_at is 'of plan, state and ends: the latest word holds, and the end is the last';
comment on column tf.subscription.grace is 'how long its plan stays open while the next period is being collected';
comment on column tf.subscription.given is 'credits of a calendar month (UTC), where an operator gave it; null: it is paid for';

create table tf.term (
  subscription_id uuid not null references tf.subscription,
  payment text not null,
  plan tf.plan,
  credits bigint check (credits >= 0),
  starts_at timestamptz,
  until timestamptz check (until > starts_at),
  paid boolean not null default false,
  refunded boolean not null default false,
  primary key (subscription_id, payment)
);
comment on column tf.term.payment is 'the company''s own name for what paid it';

create table tf.period (
  subscription_id uuid not null references tf.subscription,
  until timestamptz not null,
  credited bigint not null default 0 check (credited >= 0),
  version int not null default 0,
  primary key (subscription_id, until)
);

-- The plan a person has: the best of what is paid for now, or was until a moment ago and is being collected.
create function tf.plan_of(p_user uuid) returns tf.plan
language sql stable set search_path = '' as $$
  select greatest(
    (select plan::tf.plan from tf.users where id = p_user),
    (select max(t.plan) from tf.subscription s join tf.term t on t.subscription_id = s.id
      where s.user_id = p_user and t.paid and not t.refunded and t.starts_at <= n.now
        and (n.now < t.until or s.state <> 'ended' and not s.ends and n.now < t.until + s.grace and not exists (
               select from tf.term o where o.subscription_id = s.id and o.paid and not o.refunded and o.until > t.until))))
  from (select tf.now() as now) n
$$;

-- open (nothing is paid yet), active, grace (the next period was not collected, the plan is still open), past_due (it is
-- no longer), cancelled (runs until its end), ended
create function tf.subscription_status(s tf.subscription, p_until timestamptz, p_now timestamptz) returns text
language sql immutable set search_path = '' as $$
  select case
    when p_until is null then case when s.state = 'ended' then 'ended' else 'open' end
    when p_now < p_until and (s.ends or s.state = 'ended') then 'cancelled'
    when s.ends or s.state = 'ended' then 'ended'
    when s.state = 'past_due' then case when p_now < p_until + s.grace then 'grace' else 'past_due' end
    when p_now < p_until + s.grace then 'active'
    else 'ended'
  end
$$;

create function tf.subscription_record(s tf.subscription) returns jsonb
language sql stable set search_path = '' as $$
  select jsonb_build_object('provider', s.provider, 'reference', s.reference, 'plan', s.plan, 'ends', s.ends,
    'until', t.until, 'paid_plan', t.plan, 'status', tf.subscription_status(s, t.until, tf.now()))
  from (select max(until) as until, (array_agg(plan order by until desc, plan desc))[1] as plan
        from tf.term where subscription_id = s.id and paid and not refunded) t
$$;

-- {user_id} -> {plan, subscriptions: [{provider, reference, plan, paid_plan, ends, until, status}]}, newest first.
create function api.subscriptions(p jsonb) returns jsonb
language sql stable security definer set search_path = '' as $$
  select jsonb_build_object('plan', coalesce(tf.plan_of(w.id), 'free'), 'subscriptions', (
    select coalesce(jsonb_agg(tf.subscription_record(s) order by s.at desc, s.id), '[]')
      from tf.subscription s where s.user_id = w.id))
  from (select tf.person_now((p->>'user_id')::uuid) as id) w
$$;

-- Credits of a period that has begun. What else is monthly and has not ended shares the later end; what comes too late
-- is valid for 7 days.
create function tf.add_monthly(p_wallet uuid, p_credits bigint, p_until timestamptz, p_account text, p_key text)
returns void
language plpgsql set search_path = '' as $$
declare
  w tf.wallet := tf.lock_wallet(p_wallet);
  v_now timestamptz := tf.now();
  v_until timestamptz := case when p_until > v_now then p_until else v_now + interval '7 days' end;
begin
  if w.monthly_expires_at > v_now then
    v_until := greatest(v_until, w.monthly_expires_at);
    update tf.hold set monthly_expires_at = v_until
     where wallet_id = w.id and status = 'held' and monthly_expires_at = w.monthly_expires_at;
  end if;
  update tf.wallet set monthly = monthly + p_credits, monthly_expires_at = v_until, version = version + 1 where id = w.id;
  perform tf.post(p_key, 'grant', w.id, null, '{}', jsonb_build_object('granted', p_credits),
    array['monthly', p_account], array[p_credits, -p_credits]);
end $$;

-- The money of a period went back: its credits too, and what of them was spent is owed. Of one that has ended nothing is
-- left to take.
create function tf.take_monthly(p_wallet uuid, p_credits bigint, p_until timestamptz, p_account text, p_key text)
returns void
language plpgsql set search_path = '' as $$
declare
  w tf.wallet := tf.lock_wallet(p_wallet);
  v_taken bigint;
begin
  if p_until <= tf.now() then
    return;
  end if;
  v_taken := least(w.monthly, p_credits);
  if v_taken > 0 then
    update tf.wallet set monthly = monthly - v_taken, version = version + 1 where id = w.id;
    perform tf.post(p_key, 'clawback', w.id, null, '{}', jsonb_build_object('taken', v_taken),
      array['monthly', p_account], array[-v_taken, v_taken]);
  end if;
  if v_taken < p_credits then
    perform tf.clawback(w.id, p_credits - v_taken, p_key || ':owed', p_key);
  end if;
end $$;

-- Bring the wallet to what the periods that have begun come to: of one period the dearest that is paid counts, so an
-- upgrade posts the difference. Call it with wallet and subscription locked. -> credits moved
create function tf.settle_periods(s tf.subscription, p_wallet uuid) returns bigint
language plpgsql set search_path = '' as $$
declare
  r record;
  v_version int;
  v_account text := case when s.given is null then 'sales' else 'grants' end;
  v_moved bigint := 0;
begin
  for r in
    select t.until, coalesce(max(t.credits) filter (where t.paid and not t.refunded), 0) as target,
           coalesce((select credited from tf.period p where (p.subscription_id, p.until) = (s.id, t.until)), 0) as credited
      from tf.term t where t.subscription_id = s.id and t.starts_at <= tf.now()
     group by t.until order by t.until
  loop
    continue when r.target = r.credited;
    insert into tf.period as known (subscription_id, until, credited, version) values (s.id, r.until, r.target, 1)
      on conflict (subscription_id, until) do update set credited = excluded.credited, version = known.version + 1
      returning version into v_version;
    if r.target > r.credited then
      perform tf.add_monthly(p_wallet, r.target - r.credited, r.until, v_account,
        format('period:%s:%s:%s', s.id, extract(epoch from r.until), v_version));
    else
      perform tf.take_monthly(p_wallet, r.credited - r.target, r.until, v_account,
        format('period:%s:%s:%s', s.id, extract(epoch from r.until), v_version));
    end if;
    v_moved := v_moved + r.target - r.credited;
  end loop;
  return v_moved;
end $$;

-- What is told of a subscription: {provider, reference, user_id?, grace_days?, given?, standing?: {at, plan, state, ends},
-- term?: {payment, plan?, credits?, starts_at?, until?, paid?, refunded?}} -> its record and {moved}. Lock order: person,
-- wallet, subscription. TF404: its person is gone; TF409: it led to somebody else this very moment.
create function api.merge_subscription(p jsonb) returns jsonb
language plpgsql security definer set search_path = '' as $$
declare
  v_user uuid;
  v_wallet uuid;
  v_seen tf.subscription;
  s tf.subscription;
  t jsonb := p->'term';
  v_moved bigint := 0;
begin
  select * into v_seen from tf.subscription where (provider, reference) = (p->>'provider', p->>'reference');
  v_user := tf.person_now(coalesce(v_seen.user_id, (p->>'user_id')::uuid));
  if v_user is not null then
    perform from tf.users where id = v_user for key share;
    if not found then
      v_user := tf.person_now(v_user);  -- joined another while we waited
      perform from tf.users where id = v_user for key share;
    end if;
    if not found then
      perform tf.refuse('TF404', 'no such person');
    end if;
  end if;
  select id into v_wallet from tf.wallet where user_id = v_user for update;
  insert into tf.subscription (provider, reference) values (p->>'provider', p->>'reference') on conflict do nothing;
  select * into s from tf.subscription where (provider, reference) = (p->>'provider', p->>'reference') for update;
  if s.user_id is distinct from v_user and s.user_id is not null then
    perform tf.refuse('TF409', 'named or joined this very moment');
  end if;

  update tf.subscription
     set user_id = v_user, grace = greatest(s.grace, make_interval(days => (p->>'grace_days')::int)),
         given = coalesce(s.given, (p->>'given')::bigint)
   where id = s.id;
  update tf.subscription k set plan = n.plan, state = n.state, ends = n.ends, told_at = n.at
    from jsonb_to_record(p->'standing') as n (at timestamptz, plan tf.plan, state tf.subscription_state, ends boolean)
   where k.id = s.id and (n.state = 'ended', n.at, n.state, n.ends, coalesce(n.plan, 'free'))
                       > (k.state = 'ended', k.told_at, k.state, k.ends, coalesce(k.plan, 'free'));
  if t is not null then
    insert into tf.term as known (subscription_id, payment, plan, credits, starts_at, until, paid, refunded)
    values (s.id, t->>'payment', (t->>'plan')::tf.plan, (t->>'credits')::bigint, (t->>'starts_at')::timestamptz,
            (t->>'until')::timestamptz, coalesce((t->>'paid')::boolean, false), coalesce((t->>'refunded')::boolean, false))
    on conflict (subscription_id, payment) do update
       set plan = coalesce(known.plan, excluded.plan), credits = coalesce(known.credits, excluded.credits),
           starts_at = coalesce(known.starts_at, excluded.starts_at), until = coalesce(known.until, excluded.until),
           paid = known.paid or excluded.paid, refunded = known.refunded or excluded.refunded;
  end if;
  select * into s from tf.subscription where id = s.id;
  if v_wallet is not null then
    v_moved := tf.settle_periods(s, v_wallet);
  end if;
  return tf.subscription_record(s) || jsonb_build_object('moved', v_moved);
end $$;

-- Periods that have begun since somebody told of them, and the calendar months of plans that operators gave: each once,
-- however often and wherever this runs. {limit?} -> {"moved": credits}
create function tf.begin_periods(p jsonb) returns jsonb
language plpgsql set search_path = '' as $$
declare
  v_month timestamptz := date_trunc('month', tf.now(), 'UTC');
  v_moved bigint := 0;
  s tf.subscription;
begin
  for s in
    select * from tf.subscription k
     where k.user_id is not null and (
       exists (select from tf.term t left join tf.period r on (r.subscription_id, r.until) = (t.subscription_id, t.until)
                where t.subscription_id = k.id and t.paid and not t.refunded and t.starts_at <= tf.now()
                  and t.credits > coalesce(r.credited, 0))
       or k.given is not null and k.state = 'active' and not k.ends and not exists (
            select from tf.term t where t.subscription_id = k.id and t.starts_at = v_month))
     order by k.at, k.id limit coalesce((p->>'limit')::int, 100)
  loop
    v_moved := v_moved + (api.merge_subscription(jsonb_build_object('provider', s.provider, 'reference', s.reference)
      || case when s.given is null or s.state <> 'active' or s.ends then '{}' else jsonb_build_object('term',
           jsonb_build_object('payment', to_char(v_month at time zone 'UTC', 'YYYY-MM'), 'plan', s.plan,
             'credits', s.given, 'starts_at', v_month, 'paid', true,
             'until', (v_month at time zone 'UTC' + interval '1 month') at time zone 'UTC')) end)->>'moved')::bigint;
  end loop;
  return jsonb_build_object('moved', v_moved);
end $$;

-- As before, with the plan the person has now.
create or replace function tf.job_record(j tf.job) returns jsonb
language sql stable set search_path = '' as $$
  select to_jsonb(j) - 'work' || jsonb_build_object(
    'order', j.work,
    'brief', (select answers from tf.brief where id = j.brief_id),
    'language', u.language, 'plan', tf.plan_of(u.id),
    'delivered', (select coalesce(jsonb_agg(jsonb_build_object(
        'variant_id', v.id, 'code', v.code, 'position', v.position, 'version', n.number, 'facts', n.facts)
        order by v.position), '[]')
      from tf.version n join tf.variant v on v.id = n.variant_id where n.job_id = j.id))
  from tf.users u where u.id = j.user_id
$$;

-- As before, with the plan the person has now.
create or replace function tf.describe_turns(p_calls jsonb) returns table (number bigint, answer jsonb, unreachable boolean)
language plpgsql
set search_path = '' set plan_cache_mode = force_generic_plan
set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off as $$
declare
  v_now timestamptz := tf.now();
begin
  -- A locked row is being changed on behalf of the same person: seen either way, and nobody waits for it.
  update tf.users set last_seen_at = v_now
   where id in (
     select u.id from jsonb_to_recordset(p_calls) as c (platform text, ref text)
       join tf.identity i using (platform, ref) join tf.users u on u.id = i.user_id
      where u.last_seen_at < v_now - interval '1 minute' for no key update of u skip locked);
  return query
    select c.ordinality, jsonb_build_object(
      'duplicate', exists (select from tf.processed_event where key = tf.event_hash(c.event)),
      'user_id', u.id, 'new_user', false, 'language', u.language, 'plan', tf.plan_of(u.id),
      'session', (select jsonb_build_object('data', s.data, 'version', s.version) from tf.session s
                  where (s.platform, s.place, s.user_id) = (c.platform, c.place, u.id)),
      'profile', (select to_jsonb(f) - 'user_id' from tf.profile f where f.user_id = u.id),
      'wallet', (select tf.wallet_record(w, v_now) from tf.wallet w where w.user_id = u.id),
      'running_jobs', (select coalesce(jsonb_agg(jsonb_build_object('job_id', j.id, 'code', j.code, 'kind', j.kind,
          'status', j.status, 'stage', j.stage) order by j.created_at), '[]')
        from tf.job j where j.user_id = u.id and j.status in ('queued', 'running'))),
      exists (select from tf.chat h where (h.platform, h.place) = (c.platform, c.place) and h.unreachable)
    from rows from (jsonb_to_recordset(p_calls) as (event text, platform text, ref text, place text))
         with ordinality as c
    join tf.identity i using (platform, ref) join tf.users u on u.id = i.user_id;
end $$;

call tf.lock_down();
