-- What of people's payments is set aside for the funds, and what moves between funds at the end of a month.

-- What one micro-USD of revenue is: for each currency, how many its smallest unit is worth to us.
create table tf.fund_rate (
  currency text primary key,
  micro_usd bigint not null check (micro_usd > 0)
);
comment on table tf.fund_rate is 'a Star brings its bot about 1.3 cents; what a currency not listed pays is not shared out';
insert into tf.fund_rate values ('usd', 10000), ('xtr', 13000);

create table tf.fund_policy (
  only_row boolean primary key default true check (only_row),
  share_percent int not null default 80 check (share_percent between 0 and 100)
);
comment on column tf.fund_policy.share_percent is 'of what is paid, set aside for the funds';
insert into tf.fund_policy default values;

-- {} -> {percent, rates: {currency: micro-USD of its smallest unit}, without: [currency]}: by what is set aside, and in
-- which currencies somebody paid of which nothing is.
create function tf.shares(p jsonb) returns jsonb
language sql stable set search_path = '' as $$
  select jsonb_build_object('percent', (select share_percent from tf.fund_policy),
    'rates', (select coalesce(jsonb_object_agg(currency, micro_usd), '{}') from tf.fund_rate),
    'without', (select coalesce(jsonb_agg(currency order by currency), '[]') from (
      select distinct coalesce(paid_currency, currency) as currency from tf.payment where credited > 0) paid
      where currency <> '' and currency not in (select currency from tf.fund_rate)))
$$;

-- An operator's word, once per key and in the journal: {key, percent?, rates?: {currency: micro-USD}, actor, reason} ->
-- {replayed}. It counts for what moves from now on.
create function tf.admin_share(p jsonb) returns jsonb
language plpgsql set search_path = '' as $$
begin
  if not tf.record_act('share:' || (p->>'key'), p->>'actor', 'share_set', 'shares',
                       format('%s (%s)', p->>'reason', p - array['key', 'actor', 'reason'])) then
    return '{"replayed": true}';
  end if;
  update tf.fund_policy set share_percent = coalesce((p->>'percent')::int, share_percent);
  insert into tf.fund_rate (currency, micro_usd)
  select key, value::bigint from jsonb_each_text(coalesce(p->'rates', '{}'))
  on conflict (currency) do update set micro_usd = excluded.micro_usd;
  return '{"replayed": false}';
end $$;

-- A sum parted by weights, to the last unit: what does not divide goes to the first. Nothing where nobody weighs.
create function tf.parted(p_amount bigint, p_names text[], p_weights bigint[])
returns table (name text, amount bigint)
language sql immutable set search_path = '' as $$
  select w.name, (trunc(p_amount * sum(w.weight) over before / sum(w.weight) over ())
                  - trunc(p_amount * coalesce(sum(w.weight) over ahead, 0) / sum(w.weight) over ()))::bigint
  from unnest(p_names, p_weights) as w (name, weight)
  where w.weight > 0
  window before as (order by w.name rows unbounded preceding),
         ahead as (order by w.name rows between unbounded preceding and 1 preceding)
$$;

-- What is set aside of a payment, brought to what it should be now: a payment that was told of again changes nothing,
-- and what is given back or disputed takes its part from whoever had it.
create function tf.share_payment(r tf.payment) returns void
language plpgsql set search_path = '' as $$
declare
  v_reference text := format('%s:%s', r.provider, r.reference);
  v_due bigint;
begin
  select (r.minor::numeric * r.credited / r.credits * e.micro_usd * (select share_percent from tf.fund_policy) / 100)::bigint
    into v_due from tf.fund_rate e where e.currency = coalesce(r.paid_currency, r.currency);
  if v_due is null then
    return;
  end if;
  v_due := v_due - coalesce((select sum(amount) from tf.fund_entry where kind = 'share' and reference = v_reference), 0);
  insert into tf.fund_entry (provider, key, kind, amount, reference)
  select part.name, format('share:%s:%s:%s', v_reference, r.version, part.name), 'share', part.amount, v_reference
    from (
      select array_agg(provider) as names, array_agg(weight) as weights from (
        select provider, weight::bigint from tf.fund where active and v_due > 0
        union all
        select provider, sum(amount)::bigint from tf.fund_entry
         where kind = 'share' and reference = v_reference and v_due < 0 group by provider) who
    ) all_of, tf.parted(v_due, names, weights) part where part.amount <> 0
  on conflict (key) do nothing;
end $$;

create function tf.share_revenue() returns trigger
language plpgsql security definer set search_path = '' as $$
begin
  perform tf.share_payment(new);
  return null;
end $$;
create trigger shared after update of credited on tf.payment for each row
  when (old.credited <> new.credited) execute function tf.share_revenue();

-- At the first look of a month: what a fund has beyond what it keeps goes to the others by their weights. {} -> moved
create function tf.move_unused(p jsonb) returns jsonb
language plpgsql set search_path = '' as $$
declare
  v_month text := to_char(tf.now() at time zone 'UTC', 'YYYY-MM');
  v_moved bigint := 0;
  f tf.fund;
  v_rest bigint;
begin
  perform from tf.fund order by provider for no key update;
  for f in select * from tf.fund where active and keeps is not null order by provider loop
    v_rest := f.balance - f.reserved - f.keeps;
    continue when v_rest <= 0 or exists (select from tf.fund_entry where key = format('unused:%s:%s', v_month, f.provider))
      or not exists (select from tf.fund where active and weight > 0 and provider <> f.provider);
    insert into tf.fund_entry (provider, key, kind, amount, reference)
    values (f.provider, format('unused:%s:%s', v_month, f.provider), 'move', -v_rest, v_month);
    insert into tf.fund_entry (provider, key, kind, amount, reference)
    select part.name, format('unused:%s:%s:%s', v_month, f.provider, part.name), 'move', part.amount, v_month
      from tf.parted(v_rest,
        (select array_agg(provider order by provider) from tf.fund where active and provider <> f.provider),
        (select array_agg(weight::bigint order by provider) from tf.fund where active and provider <> f.provider)) part
     where part.amount <> 0;
    v_moved := v_moved + v_rest;
  end loop;
  return jsonb_build_object('moved', v_moved);
end $$;
