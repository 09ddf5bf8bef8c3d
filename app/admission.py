"""`thumbnail-factory admin link`: the way into the operators' pages for whoever is at the machine's command line."""

from __future__ import annotations

import click

from app.operator import actor, operator
from core.bootstrap import signing_key
from core.services.admission import Admission
from core.settings import Settings


def main(settings: Settings) -> None:
    """Asks nobody: the link is made of the factory's key alone."""
    link = Admission(signing_key(settings), settings.admins, None, settings.site).link(actor())
    click.echo(
        f"Signs you in as {operator(settings).name}, once and within ten minutes, while the factory runs:\n{link}"
    )
