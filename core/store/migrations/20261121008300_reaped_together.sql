-- Holds past their time, as before, with every wallet of the job locked first, as whoever ends a job does it: a server
-- pays, and the member's own wallet moves with it. A hold without a job has but its own.
create or replace function tf.reap_holds(p jsonb) returns jsonb
language plpgsql set search_path = '' as $$
declare
  v_found record;
  j tf.job;
  v_ids jsonb := '[]';
begin
  for v_found in
    select h.job_id, h.wallet_id, k.id is not null as has_job
    from tf.hold h left join tf.job k on k.id = h.job_id
    where h.status = 'held' and h.expires_at <= tf.now()
    order by h.wallet_id, h.job_id limit coalesce((p->>'limit')::int, 100)
  loop
    if v_found.has_job then
      continue when not tf.try_wallets(v_found.job_id);
    else
      perform from tf.wallet where id = v_found.wallet_id for update skip locked;
      continue when not found;
    end if;
    select * into j from tf.job where id = v_found.job_id for update;
    continue when not exists (select from tf.hold where job_id = v_found.job_id and status = 'held');
    if j.id is null then
      perform tf.settle_hold(v_found.job_id, 0);
    else
      perform queue.procrastinate_cancel_job_v1(j.queue_job_id, true, false);
      perform tf.give_up(j, 'out_of_time');
    end if;
    v_ids := v_ids || to_jsonb(v_found.job_id);
  end loop;
  return v_ids;
end $$;

call tf.lock_down();
