-- What platforms sell for us: credited once, taken back once, whatever order it is told in.

create function tf.purchase_alert(p_platform text, p_id text) returns text
language sql immutable set search_path = '' as $$ select format('purchase:%s:%s', p_platform, p_id) $$;

-- {platform, id, happening?}: the ledger says what it is to say of a purchase.
create function tf.close_purchase(p jsonb) returns void
language plpgsql set search_path = '' as $$
begin
  perform tf.resolve_alert(jsonb_build_object('key', tf.purchase_alert(p->>'platform', p->>'id')));
  perform api.close_happening(jsonb_build_object('platform', p->>'platform', 'key', p->>'happening'));
end $$;

-- {platform, id, item, user_id, credits, happening?, tell?} -> {"moved": credits, "refunded": bool}. Top-up, its
-- message and the end of the happening in one transaction; again it moves nothing.
create function api.credit_purchase(p jsonb) returns jsonb
language plpgsql security definer set search_path = '' as $$
declare
  v_merged jsonb := tf.merge_payment(p - 'platform' - 'id' || jsonb_build_object('provider', p->>'platform',
    'reference', p->>'id', 'minor', 1, 'currency', '', 'paid_minor', 1, 'paid_currency', ''));
begin
  if v_merged->>'doubt' = 'left' then
    perform tf.refuse('TF404', 'no such person');
  end if;
  return jsonb_build_object('moved', v_merged->'moved', 'refunded', v_merged->'target' = '0');
end $$;

-- {platform, id, item, happening?, tell?} -> {"moved": credits}: taken back from whoever the buyer is now, and from the
-- servers they gave to. Of what was not credited yet it is noted, so that it never will be.
create function api.refund_purchase(p jsonb) returns jsonb
language plpgsql security definer set search_path = '' as $$
declare
  v_merged jsonb := tf.merge_payment(p - 'platform' - 'id' || jsonb_build_object('provider', p->>'platform',
    'reference', p->>'id',
    'claim', jsonb_build_object('id', p->>'id', 'kind', 'refund', 'minor', 1, 'stage', 'lost')));
begin
  return jsonb_build_object('moved', -(v_merged->>'moved')::bigint);
end $$;

-- {platform, id, item, reason} -> {"new": bool}: a purchase that cannot be credited as things are. What was told of it
-- stays open; nothing is left to doubt about a refunded one.
create function api.doubt_purchase(p jsonb) returns jsonb
language plpgsql security definer set search_path = '' as $$
begin
  if exists (select from tf.claim where (provider, reference) = (p->>'platform', p->>'id')) then
    return jsonb_build_object('new', false);
  end if;
  return tf.raise_alert(jsonb_build_object('key', tf.purchase_alert(p->>'platform', p->>'id'),
    'kind', 'purchase.refused', 'detail', p));
end $$;

-- -- plans ----------------------------------------------------------------------------------------------------------

-- Of plans a platform tells two things: somebody's right to one (an entitlement), which has no end until it ends or is
-- taken back, and what is paid period by period (a subscription). Neither names an order of ours, and of a refund nothing
-- is told but that a right is gone.

-- What the terms of a subscription come to, from all that is known of them by now. A plan that was changed for a dearer
-- one within its period is cut off by it: only the difference was paid. What was given back is the last period of a right
-- that is gone, or that was ended early with the whole subscription.
create function tf.weigh_terms(p_subscription uuid) returns void
language sql set search_path = '' as $$
  with known as (
    select t.*, e.gone, e.ended_at, s.ends,
           not exists (select from tf.term n where n.subscription_id = t.subscription_id
                        and n.entitlement = t.entitlement and n.starts_at > t.starts_at) as last,
           exists (select from tf.term n where n.subscription_id = t.subscription_id
                    and n.entitlement <> t.entitlement and n.starts_at > t.starts_at and n.starts_at < t.until) as cut
      from tf.term t join tf.subscription s on s.id = t.subscription_id
      left join tf.entitlement e on (e.provider, e.id) = (s.provider, t.entitlement)
     where s.id = p_subscription),
  judged as (
    select k.*, k.last and (coalesce(k.gone, false)
             or k.ends and not k.cut and coalesce(k.ended_at < k.until - interval '1 hour', false)) as lost
      from known k),
  weighed as (
    select j.payment, j.lost, case when b.entitlement <> j.entitlement and b.credits <= j.credits
                                and b.until > j.starts_at and b.until <> j.until then -b.credits else 0 end as more
      from judged j left join lateral (
        select * from judged k where not k.lost and k.starts_at < j.starts_at order by k.starts_at desc limit 1) b on true)
  update tf.term t set refunded = w.lost, more = w.more from weighed w
   where (t.subscription_id, t.payment) = (p_subscription, w.payment) and (t.refunded, t.more) <> (w.lost, w.more)
$$;

-- Whoever pays for two plans at once is seen to: no platform asks us before it sells one.
create function tf.watch_plans(p_user uuid) returns void
language plpgsql set search_path = '' as $$
declare
  v_key text := format('plans:%s', p_user);
  v_held text[] := array(select format('%s %s', s.provider, s.reference) from tf.subscription s
                          where s.user_id = p_user and s.given is null
                            and tf.subscription_record(s)->>'status' in ('active', 'grace', 'past_due') order by s.at);
begin
  if cardinality(v_held) > 1 then
    perform tf.raise_alert(jsonb_build_object('key', v_key, 'kind', 'plans.doubled',
      'detail', jsonb_build_object('person', p_user, 'held', array_to_string(v_held, ', '))));
  else
    perform tf.resolve_alert(jsonb_build_object('key', v_key));
  end if;
end $$;

-- What a platform tells of plans it sells: {provider, entitlements: [{id, ended_at?, gone?}], subscription?: {reference,
-- user_id, plan, ends, until, grace_days, terms: [{entitlement, plan, credits, starts_at, until}]}, happenings: [key]}
-- -> {moved}. In any order and however often it comes to the same. `until`: of the period that is paid; where it is
-- over and the next one is still asked for, it could not be collected yet. Lock order: entitlements, then as
-- api.merge_subscription has it, which raises TF404 and TF409.
create function api.merge_entitled(p jsonb) returns jsonb
language plpgsql security definer set search_path = '' as $$
declare
  v_provider text := p->>'provider';
  n jsonb := coalesce(p->'subscription', '{}');
  v_ids text[] := array(select distinct id from (
    select jsonb_path_query(p, '$.entitlements[*].id') #>> '{}' as id
    union select jsonb_path_query(n, '$.terms[*].entitlement') #>> '{}') k order by id);
  v_id text;
  s tf.subscription;
  v_base jsonb;
  v_moved bigint := 0;
begin
  foreach v_id in array v_ids loop
    perform pg_advisory_xact_lock(hashtextextended(format('entitlement:%s:%s', v_provider, v_id), 0));
  end loop;
  insert into tf.entitlement as known (provider, id, ended_at, gone)
  select v_provider, id, ended_at, coalesce(gone, false)
    from jsonb_to_recordset(p->'entitlements') as e (id text, ended_at timestamptz, gone boolean)
   where ended_at is not null or gone
  on conflict (provider, id) do update
     set ended_at = least(known.ended_at, excluded.ended_at), gone = known.gone or excluded.gone;

  select k.* into s from tf.subscription k
   where k.provider = v_provider and (k.reference = n->>'reference' or not n ? 'reference' and exists (
           select from tf.term t where t.subscription_id = k.id and t.entitlement = any (v_ids)));
  v_base := jsonb_build_object('provider', v_provider, 'reference', coalesce(s.reference, n->>'reference'));
  if v_base->>'reference' is not null then
    v_moved := (api.merge_subscription(v_base || case when n ? 'reference' then jsonb_build_object(
        'user_id', n->'user_id', 'grace_days', n->'grace_days', 'standing', jsonb_build_object(
          'at', tf.now(), 'plan', n->'plan', 'ends', n->'ends', 'state', case
            when not (n->>'ends')::boolean and (n->>'until')::timestamptz < tf.now() - interval '1 hour'
            then 'past_due' else 'active' end)) else '{}' end)->>'moved')::bigint;
    -- Person, wallet and subscription are locked from here on.
    select * into s from tf.subscription where provider = v_provider and reference = v_base->>'reference';
    insert into tf.term (subscription_id, payment, entitlement, plan, credits, starts_at, until, paid)
    select s.id, format('%s:%s', s.reference, extract(epoch from starts_at)), entitlement, plan, credits, starts_at,
           until, true
      from jsonb_to_recordset(n->'terms')
           as t (entitlement text, plan tf.plan, credits bigint, starts_at timestamptz, until timestamptz)
    on conflict do nothing;
    perform tf.weigh_terms(s.id);
    v_moved := v_moved + (api.merge_subscription(v_base)->>'moved')::bigint;
    perform tf.watch_plans(s.user_id);
    if v_moved <> 0 then
      perform tf.tell_paid(s.user_id, v_provider, format('entitled:%s:%s:%s', v_provider, s.reference,
        (select sum(version) from tf.period where subscription_id = s.id)), v_moved,
        tf.private_chat(s.user_id, v_provider));
    end if;
  end if;
  foreach v_id in array v_ids loop
    perform tf.resolve_alert(jsonb_build_object('key', tf.purchase_alert(v_provider, v_id)));
  end loop;
  perform api.close_happening(jsonb_build_object('platform', v_provider, 'key', key))
    from jsonb_array_elements_text(p->'happenings') as k (key);
  return jsonb_build_object('moved', v_moved);
end $$;

-- {provider, ids} -> {"due": [id]}: rights of which no period is known that is paid now.
create function api.entitled_due(p jsonb) returns jsonb
language sql stable security definer set search_path = '' as $$
  select jsonb_build_object('due', coalesce(jsonb_agg(a.id), '[]'))
    from jsonb_array_elements_text(p->'ids') as a (id)
   where not exists (select from tf.term t join tf.subscription s on s.id = t.subscription_id
                      where s.provider = p->>'provider' and t.entitlement = a.id and t.until > tf.now())
$$;
