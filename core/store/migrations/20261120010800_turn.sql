-- A turn: what a person did becomes session, money, jobs and messages in one transaction.
create table tf.session (
  platform text not null,
  place text not null,
  user_id uuid not null references tf.users on delete cascade,
  data jsonb not null,
  version int not null default 1,
  updated_at timestamptz not null default tf.now(),
  primary key (platform, place, user_id)
) with (fillfactor = 80);
create index on tf.session (user_id);

-- Hashed: an event's key may carry a platform's id of a person.
create table tf.processed_event (
  key bytea primary key,
  at timestamptz not null default tf.now()
);
create index on tf.processed_event (at);

create function tf.event_hash(p_event text) returns bytea
language sql immutable set search_path = '' as $$ select sha256(convert_to(p_event, 'UTF8')) $$;

-- The person behind a platform's identity, made on first sight together with wallet, profile and starter grant
-- (once per person_hash; null: an anonymous browser, no grant).
create function tf.greet(p jsonb) returns uuid
language plpgsql set search_path = '' as $$
declare
  v_user uuid;
  v_wallet uuid;
  v_starter bigint := coalesce((p->>'starter')::bigint, 0);
begin
  -- Two first events at once make one person.
  perform pg_advisory_xact_lock(hashtextextended(format('identity:%s:%s', p->>'platform', p->>'ref'), 0));
  select user_id into v_user from tf.identity where platform = p->>'platform' and ref = p->>'ref';
  if found then
    return v_user;
  end if;
  insert into tf.users (language, plan) values (coalesce(p->>'language', 'en'), coalesce(p->>'plan', 'free'))
  returning id into v_user;
  insert into tf.identity (platform, ref, user_id, secret_hash, recovery_hash)
  values (p->>'platform', p->>'ref', v_user, p->>'secret_hash', p->>'recovery_hash');
  insert into tf.profile (user_id) values (v_user);
  insert into tf.wallet (user_id) values (v_user) returning id into v_wallet;
  if p->>'person_hash' is not null and v_starter > 0 then
    insert into tf.starter_grant (person_hash) values (p->>'person_hash') on conflict do nothing;
    if found then
      perform tf.topup(v_wallet, v_starter, 'starter:' || v_wallet, null, 'starter');
    end if;
  end if;
  return v_user;
end $$;

-- {event?, platform, ref, place, language, person_hash?, starter?, plan?} -> {duplicate, user_id, new_user, language,
-- session: {data, version}|null, profile, plan, wallet, running_jobs}. Only reads, but for a person's first event.
create function api.open_turn(p jsonb) returns jsonb
language plpgsql security definer set search_path = '' as $$
declare
  v_user uuid;
  v_new boolean := false;
  v_now timestamptz := tf.now();
  u tf.users;
begin
  select user_id into v_user from tf.identity where platform = p->>'platform' and ref = p->>'ref';
  if not found then
    v_user := tf.greet(p);
    v_new := true;
  end if;
  select * into u from tf.users where id = v_user;
  if u.last_seen_at < v_now - interval '1 minute' then
    update tf.users set last_seen_at = v_now where id = v_user;
  end if;
  -- Somebody who writes can be written to again.
  update tf.chat set unreachable = false where platform = p->>'platform' and place = p->>'place' and unreachable;
  return jsonb_build_object(
    'duplicate', exists (select from tf.processed_event where key = tf.event_hash(p->>'event')),
    'user_id', v_user, 'new_user', v_new, 'language', u.language, 'plan', u.plan,
    'session', (select jsonb_build_object('data', data, 'version', version) from tf.session
                where platform = p->>'platform' and place = p->>'place' and user_id = v_user),
    'profile', (select to_jsonb(f) - 'user_id' from tf.profile f where user_id = v_user),
    'wallet', tf.balance(v_user),
    'running_jobs', (select coalesce(jsonb_agg(jsonb_build_object('job_id', id, 'code', code, 'kind', kind,
        'status', status, 'stage', stage) order by created_at), '[]')
      from tf.job where user_id = v_user and status in ('queued', 'running')));
end $$;

-- {event?, user_id, platform, place, version, session, language?, settings?, last_answers?, outbox?: [{key, view}],
--  orders?: [...], limits?: [...], cancel_jobs?: [{job_id?|code?, outbox?}], mark_variants?: [{code, ...}],
--  timers?: [{key, queue, task, args, run_at}], forget_selfies?: bool, delete_person?: bool}
-- -> {duplicate: true} or {duplicate: false, version, jobs, cancelled, receipt?}.
-- `version` is the session's version the turn was computed from (0: none); TF409 when somebody was faster. Any refusal
-- (TF402, TF403, TF404, TF409, TF429) leaves nothing written, the event included.
create function api.store_turn(p jsonb) returns jsonb
language plpgsql security definer set search_path = '' as $$
declare
  v_user uuid := (p->>'user_id')::uuid;
  v_version int := coalesce((p->>'version')::int, 0);
  v_address jsonb := jsonb_build_object('platform', p->>'platform', 'place', p->>'place', 'event', p->>'event',
                                        'user_id', p->>'user_id', 'language', p->>'language');
  v_answer jsonb;
begin
  if p->>'event' is not null then
    insert into tf.processed_event (key) values (tf.event_hash(p->>'event')) on conflict do nothing;
    if not found then
      return '{"duplicate": true}';
    end if;
  end if;
  perform tf.write_session(v_user, v_version, p);
  if p ? 'settings' or p ? 'last_answers' or p ? 'brand' then
    perform tf.save_profile(v_user, p);
  end if;
  if p->>'language' is not null then
    update tf.users set language = p->>'language' where id = v_user and language <> p->>'language';
  end if;
  v_answer := jsonb_build_object('duplicate', false, 'version', v_version + 1,
    'cancelled', (select coalesce(jsonb_agg(tf.cancel_jobs(v_user, value)), '[]')
                  from jsonb_array_elements(coalesce(p->'cancel_jobs', '[]'))),
    'jobs', tf.submit_all(v_user, coalesce(p->'orders', '[]'), p->'limits', v_address));
  perform tf.mark_variant(value || jsonb_build_object('user_id', v_user))
    from jsonb_array_elements(coalesce(p->'mark_variants', '[]'));
  perform tf.set_timer(value) from jsonb_array_elements(coalesce(p->'timers', '[]'));
  if (p->>'forget_selfies')::boolean then
    perform api.forget_selfies(p);
  end if;
  if (p->>'delete_person')::boolean then
    v_answer := v_answer || jsonb_build_object('receipt', tf.delete_person(v_user));
    v_address := v_address - 'user_id';
  end if;
  perform tf.send(p->'outbox', v_address);
  return v_answer;
end $$;

create function tf.write_session(p_user uuid, p_version int, p jsonb) returns void
language plpgsql set search_path = '' as $$
begin
  if p_version = 0 then
    insert into tf.session (platform, place, user_id, data)
    select p->>'platform', p->>'place', id, p->'session' from tf.users where id = p_user
    on conflict do nothing;
  else
    update tf.session set data = p->'session', version = version + 1, updated_at = tf.now()
     where platform = p->>'platform' and place = p->>'place' and user_id = p_user and version = p_version;
  end if;
  if not found then
    if not exists (select from tf.users where id = p_user) then
      perform tf.refuse('TF404', 'no such person');
    end if;
    perform tf.refuse('TF409', 'the session has moved on', jsonb_build_object('version', p_version));
  end if;
end $$;

-- Settings are merged key by key (null removes), answers and brand replaced.
create function tf.save_profile(p_user uuid, p jsonb) returns jsonb
language sql set search_path = '' as $$
  update tf.profile
     set settings = jsonb_strip_nulls(settings || coalesce(p->'settings', '{}')),
         last_answers = coalesce(p->'last_answers', last_answers),
         brand = coalesce(p->'brand', brand)
   where user_id = p_user
  returning to_jsonb(profile) - 'user_id'
$$;

-- All orders of a turn or none: limits and funds are checked for all of them before the first is written.
create function tf.submit_all(p_user uuid, p_orders jsonb, p_limits jsonb, p_turn jsonb) returns jsonb
language plpgsql set search_path = '' as $$
declare
  w tf.wallet;
  v_fresh jsonb;
  v_need bigint;
begin
  if p_orders = '[]' then
    return '[]';
  end if;
  w := tf.lock_wallet(tf.wallet_of(p_user));
  select coalesce(jsonb_agg(value), '[]'), coalesce(sum((value->>'price')::bigint), 0) into v_fresh, v_need
    from jsonb_array_elements(p_orders)
   where not exists (select from tf.job where id = (value->>'job_id')::uuid);
  if v_need > 0 then
    perform tf.check_funds(w, v_need);
  end if;
  perform tf.check_limits(p_user, p_limits, v_fresh);
  return (select jsonb_agg(tf.submit(p_user, w.id, value, p_turn) order by ordinality)
          from jsonb_array_elements(p_orders) with ordinality);
end $$;

-- A task for later, once per key while it waits: {key, queue, task, args, run_at}. Setting it again moves it.
create function tf.set_timer(p jsonb) returns void
language plpgsql set search_path = '' as $$
begin
  perform pg_advisory_xact_lock(hashtextextended('timer:' || (p->>'key'), 0));
  delete from queue.procrastinate_jobs where queueing_lock = p->>'key' and status = 'todo';
  perform queue.put(coalesce(p->>'queue', 'turns'), p->>'task', coalesce(p->'args', '{}'), 0, null, p->>'key',
                    tf.server_time((p->>'run_at')::timestamptz));
end $$;

-- {user_id, settings?, last_answers?, brand?, language?} -> profile
create function api.save_settings(p jsonb) returns jsonb
language plpgsql security definer set search_path = '' as $$
declare
  v_profile jsonb := tf.save_profile((p->>'user_id')::uuid, p);
begin
  if v_profile is null then
    perform tf.refuse('TF404', 'no such person');
  end if;
  update tf.users set language = coalesce(p->>'language', language) where id = (p->>'user_id')::uuid;
  return v_profile;
end $$;

-- The browser's identity behind a cookie's hash: {secret_hash} -> {ref, user_id} or TF404; with {ref, recovery_hash}
-- it is made when missing.
create function api.web_identity(p jsonb) returns jsonb
language plpgsql security definer set search_path = '' as $$
declare
  i tf.identity;
begin
  select * into i from tf.identity where secret_hash = p->>'secret_hash';
  if not found and p->>'ref' is not null then
    perform tf.greet((p || '{"platform": "web"}') - 'person_hash');
    select * into i from tf.identity where secret_hash = p->>'secret_hash';
  end if;
  if i.user_id is null then
    perform tf.refuse('TF404', 'no such identity');
  end if;
  return jsonb_build_object('ref', i.ref, 'user_id', i.user_id);
end $$;

-- A recovery code opens the identity to another browser, once: {recovery_hash, secret_hash, new_recovery_hash}.
create function api.recover(p jsonb) returns jsonb
language plpgsql security definer set search_path = '' as $$
declare
  i tf.identity;
begin
  update tf.identity set secret_hash = p->>'secret_hash', recovery_hash = p->>'new_recovery_hash'
   where recovery_hash = p->>'recovery_hash'
  returning * into i;
  if not found then
    perform tf.refuse('TF404', 'no such recovery code');
  end if;
  return jsonb_build_object('ref', i.ref, 'user_id', i.user_id);
end $$;

-- {user_id} -> wallet and the last 10 movements; `credits` is the change of what can be spent.
create function api.balance(p jsonb) returns jsonb
language plpgsql stable security definer set search_path = '' as $$
declare
  v_wallet uuid := tf.wallet_of((p->>'user_id')::uuid);
begin
  return jsonb_build_object('wallet', tf.balance((p->>'user_id')::uuid), 'movements', (
    select coalesce(jsonb_agg(jsonb_build_object('kind', t.kind, 'at', t.at, 'reference', t.reference, 'credits', (
        select coalesce(sum(e.amount), 0) from tf.entry e
        where e.txn_id = t.id and e.account in ('monthly', 'granted', 'purchased'))) order by t.id desc), '[]')
    from (select * from tf.txn where wallet_id = v_wallet order by id desc limit 10) t));
end $$;

-- Money in and out, for verified payment events: keys come from the provider's business reference.
create function api.topup(p jsonb) returns jsonb
language sql security definer set search_path = '' as $$
  select tf.topup(tf.wallet_of((p->>'user_id')::uuid), (p->>'credits')::bigint, p->>'key', p->>'reference')
$$;

create function api.grant_monthly(p jsonb) returns jsonb
language sql security definer set search_path = '' as $$
  select tf.grant_monthly(tf.wallet_of((p->>'user_id')::uuid), (p->>'credits')::bigint,
                          (p->>'until')::timestamptz, p->>'key')
$$;

create function api.clawback(p jsonb) returns jsonb
language sql security definer set search_path = '' as $$
  select tf.clawback(tf.wallet_of((p->>'user_id')::uuid), (p->>'credits')::bigint, p->>'key', p->>'reference')
$$;

-- A hold without one of our jobs: {user_id, job_id, credits, seconds?}
create function api.hold(p jsonb) returns jsonb
language sql security definer set search_path = '' as $$
  select tf.hold_credits(tf.wallet_of((p->>'user_id')::uuid), (p->>'job_id')::uuid, (p->>'credits')::bigint,
                         coalesce((p->>'seconds')::double precision, 1800))
$$;

-- {job_id, captured}. A job's own hold is settled where the job ends and nowhere else.
create function api.settle(p jsonb) returns jsonb
language plpgsql security definer set search_path = '' as $$
begin
  if exists (select from tf.job where id = (p->>'job_id')::uuid) then
    perform tf.refuse('TF403', 'the hold of a job is settled by its end');
  end if;
  return tf.settle_hold((p->>'job_id')::uuid, (p->>'captured')::bigint);
end $$;

call tf.lock_down();
