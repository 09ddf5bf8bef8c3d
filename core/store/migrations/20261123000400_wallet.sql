-- Credits. The wallet caches what the entries prove; tf.audit compares the two.
--
-- Lock order, everywhere: processed event, session, WALLET, JOB, HOLD, queue, chat. Whoever may end a job locks its
-- owner's wallet first. Every movement: lock, replay by key, validate, write.

-- `id` is random and is all the ledger knows: with the person deleted, amounts stay and lead nowhere.
create table tf.wallet (
  id uuid primary key default gen_random_uuid(),
  user_id uuid unique references tf.users on delete set null,
  monthly bigint not null default 0 check (monthly >= 0),
  granted bigint not null default 0 check (granted >= 0),
  purchased bigint not null default 0 check (purchased >= 0),
  held bigint not null default 0 check (held >= 0),
  debt bigint not null default 0 check (debt >= 0),
  version bigint not null default 0,
  joined_into uuid references tf.wallet,
  frozen_at timestamptz
) with (fillfactor = 80);
create index on tf.wallet (joined_into) where joined_into is not null;
comment on column tf.wallet.monthly is 'with `granted`: what is left in its lots';
comment on column tf.wallet.granted is 'given back after the credits'' own month had ended; valid for 7 days';
comment on column tf.wallet.purchased is 'never expires; the starter grant and gifts live here too';
comment on column tf.wallet.debt is 'clawed back after it was spent; blocks new spending';
comment on column tf.wallet.user_id is 'null: of a server (tf.guild), or of somebody who has left';
comment on column tf.wallet.joined_into is 'whose it became, even if there was nothing in it: gifts to servers lead back';
comment on column tf.wallet.frozen_at is 'an operator lets nothing be spent from it until somebody lifts it';

-- Credits that end: a period of a subscription, or what came back after its own had ended. Each lot ends by itself,
-- whatever else there is. What is left of it is what it comes to less what was spent; below zero that is owed.
create table tf.lot (
  id bigint generated always as identity primary key,
  wallet_id uuid not null references tf.wallet,
  account text not null check (account in ('monthly', 'granted')),
  until timestamptz not null,
  credits bigint not null default 0 check (credits >= 0),
  used bigint not null default 0 check (used >= 0),
  remaining bigint not null default 0,
  check (remaining between 0 and greatest(0, credits - used))
) with (fillfactor = 80);
create index on tf.lot (wallet_id, until);
create index on tf.lot (until) where remaining > 0;
comment on column tf.lot.credits is 'what it comes to; fewer once money goes back';
comment on column tf.lot.used is 'held or spent';
comment on column tf.lot.remaining is 'nothing once it has ended';

create table tf.txn (
  id bigint generated always as identity primary key,
  key text not null unique,
  kind text not null check (kind in
    ('starter', 'grant', 'gift', 'topup', 'hold', 'capture', 'release', 'expire', 'clawback', 'close', 'join_out',
     'join_in', 'give_out', 'give_in', 'deduct')),
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
    ('monthly', 'granted', 'purchased', 'held', 'debt', 'sales', 'grants', 'revenue', 'expired', 'joined')),
  amount bigint not null check (amount <> 0),
  primary key (txn_id, line),
  check ((wallet_id is not null) = (account in ('monthly', 'granted', 'purchased', 'held', 'debt')))
);
comment on column tf.entry.account is '`joined`: on the way from one wallet to another, within one transaction';

-- Exactly one hold per job. `job_id` has no foreign key: holds outlive deleted jobs.
create table tf.hold (
  job_id uuid primary key,
  wallet_id uuid not null references tf.wallet,
  from_monthly bigint not null check (from_monthly >= 0),
  from_granted bigint not null check (from_granted >= 0),
  from_purchased bigint not null check (from_purchased >= 0),
  seat_id uuid,
  total bigint generated always as (from_monthly + from_granted + from_purchased) stored,
  lots bigint[] not null default '{}',
  parts bigint[] not null default '{}',
  status text not null default 'held' check (status in ('held', 'captured', 'released')),
  captured bigint not null default 0,
  created_at timestamptz not null default tf.now(),
  expires_at timestamptz not null,
  closed_at timestamptz,
  check (captured between 0 and from_monthly + from_granted + from_purchased),
  check ((status = 'captured') = (captured > 0))
);
create index on tf.hold (expires_at) where status = 'held';
create index on tf.hold (seat_id, created_at) where seat_id is not null;
comment on column tf.hold.seat_id is 'the seat in a team it was spent from; no foreign key, as it outlives the person';
comment on column tf.hold.lots is 'what ended first first; `parts`: how much of each';

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
  select id into v_id from tf.wallet where user_id = tf.person_now(p_user);
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
  v_monthly bigint;
  v_granted bigint;
begin
  select * into w from tf.wallet where id = p_wallet for update;
  if not found then
    perform tf.refuse('TF404', 'no such wallet');
  end if;
  if w.monthly + w.granted = 0 then
    return w;
  end if;
  with ended as (
    select id, account, remaining from tf.lot where wallet_id = w.id and remaining > 0 and until <= tf.now()
  ), emptied as (
    update tf.lot l set remaining = 0 from ended e where l.id = e.id
  )
  select coalesce(sum(remaining) filter (where account = 'monthly'), 0),
         coalesce(sum(remaining) filter (where account = 'granted'), 0)
    into v_monthly, v_granted from ended;
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

-- Credits whose time is over leave their wallets, as they do whenever a wallet is locked: {limit?} -> how many wallets.
-- What is locked is being looked at by somebody who does the same.
create function tf.expire_credits(p jsonb) returns jsonb
language plpgsql set search_path = '' as $$
declare
  v_id uuid;
  v_count int := 0;
begin
  for v_id in
    select id from tf.wallet
     where id in (select wallet_id from tf.lot where remaining > 0 and until <= tf.now())
     order by id limit coalesce((p->>'limit')::int, 500) for update skip locked
  loop
    perform tf.lock_wallet(v_id);
    v_count := v_count + 1;
  end loop;
  return to_jsonb(v_count);
end $$;

-- What a person can see of a wallet, without locking it.
create function tf.wallet_record(w tf.wallet, p_now timestamptz) returns jsonb
language sql stable set search_path = '' as $$
  select jsonb_build_object('monthly', l.monthly, 'granted', l.granted, 'purchased', w.purchased, 'held', w.held,
    'debt', w.debt, 'next_grant', l.until)
  from (
    select coalesce(sum(remaining) filter (where account = 'monthly'), 0) as monthly,
           coalesce(sum(remaining) filter (where account = 'granted'), 0) as granted,
           min(until) filter (where account = 'monthly' and credits > 0) as until
      from tf.lot where wallet_id = w.id and until > p_now) l
$$;

create function tf.balance(p_user uuid) returns jsonb
language sql stable set search_path = '' as $$
  select tf.wallet_record(w, tf.now()) from tf.wallet w where user_id = p_user
$$;

-- What is frozen stays frozen: neither a join nor a gift to a server takes its credits to where they can be spent.
create function tf.carry_freeze() returns trigger
language plpgsql security definer set search_path = '' as $$
begin
  update tf.wallet set frozen_at = coalesce(frozen_at, new.frozen_at) where id = new.joined_into;
  return null;
end $$;
create trigger frozen_joins after update of joined_into on tf.wallet
  for each row when (new.joined_into is not null and new.frozen_at is not null) execute function tf.carry_freeze();
