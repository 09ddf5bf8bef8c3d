-- An alert is about one purchase, not about what was bought: it ends with that purchase, credited or refunded, and
-- somebody else's good one ends nothing.

create function tf.purchase_alert(p_platform text, p_id text) returns text
language sql immutable set search_path = '' as $$ select format('purchase:%s:%s', p_platform, p_id) $$;

-- {platform, id, happening?}: the ledger says what it is to say of a purchase.
create function tf.close_purchase(p jsonb) returns void
language plpgsql set search_path = '' as $$
begin
  perform tf.resolve_alert(jsonb_build_object('key', tf.purchase_alert(p->>'platform', p->>'id')));
  perform api.close_happening(jsonb_build_object('platform', p->>'platform', 'key', p->>'happening'));
end $$;

-- {platform, id, item, user_id, credits, happening?, tell?} -> {"moved": credits, "refunded": bool}, as before.
create or replace function api.credit_purchase(p jsonb) returns jsonb
language plpgsql security definer set search_path = '' as $$
declare
  v_user uuid := tf.person_now((p->>'user_id')::uuid);
  v_name text := format('%s:%s', p->>'platform', p->>'id');
  v_credits bigint := (p->>'credits')::bigint;
  v_wallet uuid;
  v_moved bigint := 0;
  r tf.purchase;
begin
  perform from tf.users where id = v_user for key share;
  if not found then
    v_user := tf.person_now(v_user);  -- joined another while we waited
    perform from tf.users where id = v_user for key share;
  end if;
  v_wallet := tf.wallet_of(v_user);
  perform from tf.wallet where id = v_wallet for update;
  insert into tf.purchase (platform, id, item) values (p->>'platform', p->>'id', p->>'item') on conflict do nothing;
  select * into r from tf.purchase where platform = p->>'platform' and id = p->>'id' for update;
  if r.credits is null and r.refunded_at is null then
    perform tf.topup(v_wallet, v_credits, 'purchase:' || v_name, v_name);
    update tf.purchase set credits = v_credits, user_id = v_user, wallet_id = v_wallet
     where platform = r.platform and id = r.id;
    perform tf.tell_paid(v_user, r.platform, 'paid:' || v_name, v_credits, p->'tell');
    v_moved := v_credits;
  end if;
  perform tf.close_purchase(p);
  return jsonb_build_object('moved', v_moved, 'refunded', r.refunded_at is not null);
end $$;

-- {platform, id, item, happening?, tell?} -> {"moved": credits}, as before.
create or replace function api.refund_purchase(p jsonb) returns jsonb
language plpgsql security definer set search_path = '' as $$
declare
  v_name text := format('%s:%s', p->>'platform', p->>'id');
  v_moved bigint := 0;
  v_wallet uuid;
  r tf.purchase;
  v_seen tf.purchase;
begin
  select * into v_seen from tf.purchase where platform = p->>'platform' and id = p->>'id';
  perform from tf.users where id = v_seen.user_id for key share;
  v_wallet := coalesce((select id from tf.wallet where user_id = v_seen.user_id), v_seen.wallet_id);
  perform from tf.wallet where id = v_wallet for update;
  insert into tf.purchase (platform, id, item) values (p->>'platform', p->>'id', p->>'item') on conflict do nothing;
  select * into r from tf.purchase where platform = p->>'platform' and id = p->>'id' for update;
  if (r.user_id, r.wallet_id) is distinct from (v_seen.user_id, v_seen.wallet_id) then
    perform tf.refuse('TF409', 'credited, joined or deleted this very moment');
  end if;
  if r.refunded_at is null then
    update tf.purchase set refunded_at = tf.now() where platform = r.platform and id = r.id;
    if r.credits is not null then
      perform tf.clawback(v_wallet, r.credits, 'refund:' || v_name, v_name);
      perform tf.tell_paid(r.user_id, r.platform, 'refunded:' || v_name, -r.credits, p->'tell');
      v_moved := r.credits;
    end if;
  end if;
  perform tf.close_purchase(p);
  return jsonb_build_object('moved', v_moved);
end $$;

-- {platform, id, item, reason} -> {"new": bool}, as before; nothing is left to doubt about a refunded one.
create or replace function api.doubt_purchase(p jsonb) returns jsonb
language plpgsql security definer set search_path = '' as $$
begin
  if exists (select from tf.purchase
             where platform = p->>'platform' and id = p->>'id' and refunded_at is not null) then
    return jsonb_build_object('new', false);
  end if;
  return tf.raise_alert(jsonb_build_object('key', tf.purchase_alert(p->>'platform', p->>'id'),
    'kind', 'purchase.refused', 'detail', p));
end $$;

call tf.lock_down();
