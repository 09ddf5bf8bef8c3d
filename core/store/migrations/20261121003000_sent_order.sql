-- The selfies a person used last, in the order they were sent: those of the latest brief that has any left, by the places
-- it notes where it draws from another one first; before the first brief those of the latest upload, an album taken
-- together (its pictures arrive within seconds): {user_id, limit?}
create or replace function api.latest_selfies(p jsonb) returns jsonb
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
