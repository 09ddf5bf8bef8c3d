-- A server of a chat platform: its rules, and a wallet of its own, which pays for its members where they say so.

create table tf.guild (
  platform text not null,
  id text not null,
  rules jsonb not null default '{}',
  wallet_id uuid not null unique references tf.wallet,
  created_at timestamptz not null default tf.now(),
  primary key (platform, id)
);

-- What members use of a server is counted apart from them: who leaves and comes back is the same member, for a day.
create table tf.guild_use (
  job_id uuid primary key,
  platform text not null,
  guild text not null,
  person_hash text not null,
  by_guild boolean not null,
  at timestamptz not null default tf.now()
);
create index on tf.guild_use (platform, guild, person_hash, at);
create index on tf.guild_use (at);
comment on table tf.guild_use is 'sets and paid work of the last day; credits are those of the hold';
comment on column tf.guild_use.person_hash is 'keyed, as in tf.starter_grant; outlives the person';

-- The wallet of a server, made when it is first asked for.
create function tf.guild_wallet(p_platform text, p_guild text) returns uuid
language plpgsql set search_path = '' as $$
declare
  v_wallet uuid;
begin
  select wallet_id into v_wallet from tf.guild where (platform, id) = (p_platform, p_guild);
  if found then
    return v_wallet;
  end if;
  perform pg_advisory_xact_lock(hashtextextended(format('guild:%s:%s', p_platform, p_guild), 0));
  select wallet_id into v_wallet from tf.guild where (platform, id) = (p_platform, p_guild);
  if not found then
    insert into tf.wallet default values returning id into v_wallet;
    insert into tf.guild (platform, id, wallet_id) values (p_platform, p_guild, v_wallet);
  end if;
  return v_wallet;
end $$;

-- Bought credits of a person become a server's, for good. `p_having` is what they were told they could give: whoever
-- taps twice has less of it the second time, and is refused (TF409).
create function tf.give(p_user uuid, p_into uuid, p_credits bigint, p_having bigint, p_key text) returns void
language plpgsql set search_path = '' as $$
declare
  v_from uuid := tf.wallet_of(p_user);
  f tf.wallet;
  w tf.wallet;
  v_giveable bigint;
begin
  perform tf.check_amount(p_credits);
  perform from tf.wallet where id in (v_from, p_into) order by id for update;
  f := tf.lock_wallet(v_from);
  w := tf.lock_wallet(p_into);
  v_giveable := tf.giveable(f);
  if v_giveable <> p_having or p_credits > v_giveable then
    perform tf.refuse('TF409', 'the wallet has moved on', jsonb_build_object('giveable', v_giveable));
  end if;
  update tf.wallet set purchased = purchased - p_credits, version = version + 1 where id = f.id;
  perform tf.post('give_out:' || p_key, 'give_out', f.id, null, '{}', jsonb_build_object('given', p_credits),
    array['purchased', 'joined'], array[-p_credits, p_credits]);
  update tf.wallet set purchased = purchased + p_credits, version = version + 1 where id = w.id;
  perform tf.post('give_in:' || p_key, 'give_in', w.id, null, '{}', jsonb_build_object('given', p_credits),
    array['purchased', 'joined'], array[p_credits, -p_credits]);
end $$;

-- Whether an order counts for a server's caps: sets, however little they cost, and whatever costs something.
create function tf.counts(p_order jsonb) returns boolean
language sql immutable set search_path = '' as $$
  select p_order->>'kind' in ('set', 'overnight') or coalesce((p_order->>'price')::bigint, 0) > 0
$$;

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

-- What a member (`p_member`: their hash) may still order in a server today: TF429. Call with the member's wallet
-- locked, so that two orders at once are counted one after the other.
create function tf.check_caps(p_member text, g tf.guild, p_orders jsonb) returns void
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
-- whoever has the hash `member`, so that the server is offered as who pays only where it will.
create function api.guild(p jsonb) returns jsonb
language sql stable security definer set search_path = '' as $$
  select jsonb_build_object(
    'rules', coalesce(g.rules, '{}'),
    'wallet', (select tf.wallet_record(w, tf.now()) from tf.wallet w where w.id = g.wallet_id),
    'giveable', (select tf.giveable(w) from tf.wallet w where w.user_id = tf.person_now((p->>'user_id')::uuid)),
    'used', (select jsonb_build_object('jobs', u.jobs, 'credits', u.credits) from tf.used_today(p->>'member', g) u))
  from (select) one left join tf.guild g on (g.platform, g.id) = (p->>'platform', p->>'id')
$$;

-- A turn that changes a server's rules or gives it credits: {..., guild: {id, rules?, give?: {credits, having}}} ->
-- what store_turn answers. Rules are merged key by key.
create function api.store_guild_turn(p jsonb) returns jsonb
language plpgsql security definer set search_path = '' as $$
declare
  g jsonb := p->'guild';
  v_user uuid := (p->>'user_id')::uuid;
  v_wallet uuid;
begin
  if not tf.note_event(p->>'event') then
    return '{"duplicate": true}';
  end if;
  v_wallet := tf.guild_wallet(p->>'platform', g->>'id');
  perform from tf.session where user_id = v_user order by platform, place for update;
  if g ? 'give' then
    perform tf.give(v_user, v_wallet, (g->'give'->>'credits')::bigint, (g->'give'->>'having')::bigint,
                    encode(tf.event_hash(p->>'event'), 'hex'));
  end if;
  if g ? 'rules' then
    update tf.guild set rules = rules || (g->'rules') where wallet_id = v_wallet;
  end if;
  return api.store_turn(p - array['guild', 'event']);
end $$;
