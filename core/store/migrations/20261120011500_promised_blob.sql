-- A blob is written before the row that names it. So that a process killed in between leaves no file behind, a blob is
-- doomed before it is written, for a moment far enough away; whoever names it lifts that in the same transaction.
comment on column tf.doomed_blob.at is 'not to be deleted before';

-- {blob_key, seconds?}: about to be written, and to be deleted again unless a row names it within the time (1 hour).
create function api.promise_blob(p jsonb) returns jsonb
language plpgsql security definer set search_path = '' as $$
begin
  if exists (select from tf.asset where blob_key = p->>'blob_key') then
    perform tf.refuse('TF409', 'this file has its row already');
  end if;
  insert into tf.doomed_blob (blob_key, at)
  values (p->>'blob_key', tf.now() + make_interval(secs => coalesce((p->>'seconds')::double precision, 3600)))
  on conflict (blob_key) do update set at = excluded.at;
  return '{}';
end $$;

-- The row of a written blob. One that was promised too long ago may be gone this very moment: TF410.
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
    if v_until <= tf.now() then
      perform tf.refuse('TF410', 'the file was not named in time');
    end if;
  end if;
  return (a->>'id')::uuid;
end $$;

-- Files to delete now: {limit?} -> blob keys. One that is being named this moment is locked, and passed over.
create or replace function tf.doomed_blobs(p jsonb) returns jsonb
language sql volatile set search_path = '' as $$
  select coalesce(jsonb_agg(blob_key), '[]')
  from (select blob_key from tf.doomed_blob where at <= tf.now() order by at
        limit coalesce((p->>'limit')::int, 500) for update skip locked) d
$$;

create index on tf.doomed_blob (at);

call tf.lock_down();
