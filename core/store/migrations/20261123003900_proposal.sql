-- What waits for a second operator's word.

-- {} -> what waits for a second word, oldest first, with what it is about: as the act says that proposed it
create function tf.admin_proposals(p jsonb) returns jsonb
language sql stable set search_path = '' as $$
  select coalesce(jsonb_agg(jsonb_build_object('id', r.id, 'wallet', r.wallet_id is not null, 'user_id', w.user_id,
      'credits', r.credits, 'reason', r.reason, 'proposed_by', r.proposed_by, 'expires_at', r.expires_at,
      'subject', a.subject, 'minor', b.minor, 'currency', b.paid_currency) order by r.at), '[]')
  from tf.admin_proposal r join tf.admin_action a on a.key = r.key
    left join tf.wallet w on w.id = tf.wallet_now(r.wallet_id)
    left join (select f.*, t.paid_currency from tf.refund f join tf.payment t using (provider, reference)) b
      on b.proposal_id = r.id
  where r.approved is null and r.expires_at > tf.now()
$$;

-- {proposal, approve, actor, known?: {name: [login]}} -> {replayed}. Nobody approves what they proposed, under whatever
-- login (TF403); to reject it is to withdraw it. Of codes and refunds the approval is all there is to do.
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
  if r.wallet_id is not null then
    perform from tf.users where id = (select user_id from tf.wallet where id = tf.wallet_now(r.wallet_id)) for key share;
    w := tf.lock_wallet(tf.wallet_now(r.wallet_id));
  end if;
  select * into r from tf.admin_proposal where id = r.id for update;
  if r.approved is not null then
    if (r.approved, r.decided_by) is distinct from (v_approve, p->>'actor') then
      perform tf.refuse('TF410', 'this was decided', jsonb_build_object('approved', r.approved, 'by', r.decided_by));
    end if;
    return '{"replayed": true}';
  end if;
  if v_approve and tf.logins_of(r.proposed_by, p->'known') && tf.logins_of(p->>'actor', p->'known') then
    perform tf.refuse('TF403', 'somebody else has to approve it');
  elsif v_approve and r.expires_at <= tf.now() then
    perform tf.refuse('TF410', 'this proposal has expired');
  elsif v_approve and r.wallet_id is not null and w.user_id is null
        and not exists (select from tf.guild where wallet_id = w.id) then
    perform tf.refuse('TF404', 'whoever had this wallet has left');
  end if;
  if v_approve and (r.wallet_id is not null or r.fund is not null) then
    r.wallet_id := w.id;
    perform tf.carry_out(r);
  end if;
  update tf.admin_proposal set approved = v_approve, decided_by = p->>'actor', decided_at = tf.now() where id = r.id;
  perform tf.record_act('decide:' || r.id, p->>'actor', case when v_approve then 'approve' else 'reject' end,
                        (select subject from tf.admin_action where key = r.key), r.reason, w.id, r.credits, r.id);
  return '{"replayed": false}';
end $$;
