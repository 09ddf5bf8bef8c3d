"""`thumbnail-factory run`, `worker`, `web`, `bot`: chosen parts of the factory in one process."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Callable, Sequence
from contextlib import AsyncExitStack

import click

from app import RELEASE, memory
from app.database import check_sharing, database
from app.instance import only_one
from app.parts import Parts
from app.stop import Stop
from core.bootstrap.factory import open_factory
from core.log import configure
from core.settings import DiscordMode, Settings, TelegramMode


def main(settings: Settings, *, parts: Sequence[str]) -> None:
    configure(settings)
    check_sharing(settings)
    if "webhooks" in parts:
        parts = (*called(settings), *parts)
    address = f"http://{settings.web_host}:{settings.web_port}"
    try:
        if settings.embedded:
            with only_one(settings.factory_home, address) as announce:
                asyncio.run(serve(settings, parts, address, announce))
        else:
            asyncio.run(serve(settings, parts, address))
    except KeyboardInterrupt:
        raise Stop("Interrupted before everything had started.", 130) from None


def called(settings: Settings) -> tuple[str, ...]:
    """The bots that a platform calls: every replica takes the calls and delivers."""
    modes = {
        "telegram": settings.telegram_mode is TelegramMode.WEBHOOK,
        "discord": settings.discord_mode is DiscordMode.HTTP,
    }
    return tuple(name for name, by_call in modes.items() if by_call)


async def serve(
    settings: Settings, wanted: Sequence[str], address: str, announce: Callable[[str], None] = lambda _: None
) -> None:
    """Run until SIGINT or SIGTERM. `announce` is told where the browser chat is, once it is there."""
    asked = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, asked.set)
    async with AsyncExitStack() as stack:
        dsn = None
        if settings.embedded or settings.database_url or {"worker", "clock"} & set(wanted):
            dsn = await stack.enter_async_context(database(settings))
        factory = await stack.enter_async_context(open_factory(settings, dsn, release=RELEASE))
        parts = Parts(factory, wanted)
        stack.push_async_callback(parts.stop)
        if settings.embedded:
            click.echo("database       on   embedded PostgreSQL")
        await parts.start(click.echo)
        if parts.address:
            announce(parts.address)
        memory.settle()
        click.echo("Ready. Ctrl-C stops everything.")
        await asked.wait()
        click.echo("Stopping ...")
