-- A batch that cannot be discarded holds up no other, and none is given up without a word to the operator.
alter table tf.doomed_batch add column tried_at timestamptz;

-- {limit?} -> [{job_id, state}]: never tried ones first, then those tried longest ago. What nobody managed to discard in
-- time the provider has forgotten by itself.
create or replace function tf.doomed_batches(p jsonb) returns jsonb
language plpgsql set search_path = '' as $$
declare
  d tf.doomed_batch;
  answer jsonb;
begin
  for d in delete from tf.doomed_batch where at < tf.now() - interval '3 days' returning * loop
    perform tf.raise_alert(jsonb_build_object('key', 'batch.left:' || d.job_id, 'kind', 'batch.left',
      'detail', jsonb_build_object('job_id', d.job_id, 'state', d.state, 'tried_at', d.tried_at)));
  end loop;
  with due as (
    select job_id from tf.doomed_batch
    order by tried_at nulls first, at limit coalesce((p->>'limit')::int, 50) for update skip locked
  ), tried as (
    update tf.doomed_batch b set tried_at = tf.now() from due where b.job_id = due.job_id returning b.job_id, b.state
  )
  select coalesce(jsonb_agg(jsonb_build_object('job_id', job_id, 'state', state)), '[]') into answer from tried;
  return answer;
end $$;

call tf.lock_down();
