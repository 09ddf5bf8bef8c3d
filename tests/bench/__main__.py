"""`make bench`: figures reached, targets beside them. It informs and never fails: a busy machine is no fault."""

import asyncio
import sys
import time

import click

from core.log import configure
from core.settings import LogFormat, Settings
from tests.bench import discord, layered, memory, money, painting, payment, picture, press, waiting

ROWS = {
    "picture": picture,
    "layered": layered,
    "waiting": waiting,
    "press": press,
    "money": money,
    "payment": payment,
    "memory": memory,
    "painting": painting,
    "discord": discord,
}


def main(wanted: list[str]) -> None:
    """All rows, or those named."""
    configure(Settings(log_level="warning", log_format=LogFormat.PRETTY, _env_file=None))
    began = time.perf_counter()
    for name in wanted or ROWS:
        for figure in asyncio.run(ROWS[name].rows()):
            click.echo(figure.line())
    click.echo(f"{time.perf_counter() - began:.0f} s")


if __name__ == "__main__":
    main(sys.argv[1:])
