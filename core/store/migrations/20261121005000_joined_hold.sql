-- What joins a grant makes it end with whichever ends first; what a hold taken from that grant gives back later must not
-- bring the longer end with it, or everything that joined would be valid longer than it was.
create or replace function tf.join_wallets(f tf.wallet, w tf.wallet) returns void
language plpgsql set search_path = '' as $$
declare
  v_lapses bigint := tf.unspent_starter(f);
  v_bought bigint := f.purchased - v_lapses;
  v_moves bigint := f.monthly + f.granted + v_bought - f.debt;
  v_repaid bigint := least(w.purchased + v_bought, w.debt + f.debt);
  v_monthly bigint := case when w.monthly_expires_at > tf.now() then 0 else f.monthly end;
  v_granted bigint := f.granted + f.monthly - v_monthly;
begin
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
  perform tf.post('join_in:' || f.id, 'join_in', w.id, null, '{}', jsonb_build_object('moved', v_moves),
    array['monthly', 'granted', 'purchased', 'debt', 'joined'],
    array[v_monthly, v_granted, v_bought - v_repaid, v_repaid - f.debt, -v_moves]);
end $$;
