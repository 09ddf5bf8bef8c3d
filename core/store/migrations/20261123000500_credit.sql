-- Every way credits come, are held, kept, given back and go.

create function tf.check_amount(p_amount bigint) returns void
language plpgsql immutable set search_path = '' as $$
begin
  if p_amount is null or p_amount <= 0 then
    raise exception 'credits must be positive' using errcode = '22023';
  end if;
end $$;

-- Bought credits (`kind` topup, from sales) or a gift that never expires (starter, gift; from grants). Debt is repaid
-- first.
create function tf.topup(p_wallet uuid, p_credits bigint, p_key text, p_reference text,
                                    p_kind text default 'topup') returns jsonb
language plpgsql set search_path = '' as $$
declare
  w tf.wallet;
  v_request jsonb := jsonb_build_array(p_kind, p_wallet, p_credits, p_reference);
  v_result jsonb;
  v_repaid bigint;
begin
  perform tf.check_amount(p_credits);
  w := tf.lock_wallet(p_wallet);
  v_result := tf.replay(p_key, v_request);
  if v_result is not null then
    return v_result;
  end if;
  v_repaid := least(w.debt, p_credits);
  update tf.wallet
     set purchased = purchased + p_credits - v_repaid, debt = debt - v_repaid, version = version + 1
   where id = w.id
  returning * into w;
  v_result := jsonb_build_object('purchased', w.purchased, 'debt', w.debt, 'replayed', false);
  perform tf.post(p_key, p_kind, w.id, p_reference, v_request, v_result,
    array[case when p_kind in ('starter', 'gift') then 'grants' else 'sales' end, 'purchased', 'debt'],
    array[-p_credits, p_credits - v_repaid, v_repaid]);
  return v_result;
end $$;

-- Bring a lot to so many credits (null: a new one, of a month): what is left of it changes with it, and what was spent
-- of it beyond them is owed. Of one that has ended nothing is left, so only that counts. -> the lot, and by how much
-- more its owner has now
create function tf.set_lot(
  p_wallet uuid, p_lot bigint, p_until timestamptz, p_credits bigint, p_house text, p_key text,
  out lot bigint, out moved bigint
)
language plpgsql set search_path = '' as $$
declare
  l tf.lot;
  w tf.wallet;
  v_left bigint;
  v_owes bigint;
begin
  select * into l from tf.lot where id = p_lot;
  w := tf.lock_wallet(coalesce(l.wallet_id, p_wallet));
  if p_lot is null then
    insert into tf.lot (wallet_id, account, until) values (w.id, 'monthly', p_until) returning * into l;
  else
    select * into l from tf.lot where id = p_lot;
  end if;
  v_left := case when l.until > tf.now() then greatest(0, p_credits - l.used) else 0 end - l.remaining;
  v_owes := greatest(0, l.used - p_credits) - greatest(0, l.used - l.credits);
  update tf.lot set credits = p_credits, remaining = remaining + v_left where id = l.id;
  if v_left <> 0 then
    update tf.wallet set monthly = monthly + v_left, version = version + 1 where id = w.id;
    perform tf.post(p_key, case when v_left > 0 then 'grant' else 'clawback' end, w.id, null, '{}',
      jsonb_build_object(case when v_left > 0 then 'granted' else 'taken' end, abs(v_left)),
      array['monthly', p_house], array[v_left, -v_left]);
  end if;
  if v_owes > 0 then
    perform tf.clawback(w.id, v_owes, p_key || ':owed', p_key);
  elsif v_owes < 0 then
    perform tf.topup(w.id, -v_owes, p_key || ':owed', p_key);
  end if;
  lot := l.id;
  moved := v_left - v_owes;
end $$;

-- Take so many credits from lots of one kind, what ends first first. Call it with the wallet locked. -> which, and how
-- much of each
create function tf.draw(p_wallet uuid, p_account text, p_credits bigint, out lots bigint[], out parts bigint[])
language sql set search_path = '' as $$
  with line as (
    select id, remaining, (sum(remaining) over (order by until, id) - remaining)::bigint as before
      from tf.lot where wallet_id = p_wallet and account = p_account and remaining > 0
  ), taken as (
    update tf.lot l set remaining = l.remaining - t.part, used = l.used + t.part
      from (select id, before, least(remaining, p_credits - before) as part from line where before < p_credits) t
     where l.id = t.id
    returning t.*
  )
  select coalesce(array_agg(id order by before), '{}'), coalesce(array_agg(part order by before), '{}') from taken
$$;

-- Reserve credits for a job: monthly first, then what was given back, then bought ones.
create function tf.hold_credits(p_wallet uuid, p_job uuid, p_credits bigint, p_seconds double precision)
returns jsonb
language plpgsql set search_path = '' as $$
declare
  w tf.wallet;
  v_key text := 'hold:' || p_job;
  v_request jsonb := jsonb_build_array('hold', p_wallet, p_job, p_credits);
  v_result jsonb;
  v_monthly bigint;
  v_granted bigint;
  v_purchased bigint;
  m record;
  g record;
begin
  perform tf.check_amount(p_credits);
  w := tf.lock_wallet(p_wallet);
  v_result := tf.replay(v_key, v_request);
  if v_result is not null then
    return v_result;
  end if;
  perform tf.check_funds(w, p_credits);
  v_monthly := least(w.monthly, p_credits);
  v_granted := least(w.granted, p_credits - v_monthly);
  v_purchased := p_credits - v_monthly - v_granted;
  update tf.wallet
     set monthly = monthly - v_monthly, granted = granted - v_granted, purchased = purchased - v_purchased,
         held = held + p_credits, version = version + 1
   where id = w.id;
  m := tf.draw(w.id, 'monthly', v_monthly);
  g := tf.draw(w.id, 'granted', v_granted);
  insert into tf.hold (job_id, wallet_id, from_monthly, from_granted, from_purchased, lots, parts, expires_at)
  values (p_job, w.id, v_monthly, v_granted, v_purchased, m.lots || g.lots, m.parts || g.parts,
          tf.now() + make_interval(secs => p_seconds));
  v_result := jsonb_build_object('from_monthly', v_monthly, 'from_granted', v_granted, 'from_purchased', v_purchased,
    'left', w.monthly + w.granted + w.purchased - p_credits, 'replayed', false);
  perform tf.post(v_key, 'hold', w.id, p_job::text, v_request, v_result,
    array['monthly', 'granted', 'purchased', 'held'], array[-v_monthly, -v_granted, -v_purchased, p_credits]);
  return v_result;
end $$;

-- What is frozen is refused like a limit, because the person has done nothing that paying would mend.
create function tf.check_funds(w tf.wallet, p_credits bigint) returns void
language plpgsql set search_path = '' as $$
begin
  if w.frozen_at is not null then
    perform tf.refuse('TF429', 'wallet frozen', '{"name": "frozen"}');
  end if;
  if w.debt > 0 then
    perform tf.refuse('TF403', 'wallet blocked', jsonb_build_object('debt', w.debt));
  end if;
  if w.monthly + w.granted + w.purchased < p_credits then
    perform tf.refuse('TF402', 'insufficient credits', jsonb_build_object(
      'have', w.monthly + w.granted + w.purchased, 'need', p_credits,
      'next_grant', tf.wallet_record(w, tf.now())->'next_grant'));
  end if;
end $$;

-- Keep p_captured of a hold and give the rest back in the reverse order of spending, each to its lot; what is owed of
-- that is owed no more. Credits of a lot that has ended come back as a grant valid for 7 days.
create function tf.settle_hold(p_job uuid, p_captured bigint) returns jsonb
language plpgsql set search_path = '' set timezone = 'UTC' as $$
declare
  w tf.wallet;
  h tf.hold;
  l tf.lot;
  v_back bigint;
  v_purchased bigint;
  v_part bigint;
  v_owed bigint;
  v_freed bigint := 0;
  v_granted bigint := 0;
  v_monthly bigint := 0;
  v_renewed bigint := 0;
  v_result jsonb;
begin
  select * into h from tf.hold where job_id = p_job;
  if not found then
    perform tf.refuse('TF404', 'no such hold');
  end if;
  w := tf.lock_wallet(h.wallet_id);
  select * into h from tf.hold where job_id = p_job for update;
  if h.status <> 'held' then
    if h.captured <> p_captured then
      perform tf.refuse('TF410', 'hold is ' || h.status, jsonb_build_object('captured', h.captured));
    end if;
    return (select result || '{"replayed": true}' from tf.txn where key = 'settle:' || p_job);
  end if;
  if p_captured is null or p_captured not between 0 and h.total then
    raise exception 'capture out of range' using errcode = '22023';
  end if;

  v_back := h.total - p_captured;
  v_purchased := least(v_back, h.from_purchased);
  v_back := v_back - v_purchased;
  for i in reverse cardinality(h.lots) .. 1 loop
    v_part := least(v_back, h.parts[i]);
    exit when v_part = 0;
    v_back := v_back - v_part;
    select * into l from tf.lot where id = h.lots[i];
    v_owed := least(v_part, greatest(0, l.used - l.credits));
    v_freed := v_freed + v_owed;
    v_part := v_part - v_owed;
    if l.until <= tf.now() then
      v_renewed := v_renewed + v_part;
      update tf.lot set used = used - v_owed where id = l.id;
    else
      v_monthly := v_monthly + case l.account when 'monthly' then v_part else 0 end;
      v_granted := v_granted + case l.account when 'granted' then v_part else 0 end;
      update tf.lot set used = used - v_owed - v_part, remaining = remaining + v_part where id = l.id;
    end if;
  end loop;
  if v_renewed > 0 then
    insert into tf.lot (wallet_id, account, until, credits, remaining)
    values (w.id, 'granted', tf.now() + interval '7 days', v_renewed, v_renewed);
    v_granted := v_granted + v_renewed;
  end if;

  update tf.wallet
     set held = held - h.total, purchased = purchased + v_purchased, granted = granted + v_granted,
         monthly = monthly + v_monthly, version = version + 1
   where id = w.id;
  update tf.hold
     set status = case when p_captured > 0 then 'captured' else 'released' end, captured = p_captured,
         closed_at = tf.now()
   where job_id = p_job;
  v_result := jsonb_build_object('captured', p_captured, 'released', h.total - p_captured, 'to_purchased', v_purchased,
    'to_granted', v_granted, 'to_monthly', v_monthly, 'replayed', false);
  perform tf.post('settle:' || p_job, case when p_captured > 0 then 'capture' else 'release' end, w.id, p_job::text,
    jsonb_build_array('settle', p_job, p_captured), v_result,
    array['held', 'revenue', 'purchased', 'granted', 'monthly', 'sales'],
    array[-h.total, p_captured, v_purchased, v_granted, v_monthly, v_freed]);
  if v_freed > 0 then
    perform tf.topup(w.id, v_freed, format('settle:%s:owed', p_job), p_job::text);
  end if;
  return v_result;
end $$;

-- Money went back to the buyer: take the credits, and owe what is spent already.
create function tf.clawback(p_wallet uuid, p_credits bigint, p_key text, p_reference text) returns jsonb
language plpgsql set search_path = '' as $$
declare
  w tf.wallet;
  v_request jsonb := jsonb_build_array('clawback', p_wallet, p_credits, p_reference);
  v_result jsonb;
  v_taken bigint;
begin
  perform tf.check_amount(p_credits);
  w := tf.lock_wallet(p_wallet);
  v_result := tf.replay(p_key, v_request);
  if v_result is not null then
    return v_result;
  end if;
  v_taken := least(w.purchased, p_credits);
  update tf.wallet
     set purchased = purchased - v_taken, debt = debt + p_credits - v_taken, version = version + 1
   where id = w.id
  returning * into w;
  v_result := jsonb_build_object('taken', v_taken, 'debt', w.debt, 'replayed', false);
  perform tf.post(p_key, 'clawback', w.id, p_reference, v_request, v_result,
    array['purchased', 'debt', 'sales'], array[-v_taken, -(p_credits - v_taken), p_credits]);
  return v_result;
end $$;

-- Before the person is deleted: what is left is written off. Holds must be closed.
create function tf.close_wallet(p_wallet uuid) returns bigint
language plpgsql set search_path = '' as $$
declare
  w tf.wallet := tf.lock_wallet(p_wallet);
  v_left bigint := w.monthly + w.granted + w.purchased;
begin
  if v_left > 0 then
    update tf.wallet set monthly = 0, granted = 0, purchased = 0, version = version + 1 where id = w.id;
    update tf.lot set remaining = 0 where wallet_id = w.id;
    perform tf.post('close:' || w.id, 'close', w.id, null, '{}', jsonb_build_object('written_off', v_left),
      array['monthly', 'granted', 'purchased', 'expired'], array[-w.monthly, -w.granted, -w.purchased, v_left]);
  end if;
  return v_left;
end $$;

-- What a person reads of their credits: an order is one line once it is settled, with its headline and what came back;
-- one that cost nothing in the end is none. {user_id} -> wallet and the last 10 movements; `credits` is the change of
-- what can be spent, of a settled order over all, `returned` what it did not need of its hold. What a team paid for them is
-- among it (`team`); what others spent from their seats names who that was (`mate`) and nothing of what they made.
create function api.balance(p jsonb) returns jsonb
language plpgsql stable security definer set search_path = '' as $$
declare
  v_user uuid := tf.person_now((p->>'user_id')::uuid);
  v_wallet uuid := tf.wallet_of(v_user);
begin
  return jsonb_build_object('wallet', tf.balance(v_user), 'movements', (
    select coalesce(jsonb_agg(jsonb_build_object('kind', m.kind, 'at', m.at, 'reference', m.reference,
        'team', m.wallet_id <> v_wallet, 'mate', s.user_id,
        'headline', (select b.answers->>'headline' from tf.job j join tf.brief b on b.id = j.brief_id
                      where j.id = m.job_id and j.user_id = v_user),
        'returned', case when m.kind = 'capture' then m.total - m.captured else 0 end,
        'credits', case when m.kind = 'capture' then -m.captured else (
          select coalesce(sum(e.amount), 0) from tf.entry e
          where e.txn_id = m.id and e.account in ('monthly', 'granted', 'purchased')) end) order by m.id desc), '[]')
    from (
      (select t.*, h.job_id, h.total, h.captured, h.seat_id
         from tf.txn t
         left join tf.hold h on t.kind in ('hold', 'capture', 'release') and h.job_id::text = t.reference
        where t.wallet_id = v_wallet and t.kind <> 'release' and not (t.kind = 'hold' and h.status <> 'held')
        order by t.id desc limit 10)
      union all
      (select t.*, h.job_id, h.total, h.captured, null
         from tf.seat o join tf.hold h on h.seat_id = o.id
         join tf.txn t on t.key = case h.status when 'held' then 'hold:' else 'settle:' end || h.job_id
        where o.user_id = v_user and h.status <> 'released'
        order by h.created_at desc limit 10)
      order by id desc limit 10) m
    left join tf.seat s on s.id = m.seat_id));
end $$;
