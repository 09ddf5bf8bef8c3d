-- A hold that ran out is a reason of its own, not a fault of ours that nobody can name.

-- Holds past their time end their job (what was delivered is paid) or, without one, are released. {limit?} -> [job ids]
create or replace function tf.reap_holds(p jsonb) returns jsonb
language plpgsql set search_path = '' as $$
declare
  v_found record;
  j tf.job;
  v_ids jsonb := '[]';
begin
  for v_found in
    select job_id, wallet_id from tf.hold where status = 'held' and expires_at <= tf.now()
    order by wallet_id, job_id limit coalesce((p->>'limit')::int, 100)
  loop
    perform from tf.wallet where id = v_found.wallet_id for update skip locked;
    continue when not found;
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
