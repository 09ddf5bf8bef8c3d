-- A thread holds the selfies a model was shown: it goes when the first of them goes, and no pin keeps it.

create or replace function tf.keep_version(j tf.job, p_variant uuid, p_number int, p_parent int, p jsonb) returns void
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

-- {user_id} -> blob keys to delete
create or replace function api.forget_selfies(p jsonb) returns jsonb
language sql security definer set search_path = '' as $$
  select tf.delete_assets(array(select id from tf.asset
    where user_id = (p->>'user_id')::uuid and kind in ('selfie', 'thread') and deleted_at is null))
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
                  union select unnest(array[plate_asset, original_asset]) from tf.version where variant_id = v.id);
    update tf.asset set purge_at = least(purge_at, v.deleted_at + interval '1 hour')
     where deleted_at is null and v.deleted_at is not null
       and id in (select thread_asset from tf.version where variant_id = v.id);
  end if;
  return tf.variant_record(v);
end $$;

call tf.lock_down();
