-- What was given to a server stays only as long as it is paid for, and only what was bought can be given.

-- What is left of a wallet's starter grant, which counts as spent before anything bought; what is deducted is taken
-- from gifts first, as what is spent is. Read movement by movement: what a debt or a refund took of it does not come back
-- with what is bought later.
create function tf.unspent_starter(w tf.wallet) returns bigint
language plpgsql stable set search_path = '' as $$
declare
  m record;
  v_left bigint := 0;
  v_purchased bigint := 0;
begin
  for m in
    select t.kind, e.amount from tf.txn t join tf.entry e on e.txn_id = t.id
     where t.wallet_id = w.id and e.account = 'purchased' order by t.id
  loop
    v_purchased := v_purchased + m.amount;
    if m.kind in ('starter', 'hold', 'capture', 'release', 'deduct') then
      v_left := v_left + m.amount;
    end if;
    v_left := least(v_left, v_purchased);
  end loop;
  return greatest(0, v_left);
end $$;

-- What of `purchased` came as a starter grant or a gift and is left. Read movement by movement: it is spent before what
-- is bought, comes back after it, is never more than there is, and arrives with whoever joins. Refunds and debt are
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
      when m.kind in ('starter', 'gift', 'hold', 'deduct') then m.amount
      when m.kind in ('capture', 'release') then greatest(0, m.amount - (v_bought->>m.reference)::bigint)
      when m.kind = 'join_in' then coalesce((m.result->>'ungiven')::bigint, 0)
      else 0 end));
  end loop;
  return v_ungiven;
end $$;

-- What of a wallet was bought with money and is left; nothing of what is frozen.
create function tf.giveable(w tf.wallet) returns bigint
language sql stable set search_path = '' as $$
  select case when w.debt > 0 or w.frozen_at is not null then 0 else w.purchased - tf.ungiven(w) end
$$;

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
