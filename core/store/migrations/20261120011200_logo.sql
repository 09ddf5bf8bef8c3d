-- A picture that becomes somebody's logo is a selfie no more: it stays as long as it is set, and is never drawn as a
-- person. The one it replaces goes the way of all pictures.
create function tf.keep_logo() returns trigger
language plpgsql security definer set search_path = '' as $$
begin
  update tf.asset set kind = 'logo', purge_at = null
   where user_id = new.user_id and id::text = new.settings->>'logo';
  update tf.asset set purge_at = tf.now() + interval '30 days'
   where user_id = new.user_id and kind = 'logo' and id::text is distinct from new.settings->>'logo'
     and purge_at is null;
  return null;
end $$;

create trigger keep_logo after update of settings on tf.profile for each row
  when (old.settings->>'logo' is distinct from new.settings->>'logo')
  execute function tf.keep_logo();

call tf.lock_down();
