"""The parts of a factory: each starts, says in one line whether it is on, and stops."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Protocol
from urllib.parse import urlsplit

import structlog
from aiohttp import web

from app.stop import Stop
from bots.discord import bot as discord
from bots.discord.bot import DiscordBot
from bots.discord.command import Commands
from bots.telegram.bot import TelegramBot, TokenRefused
from core.bootstrap.factory import Factory
from core.conversation import texts
from core.services.admission import PATH as ADMIN
from core.services.desk import Courier
from core.settings import DiscordMode, TelegramMode
from core.store.error import StoreError
from core.worker.schedule import SCHEDULES
from web.admin.app import create_admin
from web.chat.app import create_app
from web.chat.bell import Bell
from web.chat.courier import WebCourier
from web.chat.guard import LOOPBACK
from web.chat.house import Options
from web.server import AddressRefused, PortBusy, Site
from webhooks import discord as discord_webhook
from webhooks import schedule as schedule_webhook
from webhooks import stripe as stripe_webhook
from webhooks import telegram as telegram_webhook
from webhooks.alarm import AlarmCourier
from webhooks.mail import MailCourier, MailServer
from webhooks.server import WebhookServer

log = structlog.get_logger(__name__)


class Part(Protocol):
    async def start(self) -> str:
        """Begin, and say so in one line. Raises Stop."""

    async def stop(self) -> None: ...


@dataclass
class Parts:
    """What this process runs, in the order it starts; stopped the other way round."""

    factory: Factory
    wanted: Sequence[str]
    bell: Bell = field(default_factory=Bell)
    telegram: TelegramBot | None = None
    discord: DiscordBot | None = None
    address: str = ""
    """Where the browser chat listens, once it does."""
    _started: list[Part] = field(default_factory=list)

    async def start(self, say: Callable[[str], None]) -> None:
        makers: dict[str, Callable[[], Part]] = {
            "telegram": lambda: TelegramPart(self),
            "discord": lambda: DiscordPart(self),
            "outbox": lambda: OutboxPart(self),
            # What can be refused comes first: no job is begun by a factory that will not stay.
            "webhooks": lambda: WebhookPart(self),
            "web": lambda: WebPart(self),
            "worker": lambda: WorkerPart(self.factory),
            "clock": lambda: ClockPart(self.factory),
        }
        for name, make in makers.items():
            if name in self.wanted:
                part = make()
                self._started.append(part)
                say(await part.start())

    async def stop(self) -> None:
        for part in reversed(self._started):
            try:
                await part.stop()
            except Exception:  # one part's trouble must not keep the others from stopping
                log.exception("part.stop_failed", part=type(part).__name__)
        self._started.clear()


class WebPart:
    def __init__(self, parts: Parts) -> None:
        factory, settings = parts.factory, parts.factory.settings
        self._factory, self._bell, self._parts = factory, parts.bell, parts
        public = urlsplit(settings.web_public_url).hostname
        hosts = {*LOOPBACK, settings.web_host, *settings.web_allowed_hosts, *([public] if public else [])}
        options = Options(
            hosts=frozenset(hosts),
            secure=settings.web_public_url.startswith("https"),
            public_url=settings.web_public_url,
        )
        app = create_app(
            factory.desk,
            factory.transcript,
            factory.browsers,
            lambda language: texts.speaker(language).say,
            bell=parts.bell,
            options=options,
            redeem=factory.redeem,
            chip=factory.searching.chip,
            counter=factory.counter,
        )
        if factory.dsn is not None:
            app.add_subapp(ADMIN, create_admin(factory.office, factory.admission, secure=options.secure))
        self._site = Site(app, settings.web_host, settings.web_port)
        self._ringer: asyncio.Task[None] | None = None

    async def start(self) -> str:
        try:
            address = await self._site.start()
        except PortBusy as busy:
            raise Stop(
                f"Port {busy.port} is taken by another program. Stop it, or choose another: WEB_PORT=8090 make run"
            ) from None
        except AddressRefused as refused:
            raise Stop(f"The browser chat {refused}. Check WEB_HOST and WEB_PORT.") from None
        self._parts.address = address
        self._ringer = asyncio.create_task(self._factory.supervisor.keep_up("ringer", self._ring))
        self._factory.workshop.warm()
        return f"browser chat   on   {address}"

    async def stop(self) -> None:
        if self._ringer:
            self._ringer.cancel()
            await asyncio.gather(self._ringer, return_exceptions=True)
        await self._site.stop()

    async def _ring(self) -> None:
        """Pages changed by another process ring here too."""
        async for place in self._factory.transcript.wakeups():
            if place:
                self._bell.ring(place)


class WebhookPart:
    def __init__(self, parts: Parts) -> None:
        settings, self._parts = parts.factory.settings, parts
        routes: tuple[web.RouteDef, ...] = ()
        secret = settings.telegram_webhook_secret
        if parts.telegram and secret and settings.telegram_mode is TelegramMode.WEBHOOK:
            routes = telegram_webhook.routes(parts.telegram.take, secret.get_secret_value())
        if parts.discord and settings.discord_mode is DiscordMode.HTTP:
            routes += discord_webhook.routes(parts.discord.take, parts.discord.told, settings.discord_public_key)
        paying = parts.factory.paying
        routes += stripe_webhook.routes(paying.take if paying else None)
        token = settings.schedule_token
        if token and parts.factory.dsn is not None:
            routes += schedule_webhook.routes(parts.factory.timetable, token.get_secret_value())
        self._server = WebhookServer(
            routes, ready=self._missing, host=settings.webhook_host, port=settings.webhook_port
        )
        self._host = settings.webhook_host

    async def start(self) -> str:
        try:
            await self._server.start()
        except OSError as error:
            raise Stop(
                f"The webhook listener cannot use {self._host}:{self._server.port} ({error.strerror}). "
                "Choose another: WEBHOOK_PORT=8091 make run"
            ) from None
        return f"webhooks       on   http://{self._host}:{self._server.port} (/healthz, /readyz, /metrics)"

    async def stop(self) -> None:
        await self._server.stop()

    async def _missing(self) -> tuple[str, ...]:
        missing = []
        try:
            await self._parts.factory.transport.call("ping", {})
        except StoreError as lost:
            log.warning("readiness.database_missing", error=str(lost))
            missing.append("database")
        bots = {"telegram": self._parts.telegram, "discord": self._parts.discord}
        missing += [name for name, bot in bots.items() if bot and not bot.ready]
        return (*missing, *self._parts.factory.supervisor.failing)


class TelegramPart:
    def __init__(self, parts: Parts) -> None:
        settings, factory = parts.factory.settings, parts.factory
        self._bot: TelegramBot | None = None
        self._mode = settings.telegram_mode
        if settings.telegram_bot_token is None:
            return
        try:
            self._bot = TelegramBot(
                settings.telegram_bot_token.get_secret_value(),
                desk=factory.desk,
                references=factory.references("telegram"),
                supervisor=factory.supervisor,
                stars=factory.stars,
                polling=settings.telegram_mode is TelegramMode.POLLING,
                api_url=settings.telegram_api_url,
            )
        except TokenRefused as refused:
            raise Stop(str(refused)) from None
        parts.telegram = self._bot

    async def start(self) -> str:
        if self._bot is None:
            return "telegram       off  no TELEGRAM_BOT_TOKEN (get one from @BotFather); everything else works"
        try:
            await self._bot.start()
        except TokenRefused as refused:
            raise Stop(str(refused)) from None
        who = f"@{self._bot.username}" if self._bot.ready else "waiting for Telegram to answer"
        return f"telegram       on   {who}, by {self._mode}"

    async def stop(self) -> None:
        if self._bot:
            await self._bot.stop()


class DiscordPart:
    def __init__(self, parts: Parts) -> None:
        settings, factory = parts.factory.settings, parts.factory
        self._bot: DiscordBot | None = None
        self._mode = settings.discord_mode
        if settings.discord_bot_token is None:
            return
        try:
            self._bot = DiscordBot(
                settings.discord_bot_token.get_secret_value(),
                desk=factory.desk,
                replies=factory.replies("discord"),
                discussions=factory.discussions("discord"),
                commands=Commands(factory.completing.catalogue, factory.completing.complete),
                supervisor=factory.supervisor,
                till=factory.till("discord"),
                entitling=factory.entitling("discord"),
                recording=factory.happenings("discord"),
                gateway=settings.discord_mode is DiscordMode.GATEWAY,
                direct_messages=settings.discord_direct_messages,
                shard_ids=settings.discord_shard_ids,
                shard_count=settings.discord_shard_count,
                api_url=settings.discord_api_url,
            )
        except discord.TokenRefused as refused:
            raise Stop(str(refused)) from None
        parts.discord = self._bot

    async def start(self) -> str:
        if self._bot is None:
            return (
                "discord        off  no DISCORD_BOT_TOKEN (get one from discord.com/developers); everything else works"
            )
        try:
            await self._bot.start()
        except discord.TokenRefused as refused:
            raise Stop(str(refused)) from None
        missing = "; run once: thumbnail-factory release discord" if await self._bot.outdated() else ""
        return f"discord        on   {self._bot.name or 'waiting for Discord to answer'}, by {self._mode}{missing}"

    async def stop(self) -> None:
        if self._bot:
            await self._bot.stop()


class OutboxPart:
    def __init__(self, parts: Parts) -> None:
        factory = parts.factory
        couriers: list[Courier] = [WebCourier(factory.transcript, parts.bell)] if "web" in parts.wanted else []
        couriers += [bot.courier for bot in (parts.telegram, parts.discord) if bot]
        if address := factory.settings.alert_webhook_url:
            couriers.append(AlarmCourier(address.get_secret_value()))
        if server := factory.settings.smtp_url:
            couriers.append(MailCourier(MailServer.parsed(server.get_secret_value()), factory.settings.alert_email_to))
        self._supervisor = factory.supervisor
        self._senders = {courier.platform: factory.delivering(courier) for courier in couriers}
        self._tasks: list[asyncio.Task[None]] = []

    async def start(self) -> str:
        self._tasks = [
            asyncio.create_task(self._supervisor.keep_up(f"outbox {platform}", sender.run))
            for platform, sender in self._senders.items()
        ]
        return f"outbox         on   {len(self._senders)} platform(s)"

    async def stop(self) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)


class WorkerPart:
    def __init__(self, factory: Factory) -> None:
        self._factory = factory
        self._worker = factory.worker()
        self._probe: asyncio.Task[None] | None = None

    async def start(self) -> str:
        if self._factory.settings.embedded:
            # The folder's lock says that we are alone: whatever is marked as running belonged to a killed factory.
            await self._factory.upkeep.sweep(stale_seconds=0)
        await self._worker.start()
        # Which models answer is asked beside the start: a provider that is slow must not hold it up.
        self._probe = asyncio.create_task(self._ask_once())
        return "\n".join(("worker         on", *self._drawers()))

    async def _ask_once(self) -> None:
        """The clock asks again: without an answer what was known stands."""
        try:
            await self._factory.probing.run()
        except Exception:
            log.exception("probe.broke")

    def _drawers(self) -> Iterator[str]:
        """A line per provider: on, or off and why."""
        catalogue = self._factory.catalogue
        for provider, keys in {"local": {}, **catalogue.sheet.keys}.items():
            if provider in catalogue.doors:
                names = ", ".join(row.label or row.id for row in catalogue().models if row.provider == provider)
                yield f"{provider:<14} on   {names}"
            else:
                yield f"{provider:<14} off  no {' or '.join(keys.values())}; everything else works"

    async def stop(self) -> None:
        if self._probe:
            self._probe.cancel()
            await asyncio.gather(self._probe, return_exceptions=True)
        await self._worker.stop()


class ClockPart:
    def __init__(self, factory: Factory) -> None:
        self._clock = factory.clock()

    async def start(self) -> str:
        self._clock.start()
        return f"clock          on   {len(SCHEDULES)} schedules (thumbnail-factory schedules list)"

    async def stop(self) -> None:
        await self._clock.stop()
