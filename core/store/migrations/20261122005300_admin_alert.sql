-- {key, alert, reason, actor} -> {replayed}: somebody has seen to it. TF410 when it is not open. Raised again, it is open
-- again.
create function tf.admin_resolve(p jsonb) returns jsonb
language plpgsql set search_path = '' as $$
begin
  if not tf.record_act('alert:' || (p->>'key'), p->>'actor', 'resolve_alert', 'alert:' || (p->>'alert'), p->>'reason') then
    return '{"replayed": true}';
  end if;
  if not (tf.resolve_alert(jsonb_build_object('key', p->>'alert'))->>'resolved')::boolean then
    perform tf.refuse('TF410', 'this alert is not open');
  end if;
  return '{"replayed": false}';
end $$;

-- As receipts reckon it, and what is rejected stands for nothing.
create or replace function tf.payment_target(r tf.payment) returns bigint
language sql stable set search_path = '' as $$
  select case when r.paid_minor is null or r.credits is null or r.rejected_at is not null then 0 else
    r.credits - ceil(r.credits * least(r.minor, tf.refunded_of(r) + coalesce(sum(minor), 0)) / r.minor)::bigint end
    from tf.claim
   where (provider, reference, kind) = (r.provider, r.reference, 'dispute') and stage <> 'lifted'
$$;

call tf.lock_down();
