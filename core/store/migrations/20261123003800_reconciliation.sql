-- The books of who takes our money, read against ours.

-- How far a company's books were read: a moment or a number, as the company counts.
create table tf.reconciled (
  provider text primary key,
  mark text not null,
  begun_at timestamptz not null default tf.now(),
  at timestamptz not null default tf.now()
);

-- {provider} -> {mark} or {}
create function tf.reconciled_to(p jsonb) returns jsonb
language sql stable set search_path = '' as $$
  select coalesce((select jsonb_build_object('mark', mark) from tf.reconciled where provider = p->>'provider'), '{}')
$$;

-- {provider, mark}
create function tf.reconcile_to(p jsonb) returns jsonb
language sql set search_path = '' as $$
  insert into tf.reconciled as known (provider, mark) values (p->>'provider', p->>'mark')
  on conflict (provider) do update set mark = excluded.mark, at = tf.now()
  returning '{}'::jsonb
$$;

-- {provider, record: as it would have been told} -> {"state"}: foreign (other business over the same account), known,
-- differs (it was paid otherwise than we were told) or missed (nobody told us); of months as well.
create function tf.compare_payment(p jsonb) returns jsonb
language plpgsql set search_path = '' as $$
declare
  v_provider text := p->>'provider';
  v jsonb := p->'record';
  v_bill text := coalesce(v->'bill'->>'id', v->>'pays');
  v_billed boolean := (tf.billed_to(v_provider, v_bill)).id is not null;
  r tf.payment;
begin
  update tf.payment set confirmed_at = coalesce(confirmed_at, tf.now())
   where (provider, reference) = (v_provider, coalesce(v->>'reference', v->'bill'->>'payment')) returning * into r;
  return jsonb_build_object('state', case
    when v ? 'bill' then case
      when v_billed or exists (select from tf.alert where key = tf.purchase_alert(v_provider, v_bill)) then 'known'
      else 'missed' end
    when v_bill is not null and not v_billed then 'foreign'
    when not v ? 'reference' or r.reference is null and not v ? 'order' and not v_billed then 'foreign'
    when r.reference is null or v ? 'paid_minor' and r.paid_minor is null then 'missed'
    when v ? 'paid_minor' and (r.paid_minor, r.paid_currency) <> ((v->>'paid_minor')::bigint, v->>'paid_currency')
      then 'differs'
    when v ? 'claim' and not exists (
      select from tf.claim c, jsonb_to_record(v->'claim') as n (id text, minor bigint, stage tf.claim_stage)
       where (c.provider, c.reference, c.id) = (r.provider, r.reference, n.id)
         and c.minor >= n.minor and c.stage >= n.stage) then 'missed'
    else 'known' end);
end $$;

-- {provider} -> [reference]: what we were told was paid, an hour ago or more and since we read its books, and they do
-- not name.
create function tf.unconfirmed_payments(p jsonb) returns jsonb
language sql stable set search_path = '' as $$
  select coalesce(jsonb_agg(r.reference order by r.at), '[]')
  from tf.payment r join tf.reconciled k on k.provider = r.provider
  where r.provider = p->>'provider' and r.paid_minor is not null and r.confirmed_at is null
    and r.at between k.begun_at and tf.now() - interval '1 hour'
$$;

-- {provider, reference}: its books know it after all.
create function tf.confirm_payment(p jsonb) returns jsonb
language sql set search_path = '' as $$
  update tf.payment set confirmed_at = coalesce(confirmed_at, tf.now())
   where (provider, reference) = (p->>'provider', p->>'reference') returning '{}'::jsonb
$$;
