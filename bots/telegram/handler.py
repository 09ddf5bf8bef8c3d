"""The handler: acknowledges a person at once, then brings what they did to the desk, in order per chat."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import TypeVar

import structlog
import telegram
from telegram.constants import ChatAction
from telegram.error import BadRequest, InvalidToken, RetryAfter, TelegramError

from bots.telegram.flood import pause_s
from bots.telegram.incoming import PLATFORM, Received, Upload, event_id, read
from bots.telegram.place import Place
from bots.telegram.post import Post
from bots.telegram.render import render
from bots.telegram.till import Till
from core.conversation.event import CommandSent, Event, Photo, PhotoRefused, PhotosSent, TextSent
from core.conversation.prose import clean, clip
from core.conversation.view import NoticeView, Tone
from core.failpoint import reach
from core.lane import Lanes
from core.services.desk import Desk, Envelope, References, Unavailable

log = structlog.get_logger(__name__)
T = TypeVar("T")

ACKNOWLEDGED_WITHIN_S = 0.7
TOAST_UNITS = 200
DOWNLOAD_BYTES = 20 * 1024 * 1024
"""What getFile serves; larger files cannot be fetched by a bot."""
TOO_LARGE, UNREACHABLE = "too_large", "unreachable"

_DOWNLOADS = 6
_DOWNLOAD_ATTEMPTS = 5
_FIRST_PAUSE_S, _LONGEST_PAUSE_S = 0.2, 5.0


class Handler:
    """`patience_s`: how long an update waits here for a database that is away before Unavailable is passed on."""

    def __init__(
        self,
        bot: telegram.Bot,
        desk: Desk,
        post: Post,
        references: References,
        till: Till | None,
        *,
        patience_s: float,
    ) -> None:
        self._bot = bot
        self._desk = desk
        self._references = references
        self._post = post
        self._till = till
        self._patience_s = patience_s
        self._lanes = Lanes()
        # Bounds memory: an upload has up to 20 MB.
        self._downloads = asyncio.Semaphore(_DOWNLOADS)
        self._courtesies: set[asyncio.Task[None]] = set()

    async def handle(self, update: telegram.Update) -> None:
        """Take one update; when this returns the desk has it for good. Raises Unavailable: offer it again."""
        me, chat = self._bot.bot, update.effective_chat
        with structlog.contextvars.bound_contextvars(event_id=event_id(update, me), chat=chat and chat.id):
            try:
                if self._till and await self._till.take(update):
                    return
                received = read(update, me)
                if received is not None:
                    await self._take(received)
                elif update.callback_query:
                    await self._answer(update.callback_query.id, None)
            except Unavailable:
                log.warning("update.postponed")
                raise
            except Exception:
                # One update that we cannot take must not be offered for ever, in front of all that come after it.
                log.exception("update.failed")

    async def _take(self, received: Received) -> None:
        bringing = asyncio.create_task(self._bring(received))
        try:
            if received.query:
                await self._acknowledge(received, bringing)
            await bringing
        finally:
            bringing.cancel()

    async def _acknowledge(self, received: Received, bringing: asyncio.Task[NoticeView | None]) -> None:
        done, _ = await asyncio.wait({bringing}, timeout=ACKNOWLEDGED_WITHIN_S)
        await self._answer(received.query, bringing.result() if done and not bringing.exception() else None)
        if not done and (notice := await bringing) is not None and notice.tone is not Tone.INFO:
            # The press was answered without a word; a warning is worth a message.
            for message in render(notice):
                await self._post.send(Place.parse(received.envelope.place), message, {})

    async def _answer(self, query: str, notice: NoticeView | None) -> None:
        text = clip(clean(notice.text), TOAST_UNITS) if notice else ""
        try:
            await self._bot.answer_callback_query(
                query, text or None, show_alert=True if notice and notice.tone is Tone.ERROR else None
            )
        except TelegramError as error:
            # Too late or unreachable: only the spinner on the button is at stake.
            log.info("press.left_unanswered", reason=error.message)

    async def _bring(self, received: Received) -> NoticeView | None:
        envelope, event = received.envelope, received.event
        fetching = asyncio.create_task(self._fetched(envelope, event)) if isinstance(event, Upload) else None
        try:
            async with self._lanes.turn(envelope.place):
                ready = await fetching if fetching else await self._addressed(received)
                assert not isinstance(ready, Upload)
                reach("telegram.before_handle")
                notice = await self._patiently(lambda: self._desk.handle(envelope, ready))
                reach("telegram.after_handle")
                return notice
        finally:
            if fetching:
                fetching.cancel()

    async def _addressed(self, received: Received) -> Event | Upload:
        """The event with the variant it is about, where only the outbox remembers what the message showed."""
        event, about, place = received.event, received.about, received.envelope.place
        if not about:
            return event
        code = await self._patiently(lambda: self._references.shown(PLATFORM, place, str(about)))
        match event:
            case TextSent() if code:
                return replace(event, variant=code)
            case CommandSent() if code:
                return replace(event, variants=(code,))
            case _:
                return event

    async def _fetched(self, envelope: Envelope, upload: Upload) -> Event:
        if upload.size > DOWNLOAD_BYTES:
            return PhotoRefused(reason=TOO_LARGE, caption=upload.caption)
        if not upload.album or upload.caption:
            self._show_activity(Place.parse(envelope.place))
        async with self._downloads:
            data = await self._download(upload.file_id)
            if isinstance(data, PhotoRefused):
                return replace(data, caption=upload.caption)
            taken = await self._patiently(lambda: self._desk.accept(envelope, data))
        match taken:
            case Photo():
                return PhotosSent(photos=(taken,), caption=upload.caption, album=upload.album, command=upload.command)
            case PhotoRefused():
                return replace(taken, caption=upload.caption)

    async def _download(self, file_id: str) -> bytes | PhotoRefused:
        for attempt in range(_DOWNLOAD_ATTEMPTS):
            pause = _backoff_s(attempt)
            try:
                file = await self._bot.get_file(file_id)
                return bytes(await file.download_as_bytearray())
            except BadRequest as error:
                return PhotoRefused(reason=TOO_LARGE if "too big" in error.message.lower() else UNREACHABLE)
            except InvalidToken:
                # The library's word for a 404: the file's address is no longer good.
                break
            except RetryAfter as error:
                pause = pause_s(error)
            except TelegramError as error:
                log.info("download.interrupted", reason=error.message)
            await asyncio.sleep(pause)
        return PhotoRefused(reason=UNREACHABLE)

    async def _patiently(self, call: Callable[[], Awaitable[T]]) -> T:
        """Call again while the database is away, so that what follows in this chat keeps its order."""
        give_up = asyncio.get_running_loop().time() + self._patience_s
        attempt = 0
        while True:
            try:
                return await call()
            except Unavailable:
                pause = _backoff_s(attempt)
                if asyncio.get_running_loop().time() + pause > give_up:
                    raise
                await asyncio.sleep(pause)
                attempt += 1

    def _show_activity(self, place: Place) -> None:
        """Say that a picture is being worked on; nothing depends on it."""

        async def show() -> None:
            try:
                await self._bot.send_chat_action(place.chat, ChatAction.UPLOAD_PHOTO, message_thread_id=place.topic)
            except TelegramError as error:
                log.debug("activity.not_shown", reason=error.message)

        task = asyncio.create_task(show())
        self._courtesies.add(task)
        task.add_done_callback(self._courtesies.discard)

    async def close(self) -> None:
        """Drop what is only courtesy."""
        for task in self._courtesies:
            task.cancel()
        await asyncio.gather(*self._courtesies, return_exceptions=True)


def _backoff_s(attempt: int) -> float:
    return min(_FIRST_PAUSE_S * 2.0 ** min(attempt, 10), _LONGEST_PAUSE_S)
