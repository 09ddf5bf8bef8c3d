"""A Stripe on loopback: the API over form-encoded requests, contract-checked, stateful, with signed events.

A room that tests against Stripe imports the fixtures `stripe_server` and `customer` in its conftest, points its client
at `stripe_server.api_url` with `.key`, lets the `Customer` pay or quarrel, and has `deliver` bring what that tells.
"""
