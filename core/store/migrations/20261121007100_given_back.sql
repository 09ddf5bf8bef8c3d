-- What was given to a server stays only as long as it is paid for, and only what was bought can be given.

alter table tf.wallet add column joined_into uuid references tf.wallet;
create index on tf.wallet (joined_into) where joined_into is not null;
comment on column tf.wallet.joined_into is 'whose it became, even if there was nothing in it: gifts to servers lead back';
comment on column tf.purchase.wallet_id is 'credited first; a refund follows the person, or else whoever the wallet joined';
update tf.wallet f set joined_into = t.wallet_id from tf.txn t where t.key = 'join_in:' || f.id;

-- -- what can be given ----------------------------------------------------------------------------------------------

-- What of `purchased` came as a starter grant or a gift and is left. Read movement by movement: it is spent before
-- what is bought, comes back after it, is never more than there is, and arrives with whoever joins. Refunds and debt are
-- paid from what is bought.
create function tf.ungiven(w tf.wallet) returns bigint
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
      when m.kind in ('starter', 'gift', 'hold') then m.amount
      when m.kind in ('capture', 'release') then greatest(0, m.amount - (v_bought->>m.reference)::bigint)
      when m.kind = 'join_in' then coalesce((m.result->>'ungiven')::bigint, 0)
      else 0 end));
  end loop;
  return v_ungiven;
end $$;

-- What of a wallet was bought with money and is left.
create or replace function tf.giveable(w tf.wallet) returns bigint
language sql stable set search_path = '' as $$
  select case when w.debt > 0 then 0 else w.purchased - tf.ungiven(w) end
$$;

-- As before; what joins keeps of it what cannot be given, and which wallet it joined is noted.
create or replace function tf.join_wallets(f tf.wallet, w tf.wallet) returns void
language plpgsql set search_path = '' as $$
declare
  v_lapses bigint := tf.unspent_starter(f);
  v_ungiven bigint := greatest(0, tf.ungiven(f) - v_lapses);
  v_bought bigint := f.purchased - v_lapses;
  v_moves bigint := f.monthly + f.granted + v_bought - f.debt;
  v_repaid bigint := least(w.purchased + v_bought, w.debt + f.debt);
  v_monthly bigint := case when w.monthly_expires_at > tf.now() then 0 else f.monthly end;
  v_granted bigint := f.granted + f.monthly - v_monthly;
begin
  update tf.wallet set joined_into = w.id where id = f.id;
  if f.monthly + f.granted + f.purchased + f.debt = 0 then
    return;
  end if;
  update tf.wallet set monthly = 0, granted = 0, purchased = 0, debt = 0, version = version + 1 where id = f.id;
  perform tf.post('join_out:' || f.id, 'join_out', f.id, null, '{}',
    jsonb_build_object('moved', v_moves, 'lapsed', v_lapses),
    array['monthly', 'granted', 'purchased', 'debt', 'joined', 'expired'],
    array[-f.monthly, -f.granted, -f.purchased, f.debt, v_moves, v_lapses]);
  if f.monthly + f.granted + v_bought + f.debt = 0 then
    return;
  end if;
  update tf.wallet
     set monthly = monthly + v_monthly,
         monthly_expires_at = case when v_monthly > 0 then f.monthly_expires_at else monthly_expires_at end,
         granted = granted + v_granted,
         granted_expires_at = case when v_granted > 0 then least(
           case when w.granted > 0 then w.granted_expires_at end,
           case when f.granted > 0 then f.granted_expires_at end,
           case when f.monthly > v_monthly then f.monthly_expires_at end) else granted_expires_at end,
         purchased = purchased + v_bought - v_repaid, debt = debt + f.debt - v_repaid, version = version + 1
   where id = w.id
  returning * into w;
  if v_granted > 0 then
    update tf.hold set granted_expires_at = least(granted_expires_at, w.granted_expires_at)
     where wallet_id = w.id and status = 'held' and from_granted > 0;
  end if;
  perform tf.post('join_in:' || f.id, 'join_in', w.id, null, '{}',
    jsonb_build_object('moved', v_moves, 'ungiven', least(v_ungiven, greatest(0, v_bought - v_repaid))),
    array['monthly', 'granted', 'purchased', 'debt', 'joined'],
    array[v_monthly, v_granted, v_bought - v_repaid, v_repaid - f.debt, -v_moves]);
end $$;

-- -- what a refund takes back ---------------------------------------------------------------------------------------

-- The wallet a joined one has become part of.
create function tf.wallet_now(p_wallet uuid) returns uuid
language sql stable set search_path = '' as $$
  with recursive way (id, onward) as (
    select id, joined_into from tf.wallet where id = p_wallet
    union all
    select w.id, w.joined_into from tf.wallet w join way on w.id = way.onward
  )
  select id from way where onward is null
$$;

-- What was given to servers from a wallet and all that joined it, by the key under which it came there, and how much of
-- each gift no refund has taken back.
create function tf.given_by(p_wallet uuid) returns table (txn_id bigint, key text, wallet_id uuid, remaining bigint)
language sql stable set search_path = '' as $$
  with recursive own (id) as (
    select p_wallet
    union all
    select w.id from tf.wallet w join own on w.joined_into = own.id
  )
  select i.id, i.key, i.wallet_id, (i.result->>'given')::bigint - coalesce((
      select sum((b.result->>'taken')::bigint) from tf.txn b
       where b.wallet_id = i.wallet_id and b.kind = 'clawback' and b.reference = i.key), 0)::bigint
  from own
  join tf.txn o on o.wallet_id = own.id and o.kind = 'give_out'
  join tf.txn i on i.key = replace(o.key, 'give_out:', 'give_in:')
$$;

-- Money went back to the buyer: take what they have left of what they bought, then what is left with the servers they
-- gave to, the last gift first; the rest they owe. No server ever owes. Call it with all these wallets locked.
create function tf.take_back(p_wallet uuid, p_credits bigint, p_name text) returns void
language plpgsql set search_path = '' as $$
declare
  w tf.wallet := tf.lock_wallet(p_wallet);
  v_missing bigint := greatest(0, p_credits - (w.purchased - tf.ungiven(w)));
  v_own bigint := p_credits;
  v_taken bigint;
  g record;
begin
  for g in select * from tf.given_by(p_wallet) order by txn_id desc loop
    v_taken := least(v_missing, g.remaining, (select purchased from tf.wallet where id = g.wallet_id));
    continue when v_taken = 0;
    perform tf.clawback(g.wallet_id, v_taken, format('refund:%s:%s', p_name, g.key), g.key);
    v_missing := v_missing - v_taken;
    v_own := v_own - v_taken;
  end loop;
  if v_own > 0 then
    perform tf.clawback(p_wallet, v_own, 'refund:' || p_name, p_name);
  end if;
end $$;

-- {platform, id, item, happening?, tell?} -> {"moved": credits}: taken back from whoever the buyer is now, and from the
-- servers they gave to. Of what was not credited yet it is noted, so that it never will be.
create or replace function api.refund_purchase(p jsonb) returns jsonb
language plpgsql security definer set search_path = '' as $$
declare
  v_name text := format('%s:%s', p->>'platform', p->>'id');
  v_moved bigint := 0;
  v_wallet uuid;
  v_locked uuid[];
  r tf.purchase;
  v_seen tf.purchase;
begin
  select * into v_seen from tf.purchase where platform = p->>'platform' and id = p->>'id';
  perform from tf.users where id = v_seen.user_id for key share;
  v_wallet := coalesce((select id from tf.wallet where user_id = v_seen.user_id), tf.wallet_now(v_seen.wallet_id));
  v_locked := v_wallet || array(select wallet_id from tf.given_by(v_wallet));
  perform from tf.wallet where id = any (v_locked) order by id for update;
  insert into tf.purchase (platform, id, item) values (p->>'platform', p->>'id', p->>'item') on conflict do nothing;
  select * into r from tf.purchase where platform = p->>'platform' and id = p->>'id' for update;
  if (r.user_id, r.wallet_id) is distinct from (v_seen.user_id, v_seen.wallet_id)
     or exists (select from tf.given_by(v_wallet) where wallet_id <> all (v_locked)) then
    perform tf.refuse('TF409', 'credited, given, joined or deleted this very moment');
  end if;
  if r.refunded_at is null then
    update tf.purchase set refunded_at = tf.now() where platform = r.platform and id = r.id;
    if r.credits is not null then
      perform tf.take_back(v_wallet, r.credits, v_name);
      perform tf.tell_paid(r.user_id, r.platform, 'refunded:' || v_name, -r.credits, p->'tell');
      v_moved := r.credits;
    end if;
  end if;
  perform tf.close_purchase(p);
  return jsonb_build_object('moved', v_moved);
end $$;

call tf.lock_down();
