"""A whole factory at work inside a test: worker, outbox senders and, on request, a bot or a webhook replica.

Two of them on one database and one folder are two machines with shared files.
"""

import asyncio
from collections.abc import AsyncIterator, Iterable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from aiohttp import web

from bots.discord.bot import DiscordBot
from bots.discord.command import Commands
from bots.telegram.bot import TelegramBot
from core.bootstrap.factory import Factory, open_factory
from core.bootstrap.given import Extra
from core.services.delivering import Delivering, Pace
from core.services.desk import Courier
from core.settings import Settings
from core.settings import load as load_settings
from core.store.outbox import Outbox
from core.vision.bounded import BoundedDecoder
from core.workshop.crew import Crew
from core.workshop.workshop import Workshop, lanes
from tests.discord_server.server import DiscordServer
from tests.telegram_server.server import TelegramServer
from webhooks import discord as discord_webhook
from webhooks import telegram as telegram_webhook
from webhooks.server import WebhookServer

SIGNING_KEY = "a key that only tests sign with, of 32 bytes and more"
WEBHOOK_SECRET = "told-to-telegram-alone"


class _Kept(Crew):
    """Children that outlive the factory: starting them takes longer than most of what a test asks of them."""

    async def close(self) -> None:
        """They die with the test process."""


class _KeptDecoder(BoundedDecoder):
    async def close(self) -> None:
        """As above."""


_CREW, _DECODER = _Kept(lanes(1)), _KeptDecoder()


@dataclass(frozen=True)
class Running:
    """A running factory and its doors to the platforms, if it has any."""

    factory: Factory
    bot: TelegramBot | None = None
    webhook: str = ""
    """Address that Telegram's updates, or Discord's interactions, are posted to; empty unless this is a webhook
    replica."""
    discord: DiscordBot | None = None


def settings(database: str, home: Path, **overrides: object) -> Settings:
    """Settings that no environment variable's `.env` file has a say in."""
    given: dict[str, object] = {
        "_env_file": None,
        "factory_home": home,
        "database_url": database,
        "database_pool_size": 4,
        "signing_key": SIGNING_KEY,
    }
    return load_settings(**(given | overrides))


@asynccontextmanager
async def running(
    database: str,
    home: Path,
    *,
    couriers: Sequence[Courier] = (),
    telegram: TelegramServer | None = None,
    discord: DiscordServer | None = None,
    webhook: bool = False,
    worker: bool = True,
    pace: Pace | None = None,
    extras: tuple[Extra, ...] = (),
    crew: Crew = _CREW,
    **overrides: object,
) -> AsyncIterator[Running]:
    """A factory on a migrated database (`database`: its address), with files under `home`.

    `couriers` get what is delivered on their platforms; `telegram` and `discord` add the bot, which asks that server
    or, with `webhook`, listens on a free port. `pace` takes the place of the platforms' own. `crew` draws: the test
    process's, unless a test brings one. `overrides` are settings
    by field name. On leaving every part is stopped in the order a process stops them.
    """
    async with AsyncExitStack() as stack:
        chosen = settings(database, home, **overrides)
        factory = await stack.enter_async_context(open_factory(chosen, database, release="test", extras=extras))
        factory.workshop, factory.decoder = Workshop(crew), _DECODER
        bot, address = None, ""
        if telegram:
            bot = TelegramBot(
                telegram.token,
                desk=factory.desk,
                references=factory.references("telegram"),
                supervisor=factory.supervisor,
                stars=factory.stars,
                polling=not webhook,
                api_url=telegram.base_url.removesuffix("/bot"),
            )
            await bot.start()
            stack.push_async_callback(bot.stop)
        other = await stack.enter_async_context(_on_discord(factory, discord, gateway=not webhook)) if discord else None
        for courier in (*couriers, *(one.courier for one in (bot, other) if one)):
            sender = factory.delivering(courier) if pace is None else _hurried(factory, courier, pace)
            stack.push_async_callback(_stopped, asyncio.create_task(sender.run()))
        if worker:
            drawing = factory.worker()
            await drawing.start()
            stack.push_async_callback(drawing.stop)
        if bot and webhook:
            routes = telegram_webhook.routes(bot.take, WEBHOOK_SECRET)
            address = await stack.enter_async_context(listening(routes)) + telegram_webhook.PATH
        if discord and other and webhook:
            routes = discord_webhook.routes(other.take, other.told, discord.public_key)
            address = await stack.enter_async_context(listening(routes)) + discord_webhook.PATH
        yield Running(factory, bot, address, other)


def _hurried(factory: Factory, courier: Courier, pace: Pace) -> Delivering:
    return Delivering(Outbox(factory.transport, courier.platform), courier, pace, factory.name)


@asynccontextmanager
async def _on_discord(factory: Factory, server: DiscordServer, *, gateway: bool) -> AsyncIterator[DiscordBot]:
    bot = DiscordBot(
        server.token,
        desk=factory.desk,
        replies=factory.replies("discord"),
        discussions=factory.discussions("discord"),
        commands=Commands(factory.completing.catalogue, factory.completing.complete),
        supervisor=factory.supervisor,
        till=factory.till("discord"),
        entitling=factory.entitling("discord"),
        recording=factory.happenings("discord"),
        gateway=gateway,
        api_url=server.api_url,
        cdn=("127.0.0.1",),
    )
    await bot.start()
    try:
        if gateway:
            await server.gateway.connected()
        yield bot
    finally:
        await bot.stop()


@asynccontextmanager
async def listening(routes: Iterable[web.RouteDef]) -> AsyncIterator[str]:
    async def ready() -> tuple[str, ...]:
        return ()

    server = WebhookServer(routes, ready=ready, host="127.0.0.1", port=0)
    await server.start()
    try:
        yield f"http://127.0.0.1:{server.port}"
    finally:
        await server.stop()


async def _stopped(task: asyncio.Task[None]) -> None:
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
