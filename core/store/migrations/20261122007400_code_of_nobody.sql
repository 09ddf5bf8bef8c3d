-- Who asked for a code may become somebody else while it is looked at: then it leads nowhere, as if it had been looked
-- at a moment later.

create or replace function tf.weigh_code(p jsonb) returns jsonb
language plpgsql set search_path = '' as $$
declare
  v_now timestamptz := tf.now();
  v_user uuid := (p->>'user_id')::uuid;
  v_wrong int;
  v_oldest timestamptz;
  c tf.join_code;
begin
  delete from tf.join_try where platform = p->>'platform' and ref = p->>'ref' and at <= v_now - interval '1 day';
  select count(*), min(at) into v_wrong, v_oldest from tf.join_try
   where platform = p->>'platform' and ref = p->>'ref' and not joined and at > v_now - interval '1 hour'
     and key <> tf.event_hash(p->>'event');
  if v_wrong >= 5 and p->>'code' is not null then
    return jsonb_build_object('reason', 'too_many',
      'retry_after', ceil(extract(epoch from v_oldest + interval '1 hour' - v_now)));
  end if;
  -- Held, so that its person is the same one in every statement below.
  select code.* into c from tf.join_code code join tf.users u on u.id = code.user_id
   where code.code_hash = coalesce(p->>'code', p->>'offer') and code.expires_at > v_now
     for key share of u;
  if not found then
    if p->>'code' is not null then
      insert into tf.join_try (platform, ref, key, joined)
      values (p->>'platform', p->>'ref', tf.event_hash(p->>'event'), false) on conflict do nothing;
    end if;
    return '{"reason": "unknown"}';
  elsif c.user_id = v_user then
    return '{"reason": "same"}';
  elsif (select count(*) from tf.join_try where platform = p->>'platform' and ref = p->>'ref' and joined) >= 3 then
    return '{"reason": "too_often"}';
  elsif exists (select from tf.job where user_id = v_user and ended_at is null)
     or exists (select from tf.wallet where user_id = v_user and held > 0) then
    return '{"reason": "running"}';
  end if;
  return (select tf.join_terms(w) from tf.wallet w where w.user_id = v_user)
    || jsonb_build_object('platform', c.platform, 'place', c.place,
         'language', (select language from tf.users where id = c.user_id),
         'gift', (select tf.unspent_starter(w) from tf.wallet w where w.user_id = c.user_id),
         'credits', (select (b->>'monthly')::bigint + (b->>'granted')::bigint + (b->>'purchased')::bigint
                     from tf.balance(c.user_id) b),
         'platforms', (select jsonb_agg(i.platform order by i.joined_at nulls first, i.platform, i.ref)
                       from tf.identity i where i.user_id = c.user_id));
end $$;
