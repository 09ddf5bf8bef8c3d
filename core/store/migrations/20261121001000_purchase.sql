-- What people bought on a platform that sells for us: credited once, taken back once, whatever order it is told in.
create table tf.purchase (
  platform text not null,
  id text not null,
  item text not null,
  credits bigint check (credits > 0),
  user_id uuid references tf.users on delete set null,
  wallet_id uuid references tf.wallet,
  refunded_at timestamptz,
  at timestamptz not null default tf.now(),
  primary key (platform, id)
);
create index on tf.purchase (user_id);
comment on column tf.purchase.credits is 'null: not given, because nobody told of it yet but that it was refunded';
comment on column tf.purchase.wallet_id is 'credited first; a refund follows the person while there is one';

-- Done is done: whoever it was about is in the ledger, and nowhere else.
create or replace function api.close_happening(p jsonb) returns jsonb
language sql security definer set search_path = '' as $$
  update tf.happening
     set done_at = coalesce(done_at, tf.now()), record = record - array['user_id', 'gifter_user_id']
   where platform = p->>'platform' and key = p->>'key'
  returning '{}'::jsonb
$$;

-- Whoever goes is no longer named in what is still open either.
create function tf.unname() returns trigger
language plpgsql security definer set search_path = '' as $$
begin
  update tf.happening set record = record - 'user_id'
   where platform = old.platform and record->>'user_id' = old.ref;
  update tf.happening set record = record - 'gifter_user_id'
   where platform = old.platform and record->>'gifter_user_id' = old.ref;
  return null;
end $$;
create trigger unname after delete on tf.identity for each row execute function tf.unname();

-- Have the person told in the chat they used last of those whose place matches: {person, places: regular expression}.
-- Running it twice says it once: the event has an id.
create function tf.tell_paid(p_user uuid, p_platform text, p_event text, p_credits bigint, p jsonb) returns void
language plpgsql set search_path = '' as $$
declare
  v_place text;
begin
  select place into v_place from tf.session
   where user_id = p_user and platform = p_platform and place ~ (p->>'places')
   order by updated_at desc limit 1;
  if found then
    perform queue.put('turns', 'tell_paid', jsonb_build_object('user_id', p_user, 'credits', p_credits,
      'envelope', jsonb_build_object('id', p_event, 'platform', p_platform, 'person', p->>'person', 'place', v_place)));
  end if;
end $$;

-- {platform, id, item, user_id, credits, happening?, tell?} -> {"moved": credits, "refunded": bool}. Top-up, its
-- message and the end of the happening in one transaction; again it moves nothing. Lock order: person, wallet,
-- purchase, as joining has it.
create function api.credit_purchase(p jsonb) returns jsonb
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
    perform tf.resolve_alert(jsonb_build_object('key', format('purchase:%s:%s', r.platform, r.item)));
    perform tf.tell_paid(v_user, r.platform, 'paid:' || v_name, v_credits, p->'tell');
    v_moved := v_credits;
  end if;
  perform api.close_happening(jsonb_build_object('platform', p->>'platform', 'key', p->>'happening'));
  return jsonb_build_object('moved', v_moved, 'refunded', r.refunded_at is not null);
end $$;

-- {platform, id, item, happening?, tell?} -> {"moved": credits}: taken back from whoever the buyer is now. Of what was
-- not credited yet it is noted, so that it never will be.
create function api.refund_purchase(p jsonb) returns jsonb
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
  perform api.close_happening(jsonb_build_object('platform', p->>'platform', 'key', p->>'happening'));
  return jsonb_build_object('moved', v_moved);
end $$;

-- {platform, id, item, reason} -> {"new": bool}: a purchase that cannot be credited as things are. What was told of it
-- stays open.
create function api.doubt_purchase(p jsonb) returns jsonb
language sql security definer set search_path = '' as $$
  select tf.raise_alert(jsonb_build_object('key', format('purchase:%s:%s', p->>'platform', p->>'item'),
    'kind', 'purchase.refused', 'detail', p))
$$;

call tf.lock_down();
