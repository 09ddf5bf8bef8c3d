-- One person in several chats. Who issues a code stays; the person who enters it is merged into them, for good: jobs,
-- pictures and credits move, and only the identity itself can leave again, with nothing.

-- What joining would do with the credits of a wallet: {moves, lapses, debt}
create function tf.join_terms(w tf.wallet) returns jsonb
language plpgsql stable set search_path = '' as $$
declare
  v_seen jsonb := tf.wallet_record(w, tf.now());
  v_lapses bigint := tf.unspent_starter(w);
begin
  return jsonb_build_object('lapses', v_lapses, 'debt', w.debt,
    'moves', (v_seen->>'monthly')::bigint + (v_seen->>'granted')::bigint + w.purchased - v_lapses);
end $$;

-- All credits of a wallet go to another; call it with both locked, their expired credits written off, nothing held in
-- the first. The unspent starter lapses. Debt moves, and is repaid by what is bought. Lots keep their ends, and those of
-- periods that may still change move even if nothing is left in them. What joins keeps of it what cannot be given, and
-- which wallet it joined is noted.
create function tf.join_wallets(f tf.wallet, w tf.wallet) returns void
language plpgsql set search_path = '' as $$
declare
  v_lapses bigint := tf.unspent_starter(f);
  v_ungiven bigint := greatest(0, tf.ungiven(f) - v_lapses);
  v_bought bigint := f.purchased - v_lapses;
  v_moves bigint := f.monthly + f.granted + v_bought - f.debt;
  v_repaid bigint := least(w.purchased + v_bought, w.debt + f.debt);
begin
  update tf.wallet set joined_into = w.id where id = f.id;
  update tf.lot set wallet_id = w.id where wallet_id = f.id;
  if f.monthly + f.granted + f.purchased + f.debt = 0 then
    return;
  end if;
  update tf.wallet set monthly = 0, granted = 0, purchased = 0, debt = 0, version = version + 1 where id = f.id;
  perform tf.post('join_out:' || f.id, 'join_out', f.id, null, '{}',
    jsonb_build_object('moved', v_moves, 'lapsed', v_lapses),
    array['monthly', 'granted', 'purchased', 'debt', 'joined', 'expired'],
    array[-f.monthly, -f.granted, -f.purchased, f.debt, v_moves, v_lapses]);
  if f.monthly + f.granted + v_bought + f.debt = 0 then
    return;
  end if;
  update tf.wallet
     set monthly = monthly + f.monthly, granted = granted + f.granted,
         purchased = purchased + v_bought - v_repaid, debt = debt + f.debt - v_repaid, version = version + 1
   where id = w.id
  returning * into w;
  perform tf.post('join_in:' || f.id, 'join_in', w.id, null, '{}',
    jsonb_build_object('moved', v_moves, 'ungiven', least(v_ungiven, greatest(0, v_bought - v_repaid))),
    array['monthly', 'granted', 'purchased', 'debt', 'joined'],
    array[f.monthly, f.granted, v_bought - v_repaid, v_repaid - f.debt, -v_moves]);
end $$;

-- Everything of one person becomes another's. Call it with the sessions and wallets of both locked. Tables are found by
-- their reference, so that one added later is not forgotten.
create function tf.merge_person(p_from uuid, p_into uuid) returns void
language plpgsql set search_path = '' as $$
declare
  r record;
begin
  -- A chat's rows belong to whoever holds the chat.
  perform from tf.chat where (platform, place) in (select platform, place from tf.outbox where user_id = p_from)
    order by platform, place for update;
  update queue.procrastinate_jobs set lock = null
   where lock is not null and id in (select queue_job_id from tf.job where user_id = p_from);
  delete from tf.session s where user_id = p_into and exists (
    select from tf.session o where o.user_id = p_from and (o.platform, o.place) = (s.platform, s.place));
  perform tf.merge_seats(p_from, p_into);
  update tf.identity set user_id = p_into, joined_at = tf.now() where user_id = p_from;
  for r in
    select c.conrelid::regclass as relation, a.attname as name
      from pg_catalog.pg_constraint c
      join pg_catalog.pg_attribute a on a.attrelid = c.conrelid and a.attnum = c.conkey[1]
     where c.contype = 'f' and c.confrelid = 'tf.users'::regclass
       and c.conrelid not in ('tf.identity'::regclass, 'tf.wallet'::regclass, 'tf.profile'::regclass,
                              'tf.join_code'::regclass)
     order by c.conrelid
  loop
    execute format('update %s set %I = $1 where %2$I = $2', r.relation, r.name) using p_into, p_from;
  end loop;
  update tf.profile p
     set settings = f.settings || p.settings, last_answers = f.last_answers || p.last_answers, brand = f.brand || p.brand
    from tf.profile f where f.user_id = p_from and p.user_id = p_into;
  -- Two logos came together, one is in use.
  update tf.asset a set purge_at = tf.now() + interval '30 days' from tf.profile p
   where a.user_id = p_into and p.user_id = p_into and a.kind = 'logo' and a.purge_at is null
     and a.id::text is distinct from p.settings->>'logo';
  update tf.users set plan = f.plan from tf.users f
   where f.id = p_from and users.id = p_into and users.plan = 'free';
  delete from tf.users where id = p_from;
  insert into tf.former_person (id, user_id) values (p_from, p_into);
end $$;

-- The confirmed offer: {offer, ref, terms: {moves, lapses, debt}} in a turn of the joining person -> the person both
-- are now. Refuses (TF409) whatever is not as it was shown.
create function tf.join_person(p_user uuid, p_turn jsonb, p jsonb) returns uuid
language plpgsql set search_path = '' as $$
declare
  v_into uuid;
  f tf.wallet;
  w tf.wallet;
  v_ask jsonb := p || jsonb_build_object('user_id', p_user, 'platform', p_turn->>'platform', 'event', p_turn->>'event');
begin
  select user_id into v_into from tf.join_code where code_hash = p->>'offer';
  perform from tf.session where user_id in (p_user, v_into) order by platform, place, user_id for update;
  -- Whoever begins in a new chat holds the person and waits for the wallet; whoever ends a job holds the wallet and
  -- waits for the person. So: the person first, and the wallets only without jobs, of which none begins from here on.
  perform from tf.users where id = p_user for update;
  if not found then
    perform tf.refuse('TF409', 'this person has joined another');
  end if;
  if exists (select from tf.job where user_id = p_user and ended_at is null) then
    perform tf.refuse('TF409', 'cannot join', '{"reason": "running"}');
  end if;
  perform from tf.wallet where user_id in (p_user, v_into) order by id for update;
  v_ask := tf.weigh_code(v_ask);
  if v_ask ? 'reason' then
    perform tf.refuse('TF409', 'cannot join', v_ask);
  end if;
  f := tf.lock_wallet(tf.wallet_of(p_user));
  w := tf.lock_wallet(tf.wallet_of(v_into));
  if tf.join_terms(f) <> p->'terms' then
    perform tf.refuse('TF409', 'the wallet has moved on', tf.join_terms(f));
  end if;
  perform tf.join_wallets(f, w);
  perform tf.merge_person(p_user, v_into);
  delete from tf.join_code where user_id = v_into;
  insert into tf.join_try (platform, ref, key, joined)
  values (p_turn->>'platform', p->>'ref', tf.event_hash(p_turn->>'event'), true)
  on conflict (platform, ref, key) do update set joined = true;
  return v_into;
end $$;

-- A joined identity leaves: {identity: its sign}. Everything stays; it becomes a person with nothing, and no starter
-- grant, which it has had. What the chat was about is forgotten. -> the new person. Refuses (TF409) while work is under
-- way for that platform, for its result would be shown to somebody else.
create function tf.leave_person(p_user uuid, p jsonb) returns uuid
language plpgsql set search_path = '' as $$
declare
  i tf.identity;
  v_new uuid;
begin
  perform from tf.session where user_id = p_user order by platform, place for update;
  perform from tf.wallet where user_id = p_user for update;
  select * into i from tf.identity
   where user_id = p_user and tf.identity_sign(identity) = p->>'identity' and joined_at is not null for update;
  if not found then
    perform tf.refuse('TF409', 'no such identity, or the first one');
  end if;
  if exists (select from tf.job where user_id = p_user and ended_at is null and platform = i.platform) then
    perform tf.refuse('TF409', 'jobs are running');
  end if;
  insert into tf.users (language) select language from tf.users where id = p_user returning id into v_new;
  insert into tf.profile (user_id) values (v_new);
  insert into tf.wallet (user_id) values (v_new);
  update tf.identity set user_id = v_new, joined_at = null where (platform, ref) = (i.platform, i.ref);
  -- Places are not told apart by identity: all of its platform, unless another one of theirs is there.
  with theirs as (
    delete from tf.session s
     where user_id = p_user and platform = i.platform and (place = i.ref or not exists (
       select from tf.identity o where o.user_id = p_user and o.platform = i.platform))
    returning place
  )
  update tf.outbox set status = 'dropped', error = 'left'
   where user_id = p_user and platform = i.platform and status = 'pending' and place in (select place from theirs);
  delete from tf.page where i.platform = 'web' and place = i.ref;
  return v_new;
end $$;
