-- Credits. The wallet caches what the entries prove; tf.audit compares the two.
--
-- Lock order, everywhere: processed event, session, WALLET, JOB, HOLD, queue, chat. Whoever may end a job locks its
-- owner's wallet first. Every movement: lock, replay by key, validate, write.

-- `id` is random and is all the ledger knows: with the person deleted, amounts stay and lead nowhere.
create table tf.wallet (
  id uuid primary key default gen_random_uuid(),
  user_id uuid unique references tf.users on delete set null,
  monthly bigint not null default 0 check (monthly >= 0),
  monthly_expires_at timestamptz,
  granted bigint not null default 0 check (granted >= 0),
  granted_expires_at timestamptz,
  purchased bigint not null default 0 check (purchased >= 0),
  held bigint not null default 0 check (held >= 0),
  debt bigint not null default 0 check (debt >= 0),
  version bigint not null default 0
) with (fillfactor = 80);
comment on column tf.wallet.granted is 'given back after the credits'' own month had ended; valid for 7 days';
comment on column tf.wallet.purchased is 'never expires; the starter grant lives here too';
comment on column tf.wallet.debt is 'clawed back after it was spent; blocks new spending';

create table tf.txn (
  id bigint generated always as identity primary key,
  key text not null unique,
  kind text not null check (kind in
    ('starter', 'grant', 'topup', 'hold', 'capture', 'release', 'expire', 'clawback', 'close')),
  wallet_id uuid not null references tf.wallet,
  reference text,
  request jsonb not null,
  result jsonb not null,
  at timestamptz not null default tf.now()
);
create index on tf.txn (wallet_id, id desc);

-- `wallet_id` is its transaction's, or null for the accounts of the house; tf.post is the only writer.
create table tf.entry (
  txn_id bigint not null references tf.txn,
  line smallint not null,
  wallet_id uuid,
  account text not null check (account in
    ('monthly', 'granted', 'purchased', 'held', 'debt', 'sales', 'grants', 'revenue', 'expired')),
  amount bigint not null check (amount <> 0),
  primary key (txn_id, line),
  check ((wallet_id is not null) = (account in ('monthly', 'granted', 'purchased', 'held', 'debt')))
);

-- Exactly one hold per job. `job_id` has no foreign key: holds outlive deleted jobs.
create table tf.hold (
  job_id uuid primary key,
  wallet_id uuid not null references tf.wallet,
  from_monthly bigint not null check (from_monthly >= 0),
  from_granted bigint not null check (from_granted >= 0),
  from_purchased bigint not null check (from_purchased >= 0),
  total bigint generated always as (from_monthly + from_granted + from_purchased) stored,
  monthly_expires_at timestamptz,
  granted_expires_at timestamptz,
  status text not null default 'held' check (status in ('held', 'captured', 'released')),
  captured bigint not null default 0,
  created_at timestamptz not null default tf.now(),
  expires_at timestamptz not null,
  closed_at timestamptz,
  check (captured between 0 and from_monthly + from_granted + from_purchased),
  check ((status = 'captured') = (captured > 0))
);
create index on tf.hold (expires_at) where status = 'held';

create function tf.refuse_change() returns trigger
language plpgsql security definer set search_path = '' as $$
begin
  raise exception 'the ledger is append-only' using errcode = '55000';
end $$;
create trigger append_only before update or delete or truncate on tf.txn
  for each statement execute function tf.refuse_change();
create trigger append_only before update or delete or truncate on tf.entry
  for each statement execute function tf.refuse_change();

-- Stricter than a check at commit, and cheaper: entries are written whole transactions at a time or not at all.
create function tf.check_balanced() returns trigger
language plpgsql security definer set search_path = '' as $$
begin
  if exists (select from fresh group by txn_id having sum(amount) <> 0) then
    raise exception 'unbalanced transaction' using errcode = '23514';
  end if;
  return null;
end $$;
create trigger balanced after insert on tf.entry
  referencing new table as fresh for each statement execute function tf.check_balanced();

-- The transaction and its entries; zero amounts are left out.
create function tf.post(
  p_key text, p_kind text, p_wallet uuid, p_reference text, p_request jsonb, p_result jsonb,
  p_accounts text[], p_amounts bigint[]
) returns void
language sql set search_path = '' as $$
  with fresh as (
    insert into tf.txn (key, kind, wallet_id, reference, request, result)
    values (p_key, p_kind, p_wallet, p_reference, p_request, p_result)
    returning id
  )
  insert into tf.entry (txn_id, line, wallet_id, account, amount)
  select fresh.id, line.number,
         case when line.account in ('monthly', 'granted', 'purchased', 'held', 'debt') then p_wallet end,
         line.account, line.amount
  from fresh, unnest(p_accounts, p_amounts) with ordinality as line (account, amount, number)
  where line.amount <> 0
$$;

-- The answer given when this key was first used, or null. Call it with the wallet locked.
create function tf.replay(p_key text, p_request jsonb) returns jsonb
language plpgsql set search_path = '' as $$
declare
  v_first tf.txn;
begin
  select * into v_first from tf.txn where key = p_key;
  if not found then
    return null;
  end if;
  if v_first.request <> p_request then
    perform tf.refuse('TF409', 'idempotency key reused with other parameters', jsonb_build_object('key', p_key));
  end if;
  return v_first.result || '{"replayed": true}';
end $$;

create function tf.wallet_of(p_user uuid) returns uuid
language plpgsql set search_path = '' as $$
declare
  v_id uuid;
begin
  select id into v_id from tf.wallet where user_id = p_user;
  if not found then
    perform tf.refuse('TF404', 'no such person');
  end if;
  return v_id;
end $$;

-- Lock a wallet and write off what has expired, so that nobody else meets expired credits.
create function tf.lock_wallet(p_wallet uuid) returns tf.wallet
language plpgsql set search_path = '' as $$
declare
  w tf.wallet;
  v_monthly bigint := 0;
  v_granted bigint := 0;
begin
  select * into w from tf.wallet where id = p_wallet for update;
  if not found then
    perform tf.refuse('TF404', 'no such wallet');
  end if;
  if w.monthly + w.granted = 0 then
    return w;
  end if;
  if w.monthly_expires_at <= tf.now() then
    v_monthly := w.monthly;
  end if;
  if w.granted_expires_at <= tf.now() then
    v_granted := w.granted;
  end if;
  if v_monthly + v_granted > 0 then
    perform tf.post(format('expire:%s:%s', w.id, w.version), 'expire', w.id, null, '{}',
      jsonb_build_object('monthly', v_monthly, 'granted', v_granted),
      array['monthly', 'granted', 'expired'], array[-v_monthly, -v_granted, v_monthly + v_granted]);
    update tf.wallet
       set monthly = monthly - v_monthly, granted = granted - v_granted, version = version + 1
     where id = w.id
    returning * into w;
  end if;
  return w;
end $$;

-- What a person can see of the wallet, without locking it.
create function tf.balance(p_user uuid) returns jsonb
language plpgsql stable set search_path = '' as $$
declare
  w tf.wallet;
  v_now timestamptz := tf.now();
begin
  select * into w from tf.wallet where user_id = p_user;
  if w.monthly_expires_at <= v_now then
    w.monthly := 0;
    w.monthly_expires_at := null;
  end if;
  if w.granted_expires_at <= v_now then
    w.granted := 0;
  end if;
  return jsonb_build_object('monthly', w.monthly, 'granted', w.granted, 'purchased', w.purchased, 'held', w.held,
    'debt', w.debt, 'next_grant', w.monthly_expires_at);
end $$;

create function tf.check_amount(p_amount bigint) returns void
language plpgsql immutable set search_path = '' as $$
begin
  if p_amount is null or p_amount <= 0 then
    raise exception 'credits must be positive' using errcode = '22023';
  end if;
end $$;

-- Bought credits (`kind` topup, from sales) or a gift that never expires (starter, from grants). Debt is repaid first.
create function tf.topup(p_wallet uuid, p_credits bigint, p_key text, p_reference text, p_kind text default 'topup')
returns jsonb
language plpgsql set search_path = '' as $$
declare
  w tf.wallet;
  v_request jsonb := jsonb_build_array(p_kind, p_wallet, p_credits, p_reference);
  v_result jsonb;
  v_repaid bigint;
begin
  perform tf.check_amount(p_credits);
  w := tf.lock_wallet(p_wallet);
  v_result := tf.replay(p_key, v_request);
  if v_result is not null then
    return v_result;
  end if;
  v_repaid := least(w.debt, p_credits);
  update tf.wallet
     set purchased = purchased + p_credits - v_repaid, debt = debt - v_repaid, version = version + 1
   where id = w.id
  returning * into w;
  v_result := jsonb_build_object('purchased', w.purchased, 'debt', w.debt, 'replayed', false);
  perform tf.post(p_key, p_kind, w.id, p_reference, v_request, v_result,
    array[case p_kind when 'starter' then 'grants' else 'sales' end, 'purchased', 'debt'],
    array[-p_credits, p_credits - v_repaid, v_repaid]);
  return v_result;
end $$;

-- A new month: what is left of the old one expires.
create function tf.grant_monthly(p_wallet uuid, p_credits bigint, p_until timestamptz, p_key text) returns jsonb
language plpgsql set search_path = '' as $$
declare
  w tf.wallet;
  v_request jsonb := jsonb_build_array('grant', p_wallet, p_credits, extract(epoch from p_until));
  v_result jsonb;
begin
  perform tf.check_amount(p_credits);
  w := tf.lock_wallet(p_wallet);
  v_result := tf.replay(p_key, v_request);
  if v_result is not null then
    return v_result;
  end if;
  update tf.wallet set monthly = p_credits, monthly_expires_at = p_until, version = version + 1 where id = w.id;
  v_result := jsonb_build_object('monthly', p_credits, 'expired', w.monthly, 'replayed', false);
  perform tf.post(p_key, 'grant', w.id, null, v_request, v_result,
    array['monthly', 'expired', 'grants', 'monthly'], array[-w.monthly, w.monthly, -p_credits, p_credits]);
  return v_result;
end $$;

-- Reserve credits for a job: monthly first, then what was given back, then bought ones.
create function tf.hold_credits(p_wallet uuid, p_job uuid, p_credits bigint, p_seconds double precision)
returns jsonb
language plpgsql set search_path = '' as $$
declare
  w tf.wallet;
  v_key text := 'hold:' || p_job;
  v_request jsonb := jsonb_build_array('hold', p_wallet, p_job, p_credits);
  v_result jsonb;
  v_monthly bigint;
  v_granted bigint;
  v_purchased bigint;
begin
  perform tf.check_amount(p_credits);
  w := tf.lock_wallet(p_wallet);
  v_result := tf.replay(v_key, v_request);
  if v_result is not null then
    return v_result;
  end if;
  perform tf.check_funds(w, p_credits);
  v_monthly := least(w.monthly, p_credits);
  v_granted := least(w.granted, p_credits - v_monthly);
  v_purchased := p_credits - v_monthly - v_granted;
  update tf.wallet
     set monthly = monthly - v_monthly, granted = granted - v_granted, purchased = purchased - v_purchased,
         held = held + p_credits, version = version + 1
   where id = w.id;
  insert into tf.hold (job_id, wallet_id, from_monthly, from_granted, from_purchased,
                       monthly_expires_at, granted_expires_at, expires_at)
  values (p_job, w.id, v_monthly, v_granted, v_purchased,
          w.monthly_expires_at, w.granted_expires_at, tf.now() + make_interval(secs => p_seconds));
  v_result := jsonb_build_object('from_monthly', v_monthly, 'from_granted', v_granted, 'from_purchased', v_purchased,
    'left', w.monthly + w.granted + w.purchased - p_credits, 'replayed', false);
  perform tf.post(v_key, 'hold', w.id, p_job::text, v_request, v_result,
    array['monthly', 'granted', 'purchased', 'held'], array[-v_monthly, -v_granted, -v_purchased, p_credits]);
  return v_result;
end $$;

create function tf.check_funds(w tf.wallet, p_credits bigint) returns void
language plpgsql set search_path = '' as $$
begin
  if w.debt > 0 then
    perform tf.refuse('TF403', 'wallet blocked', jsonb_build_object('debt', w.debt));
  end if;
  if w.monthly + w.granted + w.purchased < p_credits then
    perform tf.refuse('TF402', 'insufficient credits', jsonb_build_object(
      'have', w.monthly + w.granted + w.purchased, 'need', p_credits,
      'next_grant', case when w.monthly_expires_at > tf.now() then w.monthly_expires_at end));
  end if;
end $$;

-- Keep p_captured of a hold and give the rest back in the reverse order of spending. Credits of a month that has
-- ended come back as a grant valid for 7 days.
create function tf.settle_hold(p_job uuid, p_captured bigint) returns jsonb
language plpgsql set search_path = '' as $$
declare
  w tf.wallet;
  h tf.hold;
  v_back bigint;
  v_purchased bigint;
  v_granted bigint;
  v_monthly bigint;
  v_renewed bigint := 0;
  v_until timestamptz;
  v_result jsonb;
begin
  select * into h from tf.hold where job_id = p_job;
  if not found then
    perform tf.refuse('TF404', 'no such hold');
  end if;
  w := tf.lock_wallet(h.wallet_id);
  select * into h from tf.hold where job_id = p_job for update;
  if h.status <> 'held' then
    if h.captured <> p_captured then
      perform tf.refuse('TF410', 'hold is ' || h.status, jsonb_build_object('captured', h.captured));
    end if;
    return (select result || '{"replayed": true}' from tf.txn where key = 'settle:' || p_job);
  end if;
  if p_captured is null or p_captured not between 0 and h.total then
    raise exception 'capture out of range' using errcode = '22023';
  end if;

  v_back := h.total - p_captured;
  v_purchased := least(v_back, h.from_purchased);
  v_granted := least(v_back - v_purchased, h.from_granted);
  v_monthly := v_back - v_purchased - v_granted;
  v_until := greatest(h.granted_expires_at, case when w.granted > 0 then w.granted_expires_at end);
  if v_granted > 0 and h.granted_expires_at <= tf.now() then
    v_renewed := v_granted;
  end if;
  if v_monthly > 0 and (h.monthly_expires_at is distinct from w.monthly_expires_at
                        or h.monthly_expires_at <= tf.now()) then
    v_renewed := v_renewed + v_monthly;
    v_granted := v_granted + v_monthly;
    v_monthly := 0;
  end if;
  if v_renewed > 0 then
    v_until := greatest(v_until, tf.now() + interval '7 days');
  end if;

  update tf.wallet
     set held = held - h.total, purchased = purchased + v_purchased, granted = granted + v_granted,
         granted_expires_at = case when v_granted > 0 then v_until else granted_expires_at end,
         monthly = monthly + v_monthly, version = version + 1
   where id = w.id;
  update tf.hold
     set status = case when p_captured > 0 then 'captured' else 'released' end, captured = p_captured,
         closed_at = tf.now()
   where job_id = p_job;
  v_result := jsonb_build_object('captured', p_captured, 'released', v_back, 'to_purchased', v_purchased,
    'to_granted', v_granted, 'to_monthly', v_monthly, 'replayed', false);
  perform tf.post('settle:' || p_job, case when p_captured > 0 then 'capture' else 'release' end, w.id, p_job::text,
    jsonb_build_array('settle', p_job, p_captured), v_result,
    array['held', 'revenue', 'purchased', 'granted', 'monthly'],
    array[-h.total, p_captured, v_purchased, v_granted, v_monthly]);
  return v_result;
end $$;

-- Money went back to the buyer: take the credits, and owe what is spent already.
create function tf.clawback(p_wallet uuid, p_credits bigint, p_key text, p_reference text) returns jsonb
language plpgsql set search_path = '' as $$
declare
  w tf.wallet;
  v_request jsonb := jsonb_build_array('clawback', p_wallet, p_credits, p_reference);
  v_result jsonb;
  v_taken bigint;
begin
  perform tf.check_amount(p_credits);
  w := tf.lock_wallet(p_wallet);
  v_result := tf.replay(p_key, v_request);
  if v_result is not null then
    return v_result;
  end if;
  v_taken := least(w.purchased, p_credits);
  update tf.wallet
     set purchased = purchased - v_taken, debt = debt + p_credits - v_taken, version = version + 1
   where id = w.id
  returning * into w;
  v_result := jsonb_build_object('taken', v_taken, 'debt', w.debt, 'replayed', false);
  perform tf.post(p_key, 'clawback', w.id, p_reference, v_request, v_result,
    array['purchased', 'debt', 'sales'], array[-v_taken, -(p_credits - v_taken), p_credits]);
  return v_result;
end $$;

-- Before the person is deleted: what is left is written off. Holds must be closed.
create function tf.close_wallet(p_wallet uuid) returns bigint
language plpgsql set search_path = '' as $$
declare
  w tf.wallet := tf.lock_wallet(p_wallet);
  v_left bigint := w.monthly + w.granted + w.purchased;
begin
  if v_left > 0 then
    update tf.wallet set monthly = 0, granted = 0, purchased = 0, version = version + 1 where id = w.id;
    perform tf.post('close:' || w.id, 'close', w.id, null, '{}', jsonb_build_object('written_off', v_left),
      array['monthly', 'granted', 'purchased', 'expired'], array[-w.monthly, -w.granted, -w.purchased, v_left]);
  end if;
  return v_left;
end $$;

-- All four are always 0.
create view tf.audit as
with proved as (
  select wallet_id,
         coalesce(sum(amount) filter (where account = 'monthly'), 0) as monthly,
         coalesce(sum(amount) filter (where account = 'granted'), 0) as granted,
         coalesce(sum(amount) filter (where account = 'purchased'), 0) as purchased,
         coalesce(sum(amount) filter (where account = 'held'), 0) as held,
         coalesce(-sum(amount) filter (where account = 'debt'), 0) as debt
  from tf.entry where wallet_id is not null group by wallet_id
), open_holds as (
  select wallet_id, sum(total) as held from tf.hold where status = 'held' group by wallet_id
)
select
  (select coalesce(sum(amount), 0) from tf.entry) as global_sum,
  (select count(*) from (select from tf.entry group by txn_id having sum(amount) <> 0) t) as unbalanced_txns,
  (select count(*) from tf.wallet w
     left join proved p on p.wallet_id = w.id
     left join open_holds o on o.wallet_id = w.id
    where (w.monthly, w.granted, w.purchased, w.held, w.debt)
          is distinct from (coalesce(p.monthly, 0), coalesce(p.granted, 0), coalesce(p.purchased, 0),
                            coalesce(p.held, 0), coalesce(p.debt, 0))
       or w.held <> coalesce(o.held, 0)) as wallets_off,
  (select count(*) from tf.txn t where not exists (select from tf.entry e where e.txn_id = t.id)) as empty_txns;
