-- What Telegram asks before somebody pays with Stars is answered from the order as it was agreed.

-- {provider, id} -> {person, credits, minor, currency, open}, or {} for none of ours. `open`: it can be paid now,
-- by somebody who is still here.
create function api.read_checkout(p jsonb) returns jsonb
language sql stable security definer set search_path = '' as $$
  select coalesce((
    select jsonb_build_object('person', person, 'credits', credits, 'minor', minor, 'currency', currency,
      'open', state = 'open' and expires_at > tf.now() and user_id is not null)
    from tf.checkout where provider = p->>'provider' and id = (p->>'id')::uuid), '{}')
$$;

call tf.lock_down();
