-- Orders: what somebody is about to pay. An order is the quote, and any link to pay names it and nothing else.

create type tf.order_state as enum ('open', 'expired', 'pending', 'failed', 'paid');
create type tf.plan as enum ('free', 'starter', 'pro', 'team');

-- Written before the company is asked for a page.
create table tf.checkout (
  id uuid primary key default gen_random_uuid(),
  provider text not null,
  key bytea not null,
  user_id uuid references tf.users on delete set null,
  wallet_id uuid not null references tf.wallet,
  platform text not null,
  person text,
  place text,
  item text not null,
  plan tf.plan,
  title text not null,
  back text,
  credits bigint not null check (credits > 0),
  minor bigint not null check (minor > 0),
  currency text not null,
  live boolean not null,
  state tf.order_state not null default 'open',
  page text,
  url text,
  expires_at timestamptz not null,
  at timestamptz not null default tf.now(),
  unique (provider, key)
);
create index on tf.checkout (user_id);
create index on tf.checkout (expires_at) where state in ('open', 'expired', 'failed');
create index on tf.checkout (platform, person) where person is not null;
comment on column tf.checkout.key is 'hash of the event that asked for it';
comment on column tf.checkout.person is 'with place, back: whom to tell, as the platform calls them; null once they are gone';
comment on column tf.checkout.title is 'what the page calls it';
comment on column tf.checkout.back is 'where the page leads';
comment on column tf.checkout.state is 'of its latest page';
comment on column tf.checkout.minor is 'smallest units of its currency, as in tf.payment and tf.claim';
comment on column tf.checkout.plan is 'what it begins, month by month; null: it buys a pack';

-- {provider, event, user_id, platform, person, place, item, title, back, credits, minor, currency, live, seconds,
-- least_seconds} -> {id, item, title, back, minor, currency, url, expires_at}: an order, one per event, as it was first
-- agreed; `url` once there is a page. One that can no longer be paid, or has not got the least time a page may live,
-- gets a new page.
create function api.open_checkout(p jsonb) returns jsonb
language plpgsql security definer set search_path = '' as $$
declare
  v_user uuid := tf.person_now((p->>'user_id')::uuid);
  v_key bytea := tf.event_hash(p->>'event');
  v_least interval := make_interval(secs => (p->>'least_seconds')::double precision);
  o tf.checkout;
begin
  insert into tf.checkout as known (provider, key, user_id, wallet_id, platform, person, place, item, title, back,
                                    credits, minor, currency, live, expires_at)
  values (p->>'provider', v_key, v_user, tf.wallet_of(v_user), p->>'platform', p->>'person',
          p->>'place', p->>'item', p->>'title', p->>'back', (p->>'credits')::bigint, (p->>'minor')::bigint,
          p->>'currency', (p->>'live')::boolean,
          tf.now() + make_interval(secs => (p->>'seconds')::double precision))
  on conflict (provider, key) do update
     set state = 'open', page = null, url = null, expires_at = excluded.expires_at
   where known.state in ('expired', 'failed')
      or known.state = 'open' and known.expires_at < tf.now() + case when known.url is null then v_least else '0' end;
  select * into o from tf.checkout where (provider, key) = (p->>'provider', v_key);
  return jsonb_build_object('id', o.id, 'item', o.item, 'title', o.title, 'back', o.back, 'minor', o.minor,
    'currency', o.currency, 'url', o.url, 'expires_at', o.expires_at);
end $$;

-- As api.open_checkout, with {plan}.
create function api.open_subscription(p jsonb) returns jsonb
language plpgsql security definer set search_path = '' as $$
declare
  v_opened jsonb := api.open_checkout(p);
begin
  update tf.checkout set plan = (p->>'plan')::tf.plan where id = (v_opened->>'id')::uuid;
  return v_opened || jsonb_build_object('plan', p->'plan');
end $$;

-- {id, page, url}: where it is paid.
create function api.page_checkout(p jsonb) returns jsonb
language sql security definer set search_path = '' as $$
  update tf.checkout set page = p->>'page', url = p->>'url' where id = (p->>'id')::uuid returning '{}'::jsonb
$$;

-- {state?, page?}: how far an order is. A page that expired says nothing of the one the order has got since.
create function tf.step_checkout(p_id uuid, p jsonb) returns void
language sql set search_path = '' as $$
  update tf.checkout set state = greatest(state, (p->>'state')::tf.order_state)
   where id = p_id and (p->>'state' <> 'expired' or page = p->>'page')
$$;
