"""The courier: views of the outbox into Telegram's chats, edited in place where Telegram can."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping, Sequence
from dataclasses import replace

import structlog
import telegram
from telegram.error import BadRequest, ChatMigrated, Forbidden, RetryAfter, TelegramError

from bots.telegram.flood import pause_s
from bots.telegram.incoming import PLATFORM, asking_message
from bots.telegram.message import Message, Photo, Text
from bots.telegram.place import Kind, Place, Receipt
from bots.telegram.post import Post, fitted, kind, variants
from bots.telegram.prose import CAPTION_UNITS, fits
from bots.telegram.render import render
from bots.telegram.till import Till
from core.domain.record import Json
from core.failpoint import reach
from core.services.desk import Asset, AssetGone, Delivery, PlaceGone, Refused, TryLater

log = structlog.get_logger(__name__)

# A bad request that says the chat itself is out of reach; a 403 always does.
_GONE = ("chat not found", "peer_id_invalid", "user not found", "chat was deactivated", "chat_write_forbidden",
         "not enough rights to send", "have no rights to send")  # fmt: skip
_UNFINISHED = 256


def _shows(messages: Sequence[Message], numbers: Sequence[int]) -> dict[str, str]:
    codes = (code for message in messages for code in variants(message))
    return {str(number): code for number, code in zip(numbers, codes, strict=True) if code}


class TelegramCourier:
    """Delivers to Telegram; one instance may deliver to any number of chats at once."""

    platform = PLATFORM

    def __init__(self, bot: telegram.Bot, post: Post, till: Till | None) -> None:
        self._bot = bot
        self._post = post
        self._till = till
        # Delivery key -> ids of its messages that went out before one of them failed: the next attempt goes on there.
        self._begun: OrderedDict[str, list[tuple[int, ...]]] = OrderedDict()

    async def deliver(self, delivery: Delivery) -> dict[str, Json]:
        """Raises TryLater, PlaceGone, Refused; Telegram's passing faults as they are."""
        place, old = Place.parse(delivery.place), Receipt.read(delivery.replaces)
        try:
            try:
                receipt = await self._show(delivery, place, old)
            except ChatMigrated as moved:
                # A supergroup's messages are numbered anew: there is nothing left to edit.
                receipt = await self._show(delivery, replace(place, chat=moved.new_chat_id), None)
        except RetryAfter as error:
            raise TryLater(pause_s(error)) from error
        except Forbidden as error:
            raise PlaceGone(error.message) from error
        except BadRequest as error:
            gone = any(reason in error.message.lower() for reason in _GONE)
            raise (PlaceGone if gone else Refused)(error.message) from error
        except AssetGone as error:
            raise Refused("a file of the view is gone") from error
        reach("telegram.after_send")
        return receipt.record()

    async def _show(self, delivery: Delivery, place: Place, old: Receipt | None) -> Receipt:
        if old and delivery.retiring:
            await self._unbutton(old)
            return old
        rendered = await self._till.offered(delivery, place) if self._till else render(delivery.view)
        carried = await self._post.carried(rendered, delivery.language)
        stock = await self._post.stock(carried)
        messages = [fitted(message, stock) for message in carried]
        if old and len(messages) == 1 and await self._edit(old, messages[0], stock):
            # Words under a picture leave it what it is.
            return replace(old, shows=_shows(messages, old.messages)) if isinstance(messages[0], Photo) else old
        asked = asking_message(delivery.key) or (old.asked if old else None)
        numbers = await self._send(delivery.key, replace(place, asked=asked), messages, stock)
        if old:
            await self._retire(old)
        return Receipt(place.chat, numbers, kind(messages), asked, _shows(messages, numbers))

    async def _edit(self, old: Receipt, message: Message, stock: Mapping[str, Asset]) -> bool:
        """Whether the standing message shows the new one now, or did already."""
        number = old.messages[0]
        try:
            match old.kind, message:
                case Kind.TEXT, Text():
                    await self._post.edit_text(old.chat, number, message)
                # The picture stays and its words change: a question about a preview does not push the preview away.
                case Kind.PHOTO, Text() if fits(message.words, CAPTION_UNITS):
                    await self._post.edit_caption(old.chat, number, message)
                case Kind.PHOTO, Photo():
                    await self._post.edit_photo(old.chat, number, message, stock)
                case _:
                    return False
        except BadRequest as error:
            # Whatever else Telegram has against the edit (deleted, too old, never ours), a new message is free of it.
            return "message is not modified" in error.message.lower()
        return True

    async def _send(
        self, key: str, place: Place, messages: Sequence[Message], stock: Mapping[str, Asset]
    ) -> tuple[int, ...]:
        done = self._begun.pop(key, [])
        try:
            for message in messages[len(done) :]:
                done.append(await self._to(replace(place, asked=None) if done else place, message, stock))
        except TelegramError:
            if done:
                self._begun[key] = done
                while len(self._begun) > _UNFINISHED:
                    self._begun.popitem(last=False)
            raise
        return tuple(number for numbers in done for number in numbers)

    async def _to(self, place: Place, message: Message, stock: Mapping[str, Asset]) -> tuple[int, ...]:
        try:
            return await self._post.send(place, message, stock)
        except BadRequest as error:
            if place.topic is None or "thread not found" not in error.message.lower():
                raise
            return await self._post.send(replace(place, topic=None), message, stock)

    async def _retire(self, old: Receipt) -> None:
        """Take the replaced messages away, or at least their buttons. A file stays: it was sent to be kept."""
        try:
            if old.kind is Kind.DOCUMENT or not await self._deleted(old):
                await self._unbutton(old)
        except TelegramError as error:
            # The new message stands; buttons left on the old one are answered as stale ones.
            log.info("message.kept", chat=old.chat, messages=old.messages, reason=error.message)

    async def _unbutton(self, old: Receipt) -> None:
        """The keyboard is under the last of the messages."""
        try:
            await self._bot.edit_message_reply_markup(old.chat, old.messages[-1])
        except BadRequest as error:
            if "message is not modified" not in error.message.lower():
                raise

    async def _deleted(self, old: Receipt) -> bool:
        try:
            return await self._bot.delete_messages(old.chat, old.messages)
        except BadRequest:
            return False
