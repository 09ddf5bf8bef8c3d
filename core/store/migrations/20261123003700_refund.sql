-- What operators ask a company to give back. The credits go as they do when somebody else tells of the refund: by the
-- merge of payments.

create table tf.refund (
  id uuid primary key default gen_random_uuid(),
  key text not null unique,
  provider text not null,
  reference text not null,
  minor bigint not null check (minor > 0),
  worth bigint not null check (worth >= 0),
  actor text not null,
  reason text not null,
  proposal_id uuid references tf.admin_proposal,
  at timestamptz not null default tf.now(),
  ended_at timestamptz,
  refused text,
  foreign key (provider, reference) references tf.payment
);
create index on tf.refund (provider, reference);
create index on tf.refund (actor, at);
create index on tf.refund (at) where ended_at is null;
comment on column tf.refund.id is 'with the company the name of this refund, by which it is made once';
comment on column tf.refund.worth is 'credits that go with it; of what no order explains, a credit per smallest unit';
comment on column tf.refund.refused is 'why the company gave nothing back';

-- What of a payment could still be given back: no more than came, less what went and what is about to go.
create function tf.refundable(r tf.payment) returns bigint
language sql stable set search_path = '' as $$
  select coalesce(r.paid_minor, 0) - tf.refunded_of(r) - tf.disputed_of(r) - coalesce(sum(f.minor), 0)::bigint
    from tf.refund f left join tf.admin_proposal q on q.id = f.proposal_id
   where (f.provider, f.reference) = (r.provider, r.reference) and f.ended_at is null
     and (q.id is null or q.approved or q.approved is null and q.expires_at > tf.now())
$$;

-- {reference} -> [{provider, paid_minor, left, currency, credits, user_id}]: payments of this name, whoever took them.
create function tf.find_payments(p jsonb) returns jsonb
language sql stable set search_path = '' as $$
  select coalesce(jsonb_agg(jsonb_build_object('provider', r.provider, 'paid_minor', r.paid_minor,
      'left', tf.refundable(r), 'currency', r.paid_currency, 'credits', r.credits, 'user_id', r.user_id)), '[]')
  from tf.payment r where r.reference = p->>'reference' and r.paid_minor is not null
$$;

-- {key, provider, reference, minor, reason, actor, alone_up_to, seconds} -> {id, proposal, replayed}. What one actor
-- has given back within a day counts together; beyond the limit it waits for a second word, for so many seconds.
create function tf.admin_refund(p jsonb) returns jsonb
language plpgsql set search_path = '' as $$
declare
  v_minor bigint := (p->>'minor')::bigint;
  r tf.payment;
  f tf.refund;
  q tf.admin_proposal;
  v_left bigint;
begin
  perform pg_advisory_xact_lock(hashtextextended('refunds:' || (tf.logins_of(p->>'actor'))[1], 0));
  select * into r from tf.payment where (provider, reference) = (p->>'provider', p->>'reference') for update;
  select * into f from tf.refund where key = p->>'key';
  if f.id is not null then
    if (f.provider, f.reference, f.minor, f.actor, f.reason) is distinct from
       (p->>'provider', p->>'reference', v_minor, p->>'actor', p->>'reason') then
      perform tf.refuse('TF409', 'idempotency key reused with other parameters', jsonb_build_object('key', p->>'key'));
    end if;
    return jsonb_build_object('id', f.id, 'proposal', f.proposal_id, 'replayed', true);
  end if;
  v_left := tf.refundable(r);
  if coalesce(v_left, 0) < v_minor then
    perform tf.refuse('TF402', 'not as much is left', jsonb_build_object('have', v_left, 'need', v_minor));
  end if;
  f.worth := case when r.credits is null then v_minor else ceil(r.credits * least(v_minor, r.minor) / r.minor::numeric) end;
  q.key := 'refund:' || (p->>'key');
  q.credits := -f.worth;
  q.reason := p->>'reason';
  f.proposal_id := tf.propose(q, f.worth + coalesce((select sum(worth) from tf.refund
     where actor = any (tf.logins_of(p->>'actor')) and proposal_id is null and at > tf.now() - interval '1 day'), 0), p);
  insert into tf.refund (key, provider, reference, minor, worth, actor, reason, proposal_id)
  values (p->>'key', r.provider, r.reference, v_minor, f.worth, p->>'actor', p->>'reason', f.proposal_id)
  returning id into f.id;
  perform tf.record_act(q.key, p->>'actor', case when f.proposal_id is null then 'refund' else 'propose' end,
                        tf.payment_subject(r.provider, r.reference), q.reason, r.wallet_id, q.credits, f.proposal_id);
  return jsonb_build_object('id', f.id, 'proposal', f.proposal_id, 'replayed', false);
end $$;

-- {proposal?} -> what may be given back and was not yet, oldest first: [{id, provider, reference, minor, person}]
create function tf.open_refunds(p jsonb) returns jsonb
language sql stable set search_path = '' as $$
  select coalesce(jsonb_agg(jsonb_build_object('id', f.id, 'provider', f.provider, 'reference', f.reference,
      'minor', f.minor, 'person', o.person) order by f.at, f.id), '[]')
  from tf.refund f
  join tf.payment r on (r.provider, r.reference) = (f.provider, f.reference)
  left join tf.checkout o on o.id = r.checkout_id
  left join tf.admin_proposal q on q.id = f.proposal_id
  where f.ended_at is null and (f.proposal_id is null or q.approved)
$$;

-- {id, refused?}: it was given back, or never will be.
create function tf.end_refund(p jsonb) returns jsonb
language sql set search_path = '' as $$
  update tf.refund set ended_at = coalesce(ended_at, tf.now()), refused = coalesce(refused, p->>'refused')
   where id = (p->>'id')::uuid returning '{}'::jsonb
$$;
