"""What stands on Telegram's servers: chats with their people and messages, presses, settings of the bot."""

import asyncio
import itertools
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from .attachment import Files
from .message import Message, User
from .star import Stars

BOT_ID = 123456


@dataclass(frozen=True)
class Action:
    """A chat action ("typing", "upload_photo") and when it was shown, in seconds of the server's clock."""

    name: str
    at: float


@dataclass
class Chat:
    """A private chat (id of the person) or a group (negative id), with everything said in it that still stands."""

    id: int
    kind: str
    title: str | None = None
    members: dict[int, User] = field(default_factory=dict)
    messages: dict[int, Message] = field(default_factory=dict)
    deleted: dict[int, Message] = field(default_factory=dict)
    actions: list[Action] = field(default_factory=list)
    draft: str | None = None
    blocked: bool = False
    _watchers: set[asyncio.Event] = field(default_factory=set)

    def payload(self) -> dict[str, Any]:
        """The chat as the Bot API writes it."""
        if self.kind != "private":
            return {"id": self.id, "type": self.kind, "title": self.title or ""}
        person = self.members[self.id].payload()
        return {
            "id": self.id,
            "type": self.kind,
            **{key: person[key] for key in ("first_name", "username") if key in person},
        }

    def put(self, message: Message) -> None:
        """Show a message, new or changed."""
        self.messages[message.id] = message
        self.stir()

    def take(self, message_id: int) -> None:
        """Remove a message from everyone's sight."""
        self.deleted[message_id] = self.messages.pop(message_id)
        self.stir()

    def stir(self) -> None:
        """Wake whoever watches the chat."""
        for watcher in self._watchers:
            watcher.set()

    async def change(self, watcher: asyncio.Event) -> None:
        """Wait until the chat changes after the watcher was last cleared."""
        self._watchers.add(watcher)
        try:
            await watcher.wait()
        finally:
            self._watchers.discard(watcher)


@dataclass(frozen=True)
class Toast:
    """An answer to a press: a line at the top of the screen, an alert, or (without text) nothing to see."""

    text: str
    alert: bool
    url: str | None


@dataclass
class Query:
    """A press that reached the bot; `answers` is empty while the button still spins."""

    id: str
    person: User
    chat_id: int
    message_id: int
    data: str
    at: float
    answers: list[Toast] = field(default_factory=list)


class World:
    """All of it, with the server's clock (`advance` moves it) and its counters."""

    def __init__(self, username: str = "thumb_bot") -> None:
        self.bot = User(BOT_ID, "Thumbnail Factory", username, is_bot=True)
        self.chats: dict[int, Chat] = {}
        self.files = Files()
        self.stars = Stars()
        self.queries: dict[str, Query] = {}
        self.commands: dict[tuple[str, str], list[dict[str, str]]] = {}
        self.profile: dict[str, dict[str, str]] = {}
        self.reactions: dict[tuple[int, int], list[dict[str, Any]]] = {}
        self.revision = 0
        self._message_ids = itertools.count(1)
        self._albums = itertools.count(13_000_000_000_000_001)
        self._query_ids = itertools.count(7_000_000_000_000_001)
        self._offset = 0.0

    def now(self) -> float:
        """Seconds since 1970 on the server's clock."""
        return time.time() + self._offset

    def advance(self, seconds: float) -> None:
        """Let time pass."""
        self._offset += seconds

    def next_revision(self) -> int:
        """A number greater than every revision so far."""
        self.revision += 1
        return self.revision

    def message(self, chat: Chat, sender: User, **content: Any) -> Message:
        """Put a new message into a chat."""
        message = Message(
            chat.id, next(self._message_ids), sender, int(self.now()), self.next_revision(), **content
        )  # fmt: skip
        chat.put(message)
        return message

    def service(self, chat: Chat, sender: User, **content: Any) -> dict[str, Any]:
        """A message that Telegram writes itself, as the Bot API has it."""
        message = self.message(chat, sender)
        return self.payload(message) | content

    def album(self) -> str:
        """A new media_group_id."""
        return str(next(self._albums))

    def query(self, person: User, message: Message, data: str) -> Query:
        """Record a press."""
        query = Query(str(next(self._query_ids)), person, message.chat_id, message.id, data, self.now())
        self.queries[query.id] = query
        return query

    def unanswered(self) -> Iterator[Query]:
        """Presses whose button still spins."""
        return (one for one in self.queries.values() if not one.answers)

    def payload(self, message: Message, *, quote: bool = True) -> dict[str, Any]:
        """The message as the Bot API writes it; a reply quotes its original one level deep."""
        chat = self.chats[message.chat_id]
        words, entities = ("caption", "caption_entities") if message.attachment else ("text", "entities")
        body: dict[str, Any] = {
            "message_id": message.id,
            "date": message.date,
            "chat": chat.payload(),
            "from": message.sender.payload(),
        }
        if message.attachment:
            body |= message.attachment.payload()
        if message.text:
            body[words] = message.text
        if message.entities:
            body[entities] = [one.payload() for one in message.entities]
        if message.keyboard:
            body["reply_markup"] = {"inline_keyboard": (message.markup or {})["inline_keyboard"]}
        optional = {"media_group_id": message.album, "edit_date": message.edited}
        body |= {key: value for key, value in optional.items() if value is not None}
        if quote and message.reply_to in chat.messages:
            body["reply_to_message"] = self.payload(chat.messages[message.reply_to], quote=False)
        return body
