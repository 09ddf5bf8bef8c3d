"""The post: messages through the Bot API, files by reference where Telegram has them already."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import replace
from typing import assert_never

import telegram
from telegram import (
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    InputMediaDocument,
    InputMediaPhoto,
    LinkPreviewOptions,
    ReplyParameters,
)
from telegram.constants import FileSizeLimit, ParseMode
from telegram.error import BadRequest

from bots.telegram.incoming import PLATFORM
from bots.telegram.message import Album, Document, Keyboard, Message, Photo, Text
from bots.telegram.place import Kind, Place
from bots.telegram.prose import CAPTION_UNITS, TEXT_UNITS, Prose, Run, prose, to_html
from core.conversation import texts
from core.conversation.texts import Speaker
from core.conversation.view import Button, Link, Style
from core.services.desk import Asset, Desk, References

# Limits of sendPhoto; beyond them the picture goes as a document.
PHOTO_BYTES = 10 * 1024 * 1024
PHOTO_SIDES = 10_000
PHOTO_RATIO = 20
_NO_PREVIEW = LinkPreviewOptions(is_disabled=True)
"""A link of ours is for the person alone, not for Telegram's servers to fetch and show."""
_EXTENSIONS = {"image/jpeg": "jpg", "image/png": "png", "image/webp": "webp"}

File = str | bytes
"""A file id, or what to upload."""


class Post:
    """Sends and edits. Every method raises the library's own errors."""

    def __init__(self, bot: telegram.Bot, desk: Desk, references: References) -> None:
        self._bot = bot
        self._desk = desk
        self._references = references

    async def stock(self, messages: Sequence[Message]) -> dict[str, Asset]:
        """The files the messages name, by asset id. Raises AssetGone."""
        names = {item.asset: None for message in messages for item in _items(message)}
        return {name: await self._desk.asset(name) for name in names}

    async def carried(self, messages: Sequence[Message], language: str) -> tuple[Message, ...]:
        """The messages; a file that is too large for Telegram gives way, unread, to words, and a link where there can
        be one. Raises AssetGone."""
        return tuple([await self._carried(message, texts.speaker(language)) for message in messages])

    async def _carried(self, message: Message, voice: Speaker) -> Message:
        if not isinstance(message, Document):
            return message
        octets = (await self._desk.download(message.asset)).byte_count
        return await self._linked(message, octets, voice) if octets > FileSizeLimit.FILESIZE_UPLOAD else message

    async def _linked(self, message: Document, octets: int, voice: Speaker) -> Text:
        link, megabytes = await self._desk.link(message.asset, message.name), f"{octets / 1_000_000:.0f}"
        said = (
            voice.say("file.too_large_link", megabytes=megabytes, link=link)
            if link
            else voice.say("file.too_large", megabytes=megabytes)
        )
        return Text(message.words + prose(Run(said)), message.keyboard)

    async def send(self, place: Place, message: Message, stock: Mapping[str, Asset]) -> tuple[int, ...]:
        """Send a message that `fitted` has seen; the ids of what stands in the chat now (an album is several)."""
        match message:
            case Text():
                sent = await self._bot.send_message(
                    place.chat,
                    to_html(message.words, TEXT_UNITS),
                    parse_mode=ParseMode.HTML,
                    link_preview_options=_NO_PREVIEW,
                    message_thread_id=place.topic,
                    reply_parameters=_quoting(place),
                    reply_markup=markup(message.keyboard),
                )
                return (sent.message_id,)
            case Photo() | Document():
                return await self._send_files(place, (message,), stock, message.keyboard)
            case Album():
                return await self._send_files(place, message.items, stock, ())
            case _:
                assert_never(message)

    async def edit_text(self, chat: int, number: int, message: Text) -> None:
        await self._bot.edit_message_text(
            to_html(message.words, TEXT_UNITS),
            chat,
            number,
            parse_mode=ParseMode.HTML,
            link_preview_options=_NO_PREVIEW,
            reply_markup=markup(message.keyboard),
        )

    async def edit_caption(self, chat: int, number: int, message: Text) -> None:
        """Put words under a picture that stays."""
        await self._bot.edit_message_caption(
            chat,
            number,
            caption=_caption(message.words),
            parse_mode=ParseMode.HTML,
            reply_markup=markup(message.keyboard),
        )

    async def edit_photo(self, chat: int, number: int, message: Photo, stock: Mapping[str, Asset]) -> None:
        async def call(files: Sequence[File]) -> Sequence[telegram.Message]:
            media = _medium(message, files[0], stock)
            edited = await self._bot.edit_message_media(media, chat, number, reply_markup=markup(message.keyboard))
            return [edited] if isinstance(edited, telegram.Message) else []

        await self._with_files((message,), stock, call)

    async def _send_files(
        self, place: Place, items: Sequence[Photo | Document], stock: Mapping[str, Asset], keyboard: Keyboard
    ) -> tuple[int, ...]:
        async def call(files: Sequence[File]) -> Sequence[telegram.Message]:
            if len(items) == 1:
                return [await self._send_one(place, items[0], files[0], stock, keyboard)]
            media = [_medium(item, file, stock) for item, file in zip(items, files, strict=True)]
            return await self._bot.send_media_group(
                place.chat, media, message_thread_id=place.topic, reply_parameters=_quoting(place)
            )

        return tuple(message.message_id for message in await self._with_files(items, stock, call))

    async def _send_one(
        self, place: Place, item: Photo | Document, file: File, stock: Mapping[str, Asset], keyboard: Keyboard
    ) -> telegram.Message:
        if isinstance(item, Photo):
            return await self._bot.send_photo(
                place.chat,
                file,
                caption=_caption(item.words),
                parse_mode=ParseMode.HTML,
                message_thread_id=place.topic,
                reply_parameters=_quoting(place),
                reply_markup=markup(keyboard),
                filename=_name(item, stock),
            )
        return await self._bot.send_document(
            place.chat,
            file,
            caption=_caption(item.words),
            parse_mode=ParseMode.HTML,
            message_thread_id=place.topic,
            reply_parameters=_quoting(place),
            reply_markup=markup(keyboard),
            filename=_name(item, stock),
            disable_content_type_detection=True,
        )

    async def _with_files(
        self,
        items: Sequence[Photo | Document],
        stock: Mapping[str, Asset],
        call: Callable[[Sequence[File]], Awaitable[Sequence[telegram.Message]]],
    ) -> Sequence[telegram.Message]:
        """Make the call with file ids where they are known, again with the bytes if Telegram forgot one."""
        assets = [stock[item.asset] for item in items]
        forms = [_form(item).value for item in items]
        known = [
            await self._references.find(PLATFORM, asset.sha256, form) for asset, form in zip(assets, forms, strict=True)
        ]
        try:
            sent = await call([one or asset.data for one, asset in zip(known, assets, strict=True)])
        except BadRequest as error:
            if not (any(known) and _is_about_a_file(error)):
                raise
            known = [None] * len(known)
            sent = await call([asset.data for asset in assets])
        for message, one, asset, form in zip(sent, known, assets, forms, strict=False):
            if one is None and (reference := _reference(message)):
                await self._references.keep(PLATFORM, asset.sha256, form, reference)
        return sent


def variants(message: Message) -> tuple[str, ...]:
    """Code of the variant each message shows that this one becomes; empty for none."""
    return tuple(item.variant for item in _items(message)) or ("",)


def fitted(message: Message, stock: Mapping[str, Asset]) -> Message:
    """The message with documents for pictures that Telegram does not take as photos; an album keeps to one form."""
    match message:
        case Photo() if not _is_photographic(stock[message.asset]):
            return _as_document(message)
        case Album() if not all(_is_photographic(stock[item.asset]) for item in message.items):
            return replace(message, items=tuple(_as_document(item) for item in message.items))
        case _:
            return message


def kind(messages: Sequence[Message]) -> Kind:
    """What the messages, sent one after the other, stand as."""
    match messages:
        case [Text()]:
            return Kind.TEXT
        case [Photo()]:
            return Kind.PHOTO
        case [Document()]:
            return Kind.DOCUMENT
        case _:
            return Kind.SEVERAL


def markup(keyboard: Keyboard) -> InlineKeyboardMarkup | None:
    return InlineKeyboardMarkup([[_button(one) for one in row] for row in keyboard]) if keyboard else None


def _quoting(place: Place) -> ReplyParameters | None:
    return ReplyParameters(place.asked, allow_sending_without_reply=True) if place.asked else None


def _button(button: Button | Link) -> InlineKeyboardButton:
    if isinstance(button, Link):
        return InlineKeyboardButton(button.label, url=button.url)
    style = None if button.style is Style.PLAIN else button.style.value
    return InlineKeyboardButton(button.label, callback_data=button.token, style=style)


def _medium(item: Photo | Document, file: File, stock: Mapping[str, Asset]) -> InputMediaPhoto | InputMediaDocument:
    caption, name = _caption(item.words), _name(item, stock)
    if isinstance(item, Photo):
        return InputMediaPhoto(file, caption=caption, parse_mode=ParseMode.HTML, filename=name)
    return InputMediaDocument(
        file, caption=caption, parse_mode=ParseMode.HTML, filename=name, disable_content_type_detection=True
    )


def _caption(words: Prose) -> str | None:
    return to_html(words, CAPTION_UNITS) or None


def _items(message: Message) -> tuple[Photo | Document, ...]:
    match message:
        case Text():
            return ()
        case Album():
            return message.items
        case _:
            return (message,)


def _form(item: Photo | Document) -> Kind:
    return Kind.PHOTO if isinstance(item, Photo) else Kind.DOCUMENT


def _as_document(item: Photo | Document) -> Document:
    return item if isinstance(item, Document) else Document(item.asset, "", item.words, item.keyboard, item.variant)


def _name(item: Photo | Document, stock: Mapping[str, Asset]) -> str:
    """The file name an upload gets; the library would call it application.octet-stream."""
    given = item.name if isinstance(item, Document) else ""
    return given or f"thumbnail.{_EXTENSIONS.get(stock[item.asset].media_type, 'bin')}"


def _is_photographic(asset: Asset) -> bool:
    sides = sorted((asset.width, asset.height))
    return (
        asset.media_type in _EXTENSIONS
        and len(asset.data) <= PHOTO_BYTES
        and sum(sides) <= PHOTO_SIDES
        and sides[1] <= PHOTO_RATIO * max(sides[0], 1)
    )


def _reference(message: telegram.Message) -> str:
    if message.photo:
        return message.photo[-1].file_id
    return message.document.file_id if message.document else ""


def _is_about_a_file(error: BadRequest) -> bool:
    """Telegram words a stale file id in many ways; all of them name the file or the medium."""
    return any(word in error.message.lower() for word in ("file", "media"))
