-- A link in a chat names an order; what it leads to is known from the order alone.

-- {provider, id, back?} -> {id, user_id, platform, person, place, item, title, back, credits, minor, currency, live,
-- state, url, expires_at, open}, or {} for none of ours. `back`: where its page is to lead, if that is not agreed yet.
-- `open`: it can be paid now, by somebody who is still here.
create or replace function api.read_checkout(p jsonb) returns jsonb
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
    || jsonb_build_object('open', o.state = 'open' and o.expires_at > tf.now() and o.user_id is not null);
end $$;

call tf.lock_down();
