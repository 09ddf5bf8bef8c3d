"""A Discord on loopback: REST, gateway and CDN, contract-checked, stateful, able to misbehave on request.

A room that tests against Discord imports the fixtures `discord_server` and `member` in its conftest, points its client
at `discord_server.api_url` and `.gateway_url` with `.token`, and lets the `Person` act and look.
"""
