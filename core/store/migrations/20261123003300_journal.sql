-- What operators do: each act once by its key, with who did it and why, and beyond a limit only with a second
-- operator's word. For direct connections alone: no key of a front end reaches any of it.

-- What is about no single wallet names none.
create table tf.admin_proposal (
  id uuid primary key default gen_random_uuid(),
  key text not null unique,
  wallet_id uuid references tf.wallet,
  credits bigint not null,
  provider text,
  payment text,
  fund jsonb,
  reason text not null,
  proposed_by text not null,
  at timestamptz not null default tf.now(),
  expires_at timestamptz not null,
  decided_by text,
  decided_at timestamptz,
  approved boolean,
  check ((decided_by is null) = (approved is null) and (decided_by is null) = (decided_at is null)),
  check (not approved or decided_by <> proposed_by),
  check ((provider is null) = (payment is null)),
  check ((credits = 0) = (fund is not null))
);
comment on column tf.admin_proposal.fund is 'what is to be done to a pool, as tf.act_on_fund takes it';
create index on tf.admin_proposal (at) where approved is null;

-- Written once and never changed, like the ledger. Wallets have random ids: with the person gone they lead nowhere.
-- What acts there are is known where they are permitted.
create table tf.admin_action (
  id bigint generated always as identity primary key,
  key text not null unique,
  at timestamptz not null default tf.now(),
  actor text not null,
  act text not null check (act ~ '^[a-z_]+$'),
  wallet_id uuid references tf.wallet,
  subject text,
  credits bigint not null default 0,
  micro_usd bigint not null default 0,
  reason text not null,
  proposal_id uuid references tf.admin_proposal
);
create index on tf.admin_action (wallet_id, actor, at);
create index on tf.admin_action (subject, id desc) where subject is not null;
create index on tf.admin_action (actor, at) where micro_usd <> 0;
comment on column tf.admin_action.actor is 'as ADMINS names them, else their login; machine:<login> for the command line';
comment on column tf.admin_action.micro_usd is 'of providers'' money: by how much more may be spent than before';
comment on column tf.admin_action.subject is 'what it was done to, where that is no wallet alone: payment:stripe:pi_1, job:CODE';
create trigger append_only before update or delete or truncate on tf.admin_action
  for each statement execute function tf.refuse_change();

-- What was done under this key, or nothing; TF409 where that was something else. `p_acts`: as any of which it may stand.
create function tf.act_before(
  p_key text, p_actor text, p_acts text[], p_subject text, p_reason text, p_wallet uuid, p_credits bigint
) returns tf.admin_action
language plpgsql stable set search_path = '' as $$
declare
  a tf.admin_action;
begin
  select * into a from tf.admin_action where key = p_key;
  if found and (a.act <> all (p_acts) or (a.actor, a.subject, a.reason, a.wallet_id, a.credits)
                is distinct from (p_actor, p_subject, p_reason, p_wallet, p_credits)) then
    perform tf.refuse('TF409', 'idempotency key reused with other parameters', jsonb_build_object('key', p_key));
  end if;
  return a;
end $$;

-- Whether this is the first time; TF409 for a key that did something else.
create function tf.record_act(
  p_key text, p_actor text, p_act text, p_subject text, p_reason text,
  p_wallet uuid default null, p_credits bigint default 0, p_proposal uuid default null, p_micro_usd bigint default 0
) returns boolean
language plpgsql set search_path = '' as $$
begin
  insert into tf.admin_action (key, actor, act, subject, reason, wallet_id, credits, proposal_id, micro_usd)
  values (p_key, p_actor, p_act, p_subject, p_reason, p_wallet, p_credits, p_proposal, p_micro_usd)
  on conflict (key) do nothing;
  if found then
    return true;
  end if;
  perform tf.act_before(p_key, p_actor, array[p_act], p_subject, p_reason, p_wallet, p_credits);
  return false;
end $$;

-- One person's logins: what a name in `p_known` stands for ({name: [login]}), and every login of the accounts behind
-- those, so that nobody is two. In order, so that the first names them all.
create function tf.logins_of(p_actor text, p_known jsonb default '{}') returns text[]
language sql stable set search_path = '' as $$
  with said as (
    select p_actor as login union select jsonb_array_elements_text(coalesce(p_known->p_actor, '[]'))
  ), person as (
    select login from said
    union
    select b.platform || ':' || b.ref
      from said join tf.identity a on a.platform = split_part(login, ':', 1) and a.ref = split_part(login, ':', 2)
        join tf.identity b on b.user_id = a.user_id
  )
  select array_agg(login order by login) from person
$$;

-- What one actor may not do alone waits for a second operator's word: `r` becomes a proposal where `p_together`, what
-- this and all that counts with it come to, is beyond `alone_up_to`. {actor, alone_up_to, seconds} -> its id, or null.
create function tf.propose(r tf.admin_proposal, p_together numeric, p jsonb) returns uuid
language sql set search_path = '' as $$
  insert into tf.admin_proposal (key, wallet_id, credits, provider, payment, fund, reason, proposed_by, expires_at)
  select r.key, r.wallet_id, r.credits, r.provider, r.payment, r.fund, r.reason, p->>'actor',
         tf.now() + make_interval(secs => (p->>'seconds')::double precision)
   where p_together > (p->>'alone_up_to')::bigint
  returning id
$$;

-- {limit, before?, actor?, act?, user_id?, subject?} -> the latest acts, newest first; `before` is the last id of a
-- page
create function tf.admin_journal(p jsonb) returns jsonb
language sql stable set search_path = '' as $$
  select coalesce(jsonb_agg(jsonb_build_object('id', a.id, 'at', a.at, 'actor', a.actor, 'act', a.act,
      'wallet_id', a.wallet_id, 'credits', a.credits, 'reason', a.reason, 'subject', a.subject,
      'user_id', (select user_id from tf.wallet where id = a.wallet_id)) order by a.id desc), '[]')
  from (select * from tf.admin_action
         where id < coalesce((p->>'before')::bigint, 9223372036854775807)
           and (p->>'actor' is null or actor = p->>'actor') and (p->>'act' is null or act = p->>'act')
           and (p->>'user_id' is null
                or wallet_id in (select id from tf.wallet where user_id = (p->>'user_id')::uuid))
           and (p->>'subject' is null or subject = p->>'subject')
         order by id desc limit (p->>'limit')::int) a
$$;

-- `login` names the link that opened it: a second session cannot come of the same one.
create table tf.admin_session (
  token_hash text primary key,
  login text not null unique,
  actor text not null,
  at timestamptz not null default tf.now(),
  ends_at timestamptz not null
);
comment on column tf.admin_session.token_hash is 'of the cookie; the cookie itself is never stored';

-- {token_hash, login, actor, seconds} -> {}; TF410 when the link was used. Who signs in stands in the journal.
create function tf.enter_admin(p jsonb) returns jsonb
language plpgsql set search_path = '' as $$
begin
  delete from tf.admin_session where ends_at < tf.now() - interval '1 day';
  insert into tf.admin_session (token_hash, login, actor, ends_at)
  values (p->>'token_hash', p->>'login', p->>'actor', tf.now() + make_interval(secs => (p->>'seconds')::double precision))
  on conflict (login) do nothing;
  if not found then
    perform tf.refuse('TF410', 'this link was used');
  end if;
  perform tf.record_act('login:' || (p->>'login'), p->>'actor', 'sign_in', null, '');
  return '{}';
end $$;
