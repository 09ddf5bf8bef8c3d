-- Teams: whoever has the plan lets others spend its month, each from a seat. The wallet is the owner's; only what its
-- plan brought is the team's, what was bought stays theirs. Seats change under that wallet's lock, so that an order sees
-- each of them as it is.

create table tf.seat (
  id uuid primary key default gen_random_uuid(),
  owner_id uuid references tf.users on delete set null,
  user_id uuid not null references tf.users on delete cascade,
  cap bigint check (cap > 0),
  joined_at timestamptz not null default tf.now(),
  left_at timestamptz,
  open boolean not null default true,
  unique (owner_id, user_id)
);
create unique index on tf.seat (user_id) where left_at is null;
comment on column tf.seat.owner_id is 'null: they have left; whoever held the seat hears of it, then the row goes';
comment on column tf.seat.cap is 'credits of one period of the plan; null: all there are';
comment on column tf.seat.left_at is 'who comes back has the same seat, so that coming back resets nothing';
comment on column tf.seat.open is 'whether the team had its plan when whoever holds the seat was last told';

-- An invitation is for one person.
create table tf.seat_code (
  code_hash text primary key,
  owner_id uuid not null references tf.users on delete cascade,
  expires_at timestamptz not null
);
create index on tf.seat_code (owner_id);

-- -- what a seat bears ----------------------------------------------------------------------------------------------

create function tf.has_team(p_owner uuid) returns boolean
language sql stable set search_path = '' as $$ select coalesce(tf.plan_of(p_owner) = 'team', false) $$;

-- The plan whose doors are open to somebody: their own, or their team's.
create function tf.entered_plan(p_user uuid) returns tf.plan
language sql stable set search_path = '' as $$
  select greatest(tf.plan_of(p_user),
                  (select 'team'::tf.plan from tf.seat where user_id = p_user and left_at is null and tf.has_team(owner_id)))
$$;

-- When the period began that caps are counted in: the plan's own; of a plan that nobody pays for, the calendar's month.
create function tf.team_since(p_owner uuid) returns timestamptz
language sql stable set search_path = '' as $$
  select coalesce(max(t.starts_at), date_trunc('month', tf.now(), 'UTC'))
    from tf.subscription s join tf.term t on t.subscription_id = s.id
   where s.user_id = p_owner and t.plan = 'team' and tf.stands(t) and t.starts_at <= tf.now()
$$;

-- `has`: credits of the team's that can be spent now; `used`: from this seat in this period, what is held included.
create function tf.seat_record(s tf.seat) returns jsonb
language sql stable set search_path = '' as $$
  select jsonb_build_object('id', s.id, 'cap', s.cap, 'open', t.open,
    'has', coalesce((
      select (r->>'monthly')::bigint + (r->>'granted')::bigint from tf.wallet w, tf.wallet_record(w, tf.now()) r
       where w.user_id = s.owner_id and t.open and w.debt = 0 and w.frozen_at is null), 0),
    'used', (
      select coalesce(sum(case h.status when 'held' then h.total else h.captured end), 0) from tf.hold h
       where h.seat_id = s.id and h.created_at >= tf.team_since(s.owner_id)))
  from (select tf.has_team(s.owner_id) as open) t
$$;

-- The seat somebody holds, with what of its owner's look holds for who has none of their own; null: none.
create function tf.seat_now(p_user uuid) returns jsonb
language sql stable set search_path = '' as $$
  select tf.seat_record(s) || jsonb_build_object('shared', (
      select coalesce(jsonb_object_agg(key, value), '{}') from tf.profile f, jsonb_each(f.settings)
       where f.user_id = s.owner_id and key in ('brand_colours', 'brand_font', 'logo') and tf.has_team(s.owner_id)))
    from tf.seat s where s.user_id = p_user and s.left_at is null
$$;

create function tf.team_wallet(p_user uuid) returns uuid
language sql stable set search_path = '' as $$
  select w.id from tf.seat s join tf.wallet w on w.user_id = s.owner_id where s.user_id = p_user and s.left_at is null
$$;

-- The seat that pays so much from this wallet, whole; null: it does not bear it. Asked with the wallet locked.
create function tf.paying_seat(p_user uuid, p_wallet uuid, p_credits bigint) returns uuid
language sql stable set search_path = '' as $$
  select s.id from tf.seat s join tf.wallet w on w.user_id = s.owner_id cross join lateral tf.seat_record(s) r
   where s.user_id = p_user and s.left_at is null and w.id = p_wallet and (r->>'has')::bigint >= p_credits
     and (s.cap is null or (r->>'used')::bigint + p_credits <= s.cap)
$$;

-- -- who holds one --------------------------------------------------------------------------------------------------

-- Why somebody cannot take a seat by this code; null: they can. `p_seats`: persons of a team, its owner included.
create function tf.seat_bar(c tf.seat_code, p_user uuid, p_seats int) returns text
language sql stable set search_path = '' as $$
  select case
    when c.code_hash is null or c.expires_at <= tf.now() or not tf.has_team(c.owner_id) then 'unknown'
    when c.owner_id = p_user then 'own'
    when exists (select from tf.seat where user_id = p_user and left_at is null) then 'seated'
    when (select count(*) from tf.seat where owner_id = c.owner_id and left_at is null) >= p_seats - 1 then 'full'
  end
$$;

-- {user_id, seats, code | invitation, platform, ref, event} -> {owns, mates: [{...seat, person, platforms, chat}],
-- owner?: {person, chat}, invitation?: {person, chat} or {reason, retry_after?}}. `code` is what was typed and counts as a
-- try, `invitation` what a button of ours carries.
create function api.team(p jsonb) returns jsonb
language plpgsql security definer set search_path = '' as $$
declare
  v_user uuid := tf.person_now((p->>'user_id')::uuid);
  v_answer jsonb := jsonb_build_object('owns', tf.has_team(v_user),
    'mates', (
      select coalesce(jsonb_agg(tf.seat_record(s) || jsonb_build_object('person', s.user_id, 'chat', tf.private_chat(s.user_id),
          'platforms', (select jsonb_agg(i.platform order by i.joined_at nulls first, i.platform, i.ref)
                        from tf.identity i where i.user_id = s.user_id)) order by s.joined_at, s.id), '[]')
        from tf.seat s where s.owner_id = v_user and s.left_at is null),
    'owner', (
      select jsonb_build_object('person', s.owner_id, 'chat', tf.private_chat(s.owner_id))
        from tf.seat s where s.user_id = v_user and s.left_at is null));
  v_said jsonb := case when p->>'code' is not null then tf.tried_too_often(p) end;
  c tf.seat_code;
  v_bar text;
begin
  if coalesce(p->>'code', p->>'invitation') is null then
    return v_answer;
  end if;
  if v_said is null then
    select * into c from tf.seat_code where code_hash = coalesce(p->>'code', p->>'invitation');
    v_bar := tf.seat_bar(c, v_user, (p->>'seats')::int);
    if v_bar = 'unknown' and p->>'code' is not null then
      perform tf.count_try(p);
    end if;
    v_said := case when v_bar is null then jsonb_build_object('person', c.owner_id, 'chat', tf.private_chat(c.owner_id))
                   else jsonb_build_object('reason', v_bar) end;
  end if;
  return v_answer || jsonb_build_object('invitation', v_said);
end $$;

-- A turn that changes a team: {..., team: {invite: {code, seconds}} | {take: {code, seats}} | {leave: seat} |
-- {cap: {seat, credits}}} -> what store_turn answers. Refused (TF409) where that is not so any more.
create function api.store_team_turn(p jsonb) returns jsonb
language plpgsql security definer set search_path = '' as $$
declare
  t jsonb := p->'team';
  v_user uuid := (p->>'user_id')::uuid;
  v_seat uuid := coalesce(t->>'leave', t->'cap'->>'seat')::uuid;
  v_owner uuid := v_user;
  c tf.seat_code;
  v_bar text;
begin
  if not tf.note_event(p->>'event') then
    return '{"duplicate": true}';
  end if;
  perform from tf.session where (platform, place) = (p->>'platform', p->>'place') and user_id = v_user for update;
  if t ? 'take' then
    select owner_id into v_owner from tf.seat_code where code_hash = t->'take'->>'code';
  elsif v_seat is not null then
    select owner_id into v_owner from tf.seat where id = v_seat and left_at is null and v_user in (owner_id, user_id);
  end if;
  perform tf.hold_persons(v_user, v_owner);
  perform from tf.wallet where user_id in (v_user, v_owner) order by id for update;
  if t ? 'invite' then
    if not tf.has_team(v_user) then
      perform tf.refuse('TF409', 'no team to invite to');
    end if;
    delete from tf.seat_code where owner_id = v_user and (expires_at <= tf.now() or code_hash not in (
      select code_hash from tf.seat_code where owner_id = v_user order by expires_at desc limit 9));
    insert into tf.seat_code (code_hash, owner_id, expires_at)
    values (t->'invite'->>'code', v_user, tf.now() + make_interval(secs => (t->'invite'->>'seconds')::double precision));
  elsif t ? 'take' then
    delete from tf.seat_code where code_hash = t->'take'->>'code' and owner_id = v_owner returning * into c;
    v_bar := tf.seat_bar(c, v_user, (t->'take'->>'seats')::int);
    if v_bar is not null then
      perform tf.refuse('TF409', 'no seat by this code', jsonb_build_object('reason', v_bar));
    end if;
    insert into tf.seat as known (owner_id, user_id) values (v_owner, v_user)
    on conflict (owner_id, user_id) do update set left_at = null, joined_at = tf.now(), open = true;
  elsif t ? 'leave' then
    update tf.seat set left_at = tf.now()
     where id = v_seat and left_at is null and owner_id is not distinct from v_owner and v_user in (owner_id, user_id);
  else
    update tf.seat set cap = (t->'cap'->>'credits')::bigint where id = v_seat and left_at is null and owner_id = v_user;
  end if;
  if v_seat is not null and not found then
    perform tf.refuse('TF409', 'no such seat any more');
  end if;
  return api.store_turn(p - array['team', 'event']);
end $$;

-- Seats of two persons that become one, before anything else of theirs is brought together: nobody sits in their own
-- team, nor in two; what was spent from two seats of one team was spent from one.
create function tf.merge_seats(p_from uuid, p_into uuid) returns void
language plpgsql set search_path = '' as $$
declare
  r record;
begin
  delete from tf.seat where (owner_id, user_id) in ((p_from, p_into), (p_into, p_from));
  update tf.seat set left_at = tf.now()
   where user_id = p_from and left_at is null and exists (select from tf.seat where user_id = p_into and left_at is null);
  for r in
    select f.id as gone, f.cap, f.left_at, w.id as kept from tf.seat f join tf.seat w
        on (f.owner_id, f.user_id) in ((p_from, w.user_id), (w.owner_id, p_from))
       and (w.owner_id, w.user_id) in ((p_into, f.user_id), (f.owner_id, p_into))
  loop
    update tf.hold set seat_id = r.kept where seat_id = r.gone;
    delete from tf.seat where id = r.gone;
    update tf.seat set cap = least(cap, r.cap), left_at = case when left_at is null or r.left_at is null then null else left_at end
     where id = r.kept;
  end loop;
end $$;

-- -- what is told ---------------------------------------------------------------------------------------------------

-- Seats whose team lost its plan, or has it again, since whoever holds them was told: [{seat, open, at, chat?}]
create function tf.seats_to_tell(p jsonb) returns jsonb
language sql stable set search_path = '' as $$
  with t as materialized (
    select o.owner_id, tf.has_team(o.owner_id) as open
      from (select distinct owner_id from tf.seat where left_at is null) o
  )
  select coalesce(jsonb_agg(jsonb_build_object('seat', s.id, 'open', t.open, 'at', tf.now(), 'chat', tf.private_chat(s.user_id))), '[]')
    from tf.seat s join t on t.owner_id is not distinct from s.owner_id
   where s.left_at is null and (s.open <> t.open or s.owner_id is null)
$$;

-- {seat, open, outbox}: it is said once, whoever looks.
create function tf.tell_seat(p jsonb) returns jsonb
language plpgsql set search_path = '' as $$
declare
  s tf.seat;
begin
  select * into s from tf.seat where id = (p->>'seat')::uuid and left_at is null for update;
  if s.id is null or s.open = (p->>'open')::boolean and s.owner_id is not null then
    return '{"told": false}';
  end if;
  if s.open <> (p->>'open')::boolean then
    perform tf.send(p->'outbox', jsonb_build_object('user_id', s.user_id));
  end if;
  if s.owner_id is null then
    delete from tf.seat where id = s.id;
  else
    update tf.seat set open = not open where id = s.id;
  end if;
  return '{"told": true}';
end $$;
