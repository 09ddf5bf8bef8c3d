-- Whoever names a file promised it, so the promise is there unless housekeeping has carried out what it says: a row
-- that comes after that would point to no file.

create or replace function tf.keep_asset(p_user uuid, a jsonb) returns uuid
language plpgsql set search_path = '' as $$
declare
  v_until timestamptz;
begin
  insert into tf.asset (id, user_id, kind, blob_key, media_type, width, height, byte_count, sha256, facts, pinned,
                        purge_at)
  values ((a->>'id')::uuid, p_user, a->>'kind', a->>'blob_key', a->>'media_type', (a->>'width')::int,
          (a->>'height')::int, (a->>'byte_count')::bigint, a->>'sha256', coalesce(a->'facts', '{}'),
          coalesce((a->>'pinned')::boolean, false),
          case when a->>'kind' <> 'logo'
            then tf.now() + make_interval(secs => coalesce((a->>'keep_seconds')::double precision, 30 * 86400)) end)
  on conflict (id) do nothing;
  if found then
    delete from tf.doomed_blob where blob_key = a->>'blob_key' returning at into v_until;
    if v_until is null or v_until <= tf.now() then
      perform tf.refuse('TF410', 'the file was not named in time');
    end if;
  end if;
  return (a->>'id')::uuid;
end $$;

call tf.lock_down();
