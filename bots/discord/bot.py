"""The Discord bot as one part of a process: courier for what goes out, gateway or an endpoint for what comes in."""

from __future__ import annotations

import asyncio
import logging
import re
from collections.abc import Coroutine, Mapping, Sequence
from contextlib import AsyncExitStack
from functools import partial
from typing import Any

import aiohttp
import discord
import structlog
from discord.http import Route

from bots.discord.api import Api
from bots.discord.command import Commands
from bots.discord.courier import DiscordCourier
from bots.discord.discussing import Discussing
from bots.discord.fetching import CDN, Fetching
from bots.discord.gateway import Gateway, Hear
from bots.discord.handler import Handler
from bots.discord.membership import CHANGES, Memberships
from bots.discord.post import Post
from bots.discord.registration import in_sync
from bots.discord.shop import EVENTS, Shop
from core.domain.record import Json
from core.services.desk import Desk, Discussions, Replies, Unavailable
from core.services.entitling import Entitling
from core.services.happening import Recording
from core.services.till import Till
from core.supervisor import Supervisor

log = structlog.get_logger(__name__)

API_URL = "https://discord.com/api/v10"

_TOKEN = re.compile(r"[\w-]{18,}\.[\w-]{6,}\.[\w-]{20,}", re.ASCII)
_FIRST_CONTACT_S = 3.0
_FIRST_PAUSE_S, _LONGEST_PAUSE_S = 1.0, 60.0
_DRAIN_S = 1.2
TROUBLES = (discord.DiscordException, aiohttp.ClientError, OSError, TimeoutError)
"""What may come of asking Discord anything, besides TokenRefused."""


class TokenRefused(Exception):
    """Discord does not know the token; the message says what to do and does not hold it."""

    def __init__(self) -> None:
        super().__init__(
            "Discord refuses DISCORD_BOT_TOKEN: copy it again from the Bot page of https://discord.com/developers."
        )


def connect(token: str, api_url: str = API_URL) -> discord.Client:
    """A client that speaks REST only, not logged in yet. Raises TokenRefused for what cannot be a token."""
    if not _TOKEN.fullmatch(token):
        raise TokenRefused
    logging.getLogger("discord").setLevel(logging.WARNING)
    # Addresses hold the tokens of replies; and what these warn of is so by intention.
    for name in ("discord.http", "discord.client", "discord.state"):
        logging.getLogger(name).setLevel(logging.ERROR)
    if api_url.rstrip("/") != API_URL:
        Route.BASE = api_url.rstrip("/")
    return discord.Client(intents=discord.Intents.none(), max_messages=None)


async def introduce(client: discord.Client, token: str) -> discord.AppInfo:
    """Ask Discord who the bot is. Raises TokenRefused, or the library's and the network's errors; then it may be asked
    again."""
    try:
        await client.login(token)
    except BaseException as error:
        # The library makes a new session with every attempt, and forgets the one before.
        await client.http.close()
        client.http.connector = discord.utils.MISSING
        if isinstance(error, discord.LoginFailure):
            raise TokenRefused from None
        raise
    assert client.application is not None
    return client.application


class DiscordBot:
    """Without a gateway interactions come through `take`, and events of the application through `told`, from an
    endpoint. `courier` delivers in either mode.

    The supervisor is told what breaks, and names it "discord" while it keeps breaking.
    """

    def __init__(
        self,
        token: str,
        *,
        desk: Desk,
        replies: Replies,
        discussions: Discussions,
        commands: Commands,
        supervisor: Supervisor,
        till: Till,
        entitling: Entitling,
        recording: Recording,
        gateway: bool,
        direct_messages: bool = True,
        shard_ids: Sequence[int] = (),
        shard_count: int = 0,
        api_url: str = API_URL,
        cdn: tuple[str, ...] = CDN,
    ) -> None:
        """Raises TokenRefused for what cannot be a token; connects to nothing."""
        self._token = token
        self._client = connect(token, api_url)
        api = Api(self._client.http)
        post = Post(api, desk, replies)
        self.courier = DiscordCourier(post, Discussing(api, post, discussions), till.packs, entitling.plans)
        self._shop = Shop(api, till, Memberships(api, entitling), recording)
        self._files: aiohttp.ClientSession | None = None
        self._handler = Handler(
            api,
            desk,
            post,
            replies,
            Fetching(self._session, cdn),
            call=commands.call,
            complete=commands.complete,
        )
        hear: dict[str, Hear] = {
            "INTERACTION_CREATE": self._taken,
            "MESSAGE_CREATE": lambda record: self._begin(self._handler.hear(record)),
            **{kind: partial(self._heard, kind) for kind in EVENTS},
            **dict.fromkeys(CHANGES, self._changed),
        }
        self._gateway = (
            Gateway(token, hear, direct_messages=direct_messages, shard_ids=shard_ids, shard_count=shard_count)
            if gateway
            else None
        )
        self._supervisor = supervisor
        self._running: list[asyncio.Task[None]] = []
        self._introduced = asyncio.Event()
        self._open: set[asyncio.Task[None]] = set()
        self._application: discord.AppInfo | None = None

    @property
    def ready(self) -> bool:
        """Whether Discord has told us who we are and, by gateway, every shard is connected."""
        return self._application is not None and (self._gateway is None or self._gateway.connected)

    @property
    def name(self) -> str:
        """Empty before Discord has told it."""
        return self._application.name if self._application else ""

    async def outdated(self) -> bool:
        """Whether Discord is known to have other commands than this release's."""
        try:
            async with asyncio.timeout(_FIRST_CONTACT_S):
                return self._application is not None and not await in_sync(self._client)
        except TROUBLES as error:
            log.info("commands.not_compared", reason=str(error) or "no answer")
            return False

    async def start(self) -> None:
        """Begin. Raises TokenRefused; a Discord out of reach is tried again in the background."""
        self._files = aiohttp.ClientSession()
        try:
            async with asyncio.timeout(_FIRST_CONTACT_S):
                await self._introduce()
        except TROUBLES as error:
            log.warning("discord.unreachable", reason=str(error) or "no answer")
        except TokenRefused:
            await self.stop()
            raise
        kept_up = {"discord": self._run, **({"discord purchases": self._sweep} if self._shop.open else {})}
        self._running = [asyncio.create_task(self._supervisor.keep_up(name, run)) for name, run in kept_up.items()]

    async def stop(self) -> None:
        """End within two seconds; what is under way is finished, if that is enough."""
        async with AsyncExitStack() as last:  # whatever goes wrong before
            last.push_async_callback(self._client.close)
            last.push_async_callback(self._session().close)
            for task in self._running:
                task.cancel()
            await asyncio.gather(*self._running, return_exceptions=True)
            if self._open:
                await asyncio.wait(self._open, timeout=_DRAIN_S)
            for task in self._open:
                task.cancel()
            await asyncio.gather(*self._open, return_exceptions=True)

    async def take(self, record: Json) -> None:
        """One interaction as Discord's call brings it: begun when this returns. Raises Unavailable (answer 503),
        ValueError for no interaction."""
        if self._application is None:
            raise Unavailable
        if not isinstance(record, dict) or not {"id", "token", "type"} <= record.keys():
            raise ValueError("not an interaction")
        self._taken(record)

    async def told(self, event: Json) -> None:
        """What happened to the application, as Discord's call brings it: `{"type", "data"}`. Raises Unavailable (answer
        503, and it comes again), ValueError for no such event."""
        await self._shop.told(event)

    def _session(self) -> aiohttp.ClientSession:
        assert self._files is not None, "not started"
        return self._files

    def _begin(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        self._open.add(task)
        task.add_done_callback(self._open.discard)

    def _taken(self, record: Mapping[str, Any]) -> None:
        self._begin(self._handler.take(record))
        self._begin(self._shop.riding(record))

    def _heard(self, kind: str, record: Mapping[str, Any]) -> None:
        self._begin(self._shop.heard(kind, record))

    def _changed(self, record: Mapping[str, Any]) -> None:
        if self._application is not None:
            self._begin(self._shop.changed(self._application.id, record))

    async def _introduce(self) -> None:
        self._application = await introduce(self._client, self._token)
        self._introduced.set()

    async def _sweep(self) -> None:
        await self._introduced.wait()
        assert self._application is not None
        await self._shop.keep_sweeping(self._application.id)

    async def _run(self) -> None:
        """Until cancelled. A thousand greetings a day are all Discord takes, so that pauses grow."""
        loop, pause = asyncio.get_running_loop(), _FIRST_PAUSE_S
        while True:
            began = loop.time()
            try:
                if self._application is None:
                    await self._introduce()
                if self._gateway is None:
                    await asyncio.Event().wait()  # interactions come through `take`
                else:
                    await self._gateway.run()
            except (*TROUBLES, TokenRefused) as error:
                log.warning("discord.interrupted", reason=str(error) or type(error).__name__)
                self._supervisor.broke("discord")
            if loop.time() - began > _LONGEST_PAUSE_S:
                pause = _FIRST_PAUSE_S
            await asyncio.sleep(pause)
            pause = min(2 * pause, _LONGEST_PAUSE_S)
