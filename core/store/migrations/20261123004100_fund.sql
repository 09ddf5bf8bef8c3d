-- Funds: our money with the providers, in micro-USD, one per provider; operators call them pools. A provider without
-- one is asked without limit. What an order is expected to cost is reserved in the transaction that holds its credits,
-- and what it did cost is booked in the one that ends it, however it ends.
--
-- A fund's row is hot: every order of its provider meets it. So nobody touches it while working: entries and
-- reservations are rows of their own, and deferred triggers bring the fund's figures up at the very end, when the
-- transaction has nothing left to do but commit. Whoever comes to more than one takes all in the same order. The lock
-- therefore comes last, after every other of tf, and lasts as long as one commit. (No key update: rows that point to a
-- fund lock its key while the work goes on.)

create table tf.fund (
  provider text primary key,
  active boolean not null default true,
  balance bigint not null default 0,
  reserved bigint not null default 0 check (reserved >= 0),
  filled bigint not null default 0,
  spent_on date not null default '-infinity',
  spent bigint not null default 0,
  daily_cap bigint check (daily_cap >= 0),
  low bigint not null default 0 check (low >= 0),
  emergency bigint not null default 0 check (emergency >= 0),
  weight int not null default 1 check (weight >= 0),
  keeps bigint check (keeps >= 0)
) with (fillfactor = 50);
comment on column tf.fund.active is 'false: asked without limit; what is spent is booked all the same';
comment on column tf.fund.balance is 'below zero: it cost more than there was';
comment on column tf.fund.filled is 'balance after the last refill';
comment on column tf.fund.spent is 'on the day spent_on (UTC)';
comment on column tf.fund.emergency is 'what is never spent: beyond it the provider leaves every route';
comment on column tf.fund.weight is 'its part of what is set aside from revenue, over the sum of all weights';
comment on column tf.fund.keeps is 'what is above this at the end of a month goes to the others; null: all stays';

create table tf.fund_entry (
  id bigint generated always as identity primary key,
  provider text not null references tf.fund,
  key text not null unique,
  kind text not null check (kind in ('refill', 'spend', 'share', 'move')),
  amount bigint not null check (amount <> 0),
  reference text not null,
  at timestamptz not null default tf.now()
);
create index on tf.fund_entry (provider, id desc);
create index on tf.fund_entry (reference) where kind = 'share';
comment on column tf.fund_entry.reference is 'job, payment, the month whose rest is moved, or an operator''s act: who and why stand there';
create trigger append_only before update or delete or truncate on tf.fund_entry
  for each statement execute function tf.refuse_change();

-- What an open job may spend. `granted` is decided at commit: false where there was not enough.
create table tf.fund_hold (
  job_id uuid primary key,
  provider text not null references tf.fund,
  amount bigint not null check (amount > 0),
  granted boolean
);

-- What may still be spent, over what is reserved: null without a limit.
create function tf.fund_left(f tf.fund) returns bigint
language sql stable set search_path = '' as $$
  select case when f.active then least(f.balance - f.emergency,
    f.daily_cap - case when f.spent_on = (tf.now() at time zone 'UTC')::date then f.spent else 0 end) - f.reserved end
$$;

create function tf.book_fund() returns trigger
language plpgsql security definer set search_path = '' as $$
declare
  v_today date := (tf.now() at time zone 'UTC')::date;
begin
  perform from tf.fund order by provider for no key update;
  update tf.fund
     set balance = balance + new.amount,
         filled = case new.kind when 'refill' then balance + new.amount else filled end,
         spent = case when new.kind <> 'spend' then spent when spent_on = v_today then spent - new.amount else -new.amount end,
         spent_on = case new.kind when 'spend' then v_today else spent_on end
   where provider = new.provider;
  return null;
end $$;
create constraint trigger booked after insert on tf.fund_entry deferrable initially deferred
  for each row execute function tf.book_fund();

create function tf.grant_fund() returns trigger
language plpgsql security definer set search_path = '' as $$
declare
  v_enough boolean;
begin
  perform from tf.fund order by provider for no key update;
  select coalesce(tf.fund_left(f) >= new.amount, true) into v_enough from tf.fund f where provider = new.provider;
  update tf.fund_hold set granted = v_enough where job_id = new.job_id;
  if found and v_enough then
    update tf.fund set reserved = reserved + new.amount where provider = new.provider;
  end if;
  return null;
end $$;
create constraint trigger granted after insert on tf.fund_hold deferrable initially deferred
  for each row execute function tf.grant_fund();

create function tf.free_fund() returns trigger
language plpgsql security definer set search_path = '' as $$
begin
  perform from tf.fund order by provider for no key update;
  update tf.fund set reserved = reserved - old.amount where provider = old.provider;
  return null;
end $$;
create constraint trigger freed after delete on tf.fund_hold deferrable initially deferred
  for each row when (old.granted) execute function tf.free_fund();

-- What the calls for a job came to, by provider: those of its pictures, and those in vain.
create function tf.job_costs(j tf.job) returns table (provider text, model text, cost bigint)
language sql stable set search_path = '' as $$
  select a->>'provider', a->>'model', sum((a->>'cost_micro_usd')::bigint)::bigint
  from (
    select jsonb_array_elements(n.facts->'attempts') as a from tf.version n where n.job_id = j.id and j.price > 0
    union all
    select jsonb_array_elements(coalesce(j.result->'attempts', j.provider_state->'fruitless'))
  ) called
  where coalesce(a->>'provider', '') <> '' and (a->>'cost_micro_usd')::bigint > 0
  group by 1, 2
$$;

create function tf.fund_job() returns trigger
language plpgsql security definer set search_path = '' as $$
begin
  if tg_op = 'INSERT' then
    insert into tf.fund_hold (job_id, provider, amount)
    select new.id, f.provider, (new.quote->'expected'->>'micro_usd')::bigint
      from tf.fund f where f.provider = new.quote->'expected'->>'provider';
  elsif tg_op = 'UPDATE' then
    delete from tf.fund_hold where job_id = new.id;
    insert into tf.fund_entry (provider, key, kind, amount, reference)
    select c.provider, format('spend:%s:%s', new.id, c.provider), 'spend', -sum(c.cost), new.id::text
      from tf.job_costs(new) c join tf.fund f on f.provider = c.provider
     group by c.provider order by c.provider
    on conflict (key) do nothing;
  else
    delete from tf.fund_hold where job_id = old.id;  -- its person has left
  end if;
  return null;
end $$;
create trigger funded after insert on tf.job for each row
  when (new.quote ? 'expected') execute function tf.fund_job();
create trigger spent after update on tf.job for each row
  when (old.ended_at is null and new.ended_at is not null) execute function tf.fund_job();
create trigger unfunded after delete on tf.job for each row
  when (old.ended_at is null) execute function tf.fund_job();

-- Providers a job may spend nothing with: those whose fund is empty, unless it was promised enough, and the one that
-- could not promise it. {job_id} -> [provider]
create function tf.closed_funds(p jsonb) returns jsonb
language sql stable set search_path = '' as $$
  select coalesce(jsonb_agg(f.provider order by f.provider), '[]')
  from tf.fund f left join tf.fund_hold h on h.provider = f.provider and h.job_id = (p->>'job_id')::uuid
  where f.active and not coalesce(h.granted, tf.fund_left(f) > 0)
$$;

-- {} -> every fund with what is left of it
create function tf.funds(p jsonb) returns jsonb
language sql stable set search_path = '' as $$
  select coalesce(jsonb_agg(to_jsonb(f) - 'spent_on' - 'spent' || jsonb_build_object('left', tf.fund_left(f),
    'spent_today', case when f.spent_on = (tf.now() at time zone 'UTC')::date then f.spent else 0 end)
    order by provider), '[]') from tf.fund f
$$;

-- How many funds' figures are not what their entries and reservations come to.
create function tf.funds_off() returns bigint
language sql stable set search_path = '' as $$
  select count(*) from tf.fund f
   where f.balance <> (select coalesce(sum(amount), 0) from tf.fund_entry e where e.provider = f.provider)
      or f.reserved <> (select coalesce(sum(amount), 0) from tf.fund_hold h where h.provider = f.provider and granted)
      or exists (select from tf.fund_hold h join tf.job j on j.id = h.job_id
                  where h.provider = f.provider and j.ended_at is not null)
$$;

-- What is done to a pool, as `p` says: {provider, act: pool_refill | pool_set | pool_move, amount?, to?, active?, cap?,
-- low?, emergency?, weight?, keeps?}. What is not named stays; a cap or keeps below zero takes it away.
create function tf.act_on_fund(p_key text, p jsonb) returns void
language plpgsql set search_path = '' as $$
declare
  v_provider text := p->>'provider';
  v_amount bigint := (p->>'amount')::bigint;
begin
  perform from tf.fund order by provider for no key update;
  case p->>'act'
    when 'pool_refill' then
      insert into tf.fund (provider) values (v_provider) on conflict do nothing;
      insert into tf.fund_entry (provider, key, kind, amount, reference)
      values (v_provider, p_key, 'refill', v_amount, p_key);
    when 'pool_move' then
      insert into tf.fund_entry (provider, key, kind, amount, reference)
      values (v_provider, p_key || ':from', 'move', -v_amount, p_key),
             (p->>'to', p_key || ':to', 'move', v_amount, p_key);
    when 'pool_set' then
      update tf.fund
         set active = coalesce((p->>'active')::boolean, active), low = coalesce((p->>'low')::bigint, low),
             emergency = coalesce((p->>'emergency')::bigint, emergency), weight = coalesce((p->>'weight')::int, weight),
             daily_cap = case when p->>'cap' is null then daily_cap when (p->>'cap')::bigint >= 0 then (p->>'cap')::bigint end,
             keeps = case when p->>'keeps' is null then keeps when (p->>'keeps')::bigint >= 0 then (p->>'keeps')::bigint end
       where provider = v_provider;
  end case;
end $$;

-- By how many micro-USD more may be spent with a provider once this is done. Without a limit it is all there is, and a
-- trillion more.
create function tf.opened_by(f tf.fund, p jsonb) returns bigint
language sql immutable set search_path = '' as $$
  select case p->>'act'
    when 'pool_set' then
      greatest(0, f.emergency - coalesce((p->>'emergency')::bigint, f.emergency))
      + case when f.active and not coalesce((p->>'active')::boolean, true) then 1000000000000 else 0 end
      + case when f.daily_cap is null or p->>'cap' is null then 0
             when (p->>'cap')::bigint < 0 then greatest(0, f.balance - f.daily_cap)
             else greatest(0, (p->>'cap')::bigint - f.daily_cap) end
    else abs((p->>'amount')::bigint) end
$$;

-- As the journal tells it: {amount: 5000000, to: fal} -> "amount $5.00, to fal"
create function tf.fund_words(p jsonb) returns text
language sql immutable set search_path = '' as $$
  select string_agg(case
      when key in ('cap', 'keeps') and value::bigint < 0 then format('no %s', key)
      when key in ('amount', 'cap', 'keeps', 'low', 'emergency')
        then format('%s $%s', key, to_char(value::numeric / 1000000, 'FM999999999990.009999'))
      else format('%s %s', key, value) end, ', ' order by key)
  from jsonb_each_text(p)
$$;

-- An operator's act, once per key and in the journal: {key, actor, reason, alone_up_to?: micro-USD, seconds?} and what
-- tf.act_on_fund takes -> {proposal: id | null, replayed}. Beyond what one person may open to spending within a day it is
-- only proposed. Only money makes a pool: rules of one that is not there would take its provider's models off every
-- route, for there is nothing in it (TF404).
create function tf.admin_fund(p jsonb) returns jsonb
language plpgsql set search_path = '' as $$
declare
  v_provider text := p->>'provider';
  v_act jsonb := p - array['key', 'actor', 'reason', 'alone_up_to', 'seconds'];
  v_words text := format('%s (%s)', p->>'reason', tf.fund_words(v_act - array['provider', 'act']));
  v_logins text[] := tf.logins_of(p->>'actor');
  f tf.fund;
  a tf.admin_action;
  r tf.admin_proposal;
  v_opened bigint;
begin
  perform pg_advisory_xact_lock(hashtextextended('pools:' || v_logins[1], 0));
  a := tf.act_before('pool:' || (p->>'key'), p->>'actor', array[p->>'act', 'propose'], 'pool:' || v_provider, v_words,
                     null, 0);
  if a.id is not null then
    return jsonb_build_object('proposal', a.proposal_id, 'replayed', true);
  end if;
  select * into f from tf.fund where provider = v_provider;
  if f.provider is null and p->>'act' <> 'pool_refill'
     or p->>'act' = 'pool_move' and not exists (select from tf.fund where provider = p->>'to' and provider <> v_provider) then
    perform tf.refuse('TF404', 'no such pool');
  end if;
  v_opened := tf.opened_by(f, v_act);
  r.key := 'pool:' || (p->>'key');
  r.credits := 0;
  r.fund := v_act;
  r.reason := v_words;
  if p ? 'alone_up_to' then
    r.id := tf.propose(r, v_opened + coalesce((select sum(micro_usd) from tf.admin_action
       where actor = any (v_logins) and act <> 'propose' and micro_usd > 0 and at > tf.now() - interval '1 day'), 0), p);
  end if;
  if r.id is null then
    perform tf.act_on_fund(r.key, v_act);
  end if;
  perform tf.record_act(r.key, p->>'actor', case when r.id is null then p->>'act' else 'propose' end,
                        'pool:' || v_provider, v_words, null, 0, r.id, v_opened);
  return jsonb_build_object('proposal', r.id, 'replayed', false);
end $$;
