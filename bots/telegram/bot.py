"""The Telegram bot as one part of a process: courier for what goes out, polling or a webhook for what comes in."""

from __future__ import annotations

import asyncio
import logging
import math
import re
from contextlib import AsyncExitStack

import structlog
import telegram
from telegram.error import InvalidToken, TelegramError
from telegram.request import HTTPXRequest

from bots.telegram.courier import TelegramCourier
from bots.telegram.handler import Handler
from bots.telegram.polling import Polling
from bots.telegram.post import Post
from bots.telegram.till import Till
from core.domain.record import Json
from core.services.desk import Desk, References, Unavailable
from core.services.stars import Stars
from core.supervisor import Supervisor

log = structlog.get_logger(__name__)

API_URL = "https://api.telegram.org"
# Telegram gives a webhook about a minute; short absences of the database are waited for, longer ones redelivered.
WEBHOOK_PATIENCE_S = 5.0

_TOKEN = re.compile(r"\d+:[\w-]+", re.ASCII)
_CONNECTIONS = 32
_FIRST_CONTACT_S = 3.0
_FIRST_PAUSE_S, _LONGEST_PAUSE_S = 1.0, 30.0


class TokenRefused(Exception):
    """Telegram does not know the token; the message says what to do and does not hold it."""

    def __init__(self) -> None:
        super().__init__("Telegram refuses TELEGRAM_BOT_TOKEN: copy it again from @BotFather.")


def connect(token: str, api_url: str = API_URL) -> telegram.Bot:
    """A client of the Bot API, not yet initialised. Raises TokenRefused for what cannot be a token."""
    if not _TOKEN.fullmatch(token):
        raise TokenRefused
    # All three write addresses to the log (the library when debugging), and the token is part of an address.
    for name in ("httpx", "httpcore", "telegram"):
        logging.getLogger(name).setLevel(logging.WARNING)
    return telegram.Bot(
        token,
        base_url=f"{api_url.rstrip('/')}/bot",
        base_file_url=f"{api_url.rstrip('/')}/file/bot",
        request=HTTPXRequest(
            _CONNECTIONS, read_timeout=20.0, write_timeout=20.0, pool_timeout=20.0, media_write_timeout=45.0
        ),
        get_updates_request=HTTPXRequest(1, pool_timeout=5.0),
    )


async def introduce(bot: telegram.Bot) -> None:
    """Ask Telegram who the bot is. Raises TokenRefused, or the library's errors while Telegram is out of reach."""
    try:
        await bot.initialize()
    except InvalidToken:
        # The library's own message holds the token.
        raise TokenRefused from None


class TelegramBot:
    """`polling=False`: updates come through `take`, from a webhook. `courier` delivers in either mode.

    The supervisor begins again what breaks, and names it "telegram" while it keeps breaking.
    """

    def __init__(
        self,
        token: str,
        *,
        desk: Desk,
        references: References,
        supervisor: Supervisor,
        polling: bool,
        stars: Stars | None = None,
        api_url: str = API_URL,
    ) -> None:
        """Raises TokenRefused for what cannot be a token; connects to nothing."""
        self._bot = connect(token, api_url)
        post, patience_s = Post(self._bot, desk, references), math.inf if polling else WEBHOOK_PATIENCE_S
        till = Till(self._bot, stars) if stars else None
        self.courier = TelegramCourier(self._bot, post, till)
        self._handler = Handler(self._bot, desk, post, references, till, patience_s=patience_s)
        self._polling = Polling(self._bot, self._handler.handle) if polling else None
        self._supervisor = supervisor
        self._running: asyncio.Task[None] | None = None
        self._introduced = asyncio.Event()

    @property
    def ready(self) -> bool:
        """Whether Telegram has told us who we are; until then nothing can be taken."""
        return self._introduced.is_set()

    @property
    def username(self) -> str:
        """Without the @; empty before `ready`."""
        return self._bot.username if self.ready else ""

    async def start(self) -> None:
        """Begin. Raises TokenRefused; a Telegram out of reach is tried again in the background."""
        try:
            async with asyncio.timeout(_FIRST_CONTACT_S):  # not wait_for: before Python 3.12 it can lose a cancellation
                await self._introduce()
        except (TelegramError, TimeoutError) as error:
            log.warning("telegram.unreachable", reason=str(error) or "no answer")
        except TokenRefused:
            await self._bot.shutdown()
            raise
        self._running = asyncio.create_task(self._supervisor.keep_up("telegram", self._run))

    async def stop(self) -> None:
        """End within two seconds: what was not finished is offered again by Telegram."""
        async with AsyncExitStack() as last:  # whatever goes wrong before
            last.push_async_callback(self._bot.shutdown)
            last.push_async_callback(self._handler.close)
            if self._running:
                self._running.cancel()
                await asyncio.gather(self._running, return_exceptions=True)
            if self._polling and self.ready:
                await self._polling.drain()

    async def take(self, record: Json) -> None:
        """One update as Telegram's webhook brings it. Raises Unavailable (answer 503), ValueError for no update."""
        if not self.ready:
            raise Unavailable
        if not isinstance(record, dict) or not isinstance(record.get("update_id"), int):
            raise ValueError("not an update")
        await self._handler.handle(telegram.Update.de_json(record, self._bot))

    async def _introduce(self) -> None:
        await introduce(self._bot)
        self._introduced.set()

    async def _run(self) -> None:
        """Until cancelled."""
        pause = _FIRST_PAUSE_S
        while not self.ready:
            await asyncio.sleep(pause)
            pause = min(2 * pause, _LONGEST_PAUSE_S)
            try:
                await self._introduce()
            except (TelegramError, TokenRefused) as error:
                log.warning("telegram.unreachable", reason=str(error))
        if self._polling:
            await self._polling.run()
        await asyncio.Event().wait()  # updates come through `take`
