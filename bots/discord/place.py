"""Where Discord's messages go, and the receipt of those that arrived."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from core.domain.record import Json, from_record, to_record

_SHARED = "shared"


@dataclass(frozen=True, slots=True)
class Place:
    """A channel, written `<channel>` (with the bot alone), `<channel>:<person>` (for that person's eyes alone) or
    `<channel>:<person>:shared` (for everybody there, and that person's)."""

    channel: int
    person: int | None = None
    shared: bool = False

    @classmethod
    def parse(cls, text: str) -> Place:
        """Raises ValueError for anything that `str()` of a place did not write."""
        channel, _, rest = text.partition(":")
        person, _, shared = rest.partition(":")
        if shared not in ("", _SHARED):
            raise ValueError(text)
        return cls(int(channel), int(person) if person else None, shared == _SHARED)

    def __str__(self) -> str:
        parts = (self.channel, *((self.person,) if self.person else ()), *((_SHARED,) if self.shared else ()))
        return ":".join(map(str, parts))

    @property
    def private(self) -> bool:
        """Among others, and not for them: only a reply can say something there."""
        return self.person is not None and not self.shared


@dataclass(frozen=True, slots=True)
class Stored:
    """A file of a message as Discord knows it."""

    attachment: str
    name: str


@dataclass(frozen=True, slots=True)
class Standing:
    """A message that stands. `reply`: the id of the reply it was said with, "" where the bot posted it; `private`: one
    person sees it, and only replies reach it; `files` by asset."""

    channel: int
    id: int
    reply: str = ""
    private: bool = False
    files: dict[str, Stored] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Receipt:
    """The messages a view became; `kept`: there is a file among them that was sent to be kept."""

    messages: tuple[Standing, ...]
    kept: bool = False

    def record(self) -> dict[str, Json]:
        record: dict[str, Json] = to_record(self)
        return record

    @classmethod
    def read(cls, record: Mapping[str, Json]) -> Receipt | None:
        """The receipt of a record that `record()` wrote; None for the empty one of a first delivery."""
        return from_record(cls, record) if record else None
