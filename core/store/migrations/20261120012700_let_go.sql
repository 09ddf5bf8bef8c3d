-- A sender that is stopped in the middle of a message gives its chat back at once; a killed one's lease runs out.
-- {platform, senders: [...]}
create function api.let_go(p jsonb) returns jsonb
language plpgsql security definer set search_path = '' as $$
begin
  update tf.chat set lease_owner = null, lease_until = null
   where platform = p->>'platform' and lease_until > tf.now()
     and lease_owner in (select jsonb_array_elements_text(p->'senders'));
  if found then
    perform tf.wake(p->>'platform');
  end if;
  return '{}';
end $$;

call tf.lock_down();
