-- Subscriptions: one row per subscription of one company, in which whatever is told of it only ever grows, as in a
-- payment. What was paid is a term, one per invoice or charge; the terms that end together are a period, and a period
-- brings its credits once: the difference between what they come to and what was credited is posted.

create type tf.subscription_state as enum ('active', 'past_due', 'ended');

create table tf.subscription (
  id uuid primary key default gen_random_uuid(),
  provider text not null,
  reference text not null,
  checkout_id uuid references tf.checkout,
  customer text,
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
create index on tf.subscription (checkout_id) where checkout_id is not null;
comment on column tf.subscription.plan is 'of the next period';
comment on column tf.subscription.ends is 'with the period that is paid';
comment on column tf.subscription.told_at is 'of plan, state and ends: the latest word holds, and the end is the last';
comment on column tf.subscription.grace is 'how long its plan stays open while the next period is being collected';
comment on column tf.subscription.given is 'credits of a calendar month (UTC), where an operator gave it; null: it is paid for';
comment on column tf.subscription.customer is 'the company''s own name of who pays, for its own pages';

create table tf.term (
  subscription_id uuid not null references tf.subscription,
  payment text not null,
  plan tf.plan,
  credits bigint check (credits >= 0),
  more bigint not null default 0,
  starts_at timestamptz,
  until timestamptz check (until > starts_at),
  paid boolean not null default false,
  refunded boolean not null default false,
  bill text,
  collected bigint not null default 0,
  back bigint not null default 0,
  entitlement text,
  primary key (subscription_id, payment)
);
create index on tf.term (bill) where bill is not null;
create index on tf.term (entitlement) where entitlement is not null;
comment on column tf.term.payment is 'the company''s own name for what paid it';
comment on column tf.term.more is 'of a change within a period: credits on top of it, or fewer';
comment on column tf.term.bill is 'what it stands on, by the company''s own name: of several terms, paid by several payments';
comment on column tf.term.collected is 'for its bill, smallest units';
comment on column tf.term.back is 'of that: refunded, or disputed';
comment on column tf.term.entitlement is 'whose end says that it was given back: of a platform that tells of no money';

create table tf.entitlement (
  provider text not null,
  id text not null,
  ended_at timestamptz,
  gone boolean not null default false,
  primary key (provider, id)
);
comment on table tf.entitlement is 'rights to a plan of which the end was told, maybe before what was paid under them';
comment on column tf.entitlement.gone is 'with its money';

create table tf.period (
  subscription_id uuid not null references tf.subscription,
  until timestamptz not null,
  lot_id bigint not null references tf.lot,
  version int not null default 1,
  primary key (subscription_id, until)
);

-- Whether a term counts: paid, and not all of its money went back.
create function tf.stands(t tf.term) returns boolean
language sql immutable set search_path = '' as $$
  select t.paid and not t.refunded and (t.collected = 0 or t.back < t.collected)
$$;

-- What of its credits still counts: of a part the house rounds in its own favour.
create function tf.kept(t tf.term, p_credits bigint) returns bigint
language sql immutable set search_path = '' as $$
  select case when not tf.stands(t) then 0 when t.back = 0 then p_credits
    else floor(p_credits::numeric * (t.collected - t.back) / t.collected)::bigint end
$$;

-- Whose a bill is: the subscription its terms belong to.
create function tf.billed_to(p_provider text, p_bill text) returns tf.subscription
language sql stable set search_path = '' as $$
  select s from tf.term t join tf.subscription s on s.id = t.subscription_id
   where s.provider = p_provider and t.bill = p_bill limit 1
$$;

-- The plan a person has: the best of what is paid for now, or was until a moment ago and is being collected.
create function tf.plan_of(p_user uuid) returns tf.plan
language sql stable set search_path = '' set timezone = 'UTC' as $$
  select greatest(
    (select plan::tf.plan from tf.users where id = p_user),
    (select max(t.plan) from tf.subscription s join tf.term t on t.subscription_id = s.id
      where s.user_id = p_user and tf.stands(t) and t.starts_at <= n.now
        and (n.now < t.until or s.state <> 'ended' and not s.ends and n.now < t.until + s.grace and not exists (
               select from tf.term o where o.subscription_id = s.id and tf.stands(o) and o.until > t.until))))
  from (select tf.now() as now) n
$$;

-- open (nothing is paid yet), active, grace (the next period was not collected, the plan is still open), past_due (it
-- is no longer), cancelled (runs until its end), ended
create function tf.subscription_status(s tf.subscription, p_until timestamptz, p_now timestamptz) returns text
language sql immutable set search_path = '' set timezone = 'UTC' as $$
  select case
    when p_until is null then case when s.state = 'ended' then 'ended' else 'open' end
    when p_now < p_until and (s.ends or s.state = 'ended') then 'cancelled'
    when s.ends or s.state = 'ended' then 'ended'
    when s.state = 'past_due' then case when p_now < p_until + s.grace then 'grace' else 'past_due' end
    when p_now < p_until + s.grace then 'active'
    else 'ended'
  end
$$;

-- With {order}: ours, that it began with.
create function tf.subscription_record(s tf.subscription) returns jsonb
language sql stable set search_path = '' as $$
  select jsonb_build_object('provider', s.provider, 'reference', s.reference, 'plan', s.plan, 'ends', s.ends,
    'until', t.until, 'paid_plan', t.plan, 'status', tf.subscription_status(s, t.until, tf.now()),
    'order', s.checkout_id)
  from (select max(until) as until, (array_agg(plan order by until desc, plan desc nulls last))[1] as plan
        from tf.term k where subscription_id = s.id and tf.stands(k)) t
$$;

-- {user_id} -> {plan, subscriptions: [{provider, reference, plan, paid_plan, ends, until, status}]}, newest first.
create function api.subscriptions(p jsonb) returns jsonb
language sql stable security definer set search_path = '' as $$
  select jsonb_build_object('plan', coalesce(tf.plan_of(w.id), 'free'), 'subscriptions', (
    select coalesce(jsonb_agg(tf.subscription_record(s) order by s.at desc, s.id), '[]')
      from tf.subscription s where s.user_id = w.id))
  from (select tf.person_now((p->>'user_id')::uuid) as id) w
$$;

-- Whether somebody pays for a plan until they end it; as `core.conversation.plan.collected` says it.
create function tf.subscribed(p_user uuid) returns boolean
language sql stable set search_path = '' as $$
  select exists (select from tf.subscription s
                  where s.user_id = p_user and s.given is null
                    and tf.subscription_record(s)->>'status' in ('active', 'grace', 'past_due'))
$$;

-- {provider, id, back?} -> {id, user_id, platform, person, place, item, title, back, credits, minor, currency, live,
-- state, url, expires_at, open}, or {} for none of ours. `back`: where its page is to lead, if that is not agreed yet.
-- `open`: it can be paid now, by somebody who is still here; of plans none is open to whoever pays for one already,
-- because offers of them stand in chats for days and a second one would be collected beside the first.
create function api.read_checkout(p jsonb) returns jsonb
language plpgsql volatile security definer set search_path = '' as $$
declare
  o tf.checkout;
begin
  update tf.checkout set back = p->>'back'
   where provider = p->>'provider' and id = (p->>'id')::uuid and back = '' and p->>'back' <> '';
  select * into o from tf.checkout where provider = p->>'provider' and id = (p->>'id')::uuid;
  if not found then
    return '{}';
  end if;
  return to_jsonb(o) - array['key', 'wallet_id', 'page', 'at']
    || jsonb_build_object('open', o.state = 'open' and o.expires_at > tf.now() and o.user_id is not null
                                  and not (o.plan is not null and tf.subscribed(o.user_id)));
end $$;

-- What the periods of a subscription that have begun come to, and what was credited of each.
create function tf.periods_of(p_subscription uuid)
returns table (until timestamptz, target bigint, lot_id bigint, credited bigint, version int)
language sql stable set search_path = '' as $$
  select t.until, t.target, p.lot_id, coalesce(l.credits, 0), coalesce(p.version, 0)
  from (
    select k.until, greatest(0, coalesce(max(tf.kept(k, k.credits)), 0)
                                + coalesce(sum(tf.kept(k, k.more)), 0))::bigint as target
      from tf.term k where k.subscription_id = p_subscription and k.starts_at <= tf.now()
     group by k.until) t
  left join tf.period p on (p.subscription_id, p.until) = (p_subscription, t.until)
  left join tf.lot l on l.id = p.lot_id
  order by t.until
$$;

-- Bring the wallet to what the periods that have begun come to: of one period the dearest that is paid counts, so an
-- upgrade posts the difference; what a change within a period brings or takes counts on top. A period told of after its
-- end brings nothing, else it would matter what is told first: somebody has to look. Call it with wallet and
-- subscription locked. -> credits moved
create function tf.settle_periods(s tf.subscription, p_wallet uuid) returns bigint
language plpgsql set search_path = '' as $$
declare
  r record;
  v_set record;
  v_moved bigint := 0;
begin
  for r in select * from tf.periods_of(s.id) loop
    continue when r.target = r.credited;
    v_set := tf.set_lot(p_wallet, r.lot_id, r.until, r.target, case when s.given is null then 'sales' else 'grants' end,
      format('period:%s:%s:%s', s.id, extract(epoch from r.until), r.version + 1));
    insert into tf.period as known (subscription_id, until, lot_id) values (s.id, r.until, v_set.lot)
      on conflict (subscription_id, until) do update set version = known.version + 1;
    v_moved := v_moved + v_set.moved;
    if r.lot_id is null and r.until <= tf.now() then
      perform tf.raise_alert(jsonb_build_object(
        'key', format('late:%s:%s', s.id, extract(epoch from r.until)), 'kind', 'purchase.refused', 'detail',
        jsonb_build_object('platform', s.provider, 'id', s.reference, 'item', 'a month', 'reason', 'late')));
    end if;
  end loop;
  return v_moved;
end $$;

-- What is told of a subscription: {provider, reference, user_id?, grace_days?, given?, order?, customer?, standing?:
-- {at, plan, state, ends}, term?: {payment, plan?, credits?, more?, starts_at?, until?, paid?, refunded?,
-- bill?}} -> its record and {moved}. Lock order: person, wallet, subscription. TF404: its person is gone; TF409: it led
-- to somebody else this very moment.
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
         given = coalesce(s.given, (p->>'given')::bigint),
         checkout_id = coalesce(s.checkout_id, (p->>'order')::uuid), customer = coalesce(s.customer, p->>'customer')
   where id = s.id;
  update tf.subscription k set plan = n.plan, state = n.state, ends = n.ends, told_at = n.at
    from jsonb_to_record(p->'standing') as n (at timestamptz, plan tf.plan, state tf.subscription_state, ends boolean)
   where k.id = s.id and (n.state = 'ended', n.at, n.state, n.ends, coalesce(n.plan, 'free'))
                       > (k.state = 'ended', k.told_at, k.state, k.ends, coalesce(k.plan, 'free'));
  if t is not null then
    insert into tf.term as known (subscription_id, payment, plan, credits, starts_at, until, paid, refunded, more, bill)
    values (s.id, t->>'payment', (t->>'plan')::tf.plan, (t->>'credits')::bigint, (t->>'starts_at')::timestamptz,
            (t->>'until')::timestamptz, coalesce((t->>'paid')::boolean, false),
            coalesce((t->>'refunded')::boolean, false), coalesce((t->>'more')::bigint, 0), t->>'bill')
    on conflict (subscription_id, payment) do update
       set plan = coalesce(known.plan, excluded.plan), credits = coalesce(known.credits, excluded.credits),
           starts_at = coalesce(known.starts_at, excluded.starts_at), until = coalesce(known.until, excluded.until),
           paid = known.paid or excluded.paid, refunded = known.refunded or excluded.refunded,
           more = case when known.more = 0 then excluded.more else known.more end,
           bill = coalesce(known.bill, excluded.bill);
  end if;
  select * into s from tf.subscription where id = s.id;
  if v_wallet is not null then
    v_moved := tf.settle_periods(s, v_wallet);
  end if;
  return tf.subscription_record(s) || jsonb_build_object('moved', v_moved);
end $$;

-- Periods that have begun since somebody told of them, and the calendar months of plans that operators gave: each once,
-- however often and wherever this runs. It waits for nobody, as it holds many at once: who is busy is looked at again.
-- {limit?} -> {"moved": credits}
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
       exists (select from tf.periods_of(k.id) where target > credited)
       or k.given is not null and k.state = 'active' and not k.ends and not exists (
            select from tf.term t where t.subscription_id = k.id and t.starts_at = v_month))
     order by k.at, k.id limit coalesce((p->>'limit')::int, 100)
  loop
    perform from tf.users where id = s.user_id for key share skip locked;
    continue when not found;
    perform from tf.wallet where user_id = s.user_id for update skip locked;
    continue when not found;
    v_moved := v_moved + (api.merge_subscription(jsonb_build_object('provider', s.provider, 'reference', s.reference)
      || case when s.given is null or s.state <> 'active' or s.ends then '{}' else jsonb_build_object('term',
           jsonb_build_object('payment', to_char(v_month at time zone 'UTC', 'YYYY-MM'), 'plan', s.plan,
             'credits', s.given, 'starts_at', v_month, 'paid', true,
             'until', (v_month at time zone 'UTC' + interval '1 month') at time zone 'UTC')) end)->>'moved')::bigint;
  end loop;
  return jsonb_build_object('moved', v_moved);
end $$;
