-- Persons, how platforms call them, and what they like.

create table tf.users (
  id uuid primary key default gen_random_uuid(),
  language text not null default 'en',
  plan text not null default 'free',
  created_at timestamptz not null default tf.now(),
  last_seen_at timestamptz not null default tf.now()
);

create table tf.identity (
  platform text not null,
  ref text not null,
  user_id uuid not null references tf.users on delete cascade,
  secret_hash text unique,
  recovery_hash text unique,
  created_at timestamptz not null default tf.now(),
  joined_at timestamptz,
  primary key (platform, ref)
);
create index on tf.identity (user_id);
comment on column tf.identity.secret_hash is 'browser: hash of the cookie; the cookie itself is never stored';
comment on column tf.identity.joined_at is 'null: had the person first; exactly one of each person''s has';

create table tf.profile (
  user_id uuid primary key references tf.users on delete cascade,
  settings jsonb not null default '{}',
  last_answers jsonb not null default '{}',
  brand jsonb not null default '{}'
);

-- Outlives the person: the salted hash is all that keeps delete-and-return from being a source of credits.
create table tf.starter_grant (
  person_hash text primary key,
  granted_at timestamptz not null default tf.now()
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

-- Nobody of these goes or becomes somebody else from here on. TF404: the first of them is gone already.
create function tf.hold_persons(p_user uuid, p_other uuid) returns void
language plpgsql set search_path = '' as $$
begin
  perform from tf.users where id in (p_user, p_other) order by id for key share;
  if not exists (select from tf.users where id = p_user) then
    perform tf.refuse('TF404', 'no such person');
  end if;
end $$;

-- Names an identity in buttons without giving its reference away.
create function tf.identity_sign(i tf.identity) returns text
language sql immutable set search_path = '' as $$
  select left(encode(sha256(convert_to(i.platform || ':' || i.ref, 'UTF8')), 'hex'), 16)
$$;

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
