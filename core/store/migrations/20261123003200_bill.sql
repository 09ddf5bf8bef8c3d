-- Bills of subscriptions. What Stripe tells of one names the order it began with, and is recorded as it was said; what
-- it means is found here, from that order and from what plans cost, so that an operator's new prices change nothing of
-- what was agreed before. Telegram collects months in Stars, each a charge of its own.

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

-- A line of a paid bill as a term: a month, or what a change within one brings or takes, of which the house rounds in
-- its own favour.
create function tf.billed(o tf.checkout, p jsonb, p_line jsonb) returns jsonb
language sql immutable set search_path = '' as $$
  select p_line || jsonb_build_object('paid', true, 'bill', p->'bill'->'id') || case
    when not (p_line->>'part')::boolean then
      jsonb_build_object('payment', p->'bill'->>'id', 'plan', tariff->'plan', 'credits', tariff->'credits')
    else jsonb_build_object('payment', format('%s:%s', p->'bill'->>'id', p_line->>'id'),
      'plan', case when (p_line->>'minor')::bigint > 0 then tariff->'plan' end,
      'more', floor((tariff->>'credits')::numeric * (p_line->>'minor')::numeric / (tariff->>'minor')::numeric))
    end
    from tf.tariff(o, p, p_line->>'item') as tariff
$$;

-- What is told of a subscription: {subscription, order, customer?, live, at, item?, state?, ends?, grace_days, tariffs:
-- {item: {plan, credits, minor, currency}}, bill?: {id, total, payment?, lines: [{id, item, minor, currency,
-- quantity, part, starts_at, until}]}} -> {moved, target, doubt, reference}. What is paid otherwise than agreed is set
-- apart. A bill that says what paid it (`payment`) needs no second word for that.
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
      if r->'bill' ? 'payment' then
        perform tf.merge_payment(jsonb_build_object('provider', h.platform, 'reference', r->'bill'->'payment',
          'pays', r->'bill'->'id', 'paid_minor', r->'bill'->'total', 'live', r->'live',
          'paid_currency', r->'bill'->'lines'->0->'currency'));
        perform tf.step_checkout(o.id, '{"state": "paid"}');
      end if;
    end if;
    perform tf.watch_plans(tf.person_now(o.user_id));
    if v_moved <> 0 then
      perform tf.tell_paid(tf.person_now(o.user_id), o.platform, format('billed:%s:%s', h.platform, h.key), v_moved,
        jsonb_build_object('person', o.person, 'place', o.place, 'about', case when v_moved < 0 then jsonb_build_object(
          'cause', 'changed', 'minor', null, 'currency', null, 'credits', -v_moved, 'reference', v_name,
          'date', to_char(tf.now() at time zone 'UTC', 'YYYY-MM-DD')) end));
    end if;
  end if;
  if v_doubt is not null then
    perform tf.raise_alert(jsonb_build_object('key', tf.purchase_alert(h.platform, v_name), 'kind', 'purchase.refused',
      'detail', jsonb_build_object('platform', h.platform, 'id', v_name, 'item', o.item, 'reason', v_doubt)));
  end if;
  perform api.close_happening(jsonb_build_object('platform', h.platform, 'key', h.key));
  return jsonb_build_object('moved', v_moved, 'target', v_moved, 'doubt', v_doubt, 'reference', v_name);
end $$;

-- {provider, key}: what a company told, whatever it is about; {} when it is done already. One event of a bill at a
-- time, then one of a payment: what lies by and what it waits for would not see each other.
create function tf.settle_told(p jsonb) returns jsonb
language plpgsql set search_path = '' as $$
declare
  v_provider text := p->>'provider';
  r jsonb;
  h tf.happening;
  v_waiting text;
  v_answer jsonb;
  v_moved bigint;
begin
  select record into r from tf.happening where (platform, key) = (v_provider, p->>'key');
  perform pg_advisory_xact_lock(hashtextextended(format('bill:%s:%s', v_provider, bill), 0))
    from (select coalesce(r->'bill'->>'id', r->>'pays') as bill) b where bill is not null;
  if not r ? 'subscription' then
    return tf.settle_payment(p);
  end if;
  perform pg_advisory_xact_lock(hashtextextended(format('payment:%s:%s', v_provider, r->'bill'->>'payment'), 0))
    where r->'bill' ? 'payment';
  select * into h from tf.happening where (platform, key) = (v_provider, p->>'key') and done_at is null for update;
  if not found then
    return '{}';
  end if;
  v_answer := tf.settle_subscription(h);
  v_moved := (v_answer->>'moved')::bigint;
  for v_waiting in
    select key from tf.happening where platform = v_provider and swept is null and done_at is null
       and (record->>'pays' = r->'bill'->>'id' or record->>'reference' = r->'bill'->>'payment')
     order by key
  loop
    v_moved := v_moved + coalesce((tf.settle_payment(
      jsonb_build_object('provider', v_provider, 'key', v_waiting))->>'moved')::bigint, 0);
  end loop;
  return v_answer || jsonb_build_object('moved', v_moved);
end $$;

-- A link in a chat names the order a subscription began with, and leads to where the company lets people change it:
-- {provider, order} -> {reference, customer, platform, person}, or {} for none that can be changed: it is not ours, has
-- ended, or its person has left.
create function api.find_subscription(p jsonb) returns jsonb
language sql stable security definer set search_path = '' as $$
  select coalesce((
    select jsonb_build_object('reference', s.reference, 'customer', s.customer,
      'platform', o.platform, 'person', o.person)
    from tf.subscription s join tf.checkout o on o.id = s.checkout_id
    where (s.provider, o.id) = (p->>'provider', (p->>'order')::uuid) and s.user_id is not null
      and s.customer is not null and s.state <> 'ended' limit 1), '{}')
$$;

-- {provider, order} -> [payment], the latest first: what paid the months of the subscription that began with this order,
-- as long as more is collected for it.
create function api.collected(p jsonb) returns jsonb
language sql stable security definer set search_path = '' as $$
  select coalesce(jsonb_agg(r.reference order by t.until desc), '[]')
    from tf.subscription s join tf.term t on t.subscription_id = s.id
    join tf.payment r on (r.provider, r.bill) = (s.provider, t.bill)
   where (s.provider, s.checkout_id) = (p->>'provider', (p->>'order')::uuid) and s.state <> 'ended' and not s.ends
$$;

-- {provider, order}: no more is, from now on; unless its company says otherwise later.
create function api.end_collecting(p jsonb) returns jsonb
language sql security definer set search_path = '' as $$
  select coalesce((
    select api.merge_subscription(jsonb_build_object('provider', s.provider, 'reference', s.reference, 'standing',
        jsonb_build_object('at', greatest(s.told_at, tf.now()), 'plan', s.plan, 'state', s.state, 'ends', true)))
      from tf.subscription s
     where (s.provider, s.checkout_id) = (p->>'provider', (p->>'order')::uuid) limit 1), '{}')
$$;

-- A month that could not be collected is told to its person where they subscribed, or where they are alone with the bot
-- of the platform that sold it, once per word of the company, unless the money has come by the time we hear of it.
create function tf.tell_stalled() returns trigger
language plpgsql security definer set search_path = '' as $$
begin
  perform queue.put('turns', 'tell_stalled', jsonb_build_object('envelope', jsonb_build_object(
      'id', format('stalled:%s:%s', new.id, extract(epoch from new.told_at)),
      'platform', o.platform, 'person', o.person, 'place', o.place, 'anonymous', o.platform = 'web')))
    from (select platform, person, place from tf.checkout where id = new.checkout_id
          union all
          select c->>'platform', c->>'person', c->>'place' from tf.private_chat(new.user_id, new.provider) as c
           where new.checkout_id is null) o
   where o.place is not null
     and not exists (select from tf.term t where subscription_id = new.id and tf.stands(t) and until > tf.now());
  return null;
end $$;
create trigger stalled after update on tf.subscription
  for each row when (new.state = 'past_due' and old.state <> 'past_due') execute function tf.tell_stalled();
