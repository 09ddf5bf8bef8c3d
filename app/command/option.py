"""What several verbs ask for in the same words."""

from __future__ import annotations

import click

WHY = click.option("--why", required=True, help="The reason, for the journal.")
KEY = click.option(
    "--key", help="Names this act: the same key again does nothing. Without one, a fresh one is printed."
)
LIMIT = click.option("--limit", type=click.IntRange(1, 1000), default=30, show_default=True, help="How many.")
