-- What a member has used of a server's daily caps is told with the server, so that it is offered as who pays only where
-- it will.

-- What a member (`p_member`: their hash) has used of a server within a day.
create function tf.used_today(p_member text, g tf.guild)
returns table (jobs bigint, first_job timestamptz, credits bigint, first_paid timestamptz)
language sql stable set search_path = '' as $$
  select count(*), min(u.at),
         coalesce(sum(case h.status when 'held' then h.total else h.captured end) filter (where u.by_guild), 0),
         min(u.at) filter (where u.by_guild)
    from tf.guild_use u left join tf.hold h using (job_id)
   where (u.platform, u.guild, u.person_hash) = (g.platform, g.id, p_member) and u.at > tf.now() - interval '1 day'
$$;

-- As before.
create or replace function tf.check_caps(p_member text, g tf.guild, p_orders jsonb) returns void
language plpgsql set search_path = '' as $$
declare
  c record;
begin
  for c in
    with used as (select * from tf.used_today(p_member, g))
    select 'guild_jobs' as name, coalesce((g.rules->>'daily_jobs')::bigint, 0) as most, used.jobs as used,
           (select count(*) from jsonb_array_elements(p_orders) where tf.counts(value)) as new, used.first_job as oldest
      from used
    union all
    select 'guild_credits', coalesce((g.rules->>'daily_credits')::bigint, 0), used.credits,
           (select coalesce(sum((value->>'price')::bigint), 0) from jsonb_array_elements(p_orders)
             where value->>'payer' = 'guild'), used.first_paid
      from used
  loop
    if c.most > 0 and c.new > 0 and c.used + c.new > c.most then
      perform tf.refuse('TF429', 'limit reached', jsonb_build_object('name', c.name, 'limit', c.most, 'used', c.used,
        'retry_after', ceil(extract(epoch from coalesce(c.oldest - (tf.now() - interval '1 day'), interval '0')))));
    end if;
  end loop;
end $$;

-- {platform, id, user_id?, member?} -> {rules, wallet, giveable, used}: `giveable` of the person `user_id`, `used` by
-- whoever has the hash `member`.
create or replace function api.guild(p jsonb) returns jsonb
language sql stable security definer set search_path = '' as $$
  select jsonb_build_object(
    'rules', coalesce(g.rules, '{}'),
    'wallet', (select tf.wallet_record(w, tf.now()) from tf.wallet w where w.id = g.wallet_id),
    'giveable', (select tf.giveable(w) from tf.wallet w where w.user_id = tf.person_now((p->>'user_id')::uuid)),
    'used', (select jsonb_build_object('jobs', u.jobs, 'credits', u.credits) from tf.used_today(p->>'member', g) u))
  from (select) one left join tf.guild g on (g.platform, g.id) = (p->>'platform', p->>'id')
$$;

call tf.lock_down();
