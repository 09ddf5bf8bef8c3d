-- As before, with what was ordered, paid and subscribed to.
create or replace function api.export(p jsonb) returns jsonb
language plpgsql stable security definer set search_path = '' as $$
declare
  v_user uuid := (p->>'user_id')::uuid;
  v_wallet uuid := tf.wallet_of(v_user);
begin
  return jsonb_build_object(
    'user', (select to_jsonb(u) from tf.users u where id = v_user),
    'identities', (select jsonb_agg(to_jsonb(i) - 'secret_hash' - 'recovery_hash') from tf.identity i where user_id = v_user),
    'profile', (select to_jsonb(f) - 'user_id' from tf.profile f where user_id = v_user),
    'wallet', tf.balance(v_user),
    'movements', (select coalesce(jsonb_agg(jsonb_build_object('kind', kind, 'at', at, 'reference', reference,
        'request', request, 'result', result) order by id), '[]') from tf.txn where wallet_id = v_wallet),
    'orders', (select coalesce(jsonb_agg(to_jsonb(o) - array['user_id', 'wallet_id', 'key'] order by o.at), '[]')
               from tf.checkout o where user_id = v_user),
    'payments', (select coalesce(jsonb_agg(to_jsonb(m) - array['user_id', 'wallet_id'] || jsonb_build_object('claims', (
        select coalesce(jsonb_agg(to_jsonb(c) - array['provider', 'reference'] order by c.id), '[]')
          from tf.claim c where (c.provider, c.reference) = (m.provider, m.reference))) order by m.at), '[]')
      from tf.payment m where user_id = v_user),
    'subscriptions', (select coalesce(jsonb_agg(to_jsonb(s) - 'user_id' || jsonb_build_object('terms', (
        select coalesce(jsonb_agg(to_jsonb(t) - 'subscription_id' order by t.until, t.payment), '[]')
          from tf.term t where t.subscription_id = s.id)) order by s.at), '[]')
      from tf.subscription s where user_id = v_user),
    'projects', (select coalesce(jsonb_agg(to_jsonb(r) - 'user_id'), '[]') from tf.project r where user_id = v_user),
    'briefs', (select coalesce(jsonb_agg(to_jsonb(b)), '[]') from tf.brief b join tf.project r on r.id = b.project_id
               where r.user_id = v_user),
    'assets', (select coalesce(jsonb_agg(tf.asset_record(a)), '[]') from tf.asset a where user_id = v_user),
    'jobs', (select coalesce(jsonb_agg(to_jsonb(j) - 'user_id'), '[]') from tf.job j where user_id = v_user),
    'variants', (select coalesce(jsonb_agg(tf.variant_record(v)), '[]') from tf.variant v where user_id = v_user),
    'sessions', (select coalesce(jsonb_agg(to_jsonb(s) - 'user_id'), '[]') from tf.session s where user_id = v_user),
    'messages', (select coalesce(jsonb_agg(to_jsonb(o) - 'user_id' order by o.id), '[]') from tf.outbox o where user_id = v_user),
    'transcript', (select coalesce(jsonb_agg(to_jsonb(t) order by t.place, t.seq), '[]')
                   from tf.transcript t join tf.page g using (place) where g.user_id = v_user));
end $$;

call tf.lock_down();
