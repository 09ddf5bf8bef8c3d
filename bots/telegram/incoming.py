"""Updates to events: pure, and None for everything that is not said to the bot."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

import telegram
from telegram.constants import ChatType

from bots.telegram.place import Place
from core.conversation.action import parse
from core.conversation.command import ON_PICTURES
from core.conversation.event import CommandSent, Event, PhotoRefused, Pressed, Started, TextSent
from core.services.desk import Envelope

PLATFORM = "telegram"
NOT_A_PICTURE = "not_a_picture"

_COMMAND = re.compile(r"/(?P<name>\w{1,32})(?:@(?P<bot>\w+))?(?:\s+(?P<argument>.*))?", re.DOTALL | re.ASCII)
_ASKED = re.compile(rf"^{PLATFORM}:\d+:\d+:m(\d+):")
_GROUPS = (ChatType.GROUP, ChatType.SUPERGROUP)


@dataclass(frozen=True, slots=True, kw_only=True)
class Upload:
    """A file that may be a picture and is still on Telegram's servers; `size` in bytes, 0 when Telegram is silent."""

    file_id: str
    size: int
    caption: str = ""
    album: str = ""
    command: str = ""
    """As in `PhotosSent`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Received:
    envelope: Envelope
    event: Event | Upload
    query: str = ""
    """Id of the press that waits for its answer."""
    about: int = 0
    """The message of ours it replies to, where that has no buttons to say which variants it shows."""


def read(update: telegram.Update, me: telegram.User) -> Received | None:
    """What a person did. Edits, channel posts, other bots and talk in groups that is not for us are None."""
    if (query := update.callback_query) is not None:
        return _pressed(update, query, me)
    message = update.message
    if message is None or message.from_user is None or message.from_user.is_bot:
        return None
    event = _said(message, me)
    if event is None:
        return None
    untold = isinstance(event, TextSent | CommandSent) and _replies_to(message, me) and not _variants(message)
    about = message.reply_to_message.message_id if untold and message.reply_to_message else 0
    return Received(envelope=_envelope(update, me, message.from_user, message), event=event, about=about)


def event_id(update: telegram.Update, me: telegram.User) -> str:
    """The happening's id. Update ids count per bot: two bots on one database must not take each other's as repeats."""
    return f"{PLATFORM}:{me.id}:{update.update_id}"


def _pressed(update: telegram.Update, query: telegram.CallbackQuery, me: telegram.User) -> Received | None:
    if query.message is None:
        return None
    envelope = _envelope(update, me, query.from_user, query.message)
    return Received(envelope=envelope, event=Pressed(action=parse(query.data or "")), query=query.id)


def _envelope(
    update: telegram.Update, me: telegram.User, person: telegram.User, message: telegram.MaybeInaccessibleMessage
) -> Envelope:
    topic = message.message_thread_id if isinstance(message, telegram.Message) and message.is_topic_message else None
    group = message.chat.type in _GROUPS
    asked = _asked(update) if group else None
    return Envelope(
        id=f"{event_id(update, me)}:m{asked}" if asked else event_id(update, me),
        platform=PLATFORM,
        person=str(person.id),
        place=str(Place(message.chat.id, topic)),
        group=group,
        language=person.language_code or "en",
    )


def _asked(update: telegram.Update) -> int | None:
    """The message an answer in a group quotes: what was said, or what the pressed message itself answers."""
    if update.message is not None:
        return update.message.message_id
    pressed = update.callback_query.message if update.callback_query else None
    asked = pressed.reply_to_message if isinstance(pressed, telegram.Message) else None
    return asked.message_id if asked else None


def asking_message(key: str) -> int | None:
    """The message to quote, out of the key of a delivery that answers an event; None in private chats."""
    match = _ASKED.search(key)
    return int(match[1]) if match else None


def _said(message: telegram.Message, me: telegram.User) -> Event | Upload | None:
    words = message.text or message.caption or ""
    command = _COMMAND.fullmatch(words.strip())
    if command and (command["bot"] or me.username or "").lower() != (me.username or "").lower():
        return None
    mention = re.compile(rf"(?<!\w)@{re.escape(me.username or '')}\b", re.IGNORECASE)
    if message.chat.type in _GROUPS and not (command or mention.search(words) or _replies_to(message, me)):
        return None
    words = mention.sub("", words).strip()
    name = command["name"].lower() if command else ""
    if (file := _file(message, (command["argument"] or "") if command else words)) is not None:
        return _meant(file, name)
    if name in ON_PICTURES and (original := message.reply_to_message) and not _replies_to(message, me):
        shown = _file(original, "")
        if isinstance(shown, Upload):
            return replace(shown, album="", command=name)
    if not message.text:
        return None
    if command:
        return _command(command, _variants(message))
    if not words:
        return Started()
    variants = _variants(message)
    return TextSent(
        text=words,
        variant=variants[0] if len(variants) == 1 else "",
        variants=variants if len(variants) > 1 else (),
    )


def _meant(file: Upload | PhotoRefused, command: str) -> Upload | PhotoRefused:
    return replace(file, command=command) if isinstance(file, Upload) and command in ON_PICTURES else file


def _command(command: re.Match[str], variants: tuple[str, ...]) -> Event:
    name, argument = command["name"].lower(), (command["argument"] or "").strip()
    if name == "start":
        return Started(payload=argument)
    return CommandSent(name=name, argument=argument, variants=variants)


def _file(message: telegram.Message, caption: str) -> Upload | PhotoRefused | None:
    document = message.document
    if message.photo:
        photo = max(message.photo, key=lambda size: size.width * size.height)
        return _upload(message, photo.file_id, photo.file_size, caption)
    # Telegram guesses a file's type from its name; where it names none, the bytes decide.
    if document is not None and (document.mime_type or "image/").startswith(("image/", "application/octet-stream")):
        return _upload(message, document.file_id, document.file_size, caption)
    other = document or message.video or message.video_note or message.voice or message.audio or message.sticker
    return PhotoRefused(reason=NOT_A_PICTURE, caption=caption) if other else None


def _upload(message: telegram.Message, file_id: str, size: int | None, caption: str) -> Upload:
    group = message.media_group_id
    album = f"{PLATFORM}:{message.chat.id}:{group}" if group else ""
    return Upload(file_id=file_id, size=size or 0, caption=caption, album=album)


def _replies_to(message: telegram.Message, me: telegram.User) -> bool:
    original = message.reply_to_message
    return original is not None and original.from_user is not None and original.from_user.id == me.id


def _variants(message: telegram.Message) -> tuple[str, ...]:
    """The variants of a replied-to message in their order, read off its buttons."""
    original = message.reply_to_message
    if original is None or original.reply_markup is None:
        return ()
    buttons = (button for row in original.reply_markup.inline_keyboard for button in row)
    actions = (parse(button.callback_data) for button in buttons if isinstance(button.callback_data, str))
    return tuple(dict.fromkeys(code for action in actions if (code := getattr(action, "variant", ""))))
