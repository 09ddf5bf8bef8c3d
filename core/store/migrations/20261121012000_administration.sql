-- What operators do to wallets: each act once by its key, with who did it and why, and beyond a limit only with a second
-- operator's word. For direct connections alone: no key of a front end reaches any of it.

alter table tf.txn drop constraint txn_kind_check;
alter table tf.txn add constraint txn_kind_check check (kind in
  ('starter', 'grant', 'gift', 'topup', 'hold', 'capture', 'release', 'expire', 'clawback', 'close', 'join_out',
   'join_in', 'give_out', 'give_in', 'deduct'));

create table tf.admin_proposal (
  id uuid primary key default gen_random_uuid(),
  key text not null unique,
  wallet_id uuid not null references tf.wallet,
  credits bigint not null check (credits <> 0),
  reason text not null,
  proposed_by text not null,
  at timestamptz not null default tf.now(),
  expires_at timestamptz not null,
  decided_by text,
  decided_at timestamptz,
  approved boolean,
  check ((decided_by is null) = (approved is null) and (decided_by is null) = (decided_at is null)),
  check (not approved or decided_by <> proposed_by)
);
create index on tf.admin_proposal (at) where approved is null;

-- Written once and never changed, like the ledger. Wallets have random ids: with the person gone they lead nowhere.
create table tf.admin_action (
  id bigint generated always as identity primary key,
  key text not null unique,
  at timestamptz not null default tf.now(),
  actor text not null,
  act text not null check (act in ('grant', 'deduct', 'propose', 'approve', 'reject')),
  wallet_id uuid not null references tf.wallet,
  credits bigint not null,
  reason text not null,
  proposal_id uuid references tf.admin_proposal
);
create index on tf.admin_action (wallet_id, actor, at);
comment on column tf.admin_action.actor is 'machine:<login> for the command line';
create trigger append_only before update or delete or truncate on tf.admin_action
  for each statement execute function tf.refuse_change();

-- As before; what is deducted is taken from gifts before what was bought, as what is spent is.
create or replace function tf.unspent_starter(w tf.wallet) returns bigint
language sql stable set search_path = '' as $$
  select least(w.purchased, greatest(0, coalesce(sum(e.amount), 0)))::bigint
  from tf.txn t join tf.entry e on e.txn_id = t.id
  where t.wallet_id = w.id and e.account = 'purchased' and t.kind in ('starter', 'hold', 'capture', 'release', 'deduct')
$$;
create or replace function tf.ungiven(w tf.wallet) returns bigint
language plpgsql stable set search_path = '' as $$
declare
  m record;
  v_ungiven bigint := 0;
  v_purchased bigint := 0;
  v_bought jsonb := '{}';  -- job -> what of its hold was bought
begin
  for m in
    select t.kind, t.reference, t.result, e.amount from tf.txn t join tf.entry e on e.txn_id = t.id
     where t.wallet_id = w.id and e.account = 'purchased' order by t.id
  loop
    if m.kind = 'hold' then
      v_bought := v_bought || jsonb_build_object(m.reference, greatest(0, -m.amount - v_ungiven));
    end if;
    v_purchased := v_purchased + m.amount;
    v_ungiven := least(v_purchased, greatest(0, v_ungiven + case
      when m.kind in ('starter', 'gift', 'hold', 'deduct') then m.amount
      when m.kind in ('capture', 'release') then greatest(0, m.amount - (v_bought->>m.reference)::bigint)
      when m.kind = 'join_in' then coalesce((m.result->>'ungiven')::bigint, 0)
      else 0 end));
  end loop;
  return v_ungiven;
end $$;

-- Credits leave in the order they are spent in; what is not there is refused (TF402), for nobody is put into debt by hand.
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

-- Above zero a gift, below a deduction. Call it with the wallet locked.
create function tf.admin_post(p_wallet uuid, p_credits bigint, p_key text, p_reason text) returns void
language plpgsql set search_path = '' as $$
begin
  if p_credits > 0 then
    perform tf.topup(p_wallet, p_credits, 'admin:' || p_key, p_reason, 'gift');
  else
    perform tf.deduct(p_wallet, -p_credits, 'admin:' || p_key, p_reason);
  end if;
end $$;

-- {key, user_id, credits, reason, actor, alone_up_to, seconds} -> {proposal: id | null, replayed}. What one actor moves
-- alone in a wallet within a day is counted together, so that a large sum is not split; beyond, it is only proposed, for
-- so many seconds.
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
  if abs(v_credits) + coalesce((select sum(abs(credits)) from tf.admin_action
       where wallet_id = w.id and actor = p->>'actor' and act in ('grant', 'deduct') and at > tf.now() - interval '1 day'), 0)
     > (p->>'alone_up_to')::bigint then
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

-- {proposal, approve, actor} -> {replayed}. Nobody approves what they proposed (TF403); to reject it is to withdraw it.
create function tf.admin_decide(p jsonb) returns jsonb
language plpgsql set search_path = '' as $$
declare
  r tf.admin_proposal;
  w tf.wallet;
  v_approve boolean := (p->>'approve')::boolean;
begin
  select * into r from tf.admin_proposal where id = (p->>'proposal')::uuid;
  if not found then
    perform tf.refuse('TF404', 'no such proposal');
  end if;
  w := tf.lock_wallet(tf.wallet_now(r.wallet_id));
  select * into r from tf.admin_proposal where id = r.id for update;
  if r.approved is not null then
    if (r.approved, r.decided_by) is distinct from (v_approve, p->>'actor') then
      perform tf.refuse('TF410', 'this was decided', jsonb_build_object('approved', r.approved, 'by', r.decided_by));
    end if;
    return '{"replayed": true}';
  end if;
  if v_approve and r.proposed_by = p->>'actor' then
    perform tf.refuse('TF403', 'somebody else has to approve it');
  elsif v_approve and r.expires_at <= tf.now() then
    perform tf.refuse('TF410', 'this proposal has expired');
  elsif v_approve and w.user_id is null then
    perform tf.refuse('TF404', 'whoever had this wallet has left');
  end if;
  if v_approve then
    perform tf.admin_post(w.id, r.credits, r.key, r.reason);
  end if;
  update tf.admin_proposal set approved = v_approve, decided_by = p->>'actor', decided_at = tf.now() where id = r.id;
  insert into tf.admin_action (key, actor, act, wallet_id, credits, reason, proposal_id)
  values ('decide:' || r.id, p->>'actor', case when v_approve then 'approve' else 'reject' end, w.id, r.credits,
          r.reason, r.id);
  return '{"replayed": false}';
end $$;

-- {} -> what waits for a second word, oldest first
create function tf.admin_proposals(p jsonb) returns jsonb
language sql stable set search_path = '' as $$
  select coalesce(jsonb_agg(jsonb_build_object('id', r.id, 'user_id', w.user_id, 'credits', r.credits,
      'reason', r.reason, 'proposed_by', r.proposed_by, 'expires_at', r.expires_at) order by r.at), '[]')
  from tf.admin_proposal r join tf.wallet w on w.id = tf.wallet_now(r.wallet_id)
  where r.approved is null and r.expires_at > tf.now()
$$;

-- {limit} -> the latest acts, newest first
create function tf.admin_journal(p jsonb) returns jsonb
language sql stable set search_path = '' as $$
  select coalesce(jsonb_agg(jsonb_build_object('at', a.at, 'actor', a.actor, 'act', a.act, 'wallet_id', a.wallet_id,
      'credits', a.credits, 'reason', a.reason) order by a.id desc), '[]')
  from (select * from tf.admin_action order by id desc limit (p->>'limit')::int) a
$$;

call tf.lock_down();
