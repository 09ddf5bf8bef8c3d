-- What is to be said to whom. Rows of one chat leave strictly in order: a sender claims the chat, not the row.

create table tf.chat (
  platform text not null,
  place text not null,
  has_pending boolean not null default false,
  next_send_at timestamptz not null default tf.now(),
  lease_owner text,
  lease_until timestamptz,
  unreachable boolean not null default false,
  primary key (platform, place)
) with (fillfactor = 80);
create index on tf.chat (platform, next_send_at) where has_pending and not unreachable;

-- How fast the whole bot may send.
create table tf.pace (
  platform text primary key,
  next_send_at timestamptz not null default tf.now()
);

-- Whether a platform's senders rest and want to be told.
create table tf.watch (
  platform text primary key,
  resting boolean not null
);

create table tf.outbox (
  id bigint generated always as identity primary key,
  platform text not null,
  place text not null,
  user_id uuid references tf.users on delete cascade,
  key text not null unique,
  slot text,
  view jsonb not null,
  language text not null default 'en',
  job_id uuid,
  status text not null default 'pending' check (status in ('pending', 'sent', 'dropped')),
  attempts int not null default 0,
  receipt jsonb,
  created_at timestamptz not null default tf.now(),
  sent_at timestamptz,
  error text
);
create index on tf.outbox (platform, place, id) where status = 'pending';
create index on tf.outbox (platform, place, slot, id desc) where status = 'sent' and slot is not null;
create index on tf.outbox (job_id) where job_id is not null;
create index on tf.outbox (user_id);
create index outbox_shows on tf.outbox using gin ((receipt->'shows')) where receipt ? 'shows';
comment on column tf.outbox.slot is 'a view with a slot replaces the message last shown in it';

-- A row of the outbox to be.
create type tf.outgoing as (
  platform text, place text, user_id uuid, key text, slot text, view jsonb, language text, job_id uuid
);

-- First every chat is locked, then ids are given: their order is the order of commits within a chat.
create function tf.send_all(p_posts tf.outgoing[]) returns void
language plpgsql set search_path = '' set plan_cache_mode = force_generic_plan set enable_seqscan = off as $$
declare
  v_now timestamptz := tf.now();
begin
  with chat as (
    insert into tf.chat as c (platform, place, has_pending)
    select distinct platform, place, true from unnest(p_posts) order by platform, place
    on conflict (platform, place) do update set has_pending = not c.unreachable
    returning platform, place, unreachable
  )
  insert into tf.outbox (platform, place, user_id, key, slot, view, language, job_id, created_at, status, error)
  select platform, place, user_id, key, nullif(coalesce(slot, view->>'slot'), ''), view, coalesce(language, 'en'),
         job_id, v_now, case when unreachable then 'dropped' else 'pending' end,
         case when unreachable then 'unreachable' end
    from unnest(p_posts) with ordinality post join chat using (platform, place)
   order by platform, place, ordinality
  on conflict (key) do nothing;
  perform tf.wake(platform) from (select distinct platform from unnest(p_posts)) told;
end $$;

-- Put views into the outbox: `p_rows` = [{key, view, slot?, platform?, place?, language?, job_id?, user_id?}], the
-- rest from `p_default`.
create function tf.send(p_rows jsonb, p_default jsonb) returns void
language sql set search_path = '' as $$
  select tf.send_all(array_agg(row.*::tf.outgoing order by number))
  from jsonb_array_elements(p_rows) with ordinality item (value, number),
       jsonb_populate_record(null::tf.outgoing, p_default || item.value) row
$$;

-- Tell a platform's senders, but only if they rest: notifying commits stand in one line for the whole server (measured:
-- half the presses per second), and a sender that is awake looks again before it rests. Whoever writes holds the lock
-- shared until its commit, whoever wants to rest needs it alone and then looks once more: no message falls between.
create function tf.wake(p_platform text) returns void
language plpgsql set search_path = '' as $$
begin
  perform pg_advisory_xact_lock_shared(hashtextextended('outbox:' || p_platform, 0));
  -- Skipping a locked row: that transaction will tell them, and they cannot rest again before ours has ended.
  perform from tf.watch where platform = p_platform and resting for update skip locked;
  if found then
    update tf.watch set resting = false where platform = p_platform;
    perform pg_notify('tf_outbox', p_platform);
  end if;
end $$;

-- The next due chat of a platform, leased to `sender`, with its pending rows in order. {"wait_ms": n|null} when
-- nothing is due: until then nothing will be (null: nothing is pending at all), unless a notification says so.
create function api.claim_chat(p jsonb) returns jsonb
language plpgsql security definer set search_path = '' as $$
declare
  v_platform text := p->>'platform';
  v_answer jsonb := tf.lease_chat(p);
begin
  if v_answer ? 'rows' or exists (select from tf.watch where platform = v_platform and resting) then
    return v_answer;
  end if;
  if not pg_try_advisory_xact_lock(hashtextextended('outbox:' || v_platform, 0)) then
    return '{"wait_ms": 20}';  -- somebody is writing this very moment: no rest yet
  end if;
  insert into tf.watch (platform, resting) values (v_platform, true)
  on conflict (platform) do update set resting = true;
  return tf.lease_chat(p);
end $$;

create function tf.standing(p_platform text, p_place text, p_slots jsonb) returns jsonb
language sql stable set search_path = '' as $$
  select coalesce(jsonb_agg(jsonb_build_object('slot', s.slot, 'view', s.view, 'receipt', s.receipt)), '[]')
  from (
    select distinct on (slot) slot, view, receipt from tf.outbox
    where platform = p_platform and place = p_place and status = 'sent' and slot is not null
      and slot in (select jsonb_array_elements_text(p_slots))
    order by slot, id desc
  ) s
$$;

-- A sender that asks for work while it holds a chat has lost track of it (its last report did not get through): the
-- chat is given to it again, for what a moment without the database left lying is taken up at once.
create function tf.lease_chat(p jsonb) returns jsonb
language plpgsql set search_path = '' as $$
declare
  v_now timestamptz := tf.now();
  v_platform text := p->>'platform';
  v_until timestamptz := v_now + make_interval(secs => (p->>'lease_seconds')::double precision);
  v_paced timestamptz;
  c tf.chat;
  v_rows jsonb;
begin
  select next_send_at into v_paced from tf.pace where platform = v_platform;
  if v_paced is null or v_paced <= v_now then
    select * into c from tf.chat
     where platform = v_platform and has_pending and not unreachable and next_send_at <= v_now
       and (lease_until is null or lease_until <= v_now or lease_owner = p->>'sender')
     order by next_send_at limit 1 for update skip locked;
  end if;
  if c.place is not null then
    select coalesce(jsonb_agg(jsonb_build_object(
             'id', o.id, 'key', o.key, 'slot', o.slot, 'view', o.view, 'language', o.language, 'job_id', o.job_id,
             'user_id', o.user_id, 'attempts', o.attempts, 'replaces', (
               select s.receipt from tf.outbox s
               where s.platform = o.platform and s.place = o.place and s.slot = o.slot and s.status = 'sent'
               order by s.id desc limit 1), 'retires', case
               when jsonb_array_length(o.view->'retires') > 0
               then tf.standing(o.platform, o.place, o.view->'retires') else '[]' end) order by o.id), '[]')
      into v_rows
      from (select * from tf.outbox
            where platform = v_platform and place = c.place and status = 'pending'
            order by id limit coalesce((p->>'limit')::int, 1)) o;
    -- No row at all: they went with their person. The empty parcel ends this transaction, and the next claim goes on.
    update tf.chat
       set has_pending = v_rows <> '[]',
           lease_owner = case when v_rows <> '[]' then p->>'sender' end,
           lease_until = case when v_rows <> '[]' then v_until end
     where platform = v_platform and place = c.place;
    return jsonb_build_object('place', c.place, 'lease_until', v_until, 'rows', v_rows);
  end if;
  -- A chat that is due and was passed over is being claimed by somebody else this very moment.
  return jsonb_build_object('wait_ms', (
    select ceil(1000 * extract(epoch from greatest(min(greatest(next_send_at, lease_until, v_paced)) - v_now,
             case when count(*) > 0 then interval '20 milliseconds' end)))::bigint
    from tf.chat where platform = v_platform and has_pending and not unreachable));
end $$;

-- A sender that is stopped in the middle of a message gives its chat back at once; a killed one's lease runs out.
-- {platform, senders: [...]}
create function api.let_go(p jsonb) returns jsonb
language plpgsql security definer set search_path = '' as $$
begin
  update tf.chat set lease_owner = null, lease_until = null
   where platform = p->>'platform' and lease_until > tf.now()
     and lease_owner in (select jsonb_array_elements_text(p->'senders'));
  if found then
    perform tf.wake(p->>'platform');
  end if;
  return '{}';
end $$;

-- Let go of a chat after a row was dealt with; `p_keep` seconds more for a sender that has further rows of it.
-- Returns whether the lease was still (and, with p_keep, is) the sender's.
create function tf.release_chat(p_row tf.outbox, p_sender text, p_next timestamptz, p_keep double precision)
returns boolean
language plpgsql set search_path = '' as $$
declare
  c tf.chat;
  v_mine boolean;
begin
  select * into c from tf.chat where platform = p_row.platform and place = p_row.place for update;
  v_mine := c.lease_owner = p_sender and c.lease_until > tf.now();
  update tf.chat
     set next_send_at = greatest(next_send_at, p_next),
         lease_owner = case when not v_mine then lease_owner when p_keep > 0 then p_sender end,
         lease_until = case when not v_mine then lease_until
                            when p_keep > 0 then tf.now() + make_interval(secs => p_keep) end,
         has_pending = exists (select from tf.outbox o where o.platform = p_row.platform and o.place = p_row.place
                               and o.status = 'pending')
   where platform = p_row.platform and place = p_row.place;
  return coalesce(v_mine, false);
end $$;

create function tf.slow_down(p_platform text, p_until timestamptz) returns void
language sql set search_path = '' as $$
  insert into tf.pace as pace (platform, next_send_at) values (p_platform, p_until)
  on conflict (platform) do update set next_send_at = greatest(pace.next_send_at, excluded.next_send_at)
$$;

-- The chat first, then its row: everybody who changes pending rows of a chat holds the chat's lock.
create function tf.lock_delivery(p_id bigint) returns tf.outbox
language plpgsql set search_path = '' as $$
declare
  r tf.outbox;
begin
  perform from tf.chat c join tf.outbox o on (o.platform, o.place) = (c.platform, c.place)
    where o.id = p_id for update of c;
  select * into r from tf.outbox where id = p_id for update;
  return r;
end $$;

-- {id, sender, receipt, chat_pace_ms?, bot_pace_ms?, keep_seconds?} -> {"lease": bool}. Without the lease the sender
-- must not send a further row of this chat. A person deleted meanwhile leaves no trace behind the last message.
create function api.delivered(p jsonb) returns jsonb
language plpgsql security definer set search_path = '' as $$
declare
  r tf.outbox := tf.lock_delivery((p->>'id')::bigint);
  v_now timestamptz := tf.now();
  v_lease boolean;
begin
  if r.id is null then
    return '{"lease": false}';
  end if;
  if r.status = 'pending' then
    update tf.outbox
       set status = 'sent', receipt = coalesce(p->'receipt', '{}'), sent_at = v_now, attempts = attempts + 1
     where id = r.id;
  end if;
  v_lease := tf.release_chat(r, p->>'sender',
    v_now + make_interval(secs => coalesce((p->>'chat_pace_ms')::double precision, 0) / 1000),
    coalesce((p->>'keep_seconds')::double precision, 0));
  if r.user_id is null then
    delete from tf.outbox where id = r.id;
    delete from tf.chat c where platform = r.platform and place = r.place
       and not exists (select from tf.outbox o where o.platform = c.platform and o.place = c.place);
  end if;
  if (p->>'bot_pace_ms')::double precision > 0 then
    perform tf.slow_down(r.platform,
      v_now + make_interval(secs => (p->>'bot_pace_ms')::double precision / 1000));
  end if;
  return jsonb_build_object('lease', v_lease);
end $$;

-- {id, sender, error?, retry_after?, everywhere?, permanent?, unreachable?} -> {"dropped": bool}.
-- retry_after (s) delays the chat, with `everywhere` the whole platform; `permanent` drops this row, `unreachable`
-- every row of the chat until the person is heard of again. Otherwise: again later, up to 10 times.
create function api.undelivered(p jsonb) returns jsonb
language plpgsql security definer set search_path = '' as $$
declare
  r tf.outbox := tf.lock_delivery((p->>'id')::bigint);
  v_wait double precision := (p->>'retry_after')::double precision;
  v_drop boolean;
  v_next timestamptz;
begin
  if r.id is null or r.status <> 'pending' then
    return '{"dropped": false}';
  end if;
  v_drop := coalesce((p->>'permanent')::boolean, false) or coalesce((p->>'unreachable')::boolean, false)
         or (v_wait is null and r.attempts >= 9);
  -- Being told to wait is no failed attempt.
  v_next := tf.now() + make_interval(secs => case when v_drop then 0 else coalesce(v_wait, least(60, 2 ^ r.attempts)) end);
  update tf.outbox
     set attempts = attempts + (v_wait is null)::int, error = p->>'error',
         status = case when v_drop then 'dropped' else 'pending' end
   where id = r.id;
  if (p->>'unreachable')::boolean then
    update tf.outbox set status = 'dropped', error = 'unreachable'
     where platform = r.platform and place = r.place and status = 'pending';
    update tf.chat set unreachable = true where platform = r.platform and place = r.place;
  end if;
  perform tf.release_chat(r, p->>'sender', v_next, 0);
  if (p->>'everywhere')::boolean then
    perform tf.slow_down(r.platform, v_next);
  end if;
  return jsonb_build_object('dropped', v_drop);
end $$;
