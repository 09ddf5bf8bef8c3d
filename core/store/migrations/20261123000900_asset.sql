-- Pictures people sent and those we drew. Every function of the front ends names the person: what belongs to somebody
-- else is TF403. What a person keeps has a limit, pictures we drew as much as pictures they sent; deleting makes room
-- at once.

create table tf.asset (
  id uuid primary key,
  user_id uuid not null references tf.users on delete cascade,
  kind text not null check (kind in ('selfie', 'reference', 'logo', 'plate', 'render', 'original', 'thread', 'export', 'draft')),
  blob_key text not null unique,
  media_type text not null,
  width int,
  height int,
  byte_count bigint not null check (byte_count >= 0),
  sha256 text,
  facts jsonb not null default '{}',
  pinned boolean not null default false,
  created_at timestamptz not null default tf.now(),
  purge_at timestamptz,
  deleted_at timestamptz
);
create index on tf.asset (user_id, created_at desc) where deleted_at is null;
create index on tf.asset (purge_at) where deleted_at is null and not pinned;
create index asset_use on tf.asset (user_id) include (byte_count, purge_at, pinned) where deleted_at is null;
create index draft_of on tf.asset ((facts->>'job')) where kind = 'draft' and deleted_at is null;
comment on column tf.asset.facts is 'biometric facts included: emptied when the picture goes';

create function tf.asset_record(a tf.asset) returns jsonb
language sql immutable set search_path = '' as $$ select to_jsonb(a) - 'user_id' $$;

-- The row of a written blob. Whoever names a file promised it, so the promise is there unless housekeeping has carried
-- out what it says: a row that comes after that would point to no file, TF410.
create function tf.keep_asset(p_user uuid, a jsonb) returns uuid
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

-- {user_id, id, kind, blob_key, media_type, width?, height?, byte_count, sha256?, facts?, pinned?, keep_seconds?}
create function api.add_asset(p jsonb) returns jsonb
language plpgsql security definer set search_path = '' as $$
declare
  v_user uuid := (p->>'user_id')::uuid;
begin
  perform from tf.users where id = v_user for key share;
  if not found then
    v_user := tf.person_now(v_user);
    if not exists (select from tf.users where id = v_user) then
      perform tf.refuse('TF404', 'no such person');
    end if;
  end if;
  perform tf.keep_asset(v_user, p);
  return api.asset(p || jsonb_build_object('user_id', v_user));
end $$;

-- {id, user_id?}; without a person (deliveries) the picture of anybody.
create function api.asset(p jsonb) returns jsonb
language plpgsql stable security definer set search_path = '' as $$
declare
  a tf.asset;
begin
  select * into a from tf.asset where id = (p->>'id')::uuid;
  if a.id is null or a.deleted_at is not null then
    perform tf.refuse('TF404', 'no such picture');
  elsif p->>'user_id' is not null and a.user_id <> (p->>'user_id')::uuid then
    perform tf.refuse('TF403', 'not your picture');
  end if;
  return tf.asset_record(a);
end $$;

-- {id, user_id, pinned}
create function api.pin(p jsonb) returns jsonb
language plpgsql security definer set search_path = '' as $$
begin
  perform api.asset(p);
  update tf.asset set pinned = (p->>'pinned')::boolean where id = (p->>'id')::uuid;
  return api.asset(p);
end $$;

-- The picture goes: its file is doomed, and what was read from it (biometric facts, hash) is emptied.
create function tf.delete_assets(p_ids uuid[]) returns jsonb
language sql set search_path = '' as $$
  with gone as (
    update tf.asset set deleted_at = tf.now(), facts = '{}', sha256 = null
    where id = any (p_ids) and deleted_at is null returning blob_key
  ), doomed as (
    insert into tf.doomed_blob (blob_key) select blob_key from gone on conflict do nothing
  )
  select coalesce(jsonb_agg(blob_key), '[]') from gone
$$;

-- Bytes of one person's pictures, or of everybody's. What is to go within the hour counts no more.
create function tf.disk_use(p_user uuid default null) returns bigint
language sql stable set search_path = '' as $$
  select coalesce(sum(byte_count), 0)::bigint from tf.asset
  where deleted_at is null and (p_user is null or user_id = p_user)
    and (pinned or purge_at is null or purge_at > tf.now() + interval '1 hour')
$$;

-- {user_id} -> {mine, everyone} in bytes
create function api.disk_used(p jsonb) returns jsonb
language sql stable security definer set search_path = '' as $$
  select jsonb_build_object('mine', tf.disk_use((p->>'user_id')::uuid), 'everyone', tf.disk_use())
$$;
