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

call tf.lock_down();
