-- What operators do about a payment that was not what was agreed: accept it as it was paid, or let it stand for
-- nothing.

create function tf.payment_subject(p_provider text, p_reference text) returns text
language sql immutable set search_path = '' as $$ select format('payment:%s:%s', p_provider, p_reference) $$;

-- From here on what was paid is what was agreed, for so many credits; the merge does the rest. TF410 when there is no
-- doubt (any more), or one that this does not mend. Call it with the person held and the wallet locked.
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
  k tf.payment;
  w tf.wallet;
  r tf.admin_proposal;
begin
  select * into k from tf.payment where (provider, reference) = (p->>'provider', p->>'reference');
  r.credits := coalesce((p->>'credits')::bigint, k.credits);
  if k.reference is null or r.credits is null then
    perform tf.refuse('TF404', 'no such payment, or nobody knows for how many credits');
  end if;
  perform tf.check_amount(r.credits);
  perform from tf.users where id = tf.person_now(coalesce((p->>'user_id')::uuid, k.user_id)) for key share;
  w := tf.lock_wallet(tf.wallet_of(coalesce((p->>'user_id')::uuid, k.user_id)));
  r.key := 'payment:' || (p->>'key');
  r.wallet_id := w.id;
  r.provider := k.provider;
  r.payment := k.reference;
  r.reason := p->>'reason';
  return tf.move_on_record(r, 'release_payment', tf.payment_subject(k.provider, k.reference), p);
end $$;

-- {key, provider, reference, reason, actor} -> {replayed}. TF410 when nothing is in doubt.
create function tf.admin_reject_payment(p jsonb) returns jsonb
language plpgsql set search_path = '' as $$
begin
  if not tf.record_act('payment:' || (p->>'key'), p->>'actor', 'reject_payment',
                       tf.payment_subject(p->>'provider', p->>'reference'), p->>'reason') then
    return '{"replayed": true}';
  end if;
  perform tf.merge_payment(
    jsonb_build_object('provider', p->>'provider', 'reference', p->>'reference', 'rejected', true));
  return '{"replayed": false}';
end $$;
