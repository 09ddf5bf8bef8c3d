-- Payments: one row per payment of one company, in which whatever is told of it only ever grows. Each event posts the
-- difference between what should be credited now and what is, so that their order, and how often they come, change
-- nothing. What a platform sells for us (tf.purchase until now) is one of them.

create type tf.order_state as enum ('open', 'expired', 'pending', 'failed', 'paid');
create type tf.claim_stage as enum ('open', 'lost', 'lifted');

-- What somebody is about to pay, written before the company is asked for a page.
create table tf.checkout (
  id uuid primary key default gen_random_uuid(),
  provider text not null,
  key bytea not null,
  user_id uuid references tf.users on delete set null,
  wallet_id uuid not null references tf.wallet,
  platform text not null,
  person text,
  place text,
  item text not null,
  title text not null,
  back text,
  credits bigint not null check (credits > 0),
  minor bigint not null check (minor > 0),
  currency text not null,
  live boolean not null,
  state tf.order_state not null default 'open',
  page text,
  url text,
  expires_at timestamptz not null,
  at timestamptz not null default tf.now(),
  unique (provider, key)
);
create index on tf.checkout (user_id);
create index on tf.checkout (platform, person) where person is not null;
comment on column tf.checkout.key is 'hash of the event that asked for it';
comment on column tf.checkout.person is 'with place, back: whom to tell, as the platform calls them; null once they are gone';
comment on column tf.checkout.title is 'what the page calls it';
comment on column tf.checkout.back is 'where the page leads';
comment on column tf.checkout.state is 'of its latest page';
comment on column tf.checkout.minor is 'smallest units of its currency, as in tf.payment and tf.claim';

create table tf.payment (
  provider text not null,
  reference text not null,
  checkout_id uuid references tf.checkout,
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
  version int not null default 0,
  at timestamptz not null default tf.now(),
  primary key (provider, reference)
);
create index on tf.payment (user_id);
create index on tf.payment (checkout_id);
create index on tf.payment (at) where doubt is not null;
comment on table tf.payment is 'agreed: item to live; told: paid_minor to refunded_minor, and tf.claim; done: credited';
comment on column tf.payment.minor is 'a platform that sells for us tells no amounts: what it sells is paid, and goes back, as 1 of 1';
comment on column tf.payment.paid_minor is 'null: not paid';
comment on column tf.payment.refunded_minor is 'cumulative; what failed of it since stands in tf.claim';
comment on column tf.payment.doubt is 'why it is not credited';
comment on column tf.payment.wallet_id is 'credited first; a refund follows the person, or else whoever the wallet joined';

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

-- What a company tells is a happening too.
alter table tf.happening add column swept int;
create index on tf.happening (at) where swept is not null and done_at is null;
create index on tf.happening (platform, (record->>'reference')) where swept is null and done_at is null;
comment on column tf.happening.swept is 'how often it was handed to a worker again; null: it is not for one, or lies by';

insert into tf.payment (provider, reference, item, credits, minor, currency, user_id, wallet_id, paid_minor,
                        paid_currency, credited, version, at)
select platform, id, item, credits, 1, '', user_id, wallet_id, case when credits is not null then 1 end,
       case when credits is not null then '' end,
       case when refunded_at is null then coalesce(credits, 0) else 0 end, 1, at
  from tf.purchase;
insert into tf.claim (provider, reference, id, kind, minor, stage)
select platform, id, id, 'refund', 1, 'lost' from tf.purchase where refunded_at is not null;
drop table tf.purchase;

-- Whoever goes is no longer named in what is still open either, nor in what they were about to pay.
create or replace function tf.unname() returns trigger
language plpgsql security definer set search_path = '' as $$
begin
  update tf.happening set record = record - 'user_id'
   where platform = old.platform and record->>'user_id' = old.ref;
  update tf.happening set record = record - 'gifter_user_id'
   where platform = old.platform and record->>'gifter_user_id' = old.ref;
  update tf.checkout set person = null, place = null, back = null where (platform, person) = (old.platform, old.ref);
  return null;
end $$;

-- As before; `p` is {person, place}, or {person, places: regular expression} for the one of those they used last.
create or replace function tf.tell_paid(p_user uuid, p_platform text, p_event text, p_credits bigint, p jsonb)
returns void
language plpgsql set search_path = '' as $$
declare
  v_place text := coalesce(p->>'place', (
    select place from tf.session where user_id = p_user and platform = p_platform and place ~ (p->>'places')
     order by updated_at desc limit 1));
begin
  if v_place is not null then
    perform queue.put('turns', 'tell_paid', jsonb_build_object('user_id', p_user, 'credits', p_credits,
      'envelope', jsonb_build_object('id', p_event, 'platform', p_platform, 'person', p->>'person', 'place', v_place)));
  end if;
end $$;

-- How many credits a payment stands for now: what is refunded or disputed is no longer paid, and of a part the house
-- rounds in its own favour. Of refunds either the single ones are known or the sum of all, or both, whichever came.
create function tf.payment_target(r tf.payment) returns bigint
language sql stable set search_path = '' as $$
  select case when r.paid_minor is null or r.credits is null then 0 else
    r.credits - ceil(r.credits * least(r.minor,
      greatest(c.refunded, r.refunded_minor - c.failed) + c.disputed) / r.minor)::bigint end
  from (
    select coalesce(sum(minor) filter (where kind = 'refund' and stage <> 'lifted'), 0) as refunded,
           coalesce(sum(minor) filter (where kind = 'refund' and stage = 'lifted'), 0) as failed,
           coalesce(sum(minor) filter (where kind = 'dispute' and stage <> 'lifted'), 0) as disputed
    from tf.claim where (provider, reference) = (r.provider, r.reference)) c
$$;

-- Why something paid is not what was agreed.
create function tf.payment_doubt(r tf.payment) returns text
language sql immutable set search_path = '' as $$
  select case
    when r.paid_minor is null then null
    when r.credits is null then 'unknown_order'
    when (r.paid_minor, r.paid_currency) <> (r.minor, r.currency) then 'amount'
    when r.paid_live is distinct from r.live then 'livemode'
  end
$$;

-- {state?, page?}: how far an order is. A page that expired says nothing of the one the order has got since.
create function tf.step_checkout(p_id uuid, p jsonb) returns void
language sql set search_path = '' as $$
  update tf.checkout set state = greatest(state, (p->>'state')::tf.order_state)
   where id = p_id and (p->>'state' <> 'expired' or page = p->>'page')
$$;

-- What is told of a payment: {provider, reference, order?, page?, state?, item?, user_id?, credits?, minor?,
-- currency?, live?, paid_minor?, paid_currency?, refunded_minor?, claim?: {id, kind, minor, stage}, suspected?,
-- happening?, tell?} -> {moved, target, doubt}. Lock order: person, wallets, payment. TF409: it led to somebody else this
-- very moment.
create function tf.merge_payment(p jsonb) returns jsonb
language plpgsql set search_path = '' as $$
declare
  v_name text := format('%s:%s', p->>'provider', p->>'reference');
  v_claims boolean := p ? 'claim' or coalesce((p->>'refunded_minor')::bigint, 0) > 0;
  v_seen tf.payment;
  o tf.checkout;
  v_user uuid;
  v_wallet uuid;
  v_locked uuid[];
  r tf.payment;
  v_target bigint;
  v_moved bigint;
begin
  select * into v_seen from tf.payment where (provider, reference) = (p->>'provider', p->>'reference');
  select * into o from tf.checkout
   where provider = p->>'provider' and id = coalesce(v_seen.checkout_id, (p->>'order')::uuid);
  v_user := tf.person_now(coalesce(v_seen.user_id, o.user_id, (p->>'user_id')::uuid));
  perform from tf.users where id = v_user for key share;
  if not found then
    v_user := tf.person_now(v_user);  -- joined another while we waited
    perform from tf.users where id = v_user for key share;
  end if;
  v_user := case when found then v_user end;
  v_wallet := coalesce((select id from tf.wallet where user_id = v_user),
                       tf.wallet_now(coalesce(v_seen.wallet_id, o.wallet_id)));
  v_locked := array[v_wallet];
  if v_claims then
    v_locked := v_locked || array(select wallet_id from tf.given_by(v_wallet));
  end if;
  perform from tf.wallet where id = any (v_locked) order by id for update;

  insert into tf.payment (provider, reference) values (p->>'provider', p->>'reference') on conflict do nothing;
  select * into r from tf.payment where (provider, reference) = (p->>'provider', p->>'reference') for update;
  if coalesce((select id from tf.wallet where user_id = r.user_id), tf.wallet_now(r.wallet_id), v_wallet)
     is distinct from v_wallet
     or v_claims and exists (select from tf.given_by(v_wallet) where wallet_id <> all (v_locked)) then
    perform tf.refuse('TF409', 'credited, given, joined or deleted this very moment');
  end if;

  if p ? 'claim' then
    insert into tf.claim as known (provider, reference, id, kind, minor, stage)
    select r.provider, r.reference, id, kind, minor, stage
      from jsonb_to_record(p->'claim') as c (id text, kind text, minor bigint, stage tf.claim_stage)
    on conflict (provider, reference, id) do update
       set minor = greatest(known.minor, excluded.minor), stage = greatest(known.stage, excluded.stage);
  end if;
  update tf.payment
     set checkout_id = coalesce(r.checkout_id, o.id),
         item = coalesce(r.item, o.item, p->>'item'),
         credits = coalesce(r.credits, o.credits, (p->>'credits')::bigint),
         minor = coalesce(r.minor, o.minor, (p->>'minor')::bigint),
         currency = coalesce(r.currency, o.currency, p->>'currency'),
         live = coalesce(r.live, o.live),
         user_id = coalesce(r.user_id, v_user), wallet_id = coalesce(r.wallet_id, v_wallet),
         paid_minor = greatest(r.paid_minor, (p->>'paid_minor')::bigint),
         paid_currency = coalesce(r.paid_currency, p->>'paid_currency'),
         paid_live = coalesce(r.paid_live, (p->>'live')::boolean),
         refunded_minor = greatest(r.refunded_minor, (p->>'refunded_minor')::bigint)
   where (provider, reference) = (r.provider, r.reference)
  returning * into r;
  perform tf.step_checkout(o.id, p);

  v_target := tf.payment_target(r);
  v_moved := v_target - r.credited;
  r.doubt := coalesce(tf.payment_doubt(r), case when v_moved > 0 and r.user_id is null then 'left' end);
  if r.doubt is not null then
    v_moved := least(v_moved, 0);
  end if;
  if v_moved <> 0 then
    r.version := r.version + 1;
    if v_moved > 0 then
      perform tf.topup(v_wallet, v_moved, format('payment:%s:%s', v_name, r.version), v_name);
    else
      perform tf.take_back(v_wallet, -v_moved, format('%s:%s', v_name, r.version));
    end if;
    perform tf.tell_paid(r.user_id, coalesce(o.platform, r.provider), format('paid:%s:%s', v_name, r.version), v_moved,
      coalesce(p->'tell', jsonb_build_object('person', o.person, 'place', o.place)));
  end if;
  update tf.payment set credited = credited + v_moved, version = r.version, doubt = r.doubt
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

-- -- what platforms sell for us -------------------------------------------------------------------------------------

-- {platform, id, item, user_id, credits, happening?, tell?} -> {"moved": credits, "refunded": bool}, as before.
create or replace function api.credit_purchase(p jsonb) returns jsonb
language plpgsql security definer set search_path = '' as $$
declare
  v_merged jsonb := tf.merge_payment(p - 'platform' - 'id' || jsonb_build_object('provider', p->>'platform',
    'reference', p->>'id', 'minor', 1, 'currency', '', 'paid_minor', 1, 'paid_currency', ''));
begin
  if v_merged->>'doubt' = 'left' then
    perform tf.refuse('TF404', 'no such person');
  end if;
  return jsonb_build_object('moved', v_merged->'moved', 'refunded', v_merged->'target' = '0');
end $$;

-- {platform, id, item, happening?, tell?} -> {"moved": credits}, as before.
create or replace function api.refund_purchase(p jsonb) returns jsonb
language plpgsql security definer set search_path = '' as $$
declare
  v_merged jsonb := tf.merge_payment(p - 'platform' - 'id' || jsonb_build_object('provider', p->>'platform',
    'reference', p->>'id',
    'claim', jsonb_build_object('id', p->>'id', 'kind', 'refund', 'minor', 1, 'stage', 'lost')));
begin
  return jsonb_build_object('moved', -(v_merged->>'moved')::bigint);
end $$;

-- {platform, id, item, reason} -> {"new": bool}, as before.
create or replace function api.doubt_purchase(p jsonb) returns jsonb
language plpgsql security definer set search_path = '' as $$
begin
  if exists (select from tf.claim where (provider, reference) = (p->>'platform', p->>'id')) then
    return jsonb_build_object('new', false);
  end if;
  return tf.raise_alert(jsonb_build_object('key', tf.purchase_alert(p->>'platform', p->>'id'),
    'kind', 'purchase.refused', 'detail', p));
end $$;

-- -- what we sell ourselves -----------------------------------------------------------------------------------------

-- {provider, event, user_id, platform, person, place, item, title, back, credits, minor, currency, live, seconds,
-- least_seconds} -> {id, item, title, back, minor, currency, url, expires_at}: an order, one per event, as it was first
-- agreed; `url` once there is a page. One that can no longer be paid, or has not got the least time a page may live,
-- gets a new page.
create function api.open_checkout(p jsonb) returns jsonb
language plpgsql security definer set search_path = '' as $$
declare
  v_user uuid := tf.person_now((p->>'user_id')::uuid);
  v_key bytea := tf.event_hash(p->>'event');
  v_least interval := make_interval(secs => (p->>'least_seconds')::double precision);
  o tf.checkout;
begin
  insert into tf.checkout as known (provider, key, user_id, wallet_id, platform, person, place, item, title, back,
                                    credits, minor, currency, live, expires_at)
  values (p->>'provider', v_key, v_user, tf.wallet_of(v_user), p->>'platform', p->>'person',
          p->>'place', p->>'item', p->>'title', p->>'back', (p->>'credits')::bigint, (p->>'minor')::bigint,
          p->>'currency', (p->>'live')::boolean,
          tf.now() + make_interval(secs => (p->>'seconds')::double precision))
  on conflict (provider, key) do update
     set state = 'open', page = null, url = null, expires_at = excluded.expires_at
   where known.state in ('expired', 'failed')
      or known.state = 'open' and known.expires_at < tf.now() + case when known.url is null then v_least else '0' end;
  select * into o from tf.checkout where (provider, key) = (p->>'provider', v_key);
  return jsonb_build_object('id', o.id, 'item', o.item, 'title', o.title, 'back', o.back, 'minor', o.minor,
    'currency', o.currency, 'url', o.url, 'expires_at', o.expires_at);
end $$;

-- {id, page, url}: where it is paid.
create function api.page_checkout(p jsonb) returns jsonb
language sql security definer set search_path = '' as $$
  update tf.checkout set page = p->>'page', url = p->>'url' where id = (p->>'id')::uuid returning '{}'::jsonb
$$;

create function tf.enqueue_payment(p_provider text, p_key text) returns bigint
language sql set search_path = '' as $$
  select queue.put('turns', 'settle_payment', jsonb_build_object('provider', p_provider, 'key', p_key))
$$;

create function tf.given_up(p_provider text, p_key text) returns text
language sql immutable set search_path = '' as $$ select format('given_up:%s:%s', p_provider, p_key) $$;

-- {provider, key, kind, record} -> {"new": bool}: what a company tells, recorded once and handed to a worker in the same
-- transaction. What was given up begins anew when it is sent again.
create function api.take_payment(p jsonb) returns jsonb
language plpgsql security definer set search_path = '' as $$
declare
  v_recorded jsonb := api.record_happening(p - 'provider' || jsonb_build_object('platform', p->>'provider'));
  v_new boolean := (v_recorded->>'new')::boolean
    or (tf.resolve_alert(jsonb_build_object('key', tf.given_up(p->>'provider', p->>'key')))->>'resolved')::boolean;
begin
  if v_new then
    update tf.happening set swept = 0, done_at = null, record = p->'record'
     where (platform, key) = (p->>'provider', p->>'key');
    perform tf.enqueue_payment(p->>'provider', p->>'key');
  end if;
  return jsonb_build_object('new', v_new);
end $$;

-- {provider, key} -> {moved, target, doubt, reference}, or {} when it is done already. What is told of a payment that no
-- order of ours has named lies by until one does: its session may come later, and most of them are somebody else's
-- business over the same account.
create function tf.settle_payment(p jsonb) returns jsonb
language plpgsql set search_path = '' as $$
declare
  v_nothing constant jsonb := '{"moved": 0, "target": 0, "doubt": null, "reference": null}';
  h tf.happening;
  v_base jsonb;
  v_early tf.happening;
  v_moved bigint := 0;
  v_merged jsonb;
begin
  -- One event of a payment at a time, or what lies by and what names it would not see each other.
  perform pg_advisory_xact_lock(hashtextextended(format('payment:%s:%s', platform, record->>'reference'), 0))
    from tf.happening where (platform, key) = (p->>'provider', p->>'key') and record ? 'reference';
  select * into h from tf.happening where (platform, key) = (p->>'provider', p->>'key') and done_at is null;
  if not found then
    return '{}';
  end if;
  if not h.record ? 'reference' then
    perform tf.step_checkout(id, h.record) from tf.checkout
      where id = (h.record->>'order')::uuid and provider = h.platform;
    perform api.close_happening(jsonb_build_object('platform', h.platform, 'key', h.key));
    return v_nothing;
  end if;
  if not h.record ? 'order' and not exists (
       select from tf.payment where (provider, reference) = (h.platform, h.record->>'reference')) then
    update tf.happening set swept = null where (platform, key) = (h.platform, h.key);
    return v_nothing;
  end if;
  v_base := jsonb_build_object('provider', h.platform);
  -- Claims first, because they lock more wallets than a payment does.
  for v_early in
    select * from tf.happening
     where platform = h.platform and record->>'reference' = h.record->>'reference' and swept is null and done_at is null
     order by not record ?| array['claim', 'refunded_minor'], key
  loop
    v_merged := tf.merge_payment(v_early.record || v_base || jsonb_build_object(
      'happening', v_early.key, 'order', h.record->'order'));
    v_moved := v_moved + (v_merged->>'moved')::bigint;
  end loop;
  v_merged := tf.merge_payment(h.record || v_base || jsonb_build_object('happening', h.key));
  return v_merged || jsonb_build_object(
    'moved', v_moved + (v_merged->>'moved')::bigint, 'reference', h.record->'reference');
end $$;

-- What companies told that take money for us, and a worker began and did not end, or was never begun, three times; then
-- it is given up, and somebody has to look -> {"requeued": n}
create function tf.sweep_payments(p jsonb) returns jsonb
language plpgsql set search_path = '' as $$
declare
  h tf.happening;
  v_requeued int := 0;
begin
  for h in
    select * from tf.happening t
     where t.swept is not null and t.done_at is null and t.at < tf.now() - interval '1 minute'
       and not exists (select from queue.procrastinate_jobs q left join queue.procrastinate_workers w on w.id = q.worker_id
                        where q.task_name = 'settle_payment' and q.args->>'key' = t.key and q.args->>'provider' = t.platform
                          and (q.status = 'todo' or q.status = 'doing'
                               and w.last_heartbeat > clock_timestamp() - interval '30 seconds'))
     order by t.at for update of t skip locked
  loop
    if h.swept < 3 then
      update tf.happening set swept = swept + 1 where (platform, key) = (h.platform, h.key);
      perform tf.enqueue_payment(h.platform, h.key);
      v_requeued := v_requeued + 1;
    else
      perform tf.raise_alert(jsonb_build_object('key', tf.given_up(h.platform, h.key), 'kind', 'payment.given_up',
        'detail', jsonb_build_object('platform', h.platform, 'id', h.record->'reference', 'event', h.key,
                                     'kind', h.kind)));
      perform api.close_happening(jsonb_build_object('platform', h.platform, 'key', h.key));
    end if;
  end loop;
  return jsonb_build_object('requeued', v_requeued);
end $$;

call tf.lock_down();
