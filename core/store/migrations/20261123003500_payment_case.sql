-- What operators do about a payment that was not what was agreed: accept it as it was paid, or let it stand for
-- nothing.

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

-- {key, provider, reference, user_id?, credits?, reason, actor, alone_up_to, seconds} -> {proposal: id | null,
-- replayed}. Without `user_id` whoever the payment names, without `credits` as many as were agreed. TF404 for nobody to
-- credit.
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
