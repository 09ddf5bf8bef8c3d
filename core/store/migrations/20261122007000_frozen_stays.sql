-- What is frozen stays frozen: neither a join nor a gift to a server takes its credits to where they can be spent.

-- As before, and nothing of what is frozen.
create or replace function tf.giveable(w tf.wallet) returns bigint
language sql stable set search_path = '' as $$
  select case when w.debt > 0 or w.frozen_at is not null then 0 else w.purchased - tf.ungiven(w) end
$$;

create function tf.carry_freeze() returns trigger
language plpgsql security definer set search_path = '' as $$
begin
  update tf.wallet set frozen_at = coalesce(frozen_at, new.frozen_at) where id = new.joined_into;
  return null;
end $$;
create trigger frozen_joins after update of joined_into on tf.wallet
  for each row when (new.joined_into is not null and new.frozen_at is not null) execute function tf.carry_freeze();

call tf.lock_down();
