"""A human at a Telegram client: writes, sends pictures, presses buttons, reads the screen, waits."""

import asyncio
import io
import itertools
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Literal, TypeVar

from PIL import Image

from .attachment import Attachment
from .markup import recognised
from .message import Button, Message, User
from .server import TelegramServer
from .star import CHECKOUT_SECONDS, Checkout
from .world import Chat, Toast

Seek = str | Callable[[Message], bool]
Pick = str | Callable[[Button], bool]
Found = TypeVar("Found")


@dataclass(frozen=True)
class Item:
    """One file of an album: a photo, or with a name a document."""

    data: bytes
    caption: str = ""
    name: str | None = None
    mime: str = "image/jpeg"


class Person:
    """Acts in one chat: the private one with the bot, or the group given.

    Acting is immediate and returns what was put into the chat; only waiting takes time. `wait_for` looks at what the
    bot showed or changed since this person's last act. Of a group's messages the bot hears only those that privacy
    mode lets through: commands, mentions of it, replies to it.
    """

    def __init__(
        self,
        server: TelegramServer,
        user_id: int,
        chat: Chat | None = None,
        *,
        first_name: str = "Ada",
        username: str | None = None,
        language_code: str | None = "en",
    ) -> None:
        self.server, self.world = server, server.world
        self.user = User(user_id, first_name, username, language_code)
        self.chat = chat or self.world.chats.setdefault(user_id, Chat(user_id, "private"))
        self.chat.members[user_id] = self.user
        self._acted = self.world.revision

    @property
    def messages(self) -> list[Message]:
        """What the chat shows now, oldest first."""
        return list(self.chat.messages.values())

    @property
    def from_bot(self) -> list[Message]:
        """The bot's part of it."""
        return [one for one in self.messages if one.sender == self.world.bot]

    @property
    def toasts(self) -> list[Toast]:
        """Answers to this person's presses that showed words, in the order of the presses."""
        own = (one for one in self.world.queries.values() if one.person.id == self.user.id)
        return [toast for query in own for toast in query.answers if toast.text]

    def send_text(self, text: str, *, reply_to: Message | None = None) -> Message:
        """Write a line, or a command ("/start payload")."""
        return self._say(text, reply_to=reply_to)

    def reply_to(self, message: Message, text: str) -> Message:
        """Write a reply to a message."""
        return self._say(text, reply_to=message)

    def send_photo(self, data: bytes, caption: str = "", *, reply_to: Message | None = None) -> Message:
        """Send a picture the usual way: recompressed, at most 1280 px."""
        return self._say(caption, self.world.files.photograph(data), reply_to=reply_to)

    def send_document(
        self, data: bytes, name: str, mime: str, caption: str = "", *, reply_to: Message | None = None
    ) -> Message:
        """Send a file as it is."""
        return self._say(caption, self.world.files.upload("document", data, name, mime), reply_to=reply_to)

    def send_album(self, items: Sequence[Item | bytes], *, reply_to: Message | None = None) -> list[Message]:
        """Send 2-10 files at once: as many messages and updates, tied only by their media_group_id."""
        album, files = self.world.album(), self.world.files
        sent = []
        for item in (one if isinstance(one, Item) else Item(one) for one in items):
            photo = item.name is None
            attachment = (
                files.photograph(item.data)
                if photo
                else files.upload("document", item.data, item.name or "", item.mime)
            )
            sent.append(self._say(item.caption, attachment, reply_to=reply_to, album=album))
        return sent

    def press(self, pick: Pick, message: Message | None = None) -> str:
        """Press a button by its label (whole, or else a part of it) or by a predicate; returns the query's id.

        Without a message: the newest visible one that has such a button. With one: the keyboard as that value shows it,
        even where the chat has moved on since, as a client does that has not caught up.
        """
        for seen in [message] if message else reversed(self.from_bot):
            if (button := _picked(seen.buttons, pick)) is not None:
                assert button.data is not None, f"{button.text!r} opens {button.url!r}; a press never reaches the bot"
                self._acted = self.world.revision
                return self.server.press(self.user, seen, button.data)
        raise AssertionError(f"no button {pick!r} on the screen:\n{self.screen()}")

    def forge(self, message: Message, data: str) -> str:
        """Press a button that was never there, as a tampered client can; returns the query's id."""
        self._acted = self.world.revision
        return self.server.press(self.user, message, data)

    async def check_out(self, pick: Pick, message: Message) -> Checkout:
        """Open an invoice by its button and confirm it; what the bot answered."""
        button = _picked(message.buttons, pick)
        assert button is not None and button.url, self.screen()
        query = self.server.ask_checkout(self.user, button.url)
        async with asyncio.timeout(CHECKOUT_SECONDS):
            await query.answered.wait()
        return query

    async def pay(self, pick: Pick, message: Message) -> dict[str, Any]:
        """Pay an invoice; what the bot was told of it."""
        query = await self.check_out(pick, message)
        assert query.ok, query.why
        self._acted = self.world.revision
        return self.server.tell_paid(self.user, query)

    def delete(self, message: Message) -> None:
        """Remove a message from the chat; the bot is not told."""
        self.chat.take(message.id)

    def block(self) -> None:
        """Block the bot: it is told so, and its sendings are refused with 403."""
        self._membership("member", "kicked")

    def unblock(self) -> None:
        """Let the bot write again."""
        self._membership("kicked", "member")

    def find(self, seek: Seek) -> Message | None:
        """The bot's newest visible message that contains the words, or meets the predicate."""
        return next((one for one in reversed(self.from_bot) if _meets(one, seek)), None)

    async def wait_for(self, seek: Seek, timeout: float = 10.0, *, since: int | None = None) -> Message:  # noqa: ASYNC109
        """The bot's newest such message that is new or changed since this person's last act, or since a revision."""
        floor = self._acted if since is None else since
        return await self.wait_until(
            lambda: next(
                (one for one in reversed(self.from_bot) if one.revision > floor and _meets(one, seek)), None
            ),
            timeout,
        )  # fmt: skip

    async def wait_for_answer(self, query_id: str, timeout: float = 10.0) -> Toast:  # noqa: ASYNC109
        """The answer to a press: its button stops spinning."""
        answers = self.world.queries[query_id].answers
        return await self.wait_until(lambda: next(iter(answers), None), timeout)

    async def wait_until(self, look: Callable[[], Found | None], timeout: float = 10.0) -> Found:  # noqa: ASYNC109
        """Whatever `look` finds, asked anew at each change of the chat; fails with the screen after the timeout."""
        watcher = asyncio.Event()
        try:
            async with asyncio.timeout(timeout):
                while not (found := look()):
                    watcher.clear()
                    await self.chat.change(watcher)
        except TimeoutError:
            raise AssertionError(f"nothing of the kind within {timeout} s on the screen:\n{self.screen()}") from None
        return found

    def screen(self) -> str:
        """The chat as lines of text."""
        return "\n".join(itertools.chain.from_iterable(map(self._lines, self.messages))) or "(an empty chat)"

    def _say(
        self, text: str, attachment: Attachment | None = None, *, reply_to: Message | None, album: str | None = None
    ) -> Message:
        message = self.world.message(
            self.chat,
            self.user,
            text=text,
            entities=recognised(text),
            attachment=attachment,
            reply_to=reply_to.id if reply_to else None,
            album=album,
        )
        self._acted = message.revision
        if self._heard(message):
            self.server.hear(message)
        return message

    def _heard(self, message: Message) -> bool:
        if self.chat.kind == "private":
            return True
        original = self.chat.messages.get(message.reply_to or 0)
        if original is not None and original.sender == self.world.bot:
            return True
        words = message.text.encode("utf-16-le")
        name = f"@{self.world.bot.username}"
        for one in message.entities:
            said = words[one.offset * 2 : (one.offset + one.length) * 2].decode("utf-16-le")
            if (one.kind == "mention" and said == name) or (
                one.kind == "bot_command" and (said.endswith(name) or "@" not in said)
            ):
                return True
        return False

    def _membership(self, old: Literal["member", "kicked"], new: Literal["member", "kicked"]) -> None:
        def member(status: str) -> dict[str, Any]:
            ban = {"until_date": 0} if status == "kicked" else {}
            return {"status": status, "user": self.world.bot.payload(), **ban}

        self.chat.blocked = new == "kicked"
        body = {
            "chat": self.chat.payload(),
            "from": self.user.payload(),
            "date": int(self.world.now()),
            "old_chat_member": member(old),
            "new_chat_member": member(new),
        }
        self.server.mailbox.push("my_chat_member", body, self.chat.id)

    def _lines(self, message: Message) -> list[str]:
        who = "bot" if message.sender == self.world.bot else message.sender.first_name
        edited, reply = " (edited)" if message.edited else "", f" to {message.reply_to}" if message.reply_to else ""
        lines = [f"[{message.id}{reply}] {who}{edited}: {_pictured(message.attachment)}{message.text}"]
        lines += ["    " + " ".join(f"( {one.text} )" for one in row) for row in message.keyboard]
        return lines


def _meets(message: Message, seek: Seek) -> bool:
    return seek in message.text if isinstance(seek, str) else seek(message)


def _picked(buttons: Sequence[Button], pick: Pick) -> Button | None:
    if not isinstance(pick, str):
        return next((one for one in buttons if pick(one)), None)
    exact = (one for one in buttons if one.text == pick)
    return next(exact, None) or next((one for one in buttons if pick in one.text), None)


def _pictured(attachment: Attachment | None) -> str:
    if attachment is None:
        return ""
    file, weight = attachment.file, f"{max(len(attachment.file.data) // 1024, 1)} kB"
    if attachment.kind == "photo":
        with Image.open(io.BytesIO(file.data)) as picture:
            return f"<photo {picture.width}×{picture.height}, {weight}> "
    return f"<{attachment.kind} {file.name}, {weight}> "
