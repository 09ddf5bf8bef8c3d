-- As before, by the task there is: purges are runs of a schedule, and a worker knows no task of their own name.
create or replace function tf.purge_soon() returns trigger
language plpgsql set search_path = '' as $$
begin
  if exists (select from fresh where at <= tf.now()) and not exists (
       select from queue.procrastinate_jobs
       where task_name = 'run_schedule' and args->>'schedule' = 'purge' and status = 'todo') then
    perform queue.put('housekeeping', 'run_schedule', jsonb_build_object('schedule', 'purge', 'slot', tf.now()));
  end if;
  return null;
end $$;

call tf.lock_down();
