-- Only money makes a pool: rules of one that is not there would take its provider's models off every route, for there is nothing in it.
create or replace function tf.admin_fund(p jsonb) returns jsonb
language plpgsql set search_path = '' as $$
declare
  v_provider text := p->>'provider';
  v_amount bigint := (p->>'amount')::bigint;
  v_said jsonb := p - array['key', 'provider', 'act', 'actor', 'reason'];
begin
  if p->>'act' = 'pool_refill' then
    insert into tf.fund (provider) values (v_provider) on conflict do nothing;
  elsif not exists (select from tf.fund where provider = v_provider) then
    perform tf.refuse('TF404', 'no such pool');
  end if;
  perform from tf.fund order by provider for no key update;
  if not tf.record_act('pool:' || (p->>'key'), p->>'actor', p->>'act', 'pool:' || v_provider,
                       format('%s (%s)', p->>'reason', v_said)) then
    return '{"replayed": true}';
  end if;
  case p->>'act'
    when 'pool_refill' then
      insert into tf.fund_entry (provider, key, kind, amount, reference)
      values (v_provider, 'admin:' || (p->>'key'), 'refill', v_amount, p->>'key');
    when 'pool_move' then
      if not exists (select from tf.fund where provider = p->>'to' and provider <> v_provider) then
        perform tf.refuse('TF404', 'no such pool');
      end if;
      insert into tf.fund_entry (provider, key, kind, amount, reference)
      values (v_provider, format('admin:%s:from', p->>'key'), 'move', -v_amount, p->>'key'),
             (p->>'to', format('admin:%s:to', p->>'key'), 'move', v_amount, p->>'key');
    when 'pool_set' then
      update tf.fund
         set active = coalesce((p->>'active')::boolean, active), low = coalesce((p->>'low')::bigint, low),
             emergency = coalesce((p->>'emergency')::bigint, emergency), weight = coalesce((p->>'weight')::int, weight),
             daily_cap = case when p->>'cap' is null then daily_cap when (p->>'cap')::bigint >= 0 then (p->>'cap')::bigint end,
             keeps = case when p->>'keeps' is null then keeps when (p->>'keeps')::bigint >= 0 then (p->>'keeps')::bigint end
       where provider = v_provider;
  end case;
  return '{"replayed": false}';
end $$;

call tf.lock_down();
