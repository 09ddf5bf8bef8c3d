-- Variants, their versions and the files of those. A version keeps what a model painted, untouched (`original`), and
-- what it takes to go on from there (`thread`).

create table tf.variant (
  id uuid primary key,
  code text not null unique check (code ~ '^[0-9A-HJKMNP-TV-Z]{10}$'),
  user_id uuid not null references tf.users on delete cascade,
  job_id uuid not null references tf.job on delete cascade,
  position int not null check (position >= 0),
  current int not null default 1,
  pinned boolean not null default false,
  created_at timestamptz not null default tf.now(),
  deleted_at timestamptz,
  unique (job_id, position)
);
create index on tf.variant (user_id, created_at desc) where deleted_at is null;

create table tf.version (
  variant_id uuid not null references tf.variant on delete cascade,
  number int not null check (number > 0),
  parent int,
  job_id uuid references tf.job on delete set null,
  recipe jsonb not null,
  spec jsonb not null default '{}',
  facts jsonb not null default '{}',
  plate_asset uuid references tf.asset on delete set null,
  original_asset uuid references tf.asset on delete set null,
  thread_asset uuid references tf.asset on delete set null,
  created_at timestamptz not null default tf.now(),
  primary key (variant_id, number),
  unique (variant_id, job_id)
);
create index on tf.version (job_id);
create index on tf.version (plate_asset);
create index on tf.version (original_asset);
create index on tf.version (thread_asset);

create table tf.render (
  id uuid primary key,
  variant_id uuid not null,
  version int not null,
  format text not null,
  size text not null,
  media_type text not null,
  asset_id uuid not null references tf.asset on delete cascade,
  created_at timestamptz not null default tf.now(),
  foreign key (variant_id, version) references tf.version on delete cascade,
  unique (variant_id, version, format, size, media_type)
);
create index on tf.render (asset_id);

-- A file of a version, which is an asset to keep or the id of one that is kept.
create function tf.keep_file(p_user uuid, p jsonb) returns uuid
language sql set search_path = '' as $$
  select case jsonb_typeof(p) when 'object' then tf.keep_asset(p_user, p) when 'string' then (p #>> '{}')::uuid end
$$;

-- [{id, format, size, media_type, asset: {...}}]. A file of a version whose picture was purged makes room for the same
-- file drawn anew; otherwise the first stays.
create function tf.keep_renders(p_user uuid, p_variant uuid, p_version int, p_renders jsonb) returns void
language plpgsql set search_path = '' as $$
declare
  r jsonb;
begin
  for r in select value from jsonb_array_elements(coalesce(p_renders, '[]')) loop
    delete from tf.render x using tf.asset a
     where a.id = x.asset_id and a.deleted_at is not null and x.variant_id = p_variant and x.version = p_version
       and (x.format, x.size, x.media_type) = (r->>'format', r->>'size', r->>'media_type');
    if exists (select from tf.render x where x.variant_id = p_variant and x.version = p_version
               and (x.format, x.size, x.media_type) = (r->>'format', r->>'size', r->>'media_type')
               and x.asset_id <> (r->'asset'->>'id')::uuid) then
      insert into tf.doomed_blob (blob_key) values (r->'asset'->>'blob_key') on conflict do nothing;
    else
      insert into tf.render (id, variant_id, version, format, size, media_type, asset_id)
      values ((r->>'id')::uuid, p_variant, p_version, r->>'format', r->>'size', r->>'media_type',
              tf.keep_asset(p_user, r->'asset'))
      on conflict do nothing;
    end if;
  end loop;
end $$;

-- A thread holds the selfies a model was shown: it goes when the first of them goes, and no pin keeps it.
create function tf.keep_version(j tf.job, p_variant uuid, p_number int, p_parent int, p jsonb) returns void
language plpgsql set search_path = '' as $$
declare
  v jsonb := p->'version';
  v_thread uuid := tf.keep_file(j.user_id, v->'thread');
begin
  insert into tf.version (variant_id, number, parent, job_id, recipe, spec, facts, plate_asset, original_asset,
                          thread_asset)
  values (p_variant, p_number, p_parent, j.id, v->'recipe', coalesce(v->'spec', '{}'), coalesce(v->'facts', '{}'),
          tf.keep_file(j.user_id, v->'plate'), tf.keep_file(j.user_id, v->'original'), v_thread);
  update tf.asset set purge_at = least(purge_at, (
      select min(coalesce(s.deleted_at, s.purge_at)) from tf.asset s
      where s.user_id = j.user_id and s.kind = 'selfie'
        and s.id::text in (select jsonb_array_elements_text(v->'recipe'->'brief'->'selfies'))))
   where id = v_thread;
  perform tf.keep_renders(j.user_id, p_variant, p_number, p->'renders');
  update tf.job set earned = coalesce((p->>'earned')::bigint, earned), heartbeat_at = tf.now() where id = j.id;
  perform tf.tell_progress(j, p->'outbox');
end $$;

-- Files of a report that came twice: blobs nobody will point to.
create function tf.doom_files(p jsonb) returns void
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

create function tf.variant_record(v tf.variant) returns jsonb
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

create function tf.owned_variant(p jsonb) returns tf.variant
language plpgsql stable set search_path = '' as $$
declare
  v tf.variant;
begin
  select * into v from tf.variant where code = p->>'code';
  if not found then
    perform tf.refuse('TF404', 'no such variant');
  elsif v.user_id <> (p->>'user_id')::uuid then
    perform tf.refuse('TF403', 'not your variant');
  end if;
  return v;
end $$;

-- {code, user_id} -> the variant with its versions, their files, and its job
create function api.variant(p jsonb) returns jsonb
language plpgsql stable security definer set search_path = '' as $$
declare
  v tf.variant := tf.owned_variant(p);
begin
  return tf.variant_record(v) || jsonb_build_object('job', (select tf.job_record(j) from tf.job j where j.id = v.job_id));
end $$;

-- Finished variants, newest first: {user_id, offset?, limit?, job_id?} -> {total, variants}
create function api.gallery(p jsonb) returns jsonb
language sql stable security definer set search_path = '' as $$
  select jsonb_build_object(
    'total', (select count(*) from tf.variant where user_id = (p->>'user_id')::uuid and deleted_at is null
              and (p->>'job_id' is null or job_id = (p->>'job_id')::uuid)),
    'variants', coalesce(jsonb_agg(tf.variant_record(v)
                || jsonb_build_object('job_code', (select code from tf.job j where j.id = v.job_id))
                order by v.created_at desc, v.position), '[]'))
  from (
    select * from tf.variant where user_id = (p->>'user_id')::uuid and deleted_at is null
      and (p->>'job_id' is null or job_id = (p->>'job_id')::uuid)
    order by created_at desc, position
    offset coalesce((p->>'offset')::int, 0) limit coalesce((p->>'limit')::int, 10)
  ) v
$$;

-- Pin, delete (or bring back, within the hour its files still have), or show another version:
-- {code, user_id, pinned?, deleted?, current?}
create function tf.mark_variant(p jsonb) returns jsonb
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
                  union select unnest(array[plate_asset, original_asset]) from tf.version where variant_id = v.id);
    update tf.asset set purge_at = least(purge_at, v.deleted_at + interval '1 hour')
     where deleted_at is null and v.deleted_at is not null
       and id in (select thread_asset from tf.version where variant_id = v.id);
  end if;
  return tf.variant_record(v);
end $$;

create function api.set_variant(p jsonb) returns jsonb
language sql security definer set search_path = '' as $$ select tf.mark_variant(p) $$;
