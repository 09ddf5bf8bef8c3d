-- Credits an operator gives, and finding who is meant. For direct connections alone: no key of a front end reaches them.

alter table tf.txn drop constraint txn_kind_check;
alter table tf.txn add constraint txn_kind_check check (kind in
  ('starter', 'grant', 'gift', 'topup', 'hold', 'capture', 'release', 'expire', 'clawback', 'close', 'join_out',
   'join_in'));
comment on column tf.wallet.purchased is 'never expires; the starter grant and gifts live here too';

-- Bought credits (`kind` topup, from sales) or a gift that never expires (starter, gift; from grants). Debt is repaid
-- first.
create or replace function tf.topup(p_wallet uuid, p_credits bigint, p_key text, p_reference text,
                                    p_kind text default 'topup') returns jsonb
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
    array[case when p_kind in ('starter', 'gift') then 'grants' else 'sales' end, 'purchased', 'debt'],
    array[-p_credits, p_credits - v_repaid, v_repaid]);
  return v_result;
end $$;

-- {user_id, credits, key, reference}: a gift; the reference says why, in words the person reads.
create function tf.gift(p jsonb) returns jsonb
language sql set search_path = '' as $$
  select tf.topup(tf.wallet_of((p->>'user_id')::uuid), (p->>'credits')::bigint, 'gift:' || (p->>'key'),
                  p->>'reference', 'gift')
$$;

-- {platform, ref} or {account}, hexadecimal digits an id begins with: the person's, one they had before they joined
-- another, or their wallet's -> [{user_id, platforms, last_seen_at}]
create function tf.find_persons(p jsonb) returns jsonb
language sql stable set search_path = '' as $$
  with meant as (
    select user_id from tf.identity where platform = p->>'platform' and ref = p->>'ref'
    union
    select user_id from (
      select id, id as user_id from tf.users
      union all select id, user_id from tf.former_person
      union all select id, user_id from tf.wallet) t
    where replace(id::text, '-', '') like (p->>'account') || '%'
  )
  select coalesce(jsonb_agg(jsonb_build_object('user_id', u.id, 'last_seen_at', u.last_seen_at, 'platforms', (
      select coalesce(jsonb_agg(i.platform order by i.joined_at nulls first, i.platform, i.ref), '[]')
      from tf.identity i where i.user_id = u.id)) order by u.last_seen_at desc), '[]')
  from tf.users u join meant on meant.user_id = u.id
$$;

call tf.lock_down();
