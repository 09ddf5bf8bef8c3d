-- What a member has used of a server's daily caps is told with the server, so that it is offered as who pays only where
-- it will.

-- {jobs, credits} within 24 hours; null where no cap counts them.
create function tf.guild_use(p_user uuid, g tf.guild) returns jsonb
language sql stable set search_path = '' as $$
  select jsonb_build_object(
    'jobs', count(*) filter (where (j.platform, j.guild) = (g.platform, g.id)
                             and (j.kind in ('set', 'overnight') or j.price > 0)),
    'credits', coalesce(sum(coalesce(j.captured, j.price)) filter (where j.payer = g.wallet_id), 0))
  from tf.job j
  where j.user_id = p_user and j.created_at > tf.now() - interval '1 day'
  having coalesce((g.rules->>'daily_jobs')::int, 0) > 0 or coalesce((g.rules->>'daily_credits')::int, 0) > 0
$$;

-- {platform, id, user_id?, member?} -> {rules, wallet, giveable, used}: `giveable` of the person `user_id`, `used` of the
-- person `member`.
create or replace function api.guild(p jsonb) returns jsonb
language sql stable security definer set search_path = '' as $$
  select jsonb_build_object(
    'rules', coalesce(g.rules, '{}'),
    'wallet', (select tf.wallet_record(w, tf.now()) from tf.wallet w where w.id = g.wallet_id),
    'giveable', (select tf.giveable(w) from tf.wallet w where w.user_id = tf.person_now((p->>'user_id')::uuid)),
    'used', case when p->>'member' is not null then tf.guild_use(tf.person_now((p->>'member')::uuid), g) end)
  from (select) one left join tf.guild g on (g.platform, g.id) = (p->>'platform', p->>'id')
$$;

call tf.lock_down();
