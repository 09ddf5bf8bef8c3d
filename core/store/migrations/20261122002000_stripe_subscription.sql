-- Subscriptions by card. What Stripe tells of one names the order it began with, and is recorded as it was said; what it
-- means is found here, from that order and from what plans cost, so that an operator's new prices change nothing of what
-- was agreed before.

alter table tf.checkout add column plan tf.plan;
comment on column tf.checkout.plan is 'what it begins, month by month; null: it buys a pack';
alter table tf.subscription add column checkout_id uuid references tf.checkout, add column customer text;
comment on column tf.subscription.customer is 'the company''s own name of who pays, for its own pages';
alter table tf.term add column more bigint not null default 0;
comment on column tf.term.more is 'of a change within a period: credits on top of it, or fewer';

-- As api.open_checkout, with {plan}.
create function api.open_subscription(p jsonb) returns jsonb
language plpgsql security definer set search_path = '' as $$
declare
  v_opened jsonb := api.open_checkout(p);
begin
  update tf.checkout set plan = (p->>'plan')::tf.plan where id = (v_opened->>'id')::uuid;
  return v_opened || jsonb_build_object('plan', p->'plan');
end $$;

-- What the periods of a subscription that have begun come to, and what was credited of each.
create function tf.periods_of(p_subscription uuid)
returns table (until timestamptz, target bigint, credited bigint)
language sql stable set search_path = '' as $$
  select t.until,
         greatest(0, coalesce(max(t.credits) filter (where t.paid and not t.refunded), 0)
                     + coalesce(sum(t.more) filter (where t.paid and not t.refunded), 0))::bigint,
         coalesce((select p.credited from tf.period p where (p.subscription_id, p.until) = (p_subscription, t.until)), 0)
    from tf.term t where t.subscription_id = p_subscription and t.starts_at <= tf.now()
   group by t.until order by t.until
$$;

-- As before; what a change within a period brings or takes counts on top of its dearest term.
create or replace function tf.settle_periods(s tf.subscription, p_wallet uuid) returns bigint
language plpgsql set search_path = '' as $$
declare
  r record;
  v_version int;
  v_account text := case when s.given is null then 'sales' else 'grants' end;
  v_moved bigint := 0;
begin
  for r in select * from tf.periods_of(s.id) loop
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

-- As before; a term may carry `more`, and the subscription {order?, customer?}.
create or replace function api.merge_subscription(p jsonb) returns jsonb
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
    insert into tf.term as known (subscription_id, payment, plan, credits, starts_at, until, paid, refunded, more)
    values (s.id, t->>'payment', (t->>'plan')::tf.plan, (t->>'credits')::bigint, (t->>'starts_at')::timestamptz,
            (t->>'until')::timestamptz, coalesce((t->>'paid')::boolean, false),
            coalesce((t->>'refunded')::boolean, false), coalesce((t->>'more')::bigint, 0))
    on conflict (subscription_id, payment) do update
       set plan = coalesce(known.plan, excluded.plan), credits = coalesce(known.credits, excluded.credits),
           starts_at = coalesce(known.starts_at, excluded.starts_at), until = coalesce(known.until, excluded.until),
           paid = known.paid or excluded.paid, refunded = known.refunded or excluded.refunded,
           more = case when known.more = 0 then excluded.more else known.more end;
  end if;
  select * into s from tf.subscription where id = s.id;
  if v_wallet is not null then
    v_moved := tf.settle_periods(s, v_wallet);
  end if;
  return tf.subscription_record(s) || jsonb_build_object('moved', v_moved);
end $$;

-- As before, by what periods come to.
create or replace function tf.begin_periods(p jsonb) returns jsonb
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
    v_moved := v_moved + (api.merge_subscription(jsonb_build_object('provider', s.provider, 'reference', s.reference)
      || case when s.given is null or s.state <> 'active' or s.ends then '{}' else jsonb_build_object('term',
           jsonb_build_object('payment', to_char(v_month at time zone 'UTC', 'YYYY-MM'), 'plan', s.plan,
             'credits', s.given, 'starts_at', v_month, 'paid', true,
             'until', (v_month at time zone 'UTC' + interval '1 month') at time zone 'UTC')) end)->>'moved')::bigint;
  end loop;
  return jsonb_build_object('moved', v_moved);
end $$;

-- What a price of the company's stands for: as the order agreed, else as it is sold today. Null: it is no plan of ours.
create function tf.tariff(o tf.checkout, p jsonb, p_item text) returns jsonb
language sql immutable set search_path = '' as $$
  select case when p_item = o.item
    then jsonb_build_object('plan', o.plan, 'credits', o.credits, 'minor', o.minor, 'currency', o.currency)
    else p->'tariffs'->p_item end
$$;

-- Why a bill is not what was agreed: something else was billed, or less was asked than its lines come to. A change
-- within a period costs any part of its plan's price.
create function tf.bill_doubt(o tf.checkout, p jsonb) returns text
language sql immutable set search_path = '' as $$
  select case when (p->'bill'->>'total')::bigint < coalesce(sum(l.minor), 0) or bool_or(
      tariff is null or l.currency <> tariff->>'currency' or l.until <= l.starts_at or l.quantity is distinct from 1
      or case when l.part then abs(l.minor) > (tariff->>'minor')::bigint
              else l.minor <> (tariff->>'minor')::bigint end)
    then 'amount' end
    from jsonb_to_recordset(p->'bill'->'lines') as l (item text, minor bigint, currency text, quantity bigint,
                                                      part boolean, starts_at timestamptz, until timestamptz),
         tf.tariff(o, p, l.item) as tariff
$$;

-- A line of a paid bill as a term: a month, or what a change within one brings or takes, of which the house rounds in its
-- own favour.
create function tf.billed(o tf.checkout, p jsonb, p_line jsonb) returns jsonb
language sql immutable set search_path = '' as $$
  select p_line || jsonb_build_object('paid', true) || case
    when not (p_line->>'part')::boolean then
      jsonb_build_object('payment', p->'bill'->>'id', 'plan', tariff->'plan', 'credits', tariff->'credits')
    else jsonb_build_object('payment', format('%s:%s', p->'bill'->>'id', p_line->>'id'),
      'plan', case when (p_line->>'minor')::bigint > 0 then tariff->'plan' end,
      'more', floor((tariff->>'credits')::numeric * (p_line->>'minor')::numeric / (tariff->>'minor')::numeric))
    end
    from tf.tariff(o, p, p_line->>'item') as tariff
$$;

-- What is told of a subscription: {subscription, order, customer?, live, at, item?, state?, ends?, grace_days, tariffs:
-- {item: {plan, credits, minor, currency}}, bill?: {id, total, lines: [{id, item, minor, currency, quantity, part,
-- starts_at, until}]}} -> {moved, target, doubt, reference}. What is paid otherwise than agreed is set apart.
create function tf.settle_subscription(h tf.happening) returns jsonb
language plpgsql set search_path = '' as $$
declare
  r jsonb := h.record;
  o tf.checkout;
  v_base jsonb := jsonb_build_object('provider', h.platform, 'reference', r->'subscription', 'order', r->'order');
  v_name text := coalesce(r->'bill'->>'id', r->>'subscription');
  v_merged jsonb;
  v_moved bigint := 0;
  v_doubt text;
  v_line jsonb;
begin
  select * into o from tf.checkout where provider = h.platform and id = (r->>'order')::uuid and plan is not null;
  v_doubt := case when o.id is null then 'unknown_order' when o.live <> (r->>'live')::boolean then 'livemode' end;
  if v_doubt is null then
    v_base := v_base || jsonb_build_object('user_id', tf.person_now(o.user_id), 'customer', r->'customer',
      'grace_days', r->'grace_days');
    v_merged := api.merge_subscription(v_base || case when r ? 'state' then jsonb_build_object('standing',
      jsonb_build_object('at', r->'at', 'plan', tf.tariff(o, r, r->>'item')->'plan', 'state', r->'state',
        'ends', r->'ends')) else '{}' end);
    v_moved := (v_merged->>'moved')::bigint;
    v_doubt := case when r ? 'bill' then coalesce(tf.bill_doubt(o, r), case when o.user_id is null then 'left' end) end;
    if r ? 'bill' and v_doubt is distinct from 'amount' then
      for v_line in select value from jsonb_array_elements(r->'bill'->'lines') loop
        v_merged := api.merge_subscription(v_base || jsonb_build_object('term', tf.billed(o, r, v_line)));
        v_moved := v_moved + (v_merged->>'moved')::bigint;
      end loop;
    end if;
    if v_moved <> 0 then
      perform tf.tell_paid(tf.person_now(o.user_id), o.platform, format('billed:%s:%s', h.platform, h.key), v_moved,
        jsonb_build_object('person', o.person, 'place', o.place));
    end if;
  end if;
  if v_doubt is not null then
    perform tf.raise_alert(jsonb_build_object('key', tf.purchase_alert(h.platform, v_name), 'kind', 'purchase.refused',
      'detail', jsonb_build_object('platform', h.platform, 'id', v_name, 'item', o.item, 'reason', v_doubt)));
  end if;
  perform api.close_happening(jsonb_build_object('platform', h.platform, 'key', h.key));
  return jsonb_build_object('moved', v_moved, 'target', v_moved, 'doubt', v_doubt, 'reference', v_name);
end $$;

-- {provider, key}: what a company told, whatever it is about; {} when it is done already.
create function tf.settle_told(p jsonb) returns jsonb
language plpgsql set search_path = '' as $$
declare
  h tf.happening;
begin
  select * into h from tf.happening
   where (platform, key) = (p->>'provider', p->>'key') and record ? 'subscription' for update;
  if not found then
    return tf.settle_payment(p);
  end if;
  return case when h.done_at is null then tf.settle_subscription(h) else '{}' end;
end $$;

call tf.lock_down();
