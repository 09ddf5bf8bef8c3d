-- What operators do about a payment that was not what was agreed: accept it as it was paid, or let it stand for nothing.

alter table tf.payment add column rejected_at timestamptz;
comment on column tf.payment.rejected_at is 'an operator: it stands for no credits, and nobody has to look again';

-- As before; what is rejected stands for nothing.
create or replace function tf.payment_target(r tf.payment) returns bigint
language sql stable set search_path = '' as $$
  select case when r.paid_minor is null or r.credits is null or r.rejected_at is not null then 0 else
    r.credits - ceil(r.credits * least(r.minor,
      greatest(c.refunded, r.refunded_minor - c.failed) + c.disputed) / r.minor)::bigint end
  from (
    select coalesce(sum(minor) filter (where kind = 'refund' and stage <> 'lifted'), 0) as refunded,
           coalesce(sum(minor) filter (where kind = 'refund' and stage = 'lifted'), 0) as failed,
           coalesce(sum(minor) filter (where kind = 'dispute' and stage <> 'lifted'), 0) as disputed
    from tf.claim where (provider, reference) = (r.provider, r.reference)) c
$$;
create or replace function tf.payment_doubt(r tf.payment) returns text
language sql immutable set search_path = '' as $$
  select case
    when r.paid_minor is null or r.rejected_at is not null then null
    when r.credits is null then 'unknown_order'
    when (r.paid_minor, r.paid_currency) <> (r.minor, r.currency) then 'amount'
    when r.paid_live is distinct from r.live then 'livemode'
  end
$$;

-- What a proposal is about beside a wallet.
alter table tf.admin_proposal add column provider text;
alter table tf.admin_proposal add column payment text;
alter table tf.admin_proposal add check ((provider is null) = (payment is null));

create function tf.payment_subject(p_provider text, p_reference text) returns text
language sql immutable set search_path = '' as $$ select format('payment:%s:%s', p_provider, p_reference) $$;

-- From here on what was paid is what was agreed, for so many credits; the merge does the rest. TF410 when there is no
-- doubt (any more), or one that this does not mend. Call it with the wallet locked.
create function tf.accept_payment(p_wallet uuid, p_provider text, p_reference text, p_credits bigint) returns void
language plpgsql set search_path = '' as $$
declare
  r tf.payment;
  v_merged jsonb;
begin
  select * into r from tf.payment where (provider, reference) = (p_provider, p_reference) for update;
  if r.doubt is null or r.rejected_at is not null then
    perform tf.refuse('TF410', 'nothing is in doubt about this payment');
  end if;
  update tf.payment
     set item = coalesce(item, 'accepted'), credits = p_credits, minor = paid_minor, currency = paid_currency,
         live = paid_live, wallet_id = p_wallet, user_id = (select user_id from tf.wallet where id = p_wallet)
   where (provider, reference) = (p_provider, p_reference);
  v_merged := tf.merge_payment(jsonb_build_object('provider', p_provider, 'reference', p_reference));
  if v_merged->>'doubt' is not null then
    perform tf.refuse('TF410', 'it is still in doubt', jsonb_build_object('doubt', v_merged->'doubt'));
  end if;
end $$;

-- As before; a proposal about a payment accepts that.
create or replace function tf.admin_post(p_wallet uuid, p_credits bigint, p_key text, p_reason text) returns void
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

-- What one actor has moved alone in a wallet within a day. Call it with the wallet locked.
create function tf.moved_alone(p_wallet uuid, p_actor text) returns bigint
language sql stable set search_path = '' as $$
  select coalesce(sum(abs(credits)), 0)::bigint from tf.admin_action
   where wallet_id = p_wallet and actor = p_actor and act in ('grant', 'deduct', 'release_payment')
     and at > tf.now() - interval '1 day'
$$;

-- As before, with what was released counted as well.
create or replace function tf.admin_move(p jsonb) returns jsonb
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

-- {key, provider, reference, user_id?, credits?, reason, actor, alone_up_to, seconds} -> {proposal: id | null, replayed}.
-- Without `user_id` whoever the payment names, without `credits` as many as were agreed. TF404 for nobody to credit.
create function tf.admin_release_payment(p jsonb) returns jsonb
language plpgsql set search_path = '' as $$
declare
  r tf.payment;
  w tf.wallet;
  v_credits bigint;
  v_subject text := tf.payment_subject(p->>'provider', p->>'reference');
  a tf.admin_action;
  v_proposal uuid;
begin
  select * into r from tf.payment where (provider, reference) = (p->>'provider', p->>'reference');
  v_credits := coalesce((p->>'credits')::bigint, r.credits);
  if not found or v_credits is null then
    perform tf.refuse('TF404', 'no such payment, or nobody knows for how many credits');
  end if;
  perform tf.check_amount(v_credits);
  w := tf.lock_wallet(tf.wallet_of(coalesce((p->>'user_id')::uuid, r.user_id)));
  select * into a from tf.admin_action where key = 'payment:' || (p->>'key');
  if found then
    if (a.wallet_id, a.credits, a.reason, a.actor, a.subject)
       is distinct from (w.id, v_credits, p->>'reason', p->>'actor', v_subject) then
      perform tf.refuse('TF409', 'idempotency key reused with other parameters', jsonb_build_object('key', p->>'key'));
    end if;
    return jsonb_build_object('proposal', a.proposal_id, 'replayed', true);
  end if;
  if v_credits + tf.moved_alone(w.id, p->>'actor') > (p->>'alone_up_to')::bigint then
    insert into tf.admin_proposal (key, wallet_id, credits, reason, proposed_by, expires_at, provider, payment)
    values (p->>'key', w.id, v_credits, p->>'reason', p->>'actor',
            tf.now() + make_interval(secs => (p->>'seconds')::double precision), r.provider, r.reference)
    returning id into v_proposal;
  else
    perform tf.accept_payment(w.id, r.provider, r.reference, v_credits);
  end if;
  insert into tf.admin_action (key, actor, act, subject, wallet_id, credits, reason, proposal_id)
  values ('payment:' || (p->>'key'), p->>'actor',
          case when v_proposal is null then 'release_payment' else 'propose' end,
          v_subject, w.id, v_credits, p->>'reason', v_proposal);
  return jsonb_build_object('proposal', v_proposal, 'replayed', false);
end $$;

-- {key, provider, reference, reason, actor} -> {replayed}. TF410 when nothing is in doubt.
create function tf.admin_reject_payment(p jsonb) returns jsonb
language plpgsql set search_path = '' as $$
declare
  r tf.payment;
begin
  if not tf.record_act('payment:' || (p->>'key'), p->>'actor', 'reject_payment',
                       tf.payment_subject(p->>'provider', p->>'reference'), p->>'reason') then
    return '{"replayed": true}';
  end if;
  update tf.payment set rejected_at = tf.now()
   where (provider, reference) = (p->>'provider', p->>'reference') and doubt is not null and rejected_at is null;
  if not found then
    perform tf.refuse('TF410', 'nothing is in doubt about this payment');
  end if;
  perform tf.merge_payment(jsonb_build_object('provider', p->>'provider', 'reference', p->>'reference'));
  return '{"replayed": false}';
end $$;

-- As before, with what else it is about.
create or replace function tf.admin_proposals(p jsonb) returns jsonb
language sql stable set search_path = '' as $$
  select coalesce(jsonb_agg(jsonb_build_object('id', r.id, 'wallet', r.wallet_id is not null, 'user_id', w.user_id,
      'credits', r.credits, 'reason', r.reason, 'proposed_by', r.proposed_by, 'expires_at', r.expires_at,
      'subject', case when r.payment is not null then tf.payment_subject(r.provider, r.payment) end) order by r.at), '[]')
  from tf.admin_proposal r left join tf.wallet w on w.id = tf.wallet_now(r.wallet_id)
  where r.approved is null and r.expires_at > tf.now()
$$;

call tf.lock_down();
