-- What a person keeps has a limit, pictures we drew as much as pictures they sent; deleting makes room at once.

create index asset_use on tf.asset (user_id) include (byte_count, purge_at, pinned) where deleted_at is null;

-- Bytes of one person's pictures, or of everybody's. What is to go within the hour counts no more.
create function tf.disk_use(p_user uuid default null) returns bigint
language sql stable set search_path = '' as $$
  select coalesce(sum(byte_count), 0)::bigint from tf.asset
  where deleted_at is null and (p_user is null or user_id = p_user)
    and (pinned or purge_at is null or purge_at > tf.now() + interval '1 hour')
$$;

create or replace function api.disk_used(p jsonb) returns jsonb
language sql stable security definer set search_path = '' as $$
  select jsonb_build_object('mine', tf.disk_use((p->>'user_id')::uuid), 'everyone', tf.disk_use())
$$;

-- Limits of an order, counted over what is stored, so they survive restarts:
-- [{name, kinds?: [...], free?: bool, seconds, most, everyone?: bool, octets?: bool}]. With `octets`, `most` is bytes of
-- pictures kept instead of jobs within a time. Call with the wallet locked.
create or replace function tf.check_limits(p_user uuid, p_limits jsonb, p_orders jsonb) returns void
language plpgsql set search_path = '' as $$
declare
  l record;
  v_used bigint;
  v_new bigint;
  v_oldest timestamptz;
  v_now timestamptz := tf.now();
begin
  for l in
    select value->>'name' as name, (value->>'most')::bigint as most, coalesce((value->>'everyone')::boolean, false) as everyone,
           make_interval(secs => (value->>'seconds')::double precision) as span, value->'kinds' as kinds,
           (value->>'free')::boolean as free, coalesce((value->>'octets')::boolean, false) as octets
    from jsonb_array_elements(coalesce(p_limits, '[]'))
  loop
    select count(*) into v_new from jsonb_array_elements(p_orders) o
     where (l.kinds is null or l.kinds ? (o->>'kind'))
       and (l.free is null or l.free = (coalesce((o->>'price')::bigint, 0) = 0));
    continue when v_new = 0;
    if l.octets then
      v_used := tf.disk_use(case when not l.everyone then p_user end);
      if v_used >= l.most then
        perform tf.refuse('TF429', 'no room', jsonb_build_object('name', l.name, 'limit', l.most, 'used', v_used,
          'retry_after', 0));
      end if;
      continue;
    end if;
    if l.everyone then
      perform pg_advisory_xact_lock(hashtextextended('limit:' || l.name, 0));
    end if;
    select count(*), min(created_at) into v_used, v_oldest from tf.job
     where created_at > v_now - l.span and (l.everyone or user_id = p_user)
       and (l.kinds is null or l.kinds ? kind) and (l.free is null or l.free = (price = 0));
    if v_used + v_new > l.most then
      perform tf.refuse('TF429', 'limit reached', jsonb_build_object('name', l.name, 'limit', l.most, 'used', v_used,
        'retry_after', ceil(extract(epoch from coalesce(v_oldest, v_now) + l.span - v_now))));
    end if;
  end loop;
end $$;

-- Pin, delete (or bring back, within the hour its files still have), or show another version:
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
                  union select plate_asset from tf.version where variant_id = v.id);
  end if;
  return tf.variant_record(v);
end $$;

call tf.lock_down();
