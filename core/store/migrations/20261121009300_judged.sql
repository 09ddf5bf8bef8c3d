-- A picture that was sent to be scored is nobody's selfie, scored or not: it is never offered to be drawn from. It is
-- purged in its time like any upload.
create function tf.keep_judged() returns trigger
language plpgsql security definer set search_path = '' as $$
begin
  if tg_op = 'INSERT' or new.data->'judged' is distinct from old.data->'judged' then
    update tf.asset set kind = 'reference'
     where user_id = new.user_id and kind = 'selfie'
       and id::text in (select jsonb_array_elements_text(new.data->'judged'));
  end if;
  return null;
end $$;

create trigger keep_judged after insert or update of data on tf.session for each row
  when (jsonb_array_length(new.data->'judged') > 0)
  execute function tf.keep_judged();

call tf.lock_down();
