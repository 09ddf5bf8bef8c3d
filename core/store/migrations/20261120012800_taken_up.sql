-- What a moment without the database left lying is taken up again at once, not when its time has run out.

-- As before, and a sender that asks for work while it holds a chat has lost track of it (its last report did not get
-- through): the chat is given to it again.
create or replace function tf.lease_chat(p jsonb) returns jsonb
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

-- The claim counts as an attempt, and a job that was not even claimed is queued anew: {job_id, worker} -> whether it
-- was. What has been tried too often is ended by the next claim.
create function tf.put_back(p jsonb) returns jsonb
language plpgsql set search_path = '' as $$
declare
  j tf.job := tf.lock_job((p->>'job_id')::uuid);
begin
  if j.status = 'running' and j.worker = p->>'worker'
     or j.status = 'queued' and not exists (
          select from queue.procrastinate_jobs q where q.id = j.queue_job_id and q.status = 'todo') then
    update tf.job set status = 'queued', stage = 'queued', worker = null, heartbeat_at = null where id = j.id
    returning * into j;
    perform tf.enqueue_job(j);
    return 'true';
  end if;
  return 'false';
end $$;

call tf.lock_down();
