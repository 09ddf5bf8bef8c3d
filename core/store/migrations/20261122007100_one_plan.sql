-- Offers of plans stand in chats for days, by card and in Stars: whoever has taken one of them is not let into another,
-- which would be collected beside it.

-- Whether somebody pays for a plan until they end it; as `core.conversation.plan.collected` says it.
create function tf.subscribed(p_user uuid) returns boolean
language sql stable set search_path = '' as $$
  select exists (select from tf.subscription s
                  where s.user_id = p_user and s.given is null
                    and tf.subscription_record(s)->>'status' in ('active', 'grace', 'past_due'))
$$;

-- As before, and of plans none is open to whoever pays for one.
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
    || jsonb_build_object('open', o.state = 'open' and o.expires_at > tf.now() and o.user_id is not null
                                  and not (o.plan is not null and tf.subscribed(o.user_id)));
end $$;

call tf.lock_down();
