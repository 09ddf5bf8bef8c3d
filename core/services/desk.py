"""The desk: all that a front end may ask of the core, and all it must offer in return.

A front end turns what happened into an `Envelope` and an `Event`, hands both to the desk, and is handed the views of
its platform as `Delivery` values, in order per chat, at least once, through its `Courier`.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, Callable
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Protocol

from core.conversation.event import Event, Photo, PhotoRefused
from core.conversation.view import NoticeView, View
from core.domain.guild import Member
from core.domain.record import Json


@dataclass(frozen=True, slots=True, kw_only=True)
class Envelope:
    """Who did something where; strings only, opaque to the core."""

    id: str
    """Unique per happening (`telegram:<update id>`): the same id is handled once, however often it comes."""
    platform: str
    person: str
    place: str
    """The chat answers go to; on platforms with groups it differs from the person."""
    group: bool = False
    private: bool = False
    """Among others in a group, yet for this person's eyes alone."""
    language: str = "en"
    anonymous: bool = False
    """The platform does not know persons (browser): no starter grant."""
    member: Member | None = None
    """In a server that has us: what the platform states of the person there."""


class Desk(Protocol):
    async def handle(self, envelope: Envelope, event: Event) -> NoticeView | None:
        """Take one event; durable when it returns. The toast answers the press itself; all else is delivered.

        Raises Unavailable while the database is gone: the platform must offer the event again.
        """

    async def closed(self, envelope: Envelope, event: Event) -> NoticeView | None:
        """What to say instead of asking the person for what this event leads to: the server they are in has decided
        otherwise. None: nothing is in the way, or nobody can tell within half a second, and the event itself will be
        judged. Raises nothing."""

    async def accept(self, envelope: Envelope, data: bytes) -> Photo | PhotoRefused:
        """Check, re-encode and store an uploaded picture. Never raises for a bad file."""

    async def asset(self, asset_id: str, person: Envelope | None = None) -> Asset:
        """The bytes of a stored picture or file; with a person: only if it is theirs. Raises AssetGone, NotYours."""

    async def download(self, asset_id: str, person: Envelope | None = None) -> Download:
        """The same, not read yet: for what may be large. Raises AssetGone, NotYours, Unavailable."""

    async def link(self, asset_id: str, name: str, person: Envelope | None = None) -> str | None:
        """Where anybody may download it as `name` for an hour, for places that cannot carry the file itself; with a
        person: only if it is theirs. None without a public address. Raises AssetGone, NotYours, Unavailable."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asset:
    id: str
    data: bytes
    media_type: str
    sha256: str
    width: int = 0
    height: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Download:
    """A stored file, to be handed on without ever being held whole."""

    id: str
    media_type: str
    byte_count: int
    pieces: Callable[[], AsyncGenerator[bytes]]
    """Its bytes; raises AssetGone, Unavailable on the way. Close it with `aclosing`."""


class AssetGone(Exception):
    """Purged, deleted or never there."""


class NotYours(Exception):
    """It exists and belongs to somebody else."""


class Unavailable(Exception):
    """The database does not answer; nothing was lost, the same event may be offered again."""


# -- deliveries ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    id: int
    key: str
    """Unique per view, the same on every attempt."""
    place: str
    view: View
    language: str
    replaces: dict[str, Json] = field(default_factory=dict)
    """Receipt of the message now standing in the view's slot; empty: send a new one."""
    retiring: bool = False
    """Nothing is new: the view stands already as `replaces` says and has lost its buttons."""


class Courier(Protocol):
    """A platform's way of showing views."""

    platform: str

    async def deliver(self, delivery: Delivery) -> dict[str, Json]:
        """Show it and return a receipt (message ids), kept to edit or reply to it later.

        Raises TryLater, PlaceGone or Refused; anything else counts as a passing fault and is tried again.
        """


class TryLater(Exception):
    """The platform asked to wait; `everywhere` when it limits the whole bot and not this chat alone."""

    def __init__(self, seconds: float, *, everywhere: bool = False) -> None:
        super().__init__(f"try again in {seconds:g} s")
        self.seconds = seconds
        self.everywhere = everywhere


class PlaceGone(Exception):
    """Blocked, kicked or deleted: nothing can be delivered there until the person comes back."""


class Refused(Exception):
    """The platform will never take this message; the reason is logged and the row dropped."""


# -- the browser's record of a chat --------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One message of a chat as the browser keeps it; a changed line comes again with a higher revision."""

    seq: int
    key: str
    by_person: bool
    record: Json
    revision: int


class Transcript(Protocol):
    async def write(self, place: str, key: str, record: Json, *, by_person: bool) -> int:
        """Append a line, or replace the one with the same key. Returns its seq."""

    async def read(self, place: str, after: int = 0, limit: int = 200) -> tuple[Line, ...]:
        """Lines with a revision above `after`, oldest first."""


class References(Protocol):
    """What a platform has of ours, by its own names: uploaded files it lets us send again without their bytes
    (Telegram's file_id), and the messages that show variants."""

    async def find(self, platform: str, sha256: str, form: str) -> str | None: ...

    async def keep(self, platform: str, sha256: str, form: str, reference: str) -> None: ...

    async def shown(self, platform: str, place: str, message: str) -> str:
        """Code of the variant a delivered message shows, by its receipt's `shows`; empty: none, or it is forgotten.
        Raises Unavailable."""


class Discussions(Protocol):
    """Threads that talk about one job; of one platform. Every method raises Unavailable."""

    async def find(self, place: str, job: str) -> str | None:
        """The thread about a job, by its code, that began in a place."""

    async def keep(self, place: str, job: str, thread: str) -> None:
        """In the place of the one there was."""


# -- ways to answer that a platform lends for a while (Discord's interaction tokens) -------------------------------


class Way(StrEnum):
    """How to say something new with a reply."""

    ORIGINAL = "original"
    """In the place of its "thinking"."""
    FOLLOW_UP = "follow_up"


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    id: str
    token: str
    application: str
    original: str | None = None
    """The message it began at, or its own first answer; None while that says "thinking"."""
    follow_ups: int | None = None
    """New messages left; None: any number."""
    attachment_bytes: int
    """The largest file that may come with it."""


class Replies(Protocol):
    """Of one platform; every method raises Unavailable."""

    async def keep(self, place: str, reply: Reply, seconds: float) -> None:
        """For so long; the same one again changes nothing."""

    async def live(self, place: str) -> tuple[Reply, ...]:
        """Those still good, newest first."""

    async def take(self, reply_id: str, key: str) -> Way | None:
        """How `key` may be said with it; None where nothing more can be. The same key gets the original again."""

    async def stands(self, reply_id: str, original: str) -> None:
        """Its first answer stands, as this message."""
