"""Long polling: an update is confirmed to Telegram only once it was handled, and no chat waits for another one's."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

import structlog
import telegram
from telegram.error import Conflict, InvalidToken, RetryAfter, TelegramError

from bots.telegram.flood import pause_s

log = structlog.get_logger(__name__)

ALLOWED_UPDATES = ("message", "callback_query", "pre_checkout_query")

_LONG_POLL_S = 25
# With updates still being handled Telegram would repeat them at once: look for others only now and then.
_PEEK_S = 0.3
_FIRST_PAUSE_S, _LONGEST_PAUSE_S = 0.5, 30.0
_CONFLICT_PAUSE_S = 15.0
_DRAIN_S, _CONFIRM_S = 1.2, 0.5
_CONFLICTS = {
    "webhook": "a webhook is set for this bot: delete it, or run with TELEGRAM_MODE=webhook",
    "": "another process polls with the same TELEGRAM_BOT_TOKEN: stop one of the two",
}

Handle = Callable[[telegram.Update], Awaitable[None]]


class Polling:
    """Runs as one task. `handle` returns once an update is taken for good; while it does not, nothing is confirmed."""

    def __init__(self, bot: telegram.Bot, handle: Handle) -> None:
        self._bot = bot
        self._handle = handle
        self._open: dict[int, asyncio.Task[None]] = {}
        self._done: set[int] = set()
        self._offset = 0
        self._fault = ""

    async def run(self) -> None:
        """Until cancelled."""
        failures = 0
        while True:
            try:
                updates = await self._fetch(0 if self._open else _LONG_POLL_S)
            except TelegramError as error:
                self._report(error)
                await asyncio.sleep(_pause_s(error, failures))
                failures += 1
                continue
            failures = 0
            self._recovered()
            for update in updates:
                self._begin(update)
            if self._open:
                await asyncio.wait(self._open.values(), timeout=_PEEK_S)

    async def drain(self) -> None:
        """Finish or drop what is open, then tell Telegram what was taken. At most two seconds."""
        tasks = list(self._open.values())
        if tasks:
            await asyncio.wait(tasks, timeout=_DRAIN_S)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        try:
            async with asyncio.timeout(_CONFIRM_S):  # not wait_for: before Python 3.12 it can lose a cancellation
                await self._bot.get_updates(self._next(), limit=1, timeout=0)
        except (TelegramError, TimeoutError) as error:
            # The desk takes each update once, so that Telegram may well repeat them.
            log.info("updates.left_unconfirmed", reason=str(error))

    async def _fetch(self, timeout_s: int) -> tuple[telegram.Update, ...]:
        self._offset = self._next()
        self._done = {number for number in self._done if number >= self._offset}
        return await self._bot.get_updates(self._offset, timeout=timeout_s, allowed_updates=ALLOWED_UPDATES)

    def _next(self) -> int:
        """The first update that is not handled yet: all before it are confirmed by asking for it."""
        if self._open:
            return min(self._open)
        return max(self._done, default=self._offset - 1) + 1

    def _begin(self, update: telegram.Update) -> None:
        number = update.update_id
        if number in self._open or number in self._done:
            return
        task = asyncio.create_task(self._handled(update))
        self._open[number] = task

    async def _handled(self, update: telegram.Update) -> None:
        await self._handle(update)
        self._done.add(update.update_id)
        del self._open[update.update_id]

    def _report(self, error: TelegramError) -> None:
        match error:
            case Conflict():
                fault = next(text for word, text in _CONFLICTS.items() if word in error.message.lower())
            case InvalidToken():
                fault = "Telegram no longer takes TELEGRAM_BOT_TOKEN: copy it anew from @BotFather"
            case _:
                fault = error.message
        if fault != self._fault:
            self._fault = fault
            log.warning("polling.interrupted", reason=fault)

    def _recovered(self) -> None:
        if self._fault:
            self._fault = ""
            log.info("polling.resumed")


def _pause_s(error: TelegramError, failures: int) -> float:
    match error:
        case RetryAfter():
            return pause_s(error)
        case Conflict() | InvalidToken():
            return _CONFLICT_PAUSE_S
        case _:
            return min(_FIRST_PAUSE_S * 2.0 ** min(failures, 10), _LONGEST_PAUSE_S)
