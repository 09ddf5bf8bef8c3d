"""Where Telegram's messages go, and the receipt of those that arrived."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from core.domain.record import Json


@dataclass(frozen=True, slots=True)
class Place:
    """A chat, or one topic of it; written `<chat>` or `<chat>:<topic>`. `asked`: the message an answer there quotes."""

    chat: int
    topic: int | None = None
    asked: int | None = None

    @classmethod
    def parse(cls, text: str) -> Place:
        """Raises ValueError for anything that `str()` of a place did not write."""
        chat, _, topic = text.partition(":")
        return cls(int(chat), int(topic) if topic else None)

    def __str__(self) -> str:
        return f"{self.chat}:{self.topic}" if self.topic else str(self.chat)


class Kind(StrEnum):
    """What a delivery stands as in the chat; decides how it can be edited."""

    TEXT = "text"
    PHOTO = "photo"
    DOCUMENT = "document"
    SEVERAL = "several"
    """More than one message: an album with its control message, a picture with a text too long for a caption."""


@dataclass(frozen=True, slots=True)
class Receipt:
    """The messages a view became."""

    chat: int
    messages: tuple[int, ...]
    kind: Kind
    asked: int | None = None
    """The message it answers; what takes its place answers that one too."""
    shows: dict[str, str] = field(default_factory=dict)
    """Message -> code of the variant it shows: under an album there are no buttons to read it off."""

    def record(self) -> dict[str, Json]:
        known = {name: value for name, value in (("asked", self.asked), ("shows", self.shows)) if value}
        return {"chat": self.chat, "messages": list(self.messages), "kind": self.kind.value, **known}

    @classmethod
    def read(cls, record: dict[str, Json]) -> Receipt | None:
        """The receipt of a record that `record()` wrote; None for the empty one of a first delivery."""
        if not record:
            return None
        numbers = tuple(int(number) for number in record["messages"])
        return cls(int(record["chat"]), numbers, Kind(record["kind"]), record.get("asked"), record.get("shows", {}))
