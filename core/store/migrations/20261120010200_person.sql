-- Persons, how platforms call them, and what they like.
create table tf.users (
  id uuid primary key default gen_random_uuid(),
  language text not null default 'en',
  plan text not null default 'free',
  created_at timestamptz not null default tf.now(),
  last_seen_at timestamptz not null default tf.now()
);

create table tf.identity (
  platform text not null,
  ref text not null,
  user_id uuid not null references tf.users on delete cascade,
  secret_hash text unique,
  recovery_hash text unique,
  created_at timestamptz not null default tf.now(),
  primary key (platform, ref)
);
create index on tf.identity (user_id);
comment on column tf.identity.secret_hash is 'browser: hash of the cookie; the cookie itself is never stored';

create table tf.profile (
  user_id uuid primary key references tf.users on delete cascade,
  settings jsonb not null default '{}',
  last_answers jsonb not null default '{}',
  brand jsonb not null default '{}'
);

-- Outlives the person: the salted hash is all that keeps delete-and-return from being a source of credits.
create table tf.starter_grant (
  person_hash text primary key,
  granted_at timestamptz not null default tf.now()
);
