-- A message to a chat whose person is gone: the receipt of /delete_me. Delivered once, it leaves no trace either.

-- {platform, place, language, outbox: [{key, view}]}
create function api.farewell(p jsonb) returns jsonb
language plpgsql security definer set search_path = '' as $$
begin
  if exists (select from tf.session where platform = p->>'platform' and place = p->>'place') then
    perform tf.refuse('TF403', 'somebody is still here');
  end if;
  perform tf.send(p->'outbox', p - 'outbox');
  return '{}';
end $$;

call tf.lock_down();
