-- A week and a grace are so many times 24 hours, whatever zone the session is set to and whether its clocks change.
alter function tf.settle_hold(uuid, bigint) set timezone = 'UTC';
alter function tf.add_monthly(uuid, bigint, timestamptz, text, text) set timezone = 'UTC';
alter function tf.plan_of(uuid) set timezone = 'UTC';
alter function tf.subscription_status(tf.subscription, timestamptz, timestamptz) set timezone = 'UTC';
