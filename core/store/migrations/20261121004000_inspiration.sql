-- A picture that was sent for its look is nobody's selfie: it is never offered to be drawn from, and stays when selfies
-- are forgotten. It is purged in its time like any upload.
create function tf.keep_inspiration() returns trigger
language plpgsql security definer set search_path = '' as $$
begin
  update tf.asset set kind = 'reference'
   where user_id = new.user_id and kind = 'selfie'
     and id::text in (select jsonb_array_elements_text(new.data->'answers'->'inspiration'));
  return null;
end $$;

create trigger keep_inspiration after update of data on tf.session for each row
  when (jsonb_array_length(new.data->'answers'->'inspiration') > 0
        and new.data->'answers'->'inspiration' is distinct from old.data->'answers'->'inspiration')
  execute function tf.keep_inspiration();

call tf.lock_down();
