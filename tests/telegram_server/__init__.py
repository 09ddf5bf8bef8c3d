"""A Bot API server on loopback: contract-checked, stateful, able to misbehave on request.

A room that tests against Telegram imports the fixtures `telegram_server` and `person` in its conftest, points its bot
at `telegram_server.base_url` and `.base_file_url` with `.token`, and lets the `Person` act and look.
"""
