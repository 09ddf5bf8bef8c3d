-- Which pictures are a person's selfies, and which no more: a logo, a picture sent for its look, one sent to be scored.

-- The selfies a person used last, in the order they were sent: those of the latest brief that has any left, by the
-- places it notes where it draws from another one first; before the first brief those of the latest upload, an album
-- taken together (its pictures arrive within seconds): {user_id, limit?}
create function api.latest_selfies(p jsonb) returns jsonb
language plpgsql stable security definer set search_path = '' as $$
declare
  v_user uuid := (p->>'user_id')::uuid;
  v_limit int := coalesce((p->>'limit')::int, 10);
  v_found jsonb;
begin
  select jsonb_agg(tf.asset_record(a) order by coalesce((brief.places->>(used.rank::int - 1))::int, used.rank))
  into v_found
  from (
    select b.answers->'selfies' as selfies, b.answers->'selfie_places' as places
    from tf.job j join tf.brief b on b.id = j.brief_id
    where j.user_id = v_user and exists (
      select from tf.asset s where s.user_id = v_user and s.kind = 'selfie' and s.deleted_at is null
        and b.answers->'selfies' ? s.id::text)
    order by j.created_at desc, j.id desc limit 1
  ) brief,
  jsonb_array_elements_text(brief.selfies) with ordinality as used (id, rank)
  join tf.asset a on a.id::text = used.id and a.user_id = v_user and a.kind = 'selfie' and a.deleted_at is null
  where used.rank <= v_limit;
  if v_found is not null then
    return v_found;
  end if;
  return (
    select coalesce(jsonb_agg(tf.asset_record(a) order by a.created_at), '[]')
    from (
      select * from tf.asset
      where user_id = v_user and kind = 'selfie' and deleted_at is null
        and created_at > (select max(created_at) - interval '1 minute' from tf.asset
                          where user_id = v_user and kind = 'selfie' and deleted_at is null)
      order by created_at desc limit v_limit
    ) a);
end $$;

-- {user_id} -> blob keys to delete
create function api.forget_selfies(p jsonb) returns jsonb
language sql security definer set search_path = '' as $$
  select tf.delete_assets(array(select id from tf.asset
    where user_id = (p->>'user_id')::uuid and kind in ('selfie', 'thread') and deleted_at is null))
$$;

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
