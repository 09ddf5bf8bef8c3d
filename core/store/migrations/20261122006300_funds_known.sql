-- As before, and of the funds of providers what is left.
create or replace function api.model_state(p jsonb) returns jsonb
language sql stable security definer set search_path = '' as $$
  select jsonb_build_object(
    'overrides', (select coalesce(jsonb_agg(to_jsonb(o) order by model), '[]') from tf.model_override o),
    'probes', (select coalesce(jsonb_agg(to_jsonb(r) order by model, channel), '[]') from tf.model_probe r),
    'off', (select coalesce(jsonb_agg(split_part(name, ':', 2)), '[]') from tf.switch where name like 'provider:%'),
    'left', (select coalesce(jsonb_object_agg(f.provider, tf.fund_left(f)), '{}') from tf.fund f where f.active))
$$;

-- As before; a fund is a wallet of ours, whose figures have to be what its entries come to.
create or replace view tf.audit as
with sums as materialized (
  select txn_id, sum(amount) as amount from tf.entry group by txn_id
), proved as (
  select wallet_id,
         coalesce(sum(amount) filter (where account = 'monthly'), 0) as monthly,
         coalesce(sum(amount) filter (where account = 'granted'), 0) as granted,
         coalesce(sum(amount) filter (where account = 'purchased'), 0) as purchased,
         coalesce(sum(amount) filter (where account = 'held'), 0) as held,
         coalesce(-sum(amount) filter (where account = 'debt'), 0) as debt
  from tf.entry where wallet_id is not null group by wallet_id
), open_holds as (
  select wallet_id, sum(total) as held from tf.hold where status = 'held' group by wallet_id
)
select
  (select coalesce(sum(amount), 0) from sums) as global_sum,
  (select count(*) from sums where amount <> 0) as unbalanced_txns,
  (select count(*) from tf.wallet w
     left join proved p on p.wallet_id = w.id
     left join open_holds o on o.wallet_id = w.id
    where (w.monthly, w.granted, w.purchased, w.held, w.debt)
          is distinct from (coalesce(p.monthly, 0), coalesce(p.granted, 0), coalesce(p.purchased, 0),
                            coalesce(p.held, 0), coalesce(p.debt, 0))
       or w.held <> coalesce(o.held, 0)) + tf.funds_off() as wallets_off,
  (select count(*) from tf.txn) - (select count(*) from sums) as empty_txns;

call tf.lock_down();
