-- One person in several chats. Who issues a code stays; the person who enters it is merged into them, for good: jobs,
-- pictures and credits move, and only the identity itself can leave again, with nothing.

alter table tf.identity add column joined_at timestamptz;
comment on column tf.identity.joined_at is 'null: had the person first; exactly one of each person''s has';

-- One live code per person. The hash is keyed: neither the database nor a guess at codes leads to one.
create table tf.join_code (
  user_id uuid primary key references tf.users on delete cascade,
  code_hash text not null unique,
  platform text not null,
  place text not null,
  expires_at timestamptz not null
);

-- Codes an identity entered wrongly, and joins it has made; of the last day.
create table tf.join_try (
  platform text not null,
  ref text not null,
  key bytea not null,
  joined boolean not null,
  at timestamptz not null default tf.now(),
  primary key (platform, ref, key),
  foreign key (platform, ref) references tf.identity on delete cascade
);

-- Who a merged person is now, for calls that still name the old one: a payment under way, an upload.
create table tf.former_person (
  id uuid primary key,
  user_id uuid not null references tf.users on delete cascade
);
create index on tf.former_person (user_id);

create function tf.person_now(p_user uuid) returns uuid
language sql stable set search_path = '' as $$
  select coalesce((select user_id from tf.former_person where id = p_user), p_user)
$$;

create or replace function tf.wallet_of(p_user uuid) returns uuid
language plpgsql set search_path = '' as $$
declare
  v_id uuid;
begin
  select id into v_id from tf.wallet where user_id = tf.person_now(p_user);
  if not found then
    perform tf.refuse('TF404', 'no such person');
  end if;
  return v_id;
end $$;

-- {user_id, id, kind, blob_key, media_type, width?, height?, byte_count, sha256?, facts?, pinned?, keep_seconds?}
create or replace function api.add_asset(p jsonb) returns jsonb
language plpgsql security definer set search_path = '' as $$
declare
  v_user uuid := (p->>'user_id')::uuid;
begin
  perform from tf.users where id = v_user for key share;
  if not found then
    v_user := tf.person_now(v_user);
    if not exists (select from tf.users where id = v_user) then
      perform tf.refuse('TF404', 'no such person');
    end if;
  end if;
  perform tf.keep_asset(v_user, p);
  return api.asset(p || jsonb_build_object('user_id', v_user));
end $$;

-- As before, and a person who goes this very moment is waited for: the first turn in a new place comes too late then.
create or replace function tf.begin_turn(p_event text, p_platform text, p_place text, p_user uuid, p_version int,
                                         p_session jsonb, p_now timestamptz) returns text
language plpgsql set search_path = '' as $$
begin
  if p_event is not null then
    insert into tf.processed_event (key, at) values (tf.event_hash(p_event), p_now) on conflict do nothing;
    if not found then
      return 'known';
    end if;
  end if;
  if p_version = 0 then
    insert into tf.session (platform, place, user_id, data)
    select p_platform, p_place, id, p_session from tf.users where id = p_user for key share
    on conflict do nothing;
  else
    update tf.session set data = p_session, version = version + 1, updated_at = p_now
     where platform = p_platform and place = p_place and user_id = p_user and version = p_version;
  end if;
  return case when found then 'begun' else 'late' end;
end $$;

-- -- money ----------------------------------------------------------------------------------------------------------

alter table tf.txn drop constraint txn_kind_check;
alter table tf.txn add constraint txn_kind_check check (kind in
  ('starter', 'grant', 'topup', 'hold', 'capture', 'release', 'expire', 'clawback', 'close', 'join_out', 'join_in'));
alter table tf.entry drop constraint entry_account_check;
alter table tf.entry add constraint entry_account_check check (account in
  ('monthly', 'granted', 'purchased', 'held', 'debt', 'sales', 'grants', 'revenue', 'expired', 'joined'));
comment on column tf.entry.account is '`joined`: on the way from one wallet to another, within one transaction';

-- What is left of a wallet's starter grant, which counts as spent before anything bought.
create function tf.unspent_starter(w tf.wallet) returns bigint
language sql stable set search_path = '' as $$
  select least(w.purchased, greatest(0, coalesce(sum(e.amount), 0)))::bigint
  from tf.txn t join tf.entry e on e.txn_id = t.id
  where t.wallet_id = w.id and e.account = 'purchased' and t.kind in ('starter', 'hold', 'capture', 'release')
$$;

-- What joining would do with the credits of a wallet: {moves, lapses, debt}
create function tf.join_terms(w tf.wallet) returns jsonb
language plpgsql stable set search_path = '' as $$
declare
  v_seen jsonb := tf.wallet_record(w, tf.now());
  v_lapses bigint := tf.unspent_starter(w);
begin
  return jsonb_build_object('lapses', v_lapses, 'debt', w.debt,
    'moves', (v_seen->>'monthly')::bigint + (v_seen->>'granted')::bigint + w.purchased - v_lapses);
end $$;

-- All credits of a wallet go to another; call it with both locked, their expired credits written off, nothing held in
-- the first. The unspent starter lapses. Debt moves, and is repaid by what is bought. A month keeps its end where no
-- other is under way; else it joins what is granted, and that ends with whichever of the two ends first: nothing is
-- ever valid longer than it was.
create function tf.join_wallets(f tf.wallet, w tf.wallet) returns void
language plpgsql set search_path = '' as $$
declare
  v_lapses bigint := tf.unspent_starter(f);
  v_bought bigint := f.purchased - v_lapses;
  v_moves bigint := f.monthly + f.granted + v_bought - f.debt;
  v_repaid bigint := least(w.purchased + v_bought, w.debt + f.debt);
  v_monthly bigint := case when w.monthly_expires_at > tf.now() then 0 else f.monthly end;
  v_granted bigint := f.granted + f.monthly - v_monthly;
begin
  if f.monthly + f.granted + f.purchased + f.debt = 0 then
    return;
  end if;
  update tf.wallet set monthly = 0, granted = 0, purchased = 0, debt = 0, version = version + 1 where id = f.id;
  perform tf.post('join_out:' || f.id, 'join_out', f.id, null, '{}',
    jsonb_build_object('moved', v_moves, 'lapsed', v_lapses),
    array['monthly', 'granted', 'purchased', 'debt', 'joined', 'expired'],
    array[-f.monthly, -f.granted, -f.purchased, f.debt, v_moves, v_lapses]);
  if f.monthly + f.granted + v_bought + f.debt = 0 then
    return;
  end if;
  update tf.wallet
     set monthly = monthly + v_monthly,
         monthly_expires_at = case when v_monthly > 0 then f.monthly_expires_at else monthly_expires_at end,
         granted = granted + v_granted,
         granted_expires_at = case when v_granted > 0 then least(
           case when w.granted > 0 then w.granted_expires_at end,
           case when f.granted > 0 then f.granted_expires_at end,
           case when f.monthly > v_monthly then f.monthly_expires_at end) else granted_expires_at end,
         purchased = purchased + v_bought - v_repaid, debt = debt + f.debt - v_repaid, version = version + 1
   where id = w.id;
  perform tf.post('join_in:' || f.id, 'join_in', w.id, null, '{}', jsonb_build_object('moved', v_moves),
    array['monthly', 'granted', 'purchased', 'debt', 'joined'],
    array[v_monthly, v_granted, v_bought - v_repaid, v_repaid - f.debt, -v_moves]);
end $$;

-- -- persons ---------------------------------------------------------------------------------------------------------

-- Names an identity in buttons without giving its reference away.
create function tf.identity_sign(i tf.identity) returns text
language sql immutable set search_path = '' as $$
  select left(encode(sha256(convert_to(i.platform || ':' || i.ref, 'UTF8')), 'hex'), 16)
$$;

-- Everything of one person becomes another's. Call it with the sessions and wallets of both locked. Tables are found by
-- their reference, so that one added later is not forgotten.
create function tf.merge_person(p_from uuid, p_into uuid) returns void
language plpgsql set search_path = '' as $$
declare
  r record;
begin
  -- A chat's rows belong to whoever holds the chat.
  perform from tf.chat where (platform, place) in (select platform, place from tf.outbox where user_id = p_from)
    order by platform, place for update;
  update queue.procrastinate_jobs set lock = null
   where lock is not null and id in (select queue_job_id from tf.job where user_id = p_from);
  delete from tf.session s where user_id = p_into and exists (
    select from tf.session o where o.user_id = p_from and (o.platform, o.place) = (s.platform, s.place));
  update tf.identity set user_id = p_into, joined_at = tf.now() where user_id = p_from;
  for r in
    select c.conrelid::regclass as relation, a.attname as name
      from pg_catalog.pg_constraint c
      join pg_catalog.pg_attribute a on a.attrelid = c.conrelid and a.attnum = c.conkey[1]
     where c.contype = 'f' and c.confrelid = 'tf.users'::regclass
       and c.conrelid not in ('tf.identity'::regclass, 'tf.wallet'::regclass, 'tf.profile'::regclass,
                              'tf.join_code'::regclass)
     order by c.conrelid
  loop
    execute format('update %s set %I = $1 where %2$I = $2', r.relation, r.name) using p_into, p_from;
  end loop;
  update tf.profile p
     set settings = f.settings || p.settings, last_answers = f.last_answers || p.last_answers, brand = f.brand || p.brand
    from tf.profile f where f.user_id = p_from and p.user_id = p_into;
  -- Two logos came together, one is in use.
  update tf.asset a set purge_at = tf.now() + interval '30 days' from tf.profile p
   where a.user_id = p_into and p.user_id = p_into and a.kind = 'logo' and a.purge_at is null
     and a.id::text is distinct from p.settings->>'logo';
  update tf.users set plan = f.plan from tf.users f
   where f.id = p_from and users.id = p_into and users.plan = 'free';
  delete from tf.users where id = p_from;
  insert into tf.former_person (id, user_id) values (p_from, p_into);
end $$;

-- What an entered code leads to, or an offer that was shown (its hash): {user_id, platform, ref, event, code? | offer?}
-- -> {reason} or {moves, lapses, debt, credits, gift, platforms, platform, place, language}, with the issuer's `credits`,
-- what of them is an unspent starter grant, platforms and where the code was asked for. Reasons: too_many (wrong codes within the hour; with retry_after),
-- unknown (never was, is used, has expired), same (it is their own), too_often (joined three times within a day),
-- running (jobs that have not ended). Only a code can be guessed, so only codes are counted.
create function tf.weigh_code(p jsonb) returns jsonb
language plpgsql set search_path = '' as $$
declare
  v_now timestamptz := tf.now();
  v_user uuid := (p->>'user_id')::uuid;
  v_wrong int;
  v_oldest timestamptz;
  c tf.join_code;
begin
  delete from tf.join_try where platform = p->>'platform' and ref = p->>'ref' and at <= v_now - interval '1 day';
  select count(*), min(at) into v_wrong, v_oldest from tf.join_try
   where platform = p->>'platform' and ref = p->>'ref' and not joined and at > v_now - interval '1 hour'
     and key <> tf.event_hash(p->>'event');
  if v_wrong >= 5 and p->>'code' is not null then
    return jsonb_build_object('reason', 'too_many',
      'retry_after', ceil(extract(epoch from v_oldest + interval '1 hour' - v_now)));
  end if;
  select * into c from tf.join_code where code_hash = coalesce(p->>'code', p->>'offer') and expires_at > v_now;
  if not found then
    if p->>'code' is not null then
      insert into tf.join_try (platform, ref, key, joined)
      values (p->>'platform', p->>'ref', tf.event_hash(p->>'event'), false) on conflict do nothing;
    end if;
    return '{"reason": "unknown"}';
  elsif c.user_id = v_user then
    return '{"reason": "same"}';
  elsif (select count(*) from tf.join_try where platform = p->>'platform' and ref = p->>'ref' and joined) >= 3 then
    return '{"reason": "too_often"}';
  elsif exists (select from tf.job where user_id = v_user and ended_at is null)
     or exists (select from tf.wallet where user_id = v_user and held > 0) then
    return '{"reason": "running"}';
  end if;
  return (select tf.join_terms(w) from tf.wallet w where w.user_id = v_user)
    || jsonb_build_object('platform', c.platform, 'place', c.place,
         'language', (select language from tf.users where id = c.user_id),
         'gift', (select tf.unspent_starter(w) from tf.wallet w where w.user_id = c.user_id),
         'credits', (select (b->>'monthly')::bigint + (b->>'granted')::bigint + (b->>'purchased')::bigint
                     from tf.balance(c.user_id) b),
         'platforms', (select jsonb_agg(i.platform order by i.joined_at nulls first, i.platform, i.ref)
                       from tf.identity i where i.user_id = c.user_id));
end $$;

-- The identities of whoever this one is just now, and what a code or an offer leads to:
-- {platform, ref, event, code? | offer?} -> {identities: [{id, platform, first, here, busy}], offer}
create function api.linking(p jsonb) returns jsonb
language plpgsql security definer set search_path = '' as $$
declare
  v_user uuid;
begin
  -- Tries are counted one by one, and nobody becomes somebody else meanwhile.
  select user_id into v_user from tf.identity where platform = p->>'platform' and ref = p->>'ref' for no key update;
  return jsonb_build_object(
    'identities', (
      select coalesce(jsonb_agg(jsonb_build_object('id', tf.identity_sign(i), 'platform', i.platform,
          'first', i.joined_at is null, 'here', (i.platform, i.ref) = (p->>'platform', p->>'ref'),
          'busy', exists (select from tf.job j where j.user_id = i.user_id and j.ended_at is null
                          and j.platform = i.platform))
        order by i.joined_at nulls first, i.platform, i.ref), '[]')
      from tf.identity i where user_id = v_user),
    'offer', case when p->>'code' is not null or p->>'offer' is not null
               then tf.weigh_code(p || jsonb_build_object('user_id', v_user)) end);
end $$;

-- The confirmed offer: {offer, ref, terms: {moves, lapses, debt}} in a turn of the joining person -> the person both
-- are now. Refuses (TF409) whatever is not as it was shown.
create function tf.join_person(p_user uuid, p_turn jsonb, p jsonb) returns uuid
language plpgsql set search_path = '' as $$
declare
  v_into uuid;
  f tf.wallet;
  w tf.wallet;
  v_ask jsonb := p || jsonb_build_object('user_id', p_user, 'platform', p_turn->>'platform', 'event', p_turn->>'event');
begin
  select user_id into v_into from tf.join_code where code_hash = p->>'offer';
  perform from tf.session where user_id in (p_user, v_into) order by platform, place, user_id for update;
  -- Whoever begins in a new chat holds the person and waits for the wallet; whoever ends a job holds the wallet and
  -- waits for the person. So: without jobs, the person first.
  if exists (select from tf.job where user_id = p_user and ended_at is null) then
    perform tf.refuse('TF409', 'cannot join', '{"reason": "running"}');
  end if;
  perform from tf.users where id = p_user for update;
  if not found then
    perform tf.refuse('TF409', 'this person has joined another');
  end if;
  perform from tf.wallet where user_id in (p_user, v_into) order by id for update;
  v_ask := tf.weigh_code(v_ask);
  if v_ask ? 'reason' then
    perform tf.refuse('TF409', 'cannot join', v_ask);
  end if;
  f := tf.lock_wallet(tf.wallet_of(p_user));
  w := tf.lock_wallet(tf.wallet_of(v_into));
  if tf.join_terms(f) <> p->'terms' then
    perform tf.refuse('TF409', 'the wallet has moved on', tf.join_terms(f));
  end if;
  perform tf.join_wallets(f, w);
  perform tf.merge_person(p_user, v_into);
  delete from tf.join_code where user_id = v_into;
  insert into tf.join_try (platform, ref, key, joined)
  values (p_turn->>'platform', p->>'ref', tf.event_hash(p_turn->>'event'), true)
  on conflict (platform, ref, key) do update set joined = true;
  return v_into;
end $$;

-- A joined identity leaves: {identity: its sign}. Everything stays; it becomes a person with nothing, and no starter
-- grant, which it has had. What the chat was about is forgotten. -> the new person. Refuses (TF409) while work is under
-- way for that platform, for its result would be shown to somebody else.
create function tf.leave_person(p_user uuid, p jsonb) returns uuid
language plpgsql set search_path = '' as $$
declare
  i tf.identity;
  v_new uuid;
begin
  perform from tf.session where user_id = p_user order by platform, place for update;
  perform from tf.wallet where user_id = p_user for update;
  select * into i from tf.identity
   where user_id = p_user and tf.identity_sign(identity) = p->>'identity' and joined_at is not null for update;
  if not found then
    perform tf.refuse('TF409', 'no such identity, or the first one');
  end if;
  if exists (select from tf.job where user_id = p_user and ended_at is null and platform = i.platform) then
    perform tf.refuse('TF409', 'jobs are running');
  end if;
  insert into tf.users (language) select language from tf.users where id = p_user returning id into v_new;
  insert into tf.profile (user_id) values (v_new);
  insert into tf.wallet (user_id) values (v_new);
  update tf.identity set user_id = v_new, joined_at = null where (platform, ref) = (i.platform, i.ref);
  -- Places are not told apart by identity: all of its platform, unless another one of theirs is there.
  with theirs as (
    delete from tf.session s
     where user_id = p_user and platform = i.platform and (place = i.ref or not exists (
       select from tf.identity o where o.user_id = p_user and o.platform = i.platform))
    returning place
  )
  update tf.outbox set status = 'dropped', error = 'left'
   where user_id = p_user and platform = i.platform and status = 'pending' and place in (select place from theirs);
  delete from tf.page where i.platform = 'web' and place = i.ref;
  return v_new;
end $$;

-- A turn that makes a code, joins two persons or parts them; all three are rare, and take their turn one by one.
-- {..., linking: {issue: hash, seconds} | {offer, ref, terms} | {identity, here}} -> what store_turn answers.
create function api.store_linking(p jsonb) returns jsonb
language plpgsql security definer set search_path = '' as $$
declare
  l jsonb := p->'linking';
  v_user uuid := (p->>'user_id')::uuid;
  v_turn jsonb := p - array['linking', 'event'];
  v_new uuid;
  v_answer jsonb;
begin
  insert into tf.processed_event (key) values (tf.event_hash(p->>'event')) on conflict do nothing;
  if not found then
    return '{"duplicate": true}';
  end if;
  perform pg_advisory_xact_lock(hashtextextended('linking', 0));
  if l ? 'offer' then
    v_turn := v_turn || jsonb_build_object('user_id', tf.join_person(v_user, p, l));
  elsif l ? 'identity' then
    v_new := tf.leave_person(v_user, l);
    if (l->>'here')::boolean then
      delete from tf.session where user_id = v_user and (platform, place) = (p->>'platform', p->>'place');
      v_turn := v_turn || jsonb_build_object('user_id', v_new, 'version', 0);
    end if;
  end if;
  v_answer := api.store_turn(v_turn);
  if l ? 'issue' then
    insert into tf.join_code (user_id, code_hash, platform, place, expires_at)
    values (v_user, l->>'issue', p->>'platform', p->>'place',
            tf.now() + make_interval(secs => (l->>'seconds')::double precision))
    on conflict (user_id) do update set code_hash = excluded.code_hash, platform = excluded.platform,
      place = excluded.place, expires_at = excluded.expires_at;
  end if;
  return v_answer;
end $$;

call tf.lock_down();
