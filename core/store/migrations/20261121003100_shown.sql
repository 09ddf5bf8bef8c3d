-- Which variant a delivered message shows, where the platform has no buttons under it: a receipt may say so in `shows`
-- (message -> code). It is forgotten with its outbox row, no sooner than the picture's original.
create index outbox_shows on tf.outbox using gin ((receipt->'shows')) where receipt ? 'shows';

-- {platform, place, message} -> code | null
create function api.shown_variant(p jsonb) returns jsonb
language sql stable security definer set search_path = '' as $$
  select receipt->'shows'->(p->>'message') from tf.outbox
  where receipt ? 'shows' and receipt->'shows' ? (p->>'message')
    and platform = p->>'platform' and place = p->>'place'
  order by id desc limit 1
$$;

call tf.lock_down();
