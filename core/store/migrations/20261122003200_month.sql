-- Months of plans that platforms collect for us: Telegram in Stars, each a charge of its own.

-- The money of a month went back; it is named by its charge, and may come before the month itself.
create function tf.settle_month_back(h tf.happening) returns jsonb
language plpgsql set search_path = '' as $$
declare
  s tf.subscription;
  v_merged jsonb;
begin
  select k.* into s from tf.term t join tf.subscription k on k.id = t.subscription_id
   where k.provider = h.platform and t.payment = h.record->>'reference';
  v_merged := api.merge_subscription(jsonb_build_object('provider', s.provider, 'reference', s.reference,
    'term', jsonb_build_object('payment', h.record->'reference', 'refunded', true)));
  if v_merged->>'moved' <> '0' then
    perform tf.tell_paid(s.user_id, o.platform, format('billed:%s:%s', h.platform, h.key), (v_merged->>'moved')::bigint,
      jsonb_build_object('person', o.person, 'place', o.place)) from tf.checkout o where o.id = s.checkout_id;
  end if;
  perform api.close_happening(jsonb_build_object('platform', h.platform, 'key', h.key));
  return jsonb_build_object('moved', v_merged->'moved', 'target', v_merged->'moved', 'doubt', null,
    'reference', h.record->'reference');
end $$;

create function tf.is_month(p_provider text, p_payment text) returns boolean
language sql stable set search_path = '' as $$
  select exists (select from tf.term t join tf.subscription s on s.id = t.subscription_id
                  where s.provider = p_provider and t.payment = p_payment)
$$;

-- As before; of what is paid in Stars a month is named by its charge, and so is its way back.
create or replace function tf.settle_told(p jsonb) returns jsonb
language plpgsql set search_path = '' as $$
declare
  h tf.happening;
  v_back tf.happening;
  v_answer jsonb;
begin
  -- One event of a charge at a time, or a month and its way back would not see each other.
  perform pg_advisory_xact_lock(hashtextextended(format('payment:%s:%s', platform,
      coalesce(record->>'reference', record->'bill'->>'id')), 0))
    from tf.happening where (platform, key) = (p->>'provider', p->>'key') and platform = 'stars';
  select * into h from tf.happening
   where (platform, key) = (p->>'provider', p->>'key') and done_at is null for update;
  if h.record ? 'subscription' then
    v_answer := tf.settle_subscription(h);
    if h.platform = 'stars' then
      perform tf.step_checkout((h.record->>'order')::uuid, '{"state": "paid"}');
      for v_back in
        select * from tf.happening where platform = h.platform and record->>'reference' = h.record->'bill'->>'id'
           and swept is null and done_at is null and tf.is_month(platform, record->>'reference')
      loop
        perform tf.settle_month_back(v_back);
      end loop;
    end if;
    return v_answer;
  elsif h.record ? 'claim' and h.platform = 'stars' and tf.is_month(h.platform, h.record->>'reference') then
    return tf.settle_month_back(h);
  end if;
  return case when h.key is null then '{}' else tf.settle_payment(p) end;
end $$;

-- As before, of months as well.
create or replace function tf.compare_payment(p jsonb) returns jsonb
language plpgsql set search_path = '' as $$
declare
  v jsonb := p->'record';
  r tf.payment;
  v_month record;
begin
  select t.paid, t.refunded into v_month from tf.term t join tf.subscription s on s.id = t.subscription_id
   where s.provider = p->>'provider' and t.payment = coalesce(v->'bill'->>'id', v->>'reference');
  if found or v ? 'bill' then
    return jsonb_build_object('state', case when v_month.paid is not true or v ? 'claim' and not v_month.refunded
      then 'missed' else 'known' end);
  end if;
  update tf.payment set confirmed_at = coalesce(confirmed_at, tf.now())
   where (provider, reference) = (p->>'provider', v->>'reference') returning * into r;
  return jsonb_build_object('state', case
    when not v ? 'reference' or r.reference is null and not v ? 'order' then 'foreign'
    when r.reference is null or v ? 'paid_minor' and r.paid_minor is null then 'missed'
    when v ? 'paid_minor' and (r.paid_minor, r.paid_currency) <> ((v->>'paid_minor')::bigint, v->>'paid_currency')
      then 'differs'
    when v ? 'claim' and not exists (
      select from tf.claim c, jsonb_to_record(v->'claim') as n (id text, minor bigint, stage tf.claim_stage)
       where (c.provider, c.reference, c.id) = (r.provider, r.reference, n.id)
         and c.minor >= n.minor and c.stage >= n.stage) then 'missed'
    else 'known' end);
end $$;

call tf.lock_down();
