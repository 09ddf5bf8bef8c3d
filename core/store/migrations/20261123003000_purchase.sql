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
