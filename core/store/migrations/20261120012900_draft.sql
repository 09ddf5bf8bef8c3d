-- What a model shows of its thinking stands in the status message, and goes when its job ends, however that ends.
alter table tf.asset drop constraint asset_kind_check;
alter table tf.asset add constraint asset_kind_check
  check (kind in ('selfie', 'reference', 'logo', 'plate', 'render', 'original', 'thread', 'export', 'draft'));

create index draft_of on tf.asset ((facts->>'job')) where kind = 'draft' and deleted_at is null;

-- {job_id, worker, asset, outbox}
create function tf.show_draft(p jsonb) returns jsonb
language plpgsql set search_path = '' as $$
declare
  j tf.job := tf.reported_job(p);
begin
  perform tf.keep_asset(j.user_id, p->'asset' || jsonb_build_object('facts', jsonb_build_object('job', j.id)));
  perform tf.tell_progress(j, p->'outbox');
  return '{}';
end $$;

create function tf.drop_draft() returns trigger
language plpgsql security definer set search_path = '' as $$
begin
  perform tf.delete_assets(array(select id from tf.asset
    where kind = 'draft' and deleted_at is null and facts->>'job' = new.id::text));
  return null;
end $$;
create trigger draft_left after update on tf.job for each row
  when (old.ended_at is null and new.ended_at is not null)
  execute function tf.drop_draft();

call tf.lock_down();
