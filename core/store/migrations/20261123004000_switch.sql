-- What operators turn off for everybody at once, and jobs they take in hand.

-- A row is a switch that is off.
create table tf.switch (
  name text primary key,
  kinds text[] not null,
  at timestamptz not null default tf.now(),
  actor text not null,
  reason text not null
);
comment on column tf.switch.kinds is 'of jobs that are refused';

-- Asked where orders become jobs and not by front ends, so that it holds from this moment on, for every replica and for
-- what was shown before; the transaction that would have held credits ends with it.
create function tf.refuse_switched_off() returns trigger
language plpgsql security definer set search_path = '' as $$
begin
  if exists (select from tf.switch where new.kind = any (kinds)) then
    perform tf.refuse('TF429', 'switched off', '{"name": "switched_off"}');
  end if;
  return new;
end $$;
create trigger switched_off before insert on tf.job for each row execute function tf.refuse_switched_off();

-- {key, name, off, kinds, models, reason, actor} -> {replayed}. A provider's models rest while it is off: what is under
-- way passes them by at its next call, what is ordered a moment later does not meet them.
create function tf.admin_switch(p jsonb) returns jsonb
language plpgsql set search_path = '' as $$
declare
  v_off boolean := (p->>'off')::boolean;
  v_models text[] := array(select jsonb_array_elements_text(p->'models') order by 1);
begin
  if not tf.record_act('switch:' || (p->>'key'), p->>'actor', case when v_off then 'switch_off' else 'switch_on' end,
                       p->>'name', p->>'reason') then
    return '{"replayed": true}';
  end if;
  if v_off then
    insert into tf.switch (name, kinds, actor, reason)
    values (p->>'name', array(select jsonb_array_elements_text(p->'kinds')), p->>'actor', p->>'reason')
    on conflict (name) do update set kinds = excluded.kinds;
  else
    delete from tf.switch where name = p->>'name';
  end if;
  insert into tf.model_pool (model, tokens) select unnest(v_models), 0 on conflict do nothing;
  update tf.model_pool
     set rests_until = case when v_off then tf.now() + interval '100 years' else '-infinity' end
   where model = any (v_models) and v_off = (rests_until < tf.now() + interval '10 years');
  return '{"replayed": false}';
end $$;

-- {key, job_id, retry, reason, actor} -> {replayed}. A retry begins anew, whatever was tried; else it ends with what
-- was delivered, and the rest of its hold goes back. TF409 while a worker is at it, TF410 when it has ended.
create function tf.admin_job(p jsonb) returns jsonb
language plpgsql set search_path = '' as $$
declare
  j tf.job := tf.lock_job((p->>'job_id')::uuid);
  v_retry boolean := (p->>'retry')::boolean;
begin
  if j.id is null then
    perform tf.refuse('TF404', 'no such job');
  end if;
  if not tf.record_act('job:' || (p->>'key'), p->>'actor', case when v_retry then 'retry_job' else 'release_job' end,
                       'job:' || j.code, p->>'reason', (select id from tf.wallet where user_id = j.user_id)) then
    return '{"replayed": true}';
  end if;
  if j.ended_at is not null then
    perform tf.refuse('TF410', 'this job has ended', jsonb_build_object('status', j.status));
  elsif v_retry and j.status = 'running' and j.heartbeat_at > tf.now() - interval '30 seconds' then
    perform tf.refuse('TF409', 'a worker is at it', jsonb_build_object('worker', j.worker));
  end if;
  if v_retry then
    update tf.job
       set status = 'queued', stage = 'queued', worker = null, heartbeat_at = null, attempts = 0, run_at = null
     where id = j.id
    returning * into j;
    perform tf.enqueue_job(j);
  else
    perform queue.procrastinate_cancel_job_v1(j.queue_job_id, true, false);
    perform tf.give_up(j, 'stopped');
  end if;
  return '{"replayed": false}';
end $$;

-- {key, job_id, new_id, code, order, reason, actor, outbox} -> {code, replayed}. A job that failed is ordered again as it
-- was, at our own expense: its person got their credits back. TF409 where it was begun again before and that has not
-- failed as well, TF410 when it has not failed.
create function tf.admin_repeat(p jsonb) returns jsonb
language plpgsql set search_path = '' as $$
declare
  v_house uuid := tf.house_wallet();
  j tf.job;
  n tf.job;
  v_lack bigint;
begin
  perform from tf.wallet where id = v_house or id in (select tf.wallets_of_job((p->>'job_id')::uuid)) order by id for update;
  j := tf.lock_job((p->>'job_id')::uuid);
  if j.id is null then
    perform tf.refuse('TF404', 'no such job');
  end if;
  if not tf.record_act('job:' || (p->>'key'), p->>'actor', 'repeat_job', 'job:' || j.code, p->>'reason',
                       (select id from tf.wallet where user_id = j.user_id), j.price) then
    return jsonb_build_object('code', p->>'code', 'replayed', true);
  end if;
  select * into n from tf.job where repeats = j.id and status <> 'failed';
  if found then
    perform tf.refuse('TF409', 'it was begun again', jsonb_build_object('code', n.code));
  elsif j.status is distinct from 'failed' then
    perform tf.refuse('TF410', 'it has not failed', jsonb_build_object('status', j.status));
  end if;
  v_lack := j.price - (select purchased from tf.wallet where id = v_house);
  if v_lack > 0 then
    perform tf.topup(v_house, v_lack, 'repeat:' || (p->>'new_id'), p->>'reason', 'gift');
  end if;
  perform tf.submit(j.user_id, v_house,
    jsonb_build_object('job_id', p->'new_id', 'code', p->'code', 'kind', j.kind, 'order', p->'order', 'queue', j.queue,
      'quote', j.quote, 'price', j.price, 'ordered', j.ordered, 'model', j.model, 'project_id', j.project_id,
      'brief_id', j.brief_id, 'priority', j.priority, 'lane', 'repeat', 'deadline', tf.now() + (j.deadline - j.created_at),
      'hold_seconds', (select extract(epoch from h.expires_at - j.created_at) from tf.hold h where h.job_id = j.id)),
    jsonb_build_object('platform', j.platform, 'place', j.place, 'event', 'repeat:' || (p->>'key')));
  update tf.job set repeats = j.id, payer = case when price > 0 then v_house end where id = (p->>'new_id')::uuid;
  perform tf.send(p->'outbox', jsonb_build_object('platform', j.platform, 'place', j.place, 'user_id', j.user_id,
    'job_id', p->'new_id', 'language', (select language from tf.users where id = j.user_id)));
  return jsonb_build_object('code', p->>'code', 'replayed', false);
end $$;
