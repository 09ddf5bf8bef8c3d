-- Leaving, forgetting and keeping tidy.

-- The person and everything of theirs, in one transaction: jobs cancelled, holds settled, files doomed, rows gone.
-- The ledger keeps amounts under the wallet's random id, the starter grant its salted hash. -> receipt
create function tf.delete_person(p_user uuid) returns jsonb
language plpgsql set search_path = '' as $$
declare
  v_wallet uuid;
  j tf.job;
  v_receipt jsonb;
begin
  perform from tf.session where user_id = p_user for update;
  v_wallet := tf.wallet_of(p_user);
  perform from tf.wallet where id = v_wallet for update;
  for j in
    select * from tf.job where user_id = p_user and status in ('queued', 'running') order by id for update
  loop
    perform queue.procrastinate_cancel_job_v1(j.queue_job_id, true, false);
    perform tf.finish(j, 'cancelled', null, j.earned, null, '[]');
  end loop;
  update queue.procrastinate_jobs set lock = null
   where lock is not null and id in (select queue_job_id from tf.job where user_id = p_user);
  insert into tf.doomed_blob (blob_key)
  select blob_key from tf.asset where user_id = p_user and deleted_at is null
  on conflict do nothing;
  v_receipt := jsonb_build_object(
    'receipt', gen_random_uuid(), 'at', tf.now(),
    'jobs', (select count(*) from tf.job where user_id = p_user),
    'variants', (select count(*) from tf.variant where user_id = p_user),
    'pictures', (select count(*) from tf.asset where user_id = p_user and deleted_at is null),
    'bytes', (select coalesce(sum(byte_count), 0) from tf.asset where user_id = p_user and deleted_at is null),
    'credits_written_off', tf.close_wallet(v_wallet),
    'blob_keys', (select coalesce(jsonb_agg(blob_key), '[]') from tf.asset
                  where user_id = p_user and deleted_at is null));
  delete from queue.procrastinate_jobs where args->>'user_id' = p_user::text and status = 'todo';
  delete from tf.chat c
   where (platform, place) in (
           select platform, ref from tf.identity where user_id = p_user
           union select platform, place from tf.session where user_id = p_user
           union select platform, place from tf.outbox where user_id = p_user)
     and not exists (select from tf.outbox o where (o.platform, o.place) = (c.platform, c.place)
                     and o.user_id is distinct from p_user);
  delete from tf.page where place in (select ref from tf.identity where user_id = p_user and platform = 'web');
  delete from tf.users where id = p_user;
  return v_receipt;
end $$;

-- {user_id, platform?, place?, language?, outbox?: the farewell} -> receipt
create function api.delete_me(p jsonb) returns jsonb
language plpgsql security definer set search_path = '' as $$
declare
  v_receipt jsonb := tf.delete_person((p->>'user_id')::uuid);
begin
  perform tf.send(p->'outbox', jsonb_build_object('platform', p->>'platform', 'place', p->>'place',
                                                  'language', p->>'language'));
  return v_receipt;
end $$;

-- Everything stored about a person: {user_id}
create function api.export(p jsonb) returns jsonb
language plpgsql stable security definer set search_path = '' as $$
declare
  v_user uuid := (p->>'user_id')::uuid;
  v_wallet uuid := tf.wallet_of(v_user);
begin
  return jsonb_build_object(
    'user', (select to_jsonb(u) from tf.users u where id = v_user),
    'identities', (select jsonb_agg(to_jsonb(i) - 'secret_hash' - 'recovery_hash') from tf.identity i where user_id = v_user),
    'profile', (select to_jsonb(f) - 'user_id' from tf.profile f where user_id = v_user),
    'wallet', tf.balance(v_user),
    'movements', (select coalesce(jsonb_agg(jsonb_build_object('kind', kind, 'at', at, 'reference', reference,
        'request', request, 'result', result) order by id), '[]') from tf.txn where wallet_id = v_wallet),
    'projects', (select coalesce(jsonb_agg(to_jsonb(r) - 'user_id'), '[]') from tf.project r where user_id = v_user),
    'briefs', (select coalesce(jsonb_agg(to_jsonb(b)), '[]') from tf.brief b join tf.project r on r.id = b.project_id
               where r.user_id = v_user),
    'assets', (select coalesce(jsonb_agg(tf.asset_record(a)), '[]') from tf.asset a where user_id = v_user),
    'jobs', (select coalesce(jsonb_agg(to_jsonb(j) - 'user_id'), '[]') from tf.job j where user_id = v_user),
    'variants', (select coalesce(jsonb_agg(tf.variant_record(v)), '[]') from tf.variant v where user_id = v_user),
    'sessions', (select coalesce(jsonb_agg(to_jsonb(s) - 'user_id'), '[]') from tf.session s where user_id = v_user),
    'messages', (select coalesce(jsonb_agg(to_jsonb(o) - 'user_id' order by o.id), '[]') from tf.outbox o where user_id = v_user),
    'transcript', (select coalesce(jsonb_agg(to_jsonb(t) order by t.place, t.seq), '[]')
                   from tf.transcript t join tf.page g using (place) where g.user_id = v_user));
end $$;

-- Pictures past their time, pinned ones aside, with what was read from them; variants without a picture left go too.
-- {limit?} -> blob keys. Run until it returns none.
create function tf.purge_due(p jsonb) returns jsonb
language plpgsql set search_path = '' as $$
declare
  v_ids uuid[] := array(select id from tf.asset
    where purge_at <= tf.now() and deleted_at is null and not pinned
    order by purge_at limit coalesce((p->>'limit')::int, 500));
begin
  update tf.variant v set deleted_at = tf.now()
   where v.deleted_at is null and v.id in (select variant_id from tf.render where asset_id = any (v_ids))
     and not exists (select from tf.render r join tf.asset a on a.id = r.asset_id
                     where r.variant_id = v.id and a.deleted_at is null and a.id <> all (v_ids));
  return tf.delete_assets(v_ids);
end $$;

-- Files to delete: {limit?} -> blob keys; then {keys} once they are gone. A crash in between repeats the deletion.
create function tf.doomed_blobs(p jsonb) returns jsonb
language sql stable set search_path = '' as $$
  select coalesce(jsonb_agg(blob_key), '[]')
  from (select blob_key from tf.doomed_blob order by at limit coalesce((p->>'limit')::int, 500)) d
$$;
create function tf.blobs_deleted(p jsonb) returns jsonb
language sql set search_path = '' as $$
  with gone as (
    delete from tf.doomed_blob where blob_key in (select jsonb_array_elements_text(p->'keys')) returning 1
  ) select to_jsonb(count(*)) from gone
$$;

-- Which slot of a schedule was queued already: exactly once, however many replicas tick.
create table tf.schedule_slot (
  schedule text not null,
  slot timestamptz not null,
  at timestamptz not null default tf.now(),
  primary key (schedule, slot)
);

-- {schedule, slot, task, args?, queue?} -> {queued: bool}
create function tf.enqueue_due(p jsonb) returns jsonb
language plpgsql set search_path = '' as $$
begin
  insert into tf.schedule_slot (schedule, slot) values (p->>'schedule', (p->>'slot')::timestamptz)
  on conflict do nothing;
  if not found then
    return '{"queued": false}';
  end if;
  perform queue.put(coalesce(p->>'queue', 'housekeeping'), p->>'task', coalesce(p->'args', '{}'));
  return '{"queued": true}';
end $$;

-- What operators must look at; raising the same again only counts.
create table tf.alert (
  key text primary key,
  kind text not null,
  detail jsonb not null default '{}',
  times int not null default 1,
  raised_at timestamptz not null default tf.now(),
  last_at timestamptz not null default tf.now(),
  resolved_at timestamptz
);

-- {key, kind, detail?} -> {new: bool}: new when it was not open before
create function tf.raise_alert(p jsonb) returns jsonb
language plpgsql set search_path = '' as $$
declare
  v_open boolean;
begin
  select resolved_at is null into v_open from tf.alert where key = p->>'key' for update;
  insert into tf.alert as a (key, kind, detail) values (p->>'key', p->>'kind', coalesce(p->'detail', '{}'))
  on conflict (key) do update set detail = excluded.detail, times = a.times + 1, last_at = tf.now(),
    raised_at = case when a.resolved_at is null then a.raised_at else tf.now() end, resolved_at = null;
  return jsonb_build_object('new', not coalesce(v_open, false));
end $$;
create function tf.resolve_alert(p jsonb) returns jsonb
language sql set search_path = '' as $$
  with gone as (
    update tf.alert set resolved_at = tf.now() where key = p->>'key' and resolved_at is null returning 1
  ) select jsonb_build_object('resolved', exists (select from gone))
$$;
create function tf.open_alerts(p jsonb) returns jsonb
language sql stable set search_path = '' as $$
  select coalesce(jsonb_agg(to_jsonb(a) order by last_at desc), '[]') from tf.alert a where resolved_at is null
$$;

create function tf.check_books(p jsonb) returns jsonb
language sql stable set search_path = '' as $$ select to_jsonb(a) from tf.audit a $$;

-- Old traces of finished work: {events_days?, queue_hours?, outbox_days?} -> counts
create function tf.prune(p jsonb) returns jsonb
language plpgsql set search_path = '' as $$
declare
  v_now timestamptz := tf.now();
  v_queue interval := make_interval(hours => coalesce((p->>'queue_hours')::int, 24));
  v_events bigint;
  v_jobs bigint;
  v_sent bigint;
begin
  delete from tf.processed_event where at < v_now - make_interval(days => coalesce((p->>'events_days')::int, 7));
  get diagnostics v_events = row_count;
  delete from tf.schedule_slot where at < v_now - interval '7 days';
  delete from tf.outbox o
   where status <> 'pending' and created_at < v_now - make_interval(days => coalesce((p->>'outbox_days')::int, 30))
     -- The message standing in a slot may still be edited.
     and not (slot is not null and status = 'sent' and not exists (
       select from tf.outbox n where (n.platform, n.place, n.slot) = (o.platform, o.place, o.slot)
       and n.status = 'sent' and n.id > o.id));
  get diagnostics v_sent = row_count;
  -- Nothing of ours points to a queue row that has ended, or that a vanished worker left as `doing` long ago.
  delete from queue.procrastinate_jobs q
   where (q.status not in ('todo', 'doing')
          or q.status = 'doing' and not exists (select from queue.procrastinate_workers w where w.id = q.worker_id
             and w.last_heartbeat > clock_timestamp() - interval '10 minutes'))
     and not exists (select from tf.job j where j.queue_job_id = q.id and j.status in ('queued', 'running'))
     and tf.server_time(v_now) - v_queue > (select max(at) from queue.procrastinate_events e
                                            where e.job_id = q.id and e.type <> 'scheduled');
  get diagnostics v_jobs = row_count;
  delete from queue.procrastinate_workers where last_heartbeat < clock_timestamp() - interval '1 day';
  return jsonb_build_object('processed_events', v_events, 'queue_jobs', v_jobs, 'outbox', v_sent);
end $$;

call tf.lock_down();
