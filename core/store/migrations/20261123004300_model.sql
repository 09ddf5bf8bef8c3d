-- Models: what operators changed, what the probe has seen, and how much of each may be asked for at a time. The models
-- themselves are a file of the release; a row here for one that file no longer knows does nothing.

create table tf.model_override (
  model text primary key,
  enabled boolean,
  surcharge int check (surcharge between 0 and 100),
  prices jsonb check (jsonb_typeof(prices) = 'object'),
  rank int,
  per_minute int check (per_minute >= 0),
  concurrency int check (concurrency >= 0),
  set_by text,
  set_at timestamptz not null default tf.now()
);
comment on table tf.model_override is 'null: as the file says';
comment on column tf.model_override.rank is 'place among the candidates of its roles, lowest first, before those without';

create table tf.model_probe (
  model text not null,
  channel text not null,
  answers boolean not null,
  seen_at timestamptz not null default tf.now(),
  changed_at timestamptz not null default tf.now(),
  primary key (model, channel)
);

-- One row per model, locked by whoever takes or gives back: tokens of its bucket, and how long it rests after trouble.
create table tf.model_pool (
  model text primary key,
  tokens double precision not null,
  filled_at timestamptz not null default tf.now(),
  failures int not null default 0,
  rests_until timestamptz not null default '-infinity'
);

-- A call under way. The lease runs out by itself, so that a killed worker's slot comes back.
create table tf.model_slot (
  lease uuid primary key,
  model text not null references tf.model_pool on delete cascade,
  worker text,
  ends_at timestamptz not null
);
create index on tf.model_slot (model, ends_at);

-- {model, set_by?, enabled?, surcharge?, prices?, rank?, per_minute?, concurrency?}: what is not named goes back to the
-- file's -> {}
create function tf.override_model(p jsonb) returns jsonb
language plpgsql set search_path = '' as $$
begin
  delete from tf.model_override where model = p->>'model';
  if p - 'model' - 'set_by' <> '{}' then
    insert into tf.model_override (model, enabled, surcharge, prices, rank, per_minute, concurrency, set_by)
    values (p->>'model', (p->>'enabled')::boolean, (p->>'surcharge')::int, p->'prices', (p->>'rank')::int,
            (p->>'per_minute')::int, (p->>'concurrency')::int, p->>'set_by');
  end if;
  return '{}';
end $$;

-- {} -> {overrides, probes}, the providers that are switched off, and of the funds of providers what is left
create function api.model_state(p jsonb) returns jsonb
language sql stable security definer set search_path = '' as $$
  select jsonb_build_object(
    'overrides', (select coalesce(jsonb_agg(to_jsonb(o) order by model), '[]') from tf.model_override o),
    'probes', (select coalesce(jsonb_agg(to_jsonb(r) order by model, channel), '[]') from tf.model_probe r),
    'off', (select coalesce(jsonb_agg(split_part(name, ':', 2)), '[]') from tf.switch where name like 'provider:%'),
    'left', (select coalesce(jsonb_object_agg(f.provider, tf.fund_left(f)), '{}') from tf.fund f where f.active))
$$;

-- What was seen of models behind a channel: {channel, seen: [{model, answers, expected}]} -> {vanished, returned}, the
-- models for which this is news. One that was expected and does not answer is an alert until it does.
create function tf.record_probe(p jsonb) returns jsonb
language plpgsql set search_path = '' as $$
declare
  v_channel text := p->>'channel';
  v_vanished text[] := '{}';
  v_returned text[] := '{}';
  v_before boolean;
  v_key text;
  r record;
begin
  for r in
    select * from jsonb_to_recordset(p->'seen') as s (model text, answers boolean, expected boolean) order by model
  loop
    -- Two workers may probe at the same time; news is told by one.
    insert into tf.model_probe (model, channel, answers) values (r.model, v_channel, not r.answers)
    on conflict do nothing;
    if found then
      v_before := r.expected;
    else
      select answers into v_before from tf.model_probe where (model, channel) = (r.model, v_channel) for update;
    end if;
    update tf.model_probe set answers = r.answers, seen_at = tf.now(),
      changed_at = case when answers = r.answers then changed_at else tf.now() end
     where (model, channel) = (r.model, v_channel);
    v_key := format('model.vanished:%s:%s', v_channel, r.model);
    if v_before and not r.answers then
      v_vanished := v_vanished || r.model;
      perform tf.raise_alert(jsonb_build_object('key', v_key, 'kind', 'model.vanished',
        'detail', jsonb_build_object('model', r.model, 'channel', v_channel)));
    elsif r.answers and not v_before then
      v_returned := v_returned || r.model;
      perform tf.resolve_alert(jsonb_build_object('key', v_key));
    end if;
  end loop;
  return jsonb_build_object('vanished', to_jsonb(v_vanished), 'returned', to_jsonb(v_returned));
end $$;

-- The pool's row, locked and with its bucket filled up to now; made full when it is new.
create function tf.model_pool_now(p_model text, p_per_minute int) returns tf.model_pool
language plpgsql set search_path = '' as $$
declare
  v_pool tf.model_pool;
  v_now timestamptz := tf.now();
begin
  insert into tf.model_pool (model, tokens) values (p_model, p_per_minute) on conflict do nothing;
  select * into v_pool from tf.model_pool where model = p_model for update;
  v_now := greatest(v_now, v_pool.filled_at);
  v_pool.tokens := least(p_per_minute,
    v_pool.tokens + p_per_minute * extract(epoch from v_now - v_pool.filled_at) / 60.0);
  v_pool.filled_at := v_now;
  return v_pool;
end $$;

-- A place for one call: {model, lease, worker?, per_minute, concurrency, seconds} -> {taken: true}, or {taken: false,
-- why: resting | rate | full, wait_s}. Zero is no bound. The same lease again is the same place.
create function tf.take_slot(p jsonb) returns jsonb
language plpgsql set search_path = '' as $$
declare
  v_model text := p->>'model';
  v_lease uuid := (p->>'lease')::uuid;
  v_rate int := (p->>'per_minute')::int;
  v_most int := (p->>'concurrency')::int;
  v_now timestamptz;
  v_pool tf.model_pool := tf.model_pool_now(v_model, v_rate);
  v_why text;
  v_until timestamptz;
begin
  v_now := tf.now();
  if exists (select from tf.model_slot where lease = v_lease) then
    return '{"taken": true}';
  end if;
  delete from tf.model_slot where model = v_model and ends_at <= v_now;
  if v_pool.rests_until > v_now then
    v_why := 'resting';
    v_until := v_pool.rests_until;
  elsif v_most > 0 and (select count(*) from tf.model_slot where model = v_model) >= v_most then
    v_why := 'full';
    v_until := (select min(ends_at) from tf.model_slot where model = v_model);
  elsif v_rate > 0 and v_pool.tokens < 1 then
    v_why := 'rate';
    v_until := v_now + make_interval(secs => (1 - v_pool.tokens) * 60 / v_rate);
  end if;
  if v_why is not null then
    return jsonb_build_object('taken', false, 'why', v_why, 'wait_s', extract(epoch from v_until - v_now));
  end if;
  update tf.model_pool set tokens = greatest(v_pool.tokens - 1, 0), filled_at = v_pool.filled_at where model = v_model;
  insert into tf.model_slot (lease, model, worker, ends_at)
  values (v_lease, v_model, p->>'worker', v_now + make_interval(secs => (p->>'seconds')::double precision));
  return '{"taken": true}';
end $$;

-- The end of a call: {lease, fine, pauses: seconds by trouble in a row, retry_after_s, window_s} -> {given_back}.
-- Only the first time counts; trouble while the model already rests is the same trouble.
create function tf.give_back(p jsonb) returns jsonb
language plpgsql set search_path = '' as $$
declare
  v_model text;
  v_now timestamptz;
  v_pool tf.model_pool;
  v_failures int;
  v_pause double precision;
begin
  select model into v_model from tf.model_slot where lease = (p->>'lease')::uuid;
  select * into v_pool from tf.model_pool where model = v_model for update;  -- first the pool, as everybody does
  delete from tf.model_slot where lease = (p->>'lease')::uuid;
  if not found then
    return '{"given_back": false}';
  end if;
  v_now := tf.now();
  if (p->>'fine')::boolean then
    update tf.model_pool set failures = 0 where model = v_model and rests_until <= v_now;
  elsif jsonb_array_length(p->'pauses') > 0 then
    v_failures := case
      when v_pool.rests_until > v_now then v_pool.failures
      when v_pool.rests_until < v_now - make_interval(secs => (p->>'window_s')::double precision) then 1
      else v_pool.failures + 1 end;
    v_pause := greatest((p->'pauses'->>(least(v_failures, jsonb_array_length(p->'pauses')) - 1))::double precision,
                        (p->>'retry_after_s')::double precision);
    update tf.model_pool set failures = v_failures,
      rests_until = greatest(rests_until, v_now + make_interval(secs => v_pause))
     where model = v_model;
  end if;
  return '{"given_back": true}';
end $$;

-- {} -> [{model, rests_s, failures, busy}], models that were ever asked
create function tf.model_pools(p jsonb) returns jsonb
language sql stable set search_path = '' as $$
  select coalesce(jsonb_agg(jsonb_build_object(
    'model', model, 'failures', failures,
    'rests_s', greatest(extract(epoch from rests_until - tf.now()), 0),
    'busy', (select count(*) from tf.model_slot s where s.model = l.model and s.ends_at > tf.now())) order by model), '[]')
  from tf.model_pool l
$$;
