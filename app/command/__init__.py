"""`thumbnail-factory`: one command for everything an operator does.

Verbs import what they need when they run: `--help` must be quick, and every child process imports this module.
"""

from __future__ import annotations

import click

from app import RELEASE
from app.command.care import CARE
from app.command.model import models
from app.command.operator import admin
from app.command.start import START
from app.command.wallet import credit


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(RELEASE, prog_name="thumbnail-factory")
def main() -> None:
    """Selfies and a headline in, platform-perfect thumbnails out."""


for verb in (*START, *CARE, models, credit, admin):
    main.add_command(verb)
