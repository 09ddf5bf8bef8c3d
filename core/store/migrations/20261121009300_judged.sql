-- A picture that was sent to be scored is nobody's selfie: it is never offered to be drawn from. It is purged in its time
-- like any upload.
create function tf.keep_judged() returns trigger
language plpgsql security definer set search_path = '' as $$
begin
  update tf.asset set kind = 'reference'
   where user_id = new.user_id and kind = 'selfie' and id::text = new.work->'options'->>'asset';
  return null;
end $$;

create trigger keep_judged after insert on tf.job for each row
  when (new.kind = 'score' and new.work->'options' ? 'asset')
  execute function tf.keep_judged();

call tf.lock_down();
