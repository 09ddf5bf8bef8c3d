-- A link in a chat names the order a subscription began with, and leads to where the company lets people change it.

-- As before, with {order}: ours, that it began with.
create or replace function tf.subscription_record(s tf.subscription) returns jsonb
language sql stable set search_path = '' as $$
  select jsonb_build_object('provider', s.provider, 'reference', s.reference, 'plan', s.plan, 'ends', s.ends,
    'until', t.until, 'paid_plan', t.plan, 'status', tf.subscription_status(s, t.until, tf.now()),
    'order', s.checkout_id)
  from (select max(until) as until, (array_agg(plan order by until desc, plan desc nulls last))[1] as plan
        from tf.term where subscription_id = s.id and paid and not refunded) t
$$;

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

-- A month that could not be collected is told to its person where they subscribed, once per word of the company, unless
-- the money has come by the time we hear of it.
create function tf.tell_stalled() returns trigger
language plpgsql security definer set search_path = '' as $$
begin
  perform queue.put('turns', 'tell_stalled', jsonb_build_object('envelope', jsonb_build_object(
      'id', format('stalled:%s:%s', new.id, extract(epoch from new.told_at)),
      'platform', o.platform, 'person', o.person, 'place', o.place, 'anonymous', o.platform = 'web')))
    from tf.checkout o
   where o.id = new.checkout_id and o.place is not null
     and not exists (select from tf.term where subscription_id = new.id and paid and not refunded and until > tf.now());
  return null;
end $$;
create trigger stalled after update on tf.subscription
  for each row when (new.state = 'past_due' and old.state <> 'past_due') execute function tf.tell_stalled();

call tf.lock_down();
