-- A version keeps what a model painted, untouched (`original`), and what it takes to go on from there (`thread`).

alter table tf.asset drop constraint asset_kind_check;
alter table tf.asset add constraint asset_kind_check
  check (kind in ('selfie', 'reference', 'logo', 'plate', 'render', 'original', 'thread', 'export'));
alter table tf.version
  add column original_asset uuid references tf.asset on delete set null,
  add column thread_asset uuid references tf.asset on delete set null;
create index on tf.version (original_asset);
create index on tf.version (thread_asset);

-- A file of a version, which is an asset to keep or the id of one that is kept.
create function tf.keep_file(p_user uuid, p jsonb) returns uuid
language sql set search_path = '' as $$
  select case jsonb_typeof(p) when 'object' then tf.keep_asset(p_user, p) when 'string' then (p #>> '{}')::uuid end
$$;

create or replace function tf.keep_version(j tf.job, p_variant uuid, p_number int, p_parent int, p jsonb) returns void
language plpgsql set search_path = '' as $$
declare
  v jsonb := p->'version';
begin
  insert into tf.version (variant_id, number, parent, job_id, recipe, spec, facts, plate_asset, original_asset,
                          thread_asset)
  values (p_variant, p_number, p_parent, j.id, v->'recipe', coalesce(v->'spec', '{}'), coalesce(v->'facts', '{}'),
          tf.keep_file(j.user_id, v->'plate'), tf.keep_file(j.user_id, v->'original'),
          tf.keep_file(j.user_id, v->'thread'));
  perform tf.keep_renders(j.user_id, p_variant, p_number, p->'renders');
  update tf.job set earned = coalesce((p->>'earned')::bigint, earned), heartbeat_at = tf.now() where id = j.id;
  perform tf.tell_progress(j, p->'outbox');
end $$;

create or replace function tf.doom_files(p jsonb) returns void
language sql set search_path = '' as $$
  insert into tf.doomed_blob (blob_key)
  select file->>'blob_key'
  from (select r->'asset' as file from jsonb_array_elements(coalesce(p->'renders', '[]')) r
        union all
        select value from jsonb_each(p->'version')
        where key in ('plate', 'original', 'thread') and jsonb_typeof(value) = 'object') files
  where not exists (select from tf.asset a where a.blob_key = file->>'blob_key')
  on conflict do nothing
$$;

create or replace function tf.variant_record(v tf.variant) returns jsonb
language sql stable set search_path = '' as $$
  select to_jsonb(v) - 'user_id' || jsonb_build_object(
    'versions', (select jsonb_agg(jsonb_build_object(
        'number', n.number, 'parent', n.parent, 'recipe', n.recipe, 'spec', n.spec, 'facts', n.facts,
        'plate_asset', n.plate_asset, 'original_asset', n.original_asset, 'thread_asset', n.thread_asset,
        'created_at', n.created_at,
        'renders', (select coalesce(jsonb_agg(jsonb_build_object(
            'id', r.id, 'format', r.format, 'size', r.size, 'media_type', r.media_type,
            'asset', tf.asset_record(a)) order by r.created_at, r.id), '[]')
          from tf.render r join tf.asset a on a.id = r.asset_id
          where r.variant_id = n.variant_id and r.version = n.number)) order by n.number)
      from tf.version n where n.variant_id = v.id))
$$;

-- {code, user_id, pinned?, deleted?, current?}
create or replace function tf.mark_variant(p jsonb) returns jsonb
language plpgsql set search_path = '' as $$
declare
  v tf.variant := tf.owned_variant(p);
  v_current int := coalesce((p->>'current')::int, v.current);
begin
  if not exists (select from tf.version where variant_id = v.id and number = v_current) then
    perform tf.refuse('TF404', 'no such version');
  end if;
  update tf.variant
     set current = v_current,
         pinned = coalesce((p->>'pinned')::boolean, pinned),
         deleted_at = case (p->>'deleted')::boolean
           when true then coalesce(deleted_at, tf.now()) when false then null else deleted_at end
   where id = v.id
  returning * into v;
  if p->>'pinned' is not null or p->>'deleted' is not null then
    update tf.asset
       set pinned = v.pinned and v.deleted_at is null,
           purge_at = case when v.deleted_at is null then created_at + interval '30 days'
                           else least(purge_at, v.deleted_at + interval '1 hour') end
     where deleted_at is null
       and id in (select asset_id from tf.render where variant_id = v.id
                  union select unnest(array[plate_asset, original_asset, thread_asset]) from tf.version
                        where variant_id = v.id);
  end if;
  return tf.variant_record(v);
end $$;

call tf.lock_down();
