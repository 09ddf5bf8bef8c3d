"""A message as people see it."""

import itertools
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from .attachment import Attachment
from .markup import Entity


@dataclass(frozen=True)
class User:
    """A person or the bot."""

    id: int
    first_name: str
    username: str | None = None
    language_code: str | None = None
    is_bot: bool = False

    def payload(self) -> dict[str, Any]:
        """The user as the Bot API writes it."""
        given = {"username": self.username, "language_code": self.language_code}
        return {
            "id": self.id,
            "is_bot": self.is_bot,
            "first_name": self.first_name,
            **{key: value for key, value in given.items() if value is not None},
        }


@dataclass(frozen=True)
class Button:
    """A button under a message: `data` when a press reaches the bot, `url` when it opens a page."""

    text: str
    data: str | None = None
    url: str | None = None


@dataclass(frozen=True)
class Message:
    """A message as it looks at `revision`; an edit puts a new value in its place.

    `text` holds the words of a text message, or the caption of whatever `attachment` is.
    """

    chat_id: int
    id: int
    sender: User
    date: int
    revision: int
    text: str = ""
    entities: tuple[Entity, ...] = ()
    attachment: Attachment | None = None
    markup: Mapping[str, Any] | None = None
    album: str | None = None
    reply_to: int | None = None
    edited: int | None = None

    @property
    def keyboard(self) -> tuple[tuple[Button, ...], ...]:
        """Rows of inline buttons."""
        rows = (self.markup or {}).get("inline_keyboard", [])
        return tuple(
            tuple(Button(one["text"], one.get("callback_data"), one.get("url")) for one in row) for row in rows
        )

    @property
    def buttons(self) -> tuple[Button, ...]:
        """All inline buttons, in reading order."""
        return tuple(itertools.chain.from_iterable(self.keyboard))

    @property
    def photo(self) -> bytes | None:
        """The picture, if the message shows one."""
        return self._bytes("photo")

    @property
    def document(self) -> bytes | None:
        """The file, if the message carries one as a document."""
        return self._bytes("document")

    def _bytes(self, kind: str) -> bytes | None:
        return self.attachment.file.data if self.attachment and self.attachment.kind == kind else None
