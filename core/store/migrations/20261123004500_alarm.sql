-- Alarms: what operators and people have to hear of, told once to each of them, and again only if it goes on or comes
-- back.

-- What is known of trouble at large, as alerts that end by themselves: {} -> {}. A model that rests after three
-- failures in a row; jobs of the last half hour of which every fourth failed.
create function tf.watch(p jsonb) returns jsonb
language plpgsql set search_path = '' as $$
declare
  m record;
  v_ended bigint;
  v_failed bigint;
begin
  for m in select model, failures, failures >= 3 and rests_until > tf.now() as ill from tf.model_pool order by model loop
    if m.ill then
      perform tf.raise_alert(jsonb_build_object('key', 'model.ill:' || m.model, 'kind', 'model.ill',
        'detail', jsonb_build_object('model', m.model, 'failures', m.failures)));
    else
      perform tf.resolve_alert(jsonb_build_object('key', 'model.ill:' || m.model));
    end if;
  end loop;
  select count(*), count(*) filter (where status = 'failed') into v_ended, v_failed
    from tf.job where ended_at > tf.now() - interval '30 minutes' and status <> 'cancelled';
  if v_ended >= 10 and v_failed * 4 >= v_ended then
    perform tf.raise_alert(jsonb_build_object('key', 'jobs.failing', 'kind', 'jobs.failing',
      'detail', jsonb_build_object('failed', v_failed, 'ended', v_ended)));
  else
    perform tf.resolve_alert('{"key": "jobs.failing"}');
  end if;
  return '{}';
end $$;

-- Funds whose money runs out are alerts until it does not: {} -> {}
create function tf.check_pools(p jsonb) returns jsonb
language plpgsql set search_path = '' as $$
declare
  f tf.fund;
  v_level text;
begin
  for f in select * from tf.fund order by provider loop
    v_level := case
      when not f.active then null
      when tf.fund_left(f) <= 0 and f.balance - f.reserved > f.emergency then 'capped'
      when f.balance - f.reserved <= f.emergency then 'dry'
      when f.balance - f.reserved < f.low then 'low'
      when (f.balance - f.reserved) * 5 < f.filled then 'fifth' end;
    if v_level is null then
      perform tf.resolve_alert(jsonb_build_object('key', 'pool.low:' || f.provider));
    else
      perform tf.raise_alert(jsonb_build_object('key', 'pool.low:' || f.provider, 'kind', 'pool.low', 'detail',
        jsonb_build_object('provider', f.provider, 'level', v_level, 'balance', f.balance, 'reserved', f.reserved,
          'left', tf.fund_left(f))));
    end if;
  end loop;
  return '{}';
end $$;

-- {} -> [{key, kind, detail, times, told_at}] of which somebody should hear now: new ones, those that came back, and
-- pools that still wait for money, none of them twice within half an hour
create function tf.alerts_to_tell(p jsonb) returns jsonb
language sql stable set search_path = '' as $$
  select coalesce(jsonb_agg(jsonb_build_object('key', key, 'kind', kind, 'detail', detail, 'times', times,
    'told_at', told_at) order by raised_at, key), '[]')
  from tf.alert
  where resolved_at is null and (told_at is null
    or told_at <= tf.now() - interval '30 minutes' and (kind = 'pool.low' or told_at < raised_at))
$$;

-- {key, told_at, outbox} -> {told}: the messages about it, unless another replica was faster
create function tf.tell_alert(p jsonb) returns jsonb
language plpgsql set search_path = '' as $$
begin
  update tf.alert set told_at = tf.now()
   where key = p->>'key' and resolved_at is null and told_at is not distinct from (p->>'told_at')::timestamptz;
  if found then
    perform tf.send(p->'outbox', '{}');
  end if;
  return jsonb_build_object('told', found);
end $$;

-- {key, alert, reason, actor} -> {replayed}: somebody has seen to it. TF410 when it is not open. Raised again, it is
-- open again.
create function tf.admin_resolve(p jsonb) returns jsonb
language plpgsql set search_path = '' as $$
begin
  if not tf.record_act('alert:' || (p->>'key'), p->>'actor', 'resolve_alert', 'alert:' || (p->>'alert'), p->>'reason') then
    return '{"replayed": true}';
  end if;
  if not (tf.resolve_alert(jsonb_build_object('key', p->>'alert'))->>'resolved')::boolean then
    perform tf.refuse('TF410', 'this alert is not open');
  end if;
  return '{"replayed": false}';
end $$;

-- {names: ["telegram:123", ...]} -> the private chats of those who have written to the bot
create function tf.admin_chats(p jsonb) returns jsonb
language sql stable set search_path = '' as $$
  select coalesce(jsonb_agg(chat), '[]')
  from jsonb_array_elements_text(p->'names') name
    join tf.identity i on (i.platform, i.ref) = (split_part(name, ':', 1), split_part(name, ':', 2))
    cross join lateral tf.private_chat(i.user_id, i.platform) chat
  where chat is not null
$$;

-- What happened since the summary before this one, a day ago where there was none: {slot} ->
-- {since, until, jobs, failed, credits_in, credits_out, costs: {provider: micro-USD}, revenue: {currency: minor},
--  people, alerts: [kind]}
create function tf.summary(p jsonb) returns jsonb
language plpgsql stable set search_path = '' as $$
declare
  v_until timestamptz := (p->>'slot')::timestamptz;
  v_since timestamptz := coalesce(
    (select max(slot) from tf.schedule_slot where schedule = 'summary' and slot < v_until and ended_at is not null),
    v_until - interval '1 day');
begin
  return jsonb_build_object('since', v_since, 'until', v_until,
    'jobs', (select count(*) from tf.job where ended_at > v_since and ended_at <= v_until),
    'failed', (select count(*) from tf.job where ended_at > v_since and ended_at <= v_until and status = 'failed'),
    'people', (select count(distinct user_id) from tf.job where ended_at > v_since and ended_at <= v_until),
    'credits_in', (select coalesce(-sum(e.amount), 0) from tf.txn t join tf.entry e on e.txn_id = t.id
      where t.at > v_since and t.at <= v_until and e.account in ('sales', 'grants')),
    'credits_out', (select coalesce(sum(e.amount), 0) from tf.txn t join tf.entry e on e.txn_id = t.id
      where t.at > v_since and t.at <= v_until and e.account = 'revenue'),
    'costs', (select coalesce(jsonb_object_agg(provider, cost), '{}') from (
      select c.provider, sum(c.cost) as cost from tf.job j, tf.job_costs(j) c
       where j.ended_at > v_since and j.ended_at <= v_until group by c.provider) cost),
    'revenue', (select coalesce(jsonb_object_agg(currency, minor), '{}') from (
      select coalesce(paid_currency, currency) as currency, sum(minor * credited / credits) as minor from tf.payment
       where at > v_since and at <= v_until and credited > 0 and coalesce(paid_currency, currency) <> ''
       group by 1) money),
    'alerts', (select coalesce(jsonb_agg(distinct kind), '[]') from tf.alert where resolved_at is null));
end $$;

-- {outbox} -> {}: messages with a key of their own; the same again is nothing new
create function tf.tell_operators(p jsonb) returns jsonb
language sql set search_path = '' as $$
  select tf.send(p->'outbox', '{}');
  select '{}'::jsonb
$$;

-- Nine tenths of a period's credits are spent: told once per period.
create table tf.period_told (
  wallet_id uuid not null references tf.wallet,
  until timestamptz not null,
  at timestamptz not null default tf.now(),
  primary key (wallet_id, until)
);

-- {} -> [{period, user_id, platform, place, language, credits, left, until}], of those not told yet in this period
create function tf.nearly_spent(p jsonb) returns jsonb
language sql stable set search_path = '' as $$
  select coalesce(jsonb_agg(chat || jsonb_build_object('wallet_id', w.id, 'credits', l.credits, 'left', l.remaining,
    'until', l.until)), '[]')
  from (select wallet_id, sum(credits) as credits, sum(remaining) as remaining, max(until) as until
          from tf.lot where account = 'monthly' and until > tf.now() group by wallet_id) l
    join tf.wallet w on w.id = l.wallet_id
    cross join lateral tf.private_chat(w.user_id) chat
  where l.credits > 0 and l.remaining * 10 <= l.credits and chat is not null
    and not exists (select from tf.period_told t where t.wallet_id = w.id and t.until = l.until)
$$;

-- {wallet_id, user_id, until, outbox} -> {told}: once per period
create function tf.tell_nearly_spent(p jsonb) returns jsonb
language plpgsql set search_path = '' as $$
begin
  insert into tf.period_told (wallet_id, until) values ((p->>'wallet_id')::uuid, (p->>'until')::timestamptz)
  on conflict do nothing;
  if found then
    perform tf.send(p->'outbox', jsonb_build_object('user_id', p->>'user_id'));
  end if;
  return jsonb_build_object('told', found);
end $$;
