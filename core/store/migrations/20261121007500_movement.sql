-- What a person reads of their credits: an order is one line once it is settled, with its headline and what came back;
-- one that cost nothing in the end is none.

-- {user_id} -> wallet and the last 10 movements; `credits` is the change of what can be spent, of a settled order over
-- all, `returned` what it did not need of its hold.
create or replace function api.balance(p jsonb) returns jsonb
language plpgsql stable security definer set search_path = '' as $$
declare
  v_wallet uuid := tf.wallet_of((p->>'user_id')::uuid);
begin
  return jsonb_build_object('wallet', tf.balance((p->>'user_id')::uuid), 'movements', (
    select coalesce(jsonb_agg(jsonb_build_object('kind', m.kind, 'at', m.at, 'reference', m.reference,
        'headline', (select b.answers->>'headline' from tf.job j join tf.brief b on b.id = j.brief_id where j.id = m.job_id),
        'returned', case when m.kind = 'capture' then m.total - m.captured else 0 end,
        'credits', case when m.kind = 'capture' then -m.captured else (
          select coalesce(sum(e.amount), 0) from tf.entry e
          where e.txn_id = m.id and e.account in ('monthly', 'granted', 'purchased')) end) order by m.id desc), '[]')
    from (
      select t.*, h.job_id, h.total, h.captured
      from tf.txn t
      left join tf.hold h on t.kind in ('hold', 'capture', 'release') and h.job_id::text = t.reference
      where t.wallet_id = v_wallet and t.kind <> 'release' and not (t.kind = 'hold' and h.status <> 'held')
      order by t.id desc limit 10) m));
end $$;
