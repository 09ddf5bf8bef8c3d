-- A turn: what a person did becomes session, money, jobs and messages in one transaction.
--
-- Turns that come at the same moment are opened, and stored, by one call: one round trip and one commit for all of
-- them. Only what every press needs travels together. A member with anything more to it (a first event, money, jobs,
-- settings), or whose session has moved on, is answered null and left exactly as it was: it is asked for alone.
--
-- The functions of the press path look rows up one by one and never scan a table, since a plan made while the tables
-- are small lives as long as its connection does; and they are planned once, not anew for each number of members.

create table tf.session (
  platform text not null,
  place text not null,
  user_id uuid not null references tf.users on delete cascade,
  data jsonb not null,
  version int not null default 1,
  updated_at timestamptz not null default tf.now(),
  primary key (platform, place, user_id)
) with (fillfactor = 80);
create index on tf.session (user_id);

-- Where somebody is alone with the bot: the chat they used last, as {user_id, platform, person, place, language}
create function tf.private_chat(p_user uuid, p_platform text default null) returns jsonb
language sql stable set search_path = '' as $$
  select jsonb_build_object('user_id', s.user_id, 'platform', s.platform, 'person', i.ref, 'place', s.place,
                            'language', u.language)
    from tf.session s join tf.identity i using (user_id, platform) join tf.users u on u.id = s.user_id
   where s.user_id = p_user and s.platform = coalesce(p_platform, s.platform)
     and (s.place = i.ref or s.platform = 'discord' and s.place ~ format('^[0-9]+(:%s)?$', i.ref))
   order by s.updated_at desc limit 1
$$;

-- Hashed: an event's key may carry a platform's id of a person.
create table tf.processed_event (
  key bytea primary key,
  at timestamptz not null default tf.now()
);
create index on tf.processed_event (at);

create function tf.event_hash(p_event text) returns bytea
language sql immutable set search_path = '' as $$ select sha256(convert_to(p_event, 'UTF8')) $$;

-- An event is handled with what this transaction does; false: it was before.
create function tf.note_event(p_event text, p_at timestamptz default tf.now()) returns boolean
language plpgsql set search_path = '' as $$
begin
  insert into tf.processed_event (key, at) values (tf.event_hash(p_event), p_at) on conflict do nothing;
  return found;
end $$;

-- What is known of persons where they are: [{event, platform, ref, place}] -> no row for those not known yet.
create function tf.describe_turns(p_calls jsonb) returns table (number bigint, answer jsonb, unreachable boolean)
language plpgsql
set search_path = '' set plan_cache_mode = force_generic_plan
set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off as $$
declare
  v_now timestamptz := tf.now();
begin
  -- A locked row is being changed on behalf of the same person: seen either way, and nobody waits for it.
  update tf.users set last_seen_at = v_now
   where id in (
     select u.id from jsonb_to_recordset(p_calls) as c (platform text, ref text)
       join tf.identity i using (platform, ref) join tf.users u on u.id = i.user_id
      where u.last_seen_at < v_now - interval '1 minute' for no key update of u skip locked);
  return query
    select c.ordinality, jsonb_build_object(
      'duplicate', exists (select from tf.processed_event where key = tf.event_hash(c.event)),
      'user_id', u.id, 'new_user', false, 'language', u.language, 
      'plan', case when t.id is null then tf.plan_of(u.id) else tf.entered_plan(u.id) end,
      'session', (select jsonb_build_object('data', s.data, 'version', s.version) from tf.session s
                  where (s.platform, s.place, s.user_id) = (c.platform, c.place, u.id)),
      'profile', (select to_jsonb(f) - 'user_id' from tf.profile f where f.user_id = u.id),
      'wallet', (select tf.wallet_record(w, v_now) from tf.wallet w where w.user_id = u.id),
      'seat', case when t.id is not null then tf.seat_now(u.id) end,
      'running_jobs', (select coalesce(jsonb_agg(jsonb_build_object('job_id', j.id, 'code', j.code, 'kind', j.kind,
          'status', j.status, 'stage', j.stage) order by j.created_at), '[]')
        from tf.job j where j.user_id = u.id and j.status in ('queued', 'running'))),
      exists (select from tf.chat h where (h.platform, h.place) = (c.platform, c.place) and h.unreachable)
    from rows from (jsonb_to_recordset(p_calls) as (event text, platform text, ref text, place text))
         with ordinality as c
    join tf.identity i using (platform, ref) join tf.users u on u.id = i.user_id
    left join tf.seat t on t.user_id = u.id and t.left_at is null;
end $$;

-- {event?, platform, ref, place, language, person_hash?, starter?, plan?} -> {duplicate, user_id, new_user, language,
-- session: {data, version}|null, profile, plan, wallet, seat|null, running_jobs}. Only reads, but for a person's first
-- event.
create function api.open_turn(p jsonb) returns jsonb
language plpgsql security definer set search_path = '' as $$
declare
  v_new boolean := not exists (select from tf.identity where platform = p->>'platform' and ref = p->>'ref');
begin
  if v_new then
    perform tf.greet(p);
  end if;
  -- Somebody who writes can be written to again.
  update tf.chat set unreachable = false where platform = p->>'platform' and place = p->>'place' and unreachable;
  return (select answer || jsonb_build_object('new_user', v_new) from tf.describe_turns(jsonb_build_array(p)));
end $$;

-- {calls: [what open_turn takes]} -> its answers in the same order; null for a person not known yet, and for a chat
-- that counts as unreachable. Waits for no lock.
create function api.open_turns(p jsonb) returns jsonb
language sql security definer set search_path = '' set plan_cache_mode = force_generic_plan as $$
  select coalesce(jsonb_agg(case when not d.unreachable then d.answer end order by n), '[]')
  from generate_series(1, jsonb_array_length(p->'calls')) n
  left join tf.describe_turns(p->'calls') d on d.number = n
$$;

-- A turn's event and session: 'begun', 'known' (the event was handled before, nothing is written) or 'late' (there is
-- no such person, or the session is not at the turn's version: the event is written and has to go again). A person who
-- goes this very moment is waited for: the first turn in a new place comes too late then.
create function tf.begin_turn(p_event text, p_platform text, p_place text, p_user uuid, p_version int,
                                         p_session jsonb, p_now timestamptz) returns text
language plpgsql set search_path = '' as $$
begin
  if p_event is not null and not tf.note_event(p_event, p_now) then
    return 'known';
  end if;
  if p_version = 0 then
    insert into tf.session (platform, place, user_id, data)
    select p_platform, p_place, id, p_session from tf.users where id = p_user for key share
    on conflict do nothing;
  else
    update tf.session set data = p_session, version = version + 1, updated_at = p_now
     where platform = p_platform and place = p_place and user_id = p_user and version = p_version;
  end if;
  return case when found then 'begun' else 'late' end;
end $$;

-- {event?, user_id, platform, place, version, session, language?, settings?, last_answers?, outbox?: [{key, view}],
--  orders?: [...], limits?: [...], cancel_jobs?: [{job_id?|code?, outbox?}], mark_variants?: [{code, ...}],
--  timers?: [{key, queue, task, args, run_at}], forget_selfies?: bool, delete_person?: bool}
-- -> {duplicate: true} or {duplicate: false, version, jobs, cancelled, receipt?}.
-- `version` is the session's version the turn was computed from (0: none); TF409 when somebody was faster. Any refusal
-- (TF402, TF403, TF404, TF409, TF429) leaves nothing written, the event included.
create function api.store_turn(p jsonb) returns jsonb
language plpgsql security definer set search_path = '' as $$
declare
  v_user uuid := (p->>'user_id')::uuid;
  v_version int := coalesce((p->>'version')::int, 0);
  v_address jsonb := jsonb_build_object('platform', p->>'platform', 'place', p->>'place', 'event', p->>'event',
                                        'user_id', p->>'user_id', 'language', p->>'language');
  v_begun text := tf.begin_turn(p->>'event', p->>'platform', p->>'place', v_user, v_version, p->'session', tf.now());
  v_answer jsonb;
begin
  if v_begun = 'known' then
    return '{"duplicate": true}';
  elsif v_begun = 'late' then
    if not exists (select from tf.users where id = v_user) then
      perform tf.refuse('TF404', 'no such person');
    end if;
    perform tf.refuse('TF409', 'the session has moved on', jsonb_build_object('version', v_version));
  end if;
  if p ? 'settings' or p ? 'last_answers' or p ? 'brand' then
    perform tf.save_profile(v_user, p);
  end if;
  if p->>'language' is not null then
    update tf.users set language = p->>'language' where id = v_user and language <> p->>'language';
  end if;
  v_answer := jsonb_build_object('duplicate', false, 'version', v_version + 1,
    'cancelled', (select coalesce(jsonb_agg(tf.cancel_jobs(v_user, value)), '[]')
                  from jsonb_array_elements(coalesce(p->'cancel_jobs', '[]'))),
    'jobs', tf.submit_all(v_user, coalesce(p->'orders', '[]'), p->'limits', v_address));
  perform tf.mark_variant(value || jsonb_build_object('user_id', v_user))
    from jsonb_array_elements(coalesce(p->'mark_variants', '[]'));
  perform tf.set_timer(value) from jsonb_array_elements(coalesce(p->'timers', '[]'));
  if (p->>'forget_selfies')::boolean then
    perform api.forget_selfies(p);
  end if;
  if (p->>'delete_person')::boolean then
    v_answer := v_answer || jsonb_build_object('receipt', tf.delete_person(v_user));
    v_address := v_address - 'user_id';
  end if;
  perform tf.send(p->'outbox', v_address);
  return v_answer;
end $$;

-- A task for later, once per key while it waits: {key, queue, task, args, run_at}. Setting it again moves it.
create function tf.set_timer(p jsonb) returns void
language plpgsql set search_path = '' as $$
begin
  perform pg_advisory_xact_lock(hashtextextended('timer:' || (p->>'key'), 0));
  delete from queue.procrastinate_jobs where queueing_lock = p->>'key' and status = 'todo';
  perform queue.put(coalesce(p->>'queue', 'turns'), p->>'task', coalesce(p->'args', '{}'), 0, null, p->>'key',
                    tf.server_time((p->>'run_at')::timestamptz));
end $$;

-- {calls: [what store_turn takes]} -> its answers in the same order; null for a turn that is more than a session and
-- its messages, or was too late.
-- Locks go in the order of all turns (events and sessions, then chats), each kind by address, so that groups do not
-- wait for one another in a circle. What somebody else holds stops the whole group, hence the short patience: then
-- nothing of it is written and each asks alone.
create function api.store_turns(p jsonb) returns jsonb
language plpgsql security definer
set search_path = '' set plan_cache_mode = force_generic_plan set enable_seqscan = off set lock_timeout = '250ms' as $$
declare
  v_now timestamptz := tf.now();
  v_answers jsonb[] := array_fill(null::jsonb, array[jsonb_array_length(p->'calls')]);
  v_begun bigint[] := '{}';
  v_posts tf.outgoing[] := '{}';
  t record;
begin
  for t in
    select item.number, c.*
      from jsonb_array_elements(p->'calls') with ordinality item (value, number),
           jsonb_to_record(item.value) as c (event text, platform text, place text, user_id uuid, version int,
             session jsonb, language text, outbox jsonb)
     where value - array['event', 'user_id', 'platform', 'place', 'version', 'session', 'language', 'outbox'] = '{}'
     order by platform, place, user_id, event
  loop
    case tf.begin_turn(t.event, t.platform, t.place, t.user_id, t.version, t.session, v_now)
      when 'begun' then
        v_begun := v_begun || t.number;
        v_posts := v_posts || array(
          select (coalesce(o.platform, t.platform), coalesce(o.place, t.place), coalesce(o.user_id, t.user_id), o.key,
                  o.slot, o.view, coalesce(o.language, t.language), o.job_id)::tf.outgoing
            from jsonb_populate_recordset(null::tf.outgoing, t.outbox) o);
        v_answers[t.number] := jsonb_build_object('duplicate', false, 'version', t.version + 1,
                                                  'cancelled', '[]'::jsonb, 'jobs', '[]'::jsonb);
      when 'known' then
        v_answers[t.number] := '{"duplicate": true}';
      else
        delete from tf.processed_event where key = tf.event_hash(t.event);
    end case;
  end loop;
  update tf.users u set language = c.language
    from (select distinct on (user_id) user_id, language
            from rows from (jsonb_to_recordset(p->'calls') as (event text, platform text, place text, user_id uuid,
                   language text)) with ordinality
           where ordinality = any(v_begun) and language is not null
           order by user_id, platform desc, place desc, event desc) c
   where u.id = c.user_id and u.language <> c.language;
  perform tf.send_all(v_posts);
  return to_jsonb(v_answers);
end $$;
