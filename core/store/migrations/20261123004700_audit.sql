-- All four are always 0. What ends is in its lots, too. A transaction without entries is one that the sums by
-- transaction lack, because every entry has its transaction; a fund is a wallet of ours, whose figures have to be what its entries come to.
create view tf.audit as
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
), lots as (
  select wallet_id, coalesce(sum(remaining) filter (where account = 'monthly'), 0) as monthly,
         coalesce(sum(remaining) filter (where account = 'granted'), 0) as granted
    from tf.lot where remaining > 0 group by wallet_id
), open_holds as (
  select wallet_id, sum(total) as held from tf.hold where status = 'held' group by wallet_id
)
select
  (select coalesce(sum(amount), 0) from sums) as global_sum,
  (select count(*) from sums where amount <> 0) as unbalanced_txns,
  (select count(*) from tf.wallet w
     left join proved p on p.wallet_id = w.id
     left join open_holds o on o.wallet_id = w.id
     left join lots l on l.wallet_id = w.id
    where (w.monthly, w.granted, w.purchased, w.held, w.debt)
          is distinct from (coalesce(p.monthly, 0), coalesce(p.granted, 0), coalesce(p.purchased, 0),
                            coalesce(p.held, 0), coalesce(p.debt, 0))
       or (w.held, w.monthly, w.granted) is distinct from
          (coalesce(o.held, 0), coalesce(l.monthly, 0), coalesce(l.granted, 0))) + tf.funds_off() as wallets_off,
  (select count(*) from tf.txn) - (select count(*) from sums) as empty_txns;

create function tf.check_books(p jsonb) returns jsonb
language sql stable set search_path = '' as $$ select to_jsonb(a) from tf.audit a $$;
