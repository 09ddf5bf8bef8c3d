-- What a person deletes goes from the disk at once, not at the next round: whoever dooms a file for now calls for it.
create function tf.purge_soon() returns trigger
language plpgsql set search_path = '' as $$
begin
  if exists (select from fresh where at <= tf.now()) and not exists (
       select from queue.procrastinate_jobs
       where queue_name = 'housekeeping' and task_name = 'purge' and status = 'todo') then
    perform queue.put('housekeeping', 'purge', '{}');
  end if;
  return null;
end $$;
create trigger purge_soon after insert on tf.doomed_blob
  referencing new table as fresh for each statement execute function tf.purge_soon();

call tf.lock_down();
