-- A file of a version whose picture was purged makes room for the same file drawn anew; otherwise the first stays.
create or replace function tf.keep_renders(p_user uuid, p_variant uuid, p_version int, p_renders jsonb) returns void
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

call tf.lock_down();
