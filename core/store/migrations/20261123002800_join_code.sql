-- Codes that join two persons: made, guessed, looked at and confirmed.

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

-- What an entered code leads to, or an offer that was shown (its hash): {user_id, platform, ref, event, code? | offer?}
-- -> {reason} or {moves, lapses, debt, credits, gift, platforms, platform, place, language}, with the issuer's
-- `credits`, what of them is an unspent starter grant, platforms and where the code was asked for. Reasons: too_many
-- (wrong codes within the hour; with retry_after), unknown (never was, is used, has expired), same (it is their own),
-- too_often (joined three times within a day), running (jobs that have not ended). Only a code can be guessed, so only
-- codes are counted. Who asked for a code may become somebody else while it is looked at: then it leads nowhere, as if
-- it had been looked at a moment later.
create function tf.weigh_code(p jsonb) returns jsonb
language plpgsql set search_path = '' as $$
declare
  v_now timestamptz := tf.now();
  v_user uuid := (p->>'user_id')::uuid;
  v_hash text := coalesce(p->>'code', p->>'offer');
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
  if exists (select from tf.join_code where code_hash = v_hash and user_id = v_user and expires_at > v_now) then
    return '{"reason": "same"}';
  end if;
  -- Held, so that its person is the same one in every statement below; oneself is not, because whoever makes us somebody
  -- else holds the person and waits for the identity we hold.
  select code.* into c from tf.join_code code join tf.users u on u.id = code.user_id
   where code.code_hash = v_hash and code.user_id is distinct from v_user and code.expires_at > v_now
     for key share of u;
  if not found then
    if p->>'code' is not null then
      insert into tf.join_try (platform, ref, key, joined)
      values (p->>'platform', p->>'ref', tf.event_hash(p->>'event'), false) on conflict do nothing;
    end if;
    return '{"reason": "unknown"}';
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
  if not tf.note_event(p->>'event') then
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
