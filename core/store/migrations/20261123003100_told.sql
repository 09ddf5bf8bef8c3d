-- What companies tell that take money for us: recorded, handed to a worker, settled by the merge of payments.

create function tf.enqueue_payment(p_provider text, p_key text) returns bigint
language sql set search_path = '' as $$
  select queue.put('turns', 'settle_payment', jsonb_build_object('provider', p_provider, 'key', p_key))
$$;

create function tf.given_up(p_provider text, p_key text) returns text
language sql immutable set search_path = '' as $$ select format('given_up:%s:%s', p_provider, p_key) $$;

-- {provider, key, kind, record} -> {"new": bool}: what a company tells, recorded once and handed to a worker in the
-- same transaction. What was given up begins anew when it is sent again.
create function api.take_payment(p jsonb) returns jsonb
language plpgsql security definer set search_path = '' as $$
declare
  v_recorded jsonb := api.record_happening(p - 'provider' || jsonb_build_object('platform', p->>'provider'));
  v_new boolean := (v_recorded->>'new')::boolean
    or (tf.resolve_alert(jsonb_build_object('key', tf.given_up(p->>'provider', p->>'key')))->>'resolved')::boolean;
begin
  if v_new then
    update tf.happening set swept = 0, done_at = null, record = p->'record'
     where (platform, key) = (p->>'provider', p->>'key');
    perform tf.enqueue_payment(p->>'provider', p->>'key');
  end if;
  return jsonb_build_object('new', v_new);
end $$;

-- {provider, key} -> {moved, target, doubt, reference}, or {} when it is done already. What is told of a payment that
-- no order of ours has named, nor a bill of ours, lies by until one does: those may come later, and most of them are
-- somebody else's business over the same account.
create function tf.settle_payment(p jsonb) returns jsonb
language plpgsql set search_path = '' as $$
declare
  v_nothing constant jsonb := '{"moved": 0, "target": 0, "doubt": null, "reference": null}';
  h tf.happening;
  v_told tf.happening;
  v_moved bigint := 0;
  v_merged jsonb;
begin
  -- One event of a payment at a time, or what lies by and what names it would not see each other.
  perform pg_advisory_xact_lock(hashtextextended(format('payment:%s:%s', platform, record->>'reference'), 0))
    from tf.happening where (platform, key) = (p->>'provider', p->>'key') and record ? 'reference';
  select * into h from tf.happening where (platform, key) = (p->>'provider', p->>'key') and done_at is null;
  if not found then
    return '{}';
  end if;
  if not h.record ? 'reference' then
    perform tf.step_checkout(id, h.record) from tf.checkout
      where id = (h.record->>'order')::uuid and provider = h.platform;
    perform api.close_happening(jsonb_build_object('platform', h.platform, 'key', h.key));
    return v_nothing;
  end if;
  if not h.record ? 'order' and (tf.billed_to(h.platform, h.record->>'pays')).id is null and not exists (
       select from tf.payment where (provider, reference) = (h.platform, h.record->>'reference')) then
    update tf.happening set swept = null where (platform, key) = (h.platform, h.key);
    return v_nothing;
  end if;
  -- Claims first, because they lock more wallets than a payment does; those of a bill's lock no more, and are of what it
  -- brought.
  for v_told in
    select * from tf.happening
     where platform = h.platform and (key = h.key
           or record->>'reference' = h.record->>'reference' and swept is null and done_at is null)
     order by h.record ? 'pays' and not record ? 'pays', not record ?| array['claim', 'refunded_minor'], key = h.key, key
  loop
    v_merged := tf.merge_payment(v_told.record || jsonb_build_object('provider', h.platform, 'happening', v_told.key)
      || case when v_told.key = h.key then '{}' else jsonb_build_object('order', h.record->'order') end);
    v_moved := v_moved + (v_merged->>'moved')::bigint;
  end loop;
  return v_merged || jsonb_build_object('moved', v_moved, 'reference', h.record->'reference');
end $$;

-- What companies told that take money for us, and a worker began and did not end, or was never begun, three times; then
-- it is given up, and somebody has to look -> {"requeued": n}
create function tf.sweep_payments(p jsonb) returns jsonb
language plpgsql set search_path = '' as $$
declare
  h tf.happening;
  v_requeued int := 0;
begin
  for h in
    select * from tf.happening t
     where t.swept is not null and t.done_at is null and t.at < tf.now() - interval '1 minute'
       and not exists (select from queue.procrastinate_jobs q left join queue.procrastinate_workers w on w.id = q.worker_id
                        where q.task_name = 'settle_payment' and q.args->>'key' = t.key and q.args->>'provider' = t.platform
                          and (q.status = 'todo' or q.status = 'doing'
                               and w.last_heartbeat > clock_timestamp() - interval '30 seconds'))
     order by t.at for update of t skip locked
  loop
    if h.swept < 3 then
      update tf.happening set swept = swept + 1 where (platform, key) = (h.platform, h.key);
      perform tf.enqueue_payment(h.platform, h.key);
      v_requeued := v_requeued + 1;
    else
      perform tf.raise_alert(jsonb_build_object('key', tf.given_up(h.platform, h.key), 'kind', 'payment.given_up',
        'detail', jsonb_build_object('platform', h.platform, 'id', h.record->'reference', 'event', h.key,
                                     'kind', h.kind)));
      perform api.close_happening(jsonb_build_object('platform', h.platform, 'key', h.key));
    end if;
  end loop;
  return jsonb_build_object('requeued', v_requeued);
end $$;
