"""`thumbnail-factory admin link`: the way into the operators' pages for whoever is at the machine's command line."""

from __future__ import annotations

from urllib.parse import urlsplit

import click

from app.instance import holder
from app.operator import actor, operator
from core.bootstrap.key import signing_key
from core.services.admission import Admission
from core.settings import Settings


def main(settings: Settings) -> None:
    """Asks nobody: the link is made of the factory's key alone."""
    link = Admission(signing_key(settings), settings.admins, None, _site(settings)).link(actor())
    click.echo(
        f"Signs you in as {operator(settings).name}, once and within ten minutes, while the factory runs:\n{link}"
    )


def _site(settings: Settings) -> str:
    """Who runs here may have been given another port than this command was."""
    running = holder(settings.factory_home)
    port = urlsplit(running.address).port if running else None
    return settings.model_copy(update={"web_port": port}).site if port else settings.site
