-- Credits operators give and take, and wallets they freeze.

-- {platform, ref} or {account}, hexadecimal digits an id begins with: the person's, one they had before they joined
-- another, or their wallet's -> [{user_id, platforms, last_seen_at}]
create function tf.find_persons(p jsonb) returns jsonb
language sql stable set search_path = '' as $$
  with meant as (
    select user_id from tf.identity where platform = p->>'platform' and ref = p->>'ref'
    union
    select user_id from (
      select id, id as user_id from tf.users
      union all select id, user_id from tf.former_person
      union all select id, user_id from tf.wallet) t
    where replace(id::text, '-', '') like (p->>'account') || '%'
  )
  select coalesce(jsonb_agg(jsonb_build_object('user_id', u.id, 'last_seen_at', u.last_seen_at, 'platforms', (
      select coalesce(jsonb_agg(i.platform order by i.joined_at nulls first, i.platform, i.ref), '[]')
      from tf.identity i where i.user_id = u.id)) order by u.last_seen_at desc), '[]')
  from tf.users u join meant on meant.user_id = u.id
$$;

-- Credits leave in the order they are spent in; what is not there is refused (TF402), for nobody is put into debt by
-- hand.
create function tf.deduct(p_wallet uuid, p_credits bigint, p_key text, p_reference text) returns jsonb
language plpgsql set search_path = '' as $$
declare
  w tf.wallet;
  v_request jsonb := jsonb_build_array('deduct', p_wallet, p_credits, p_reference);
  v_result jsonb;
  v_monthly bigint;
  v_granted bigint;
begin
  perform tf.check_amount(p_credits);
  w := tf.lock_wallet(p_wallet);
  v_result := tf.replay(p_key, v_request);
  if v_result is not null then
    return v_result;
  end if;
  if w.monthly + w.granted + w.purchased < p_credits then
    perform tf.refuse('TF402', 'insufficient credits',
      jsonb_build_object('have', w.monthly + w.granted + w.purchased, 'need', p_credits));
  end if;
  v_monthly := least(w.monthly, p_credits);
  v_granted := least(w.granted, p_credits - v_monthly);
  update tf.wallet
     set monthly = monthly - v_monthly, granted = granted - v_granted,
         purchased = purchased - (p_credits - v_monthly - v_granted), version = version + 1
   where id = w.id;
  perform tf.draw(w.id, 'monthly', v_monthly), tf.draw(w.id, 'granted', v_granted);
  v_result := jsonb_build_object('deducted', p_credits, 'replayed', false);
  perform tf.post(p_key, 'deduct', w.id, p_reference, v_request, v_result,
    array['monthly', 'granted', 'purchased', 'grants'],
    array[-v_monthly, -v_granted, -(p_credits - v_monthly - v_granted), p_credits]);
  return v_result;
end $$;

-- What is done at our own expense is paid from a wallet of our own, filled as it is spent from.
create table tf.house (
  only_row boolean primary key default true check (only_row),
  wallet_id uuid not null references tf.wallet
);
create function tf.house_wallet() returns uuid
language plpgsql set search_path = '' as $$
declare
  v_wallet uuid := (select wallet_id from tf.house);
begin
  if v_wallet is null then
    perform pg_advisory_xact_lock(hashtextextended('house', 0));
    select wallet_id into v_wallet from tf.house;
    if v_wallet is null then
      insert into tf.wallet default values returning id into v_wallet;
      insert into tf.house (wallet_id) values (v_wallet);
    end if;
  end if;
  return v_wallet;
end $$;

-- What one actor has moved alone in a wallet within a day, payments they released included, so that a large sum is not
-- split. Call it with the wallet locked.
create function tf.moved_alone(p_wallet uuid, p_actor text) returns bigint
language sql stable set search_path = '' as $$
  select coalesce(sum(abs(credits)), 0)::bigint from tf.admin_action
   where wallet_id = p_wallet and actor = any (tf.logins_of(p_actor)) and act in ('grant', 'deduct', 'release_payment')
     and at > tf.now() - interval '1 day'
$$;

-- What was proposed is done: a payment accepted, a pool tended, or credits given (above zero) or taken. Call it with the
-- wallet locked.
create function tf.carry_out(r tf.admin_proposal) returns void
language plpgsql set search_path = '' as $$
begin
  if r.fund is not null then
    perform tf.act_on_fund(r.key, r.fund);
  elsif r.payment is not null then
    perform tf.accept_payment(r.wallet_id, r.provider, r.payment, r.credits);
  elsif r.credits > 0 then
    perform tf.topup(r.wallet_id, r.credits, 'admin:' || r.key, r.reason, 'gift');
  else
    perform tf.deduct(r.wallet_id, -r.credits, 'admin:' || r.key, r.reason);
  end if;
end $$;

-- Credits of a wallet that is locked, moved as `p_act`: now, or beyond what one actor may move alone in it within a day
-- once another approves it. -> {proposal: id | null, replayed}
create function tf.move_on_record(r tf.admin_proposal, p_act text, p_subject text, p jsonb) returns jsonb
language plpgsql set search_path = '' as $$
declare
  a tf.admin_action := tf.act_before(
    r.key, p->>'actor', array[p_act, 'propose'], p_subject, r.reason, r.wallet_id, r.credits);
  v_proposal uuid;
begin
  if a.id is not null then
    return jsonb_build_object('proposal', a.proposal_id, 'replayed', true);
  end if;
  v_proposal := tf.propose(r, abs(r.credits) + tf.moved_alone(r.wallet_id, p->>'actor'), p);
  if v_proposal is null then
    perform tf.carry_out(r);
  end if;
  perform tf.record_act(r.key, p->>'actor', case when v_proposal is null then p_act else 'propose' end, p_subject,
                        r.reason, r.wallet_id, r.credits, v_proposal);
  return jsonb_build_object('proposal', v_proposal, 'replayed', false);
end $$;

-- {key, user_id | (platform, guild), credits, reason, actor, alone_up_to, seconds} -> {proposal: id | null, replayed}: of
-- a person's wallet, or of a server's, which is made if there is none.
create function tf.admin_move(p jsonb) returns jsonb
language plpgsql set search_path = '' as $$
declare
  w tf.wallet := tf.lock_wallet(case when p ? 'guild' then tf.guild_wallet(p->>'platform', p->>'guild')
                                     else tf.wallet_of((p->>'user_id')::uuid) end);
  r tf.admin_proposal;
begin
  r.key := 'move:' || (p->>'key');
  r.wallet_id := w.id;
  r.credits := (p->>'credits')::bigint;
  r.reason := p->>'reason';
  perform tf.check_amount(abs(r.credits));
  return tf.move_on_record(r, case when r.credits > 0 then 'grant' else 'deduct' end,
                           'guild:' || (p->>'platform') || ':' || (p->>'guild'), p);
end $$;

-- {key, user_id, freeze, reason, actor} -> {replayed}
create function tf.admin_freeze(p jsonb) returns jsonb
language plpgsql set search_path = '' as $$
declare
  w tf.wallet := tf.lock_wallet(tf.wallet_of((p->>'user_id')::uuid));
  v_freeze boolean := (p->>'freeze')::boolean;
begin
  if not tf.record_act('freeze:' || (p->>'key'), p->>'actor', case when v_freeze then 'freeze' else 'unfreeze' end,
                       null, p->>'reason', w.id) then
    return '{"replayed": true}';
  end if;
  update tf.wallet set frozen_at = case when v_freeze then coalesce(frozen_at, tf.now()) end where id = w.id;
  return '{"replayed": false}';
end $$;
