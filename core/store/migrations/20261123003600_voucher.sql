-- Codes that operators make and people redeem: each person each code once, whatever chats they have and however often
-- they leave. Beyond the limit a code is good only once a second operator has said so.

create table tf.voucher (
  id uuid primary key default gen_random_uuid(),
  code_hash text not null unique,
  credits bigint not null check (credits > 0),
  uses int not null check (uses > 0),
  used int not null default 0 check (used between 0 and uses),
  referral boolean not null,
  owner_id uuid references tf.users on delete set null,
  note text not null,
  made_by text not null,
  at timestamptz not null default tf.now(),
  expires_at timestamptz not null,
  revoked_at timestamptz,
  proposal_id uuid references tf.admin_proposal
);
create index on tf.voucher (owner_id);
create index on tf.voucher (made_by, at);
comment on column tf.voucher.code_hash is 'keyed: neither the database nor a guess leads to a code';
comment on column tf.voucher.owner_id is 'gets as much as whoever redeems it; with `referral`, null once they have left';
comment on column tf.voucher.note is 'read by the person under /balance';
comment on column tf.voucher.proposal_id is 'what has to be approved before it is good';

-- The salted hash outlives the person, as that of the starter grant does.
create table tf.voucher_use (
  voucher_id uuid not null references tf.voucher,
  person text not null,
  user_id uuid references tf.users on delete set null,
  at timestamptz not null default tf.now(),
  primary key (voucher_id, person)
);
create index on tf.voucher_use (user_id);

-- Codes an identity entered that are not good; of the last hour.
create table tf.voucher_try (
  platform text not null,
  ref text not null,
  key bytea not null,
  at timestamptz not null default tf.now(),
  primary key (platform, ref, key),
  foreign key (platform, ref) references tf.identity on delete cascade
);

-- Whether more than a cookie says who this is: a chat that a platform knows them in, or something they paid for.
create function tf.is_somebody(p_user uuid) returns bool
language sql stable set search_path = '' as $$
  select exists (select from tf.identity where user_id = p_user and platform <> 'web')
      or exists (select from tf.payment where user_id = p_user and credited > 0)
      or exists (select from tf.subscription s join tf.term t on t.subscription_id = s.id
                  where s.user_id = p_user and s.given is null and tf.stands(t))
$$;

-- {user_id, person, anonymous}: why this code is not good for them; null: it is. What is unknown, over, used up, not
-- yet approved or not for strangers without a name is one and the same answer. Cookies cost nothing, so that a code for
-- many is one for strangers only where more is known of them.
create function tf.voucher_bar(v tf.voucher, p jsonb) returns text
language sql stable set search_path = '' as $$
  select case
    when v.id is null then 'unknown'
    when exists (select from tf.voucher_use u where u.voucher_id = v.id
                  and (u.person = p->>'person' or u.user_id = (p->>'user_id')::uuid)) then 'used'
    when v.used >= v.uses or v.revoked_at is not null or v.expires_at <= tf.now()
      or v.proposal_id is not null and not exists (
           select from tf.admin_proposal r where r.id = v.proposal_id and r.approved)
      or v.referral and (p->>'anonymous')::boolean then 'unknown'
    when v.owner_id = (p->>'user_id')::uuid then 'own'
    when v.uses > 1 and (p->>'anonymous')::boolean and not tf.is_somebody((p->>'user_id')::uuid) then 'stranger'
  end
$$;

-- Codes of any kind are entered one after the other, and five that were no good end the looking for an hour. Null: look.
create function tf.tried_too_often(p jsonb) returns jsonb
language plpgsql set search_path = '' as $$
declare
  v_hour timestamptz := tf.now() - interval '1 hour';
  v_wrong int;
  v_oldest timestamptz;
begin
  perform from tf.identity where platform = p->>'platform' and ref = p->>'ref' for no key update;
  delete from tf.voucher_try where platform = p->>'platform' and ref = p->>'ref' and at <= v_hour;
  select count(*), min(at) into v_wrong, v_oldest from tf.voucher_try
   where platform = p->>'platform' and ref = p->>'ref' and key <> tf.event_hash(p->>'event');
  if v_wrong >= 5 then
    return jsonb_build_object('reason', 'too_many', 'retry_after', ceil(extract(epoch from v_oldest - v_hour)));
  end if;
  return null;
end $$;

create function tf.count_try(p jsonb) returns void
language sql set search_path = '' as $$
  insert into tf.voucher_try (platform, ref, key) values (p->>'platform', p->>'ref', tf.event_hash(p->>'event'))
  on conflict do nothing
$$;

-- {user_id, platform, ref, event, code: hash, person: salted hash, anonymous} -> {credits} or {reason, retry_after?}:
-- what a code is worth.
create function api.look_at_voucher(p jsonb) returns jsonb
language plpgsql security definer set search_path = '' as $$
declare
  v_spent jsonb := tf.tried_too_often(p);
  v tf.voucher;
  v_bar text;
begin
  if v_spent is not null then
    return v_spent;
  end if;
  select * into v from tf.voucher where code_hash = p->>'code';
  v_bar := tf.voucher_bar(v, p);
  if v_bar is null then
    return jsonb_build_object('credits', v.credits);
  end if;
  if v_bar = 'unknown' then
    perform tf.count_try(p);
  end if;
  return jsonb_build_object('reason', v_bar);
end $$;

-- {..., redeem: {code: hash, person, anonymous}}: a turn that redeems a code -> what store_turn answers. The credits
-- come before anything the turn orders, which a team may pay. TF409: it is not good any more. Lock order: session,
-- persons, wallets, voucher.
create function api.store_redeeming(p jsonb) returns jsonb
language plpgsql security definer set search_path = '' as $$
declare
  v_user uuid := (p->>'user_id')::uuid;
  v_asked jsonb := p->'redeem' || jsonb_build_object('user_id', v_user);
  v tf.voucher;
  v_owner uuid;
  v_team uuid := tf.team_wallet(v_user);
  v_bar text;
  v_key text;
begin
  if not tf.note_event(p->>'event') then
    return '{"duplicate": true}';
  end if;
  perform from tf.session where (platform, place) = (p->>'platform', p->>'place') and user_id = v_user for update;
  select owner_id into v_owner from tf.voucher where code_hash = v_asked->>'code';
  perform tf.hold_persons(v_user, v_owner);
  perform from tf.wallet where user_id in (v_user, v_owner) or id = v_team order by id for update;
  select * into v from tf.voucher where code_hash = v_asked->>'code' for update;
  v_bar := tf.voucher_bar(v, v_asked);
  if v_bar is not null or v.owner_id is distinct from v_owner then
    perform tf.refuse('TF409', 'this code is not good any more', jsonb_build_object('reason', v_bar));
  end if;
  insert into tf.voucher_use (voucher_id, person, user_id) values (v.id, v_asked->>'person', v_user);
  update tf.voucher set used = used + 1 where id = v.id;
  v_key := format('voucher:%s:%s', v.id, v_asked->>'person');
  perform tf.topup(tf.wallet_of(v_user), v.credits, v_key, v.note, 'gift');
  if v.owner_id is not null then
    perform tf.topup(tf.wallet_of(v.owner_id), v.credits, v_key || ':owner', v.note, 'gift');
    perform tf.tell_paid(v.owner_id, chat->>'platform', v_key || ':owner', v.credits, chat)
       from tf.private_chat(v.owner_id) chat;
  end if;
  return api.store_turn(p - array['redeem', 'event']);
end $$;

-- {key, code: hash, credits, uses, owner?, note, seconds, actor, alone_up_to, proposal_seconds} -> {id, proposal,
-- replayed}. What codes of one actor made within a day may come to counts together; beyond the limit a code waits for a
-- second word.
create function tf.admin_make_voucher(p jsonb) returns jsonb
language plpgsql set search_path = '' as $$
declare
  v_owner uuid := tf.person_now((p->>'owner')::uuid);
  v_worth bigint := (p->>'credits')::bigint * (p->>'uses')::int * case when p->>'owner' is null then 1 else 2 end;
  v tf.voucher;
  r tf.admin_proposal;
begin
  perform tf.check_amount(v_worth);
  perform pg_advisory_xact_lock(hashtextextended('vouchers:' || (tf.logins_of(p->>'actor'))[1], 0));
  select * into v from tf.voucher where code_hash = p->>'code';
  if found then
    if (v.credits, v.uses, v.referral, v.note, v.made_by) is distinct from
       ((p->>'credits')::bigint, (p->>'uses')::int, p->>'owner' is not null, p->>'note', p->>'actor')
       or v.owner_id <> v_owner then  -- null: they have left since
      perform tf.refuse('TF409', 'idempotency key reused with other parameters', jsonb_build_object('key', p->>'key'));
    end if;
    return jsonb_build_object('id', v.id, 'proposal', v.proposal_id, 'replayed', true);
  end if;
  r.key := 'voucher:' || (p->>'key');
  r.credits := v_worth;
  r.reason := p->>'note';
  v.proposal_id := tf.propose(r, v_worth + coalesce((
    select sum(credits * uses * case when referral then 2 else 1 end) from tf.voucher
     where made_by = any (tf.logins_of(p->>'actor')) and proposal_id is null and at > tf.now() - interval '1 day'), 0),
    p || jsonb_build_object('seconds', p->'proposal_seconds'));
  insert into tf.voucher (code_hash, credits, uses, referral, owner_id, note, made_by, expires_at, proposal_id)
  values (p->>'code', (p->>'credits')::bigint, (p->>'uses')::int, p->>'owner' is not null, v_owner, p->>'note',
          p->>'actor', tf.now() + make_interval(secs => (p->>'seconds')::double precision), v.proposal_id)
  returning * into v;
  perform tf.record_act(r.key, p->>'actor', case when v.proposal_id is null then 'voucher' else 'propose' end, null,
                        r.reason, null, v_worth, v.proposal_id);
  return jsonb_build_object('id', v.id, 'proposal', v.proposal_id, 'replayed', false);
end $$;

-- {id, reason, actor} -> {replayed}: nobody redeems it any more; what was redeemed stays.
create function tf.admin_revoke_voucher(p jsonb) returns jsonb
language plpgsql set search_path = '' as $$
declare
  v tf.voucher;
begin
  select * into v from tf.voucher where id = (p->>'id')::uuid for update;
  if not found then
    perform tf.refuse('TF404', 'no such code');
  elsif v.revoked_at is not null then
    return '{"replayed": true}';
  end if;
  update tf.voucher set revoked_at = tf.now() where id = v.id;
  perform tf.record_act('revoke:' || v.id, p->>'actor', 'revoke', null, p->>'reason', null,
                        v.credits * (v.uses - v.used));
  return '{"replayed": false}';
end $$;

-- {} -> every code, newest first
create function tf.admin_vouchers(p jsonb) returns jsonb
language sql stable set search_path = '' as $$
  select coalesce(jsonb_agg(jsonb_build_object('id', v.id, 'credits', v.credits, 'uses', v.uses, 'used', v.used,
      'referral', v.referral, 'owner', v.owner_id, 'note', v.note, 'made_by', v.made_by, 'expires_at', v.expires_at,
      'state', case
        when v.revoked_at is not null then 'revoked'
        when v.expires_at <= tf.now() then 'expired'
        when v.used >= v.uses then 'used up'
        when r.id is not null and r.approved is distinct from true then
          case when r.approved is null and r.expires_at > tf.now() then 'waiting' else 'rejected' end
        else 'good' end) order by v.at desc, v.id), '[]')
  from tf.voucher v left join tf.admin_proposal r on r.id = v.proposal_id
$$;
