-- Files. Deleting one cannot be part of a transaction, so what is to go is written down. A blob is written before the
-- row that names it: so that a process killed in between leaves no file behind, it is doomed before it is written, for
-- a moment far enough away; whoever names it lifts that in the same transaction.

create table tf.doomed_blob (
  blob_key text primary key,
  at timestamptz not null default tf.now()
);
create index on tf.doomed_blob (at);
comment on column tf.doomed_blob.at is 'not to be deleted before';

-- What a person deletes goes from the disk at once, not at the next round: whoever dooms a file for now calls for it.
create function tf.purge_soon() returns trigger
language plpgsql set search_path = '' as $$
begin
  if exists (select from fresh where at <= tf.now()) and not exists (
       select from queue.procrastinate_jobs
       where task_name = 'run_schedule' and args->>'schedule' = 'purge' and status = 'todo') then
    perform queue.put('housekeeping', 'run_schedule', jsonb_build_object('schedule', 'purge', 'slot', tf.now()));
  end if;
  return null;
end $$;
create trigger purge_soon after insert on tf.doomed_blob
  referencing new table as fresh for each statement execute function tf.purge_soon();

-- {blob_key, seconds?}: about to be written, and to be deleted again unless a row names it within the time (1 hour).
create function api.promise_blob(p jsonb) returns jsonb
language plpgsql security definer set search_path = '' as $$
begin
  if exists (select from tf.asset where blob_key = p->>'blob_key') then
    perform tf.refuse('TF409', 'this file has its row already');
  end if;
  insert into tf.doomed_blob (blob_key, at)
  values (p->>'blob_key', tf.now() + make_interval(secs => coalesce((p->>'seconds')::double precision, 3600)))
  on conflict (blob_key) do update set at = excluded.at;
  return '{}';
end $$;

-- Files to delete now: {limit?} -> blob keys; then tf.blobs_deleted once they are gone, and a crash in between repeats
-- the deletion. One that is being named this moment is locked, and passed over.
create function tf.doomed_blobs(p jsonb) returns jsonb
language sql volatile set search_path = '' as $$
  select coalesce(jsonb_agg(blob_key), '[]')
  from (select blob_key from tf.doomed_blob where at <= tf.now() order by at
        limit coalesce((p->>'limit')::int, 500) for update skip locked) d
$$;

-- {keys}
create function tf.blobs_deleted(p jsonb) returns jsonb
language sql set search_path = '' as $$
  with gone as (
    delete from tf.doomed_blob where blob_key in (select jsonb_array_elements_text(p->'keys')) returning 1
  ) select to_jsonb(count(*)) from gone
$$;
