-- The pages operators work with: who is signed in, a journal of more than credits, and wallets that are frozen.

-- -- signed in --------------------------------------------------------------------------------------------------------

-- `login` names the link that opened it: a second session cannot come of the same one.
create table tf.admin_session (
  token_hash text primary key,
  login text not null unique,
  actor text not null,
  at timestamptz not null default tf.now(),
  ends_at timestamptz not null
);
comment on column tf.admin_session.token_hash is 'of the cookie; the cookie itself is never stored';

-- -- the journal ------------------------------------------------------------------------------------------------------

-- What acts there are is known where they are permitted.
alter table tf.admin_action drop constraint admin_action_act_check;
alter table tf.admin_action add constraint admin_action_act_check check (act ~ '^[a-z_]+$');
alter table tf.admin_action alter column credits set default 0;
alter table tf.admin_action add column subject text;
create index on tf.admin_action (subject, id desc) where subject is not null;
comment on column tf.admin_action.subject is 'what it was done to, where that is no wallet alone: payment:stripe:pi_1, job:CODE';

-- Whether this is the first time; TF409 for a key that did something else.
create function tf.record_act(
  p_key text, p_actor text, p_act text, p_subject text, p_reason text, p_wallet uuid default null, p_credits bigint default 0
) returns boolean
language plpgsql set search_path = '' as $$
declare
  a tf.admin_action;
begin
  insert into tf.admin_action (key, actor, act, subject, reason, wallet_id, credits)
  values (p_key, p_actor, p_act, p_subject, p_reason, p_wallet, p_credits) on conflict (key) do nothing;
  if found then
    return true;
  end if;
  select * into a from tf.admin_action where key = p_key;
  if (a.actor, a.act, a.subject, a.reason) is distinct from (p_actor, p_act, p_subject, p_reason) then
    perform tf.refuse('TF409', 'idempotency key reused with other parameters', jsonb_build_object('key', p_key));
  end if;
  return false;
end $$;

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

-- {limit, before?, actor?, act?, user_id?, subject?} -> the latest acts, newest first; `before` is the last id of a page
create or replace function tf.admin_journal(p jsonb) returns jsonb
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

-- -- frozen wallets ---------------------------------------------------------------------------------------------------

alter table tf.wallet add column frozen_at timestamptz;
comment on column tf.wallet.frozen_at is 'an operator lets nothing be spent from it until somebody lifts it';

-- As before; what is frozen is refused like a limit, because the person has done nothing that paying would mend.
create or replace function tf.check_funds(w tf.wallet, p_credits bigint) returns void
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
      'next_grant', case when w.monthly_expires_at > tf.now() then w.monthly_expires_at end));
  end if;
end $$;

-- {key, user_id, freeze, reason, actor} -> {replayed}
create function tf.admin_freeze(p jsonb) returns jsonb
language plpgsql set search_path = '' as $$
declare
  w tf.wallet := tf.lock_wallet(tf.wallet_of((p->>'user_id')::uuid));
  v_freeze boolean := (p->>'freeze')::boolean;
begin
  if not tf.record_act('freeze:' || (p->>'key'), p->>'actor', case when v_freeze then 'freeze' else 'unfreeze' end,
                       null, p->>'reason', w.id) then
    return '{"replayed": true}';
  end if;
  update tf.wallet set frozen_at = case when v_freeze then coalesce(frozen_at, tf.now()) end where id = w.id;
  return '{"replayed": false}';
end $$;

call tf.lock_down();
