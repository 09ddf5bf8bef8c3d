-- Leaving, forgetting and keeping tidy.

-- The person and everything of theirs, in one transaction: jobs cancelled, holds settled, files doomed, rows gone. The
-- ledger keeps amounts under the wallet's random id, the starter grant its salted hash. What is under way at a server's
-- cost goes back to its wallet. -> receipt
create function tf.delete_person(p_user uuid) returns jsonb
language plpgsql set search_path = '' as $$
declare
  v_wallet uuid;
  j tf.job;
  v_receipt jsonb;
begin
  perform from tf.session where user_id = p_user order by platform, place for update;
  -- As who joins: whoever brings credits, or begins in a new chat, holds the person and waits for the wallet. But whoever
  -- ends a job holds the wallet and waits for the person.
  if not exists (select from tf.job where user_id = p_user and ended_at is null) then
    perform from tf.users where id = p_user for update;
  end if;
  v_wallet := tf.wallet_of(p_user);
  perform from tf.wallet
    where id = v_wallet or id in (select payer from tf.job where user_id = p_user and ended_at is null)
    order by id for update;
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

-- A message to a chat whose person is gone: the receipt of /delete_me. Delivered once, it leaves no trace either.
-- {platform, place, language, outbox: [{key, view}]}
create function api.farewell(p jsonb) returns jsonb
language plpgsql security definer set search_path = '' as $$
begin
  if exists (select from tf.session where platform = p->>'platform' and place = p->>'place') then
    perform tf.refuse('TF403', 'somebody is still here');
  end if;
  perform tf.send(p->'outbox', p - 'outbox');
  return '{}';
end $$;

-- Everything stored about a person, with what was ordered, paid and subscribed to: {user_id}
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
    'orders', (select coalesce(jsonb_agg(to_jsonb(o) - array['user_id', 'wallet_id', 'key'] order by o.at), '[]')
               from tf.checkout o where user_id = v_user),
    'payments', (select coalesce(jsonb_agg(to_jsonb(m) - array['user_id', 'wallet_id'] || jsonb_build_object('claims', (
        select coalesce(jsonb_agg(to_jsonb(c) - array['provider', 'reference'] order by c.id), '[]')
          from tf.claim c where (c.provider, c.reference) = (m.provider, m.reference))) order by m.at), '[]')
      from tf.payment m where user_id = v_user),
    'subscriptions', (select coalesce(jsonb_agg(to_jsonb(s) - 'user_id' || jsonb_build_object('terms', (
        select coalesce(jsonb_agg(to_jsonb(t) - 'subscription_id' order by t.until, t.payment), '[]')
          from tf.term t where t.subscription_id = s.id)) order by s.at), '[]')
      from tf.subscription s where user_id = v_user),
    'seats', (select coalesce(jsonb_agg(to_jsonb(t) - array['owner_id', 'user_id', 'open']
        || jsonb_build_object('owned', t.owner_id is not distinct from v_user) order by t.joined_at, t.id), '[]')
      from tf.seat t where v_user in (t.owner_id, t.user_id)),
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

-- Old traces of finished work, orders nobody paid, and what members used of servers longer than a day ago:
-- {events_days?, queue_hours?, outbox_days?} -> counts
create function tf.prune(p jsonb) returns jsonb
language plpgsql set search_path = '' as $$
declare
  v_now timestamptz := tf.now();
  v_queue interval := make_interval(hours => coalesce((p->>'queue_hours')::int, 24));
  v_events bigint;
  v_jobs bigint;
  v_sent bigint;
begin
  delete from tf.guild_use where at <= v_now - interval '1 day';
  delete from tf.seat_code where expires_at <= v_now;
  -- No period is longer: nothing that was spent from such a seat counts any more.
  delete from tf.seat where left_at <= v_now - interval '32 days';
  -- Orders that nobody paid: every button that says what one needs offers several. What is on its way is kept.
  delete from tf.checkout o
   where state in ('open', 'expired', 'failed') and expires_at < v_now - interval '30 days'
     and not exists (select from tf.payment where checkout_id = o.id)
     and not exists (select from tf.subscription where checkout_id = o.id);
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
