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
  v_result := jsonb_build_object('deducted', p_credits, 'replayed', false);
  perform tf.post(p_key, 'deduct', w.id, p_reference, v_request, v_result,
    array['monthly', 'granted', 'purchased', 'grants'],
    array[-v_monthly, -v_granted, -(p_credits - v_monthly - v_granted), p_credits]);
  return v_result;
end $$;

-- Above zero a gift, below a deduction; a proposal about a payment accepts that. Call it with the wallet locked.
create function tf.admin_post(p_wallet uuid, p_credits bigint, p_key text, p_reason text) returns void
language plpgsql set search_path = '' as $$
declare
  r tf.admin_proposal;
begin
  select * into r from tf.admin_proposal where key = p_key and payment is not null;
  if found then
    perform tf.accept_payment(p_wallet, r.provider, r.payment, p_credits);
  elsif p_credits > 0 then
    perform tf.topup(p_wallet, p_credits, 'admin:' || p_key, p_reason, 'gift');
  else
    perform tf.deduct(p_wallet, -p_credits, 'admin:' || p_key, p_reason);
  end if;
end $$;

-- What one actor has moved alone in a wallet within a day, payments they released included, so that a large sum is not
-- split. Call it with the wallet locked.
create function tf.moved_alone(p_wallet uuid, p_actor text) returns bigint
language sql stable set search_path = '' as $$
  select coalesce(sum(abs(credits)), 0)::bigint from tf.admin_action
   where wallet_id = p_wallet and actor = p_actor and act in ('grant', 'deduct', 'release_payment')
     and at > tf.now() - interval '1 day'
$$;

-- {key, user_id, credits, reason, actor, alone_up_to, seconds} -> {proposal: id | null, replayed}. Beyond what one
-- actor may move alone in a wallet within a day it is only proposed, for so many seconds.
create function tf.admin_move(p jsonb) returns jsonb
language plpgsql set search_path = '' as $$
declare
  w tf.wallet := tf.lock_wallet(tf.wallet_of((p->>'user_id')::uuid));
  v_credits bigint := (p->>'credits')::bigint;
  a tf.admin_action;
  v_proposal uuid;
begin
  perform tf.check_amount(abs(v_credits));
  select * into a from tf.admin_action where key = 'move:' || (p->>'key');
  if found then
    if (a.wallet_id, a.credits, a.reason, a.actor) is distinct from (w.id, v_credits, p->>'reason', p->>'actor') then
      perform tf.refuse('TF409', 'idempotency key reused with other parameters', jsonb_build_object('key', p->>'key'));
    end if;
    return jsonb_build_object('proposal', a.proposal_id, 'replayed', true);
  end if;
  if abs(v_credits) + tf.moved_alone(w.id, p->>'actor') > (p->>'alone_up_to')::bigint then
    insert into tf.admin_proposal (key, wallet_id, credits, reason, proposed_by, expires_at)
    values (p->>'key', w.id, v_credits, p->>'reason', p->>'actor',
            tf.now() + make_interval(secs => (p->>'seconds')::double precision))
    returning id into v_proposal;
  else
    perform tf.admin_post(w.id, v_credits, p->>'key', p->>'reason');
  end if;
  insert into tf.admin_action (key, actor, act, wallet_id, credits, reason, proposal_id)
  values ('move:' || (p->>'key'), p->>'actor',
          case when v_proposal is not null then 'propose' when v_credits > 0 then 'grant' else 'deduct' end,
          w.id, v_credits, p->>'reason', v_proposal);
  return jsonb_build_object('proposal', v_proposal, 'replayed', false);
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
