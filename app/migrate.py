"""`thumbnail-factory migrate`."""

from __future__ import annotations

import asyncio

import click

from app.database import database
from core.settings import Settings


def main(settings: Settings) -> None:
    asyncio.run(_migrate(settings))
    click.echo("The schema is up to date.")


async def _migrate(settings: Settings) -> None:
    async with database(settings):
        pass
