-- Payments: one row per payment of one company, in which whatever is told of it only ever grows. Each event posts the
-- difference between what should be credited now and what is, so that their order, and how often they come, change
-- nothing. What a platform sells for us is one of them.

create type tf.claim_stage as enum ('open', 'lost', 'lifted');

create table tf.payment (
  provider text not null,
  reference text not null,
  checkout_id uuid references tf.checkout,
  bill text,
  item text,
  credits bigint check (credits > 0),
  minor bigint check (minor > 0),
  currency text,
  live boolean,
  user_id uuid references tf.users on delete set null,
  wallet_id uuid references tf.wallet,
  paid_minor bigint,
  paid_currency text,
  paid_live boolean,
  refunded_minor bigint not null default 0,
  credited bigint not null default 0 check (credited >= 0),
  doubt text,
  rejected_at timestamptz,
  confirmed_at timestamptz,
  version int not null default 0,
  at timestamptz not null default tf.now(),
  primary key (provider, reference)
);
create index on tf.payment (user_id);
create index on tf.payment (checkout_id);
create index on tf.payment (provider, bill) where bill is not null;
create index on tf.payment (at) where doubt is not null;
comment on table tf.payment is 'agreed: item to live; told: paid_minor to refunded_minor, and tf.claim; done: credited';
comment on column tf.payment.bill is 'of a subscription, what it paid: its terms are what it stands for, and bring the credits';
comment on column tf.payment.minor is 'a platform that sells for us tells no amounts: what it sells is paid, and goes back, as 1 of 1';
comment on column tf.payment.paid_minor is 'null: not paid';
comment on column tf.payment.refunded_minor is 'cumulative; what failed of it since stands in tf.claim';
comment on column tf.payment.doubt is 'why it is not credited';
comment on column tf.payment.wallet_id is 'credited first; a refund follows the person, or else whoever the wallet joined';
comment on column tf.payment.confirmed_at is 'when the company''s own books named it';
comment on column tf.payment.rejected_at is 'an operator: it stands for no credits, and nobody has to look again';

-- Money of a payment that somebody wants back: a refund or a dispute, each by its own id.
create table tf.claim (
  provider text not null,
  reference text not null,
  id text not null,
  kind text not null check (kind in ('refund', 'dispute')),
  minor bigint not null check (minor > 0),
  stage tf.claim_stage not null,
  primary key (provider, reference, id),
  foreign key (provider, reference) references tf.payment
);

-- The money of a payment that went back, or is on its way. Of refunds either the single ones are known or the sum of
-- all, or both, whichever came.
create function tf.refunded_of(r tf.payment) returns bigint
language sql stable set search_path = '' as $$
  select greatest(coalesce(sum(minor) filter (where stage <> 'lifted'), 0),
                  r.refunded_minor - coalesce(sum(minor) filter (where stage = 'lifted'), 0))::bigint
    from tf.claim where (provider, reference, kind) = (r.provider, r.reference, 'refund')
$$;

create function tf.disputed_of(r tf.payment) returns bigint
language sql stable set search_path = '' as $$
  select coalesce(sum(minor), 0)::bigint from tf.claim
   where (provider, reference, kind) = (r.provider, r.reference, 'dispute') and stage <> 'lifted'
$$;

-- What its credits come to when so much of the money is gone: of a part the house rounds in its own favour.
create function tf.credits_left(r tf.payment, p_gone bigint) returns bigint
language sql immutable set search_path = '' as $$
  select r.credits - ceil(r.credits::numeric * least(r.minor, p_gone) / r.minor)::bigint
$$;

-- How many credits a payment stands for now; what is rejected stands for nothing.
create function tf.payment_target(r tf.payment) returns bigint
language sql stable set search_path = '' as $$
  select case when r.paid_minor is null or r.credits is null or r.rejected_at is not null then 0
              else tf.credits_left(r, tf.refunded_of(r) + tf.disputed_of(r)) end
$$;

-- Why something paid is not what was agreed.
create function tf.payment_doubt(r tf.payment) returns text
language sql immutable set search_path = '' as $$
  select case
    when r.paid_minor is null or r.rejected_at is not null then null
    when r.credits is null then 'unknown_order'
    when (r.paid_minor, r.paid_currency) <> (r.minor, r.currency) then 'amount'
    when r.paid_live is distinct from r.live then 'livemode'
  end
$$;

-- {cause, minor, currency, credits, reference, date}: what was told of a payment, for whom it is about; `p` as
-- tf.merge_payment takes it, what was refunded before, and what it moved. What moves nothing moved before, as the
-- credits of a dispute that is lost.
create function tf.receipt(r tf.payment, p jsonb, p_refunded bigint, p_moved bigint) returns jsonb
language sql stable set search_path = '' as $$
  select jsonb_build_object('cause', cause, 'minor', minor, 'currency', r.currency, 'reference', r.reference,
           'credits', case when p_moved <> 0 then abs(p_moved)
             else tf.credits_left(r, gone - minor) - tf.credits_left(r, gone) end,
           'date', to_char(tf.now() at time zone 'UTC', 'YYYY-MM-DD'))
    from (select tf.refunded_of(r) + tf.disputed_of(r) as gone,
      case when p ? 'claim' then (p->'claim'->>'kind') || '_' || (p->'claim'->>'stage')
           when p ? 'refunded_minor' then 'refund_lost' else 'paid' end as cause,
      case when p->'claim'->>'kind' = 'dispute' then (p->'claim'->>'minor')::bigint
           when p ?| array['claim', 'refunded_minor'] then abs(tf.refunded_of(r) - p_refunded)
           else r.paid_minor end as minor) k
$$;

-- Have the person told what moved their credits (`about`): in the chat {person, place}, or {person, places: regular
-- expression}, the one they used last of those whose place matches. Running it twice says it once: the event has an id.
create function tf.tell_paid(p_user uuid, p_platform text, p_event text, p_credits bigint, p jsonb)
returns void
language plpgsql set search_path = '' as $$
declare
  v_place text := coalesce(p->>'place', (
    select place from tf.session where user_id = p_user and platform = p_platform and place ~ (p->>'places')
     order by updated_at desc limit 1));
begin
  if v_place is not null then
    perform queue.put('turns', 'tell_paid', jsonb_build_object('user_id', p_user, 'credits', p_credits,
      'about', p->'about', 'envelope', jsonb_build_object('id', p_event, 'platform', p_platform,
        'person', p->>'person', 'place', v_place, 'anonymous', p_platform = 'web')));
  end if;
end $$;

-- Bring a bill's terms to what its payments still stand for -> credits moved. Call it with wallet and subscription
-- locked.
create function tf.settle_bill(s tf.subscription, p_wallet uuid, p_bill text) returns bigint
language plpgsql set search_path = '' as $$
begin
  update tf.term t set collected = b.collected, back = b.back
    from (select sum(r.paid_minor)::bigint as collected,
                 sum(least(r.paid_minor, tf.refunded_of(r) + tf.disputed_of(r)))::bigint as back
            from tf.payment r where (r.provider, r.bill) = (s.provider, p_bill) and r.paid_minor is not null) b
   where t.subscription_id = s.id and t.bill = p_bill and b.collected is not null;
  return case when s.user_id is null then 0 else tf.settle_periods(s, p_wallet) end;
end $$;

-- What is told of a payment: {provider, reference, order?, pays?, page?, state?, item?, user_id?, credits?, minor?,
-- currency?, live?, paid_minor?, paid_currency?, refunded_minor?, claim?: {id, kind, minor, stage}, suspected?,
-- rejected?: an operator's word, happening?, tell?} -> {moved, target, doubt}; what moved, or did not, is told with what
-- it was. `pays`: the bill it paid, of a subscription we know, for whose terms its money then stands. Lock order: person,
-- wallets, subscription, payment. TF409: it led to somebody else this very moment; TF410: what is not in doubt cannot be
-- rejected.
create function tf.merge_payment(p jsonb) returns jsonb
language plpgsql set search_path = '' as $$
declare
  v_name text := format('%s:%s', p->>'provider', p->>'reference');
  v_bill text;
  v_gives boolean;  -- back what may have been given to servers
  v_seen tf.payment;
  o tf.checkout;
  s tf.subscription;
  v_user uuid;
  v_wallet uuid;
  v_locked uuid[];
  r tf.payment;
  v_target bigint;
  v_moved bigint;
  v_before tf.claim_stage;
  v_refunded bigint;
begin
  select * into v_seen from tf.payment where (provider, reference) = (p->>'provider', p->>'reference');
  v_bill := coalesce(v_seen.bill, p->>'pays');
  s := tf.billed_to(p->>'provider', v_bill);
  v_gives := v_bill is null and (p ? 'claim' or coalesce((p->>'refunded_minor')::bigint, 0) > 0);
  select * into o from tf.checkout
   where provider = p->>'provider' and id = coalesce(v_seen.checkout_id, s.checkout_id, (p->>'order')::uuid);
  v_user := tf.person_now(coalesce(v_seen.user_id, s.user_id, o.user_id, (p->>'user_id')::uuid));
  perform from tf.users where id = v_user for key share;
  if not found then
    v_user := tf.person_now(v_user);  -- joined another while we waited
    perform from tf.users where id = v_user for key share;
  end if;
  v_user := case when found then v_user end;
  v_wallet := coalesce((select id from tf.wallet where user_id = v_user),
                       tf.wallet_now(coalesce(v_seen.wallet_id, o.wallet_id)));
  v_locked := array[v_wallet];
  if v_gives then
    v_locked := v_locked || array(select wallet_id from tf.given_by(v_wallet));
  end if;
  perform from tf.wallet where id = any (v_locked) order by id for update;
  if s.id is not null then
    select * into s from tf.subscription where id = s.id for update;
  end if;

  insert into tf.payment (provider, reference) values (p->>'provider', p->>'reference') on conflict do nothing;
  select * into r from tf.payment where (provider, reference) = (p->>'provider', p->>'reference') for update;
  if coalesce((select id from tf.wallet where user_id = coalesce(s.user_id, r.user_id)),
              tf.wallet_now(r.wallet_id), v_wallet) is distinct from v_wallet
     or v_gives and exists (select from tf.given_by(v_wallet) where wallet_id <> all (v_locked)) then
    perform tf.refuse('TF409', 'credited, given, joined or deleted this very moment');
  end if;

  if p ? 'rejected' then
    if r.doubt is null then
      perform tf.refuse('TF410', 'nothing is in doubt about this payment');
    end if;
    r.rejected_at := tf.now();
  end if;

  v_refunded := tf.refunded_of(r);
  if p ? 'claim' then
    select stage into v_before from tf.claim
     where (provider, reference, id) = (r.provider, r.reference, p->'claim'->>'id');
    insert into tf.claim as known (provider, reference, id, kind, minor, stage)
    select r.provider, r.reference, id, kind, minor, stage
      from jsonb_to_record(p->'claim') as c (id text, kind text, minor bigint, stage tf.claim_stage)
    on conflict (provider, reference, id) do update
       set minor = greatest(known.minor, excluded.minor), stage = greatest(known.stage, excluded.stage);
  end if;
  if v_bill is not null then  -- what was agreed is what was billed, which was compared when it was told
    select greatest(1, sum(coalesce(t.credits, 0) + t.more)) into r.credits
      from tf.term t where t.subscription_id = s.id and t.bill = v_bill;
    o.minor := (p->>'paid_minor')::bigint;
    o.currency := p->>'paid_currency';
    o.live := (p->>'live')::boolean;
  end if;
  update tf.payment
     set checkout_id = coalesce(r.checkout_id, o.id), bill = v_bill,
         item = coalesce(r.item, o.item, p->>'item'),
         credits = coalesce(r.credits, o.credits, (p->>'credits')::bigint),
         minor = coalesce(r.minor, o.minor, (p->>'minor')::bigint),
         currency = coalesce(r.currency, o.currency, p->>'currency'),
         live = coalesce(r.live, o.live),
         user_id = coalesce(r.user_id, v_user), wallet_id = coalesce(r.wallet_id, v_wallet),
         paid_minor = greatest(r.paid_minor, (p->>'paid_minor')::bigint),
         paid_currency = coalesce(r.paid_currency, p->>'paid_currency'),
         paid_live = coalesce(r.paid_live, (p->>'live')::boolean),
         refunded_minor = greatest(r.refunded_minor, (p->>'refunded_minor')::bigint),
         rejected_at = r.rejected_at
   where (provider, reference) = (r.provider, r.reference)
  returning * into r;
  perform tf.step_checkout(o.id, p);

  v_target := tf.payment_target(r);
  v_moved := v_target - r.credited;
  r.doubt := coalesce(tf.payment_doubt(r),
                      case when v_bill is null and v_moved > 0 and r.user_id is null then 'left' end);
  if r.doubt is not null then
    v_moved := least(v_moved, 0);
  end if;
  if v_moved <> 0 then
    r.version := r.version + 1;
    r.credited := r.credited + v_moved;
  end if;
  if v_bill is not null then
    v_moved := tf.settle_bill(s, v_wallet, v_bill);
  elsif v_moved > 0 then
    perform tf.topup(v_wallet, v_moved, format('payment:%s:%s', v_name, r.version), v_name);
  elsif v_moved < 0 then
    perform tf.take_back(v_wallet, -v_moved, format('%s:%s', v_name, r.version));
  end if;
  -- Credits of a dispute went when it was opened; that they do not come back is news all the same.
  if v_moved <> 0 or r.doubt is null and p->'claim'->>'kind' = 'dispute' and p->'claim'->>'stage' = 'lost'
                     and v_before = 'open' then
    perform tf.tell_paid(coalesce(s.user_id, r.user_id), coalesce(o.platform, r.provider),
      format('paid:%s:%s', v_name, r.version) || case when v_moved = 0 then ':lost:' || (p->'claim'->>'id') else '' end,
      v_moved, coalesce(p->'tell', jsonb_build_object('person', o.person, 'place', o.place))
        || jsonb_build_object('about', tf.receipt(r, p, v_refunded, v_moved)));
  end if;
  update tf.payment set credited = r.credited, version = r.version, doubt = r.doubt
   where (provider, reference) = (r.provider, r.reference);

  if r.doubt is not null then
    perform tf.raise_alert(jsonb_build_object('key', tf.purchase_alert(r.provider, r.reference),
      'kind', 'purchase.refused', 'detail', jsonb_build_object(
        'platform', r.provider, 'id', r.reference, 'item', r.item, 'reason', r.doubt)));
    perform api.close_happening(jsonb_build_object('platform', r.provider, 'key', p->>'happening'));
  else
    perform tf.close_purchase(jsonb_build_object('platform', r.provider, 'id', r.reference, 'happening', p->>'happening'));
  end if;
  perform tf.watch_payment(r, coalesce((p->>'suspected')::boolean, false));
  return jsonb_build_object('moved', v_moved, 'target', v_target, 'doubt', r.doubt);
end $$;

-- Fraud that is only suspected takes nothing from anybody: somebody has to look, until the money is claimed.
create function tf.watch_payment(r tf.payment, p_suspected boolean) returns void
language plpgsql set search_path = '' as $$
declare
  v_key text := format('suspected:%s:%s', r.provider, r.reference);
begin
  if exists (select from tf.claim where (provider, reference) = (r.provider, r.reference)) then
    perform tf.resolve_alert(jsonb_build_object('key', v_key));
  elsif p_suspected then
    perform tf.raise_alert(jsonb_build_object('key', v_key, 'kind', 'payment.suspected', 'detail',
      jsonb_build_object('platform', r.provider, 'id', r.reference)));
  end if;
end $$;
