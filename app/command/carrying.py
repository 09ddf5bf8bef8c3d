"""How a verb is carried out."""

from __future__ import annotations

import sys

import click

from app.stop import Stop


def carry_out(part: str, **arguments: object) -> None:
    """Run `app.<part>:main(settings, ...)`; a known obstacle is one sentence and exit code 1."""
    from importlib import import_module

    from core.log import configure
    from core.settings import SettingsFault, load

    try:
        settings = load()
        configure(settings, answers=True)
        import_module(f"app.{part}").main(settings, **arguments)
    except SettingsFault as fault:
        click.echo(f"The settings cannot be used:\n{fault}", err=True)
        sys.exit(2)
    except Stop as stop:
        click.echo(str(stop), err=True)
        sys.exit(stop.code)
