"""Views: what a person is shown, in their language, before any platform renders it.

Six kinds, matched exhaustively by every front end. A view with a `slot` replaces the message last shown in that slot
of the same chat (the status message, the brief card); without one it is a new message. `retires` names slots whose
messages lose their buttons once the view is shown; with its own slot among them the view is a new message as well.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import assert_never

from core.domain.model import Origin
from core.domain.plan import PlanId
from core.domain.score import Grade


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """One row of a table: a name, what it is, and what that means."""

    name: str
    value: str
    note: str = ""
    grade: Grade | None = None
    """How good it is, where that is judged; the words say it as well."""
    link: str = ""
    """Where its value leads, outside of here: an address beginning with http."""
    channels: tuple[str, ...] = ()
    """Which ones of the platform's its value stands for, by id: front ends that can name them do."""
    roles: tuple[str, ...] = ()
    """Like `channels`."""


class Style(StrEnum):
    PLAIN = "plain"
    PRIMARY = "primary"
    DANGER = "danger"


@dataclass(frozen=True, slots=True)
class Button:
    label: str
    token: str
    """`Action.pack()`."""
    style: Style = Style.PLAIN


@dataclass(frozen=True, slots=True)
class Link:
    """A button that leads elsewhere."""

    label: str
    url: str
    """An address, or beginning with a slash a page of ours, in the browser alone."""


@dataclass(frozen=True, slots=True)
class Row:
    buttons: tuple[Button, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """One picture of a gallery: an asset id and what to say of it."""

    asset: str
    alt: str
    caption: str = ""
    variant: str = ""
    """Code of the variant it shows, if it shows one."""
    name: str = ""
    """What that variant is called inside a sentence."""
    origin: Origin = Origin.STUDIO
    width: int = 0
    height: int = 0
    rows: tuple[Row, ...] = ()
    """What can be done with this picture alone, shown under it, and once only: a gallery does not repeat it in its own
    rows. Front ends that cannot put buttons under one picture of several show the gallery's rows, which lead there."""


class Tone(StrEnum):
    INFO = "info"
    WARNING = "warning"
    ERROR = "error"


class FieldKind(StrEnum):
    TEXT = "text"
    CHOICE = "choice"
    CHOICES = "choices"
    PHOTOS = "photos"
    CHANNELS = "channels"
    """Any number of what only the platform can list; options are those chosen now."""
    ROLES = "roles"


@dataclass(frozen=True, slots=True)
class Option:
    label: str
    value: str
    token: str
    chosen: bool = False


@dataclass(frozen=True, slots=True)
class Shelf:
    """Plans as somebody may take or leave them: front ends of whoever sells some offer just that."""

    offered: tuple[PlanId, ...] = ()
    """To be subscribed to."""
    provider: str = ""
    """Who collects for the subscription that can be changed or ended; empty: there is none."""
    order: str = ""
    """Ours, that it began with."""
    ending: bool = False
    """It is only to be ended here."""
    ended: str = ""
    """They said so where its company lets us end it; what to say instead once it is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TextView:
    text: str
    title: str = ""
    facts: tuple[Fact, ...] = ()
    copy: str = ""
    """Words to take along, which front ends make easy to copy whole."""
    chips: tuple[str, ...] = ()
    """Like a gallery's."""
    lacking: int = 0
    """Like a notice's."""
    links: tuple[Link, ...] = ()
    shelf: Shelf | None = None
    rows: tuple[Row, ...] = ()
    slot: str = ""
    retires: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Topic:
    """What a shown picture may be talked about under: its job, by code, and a name to read."""

    job: str
    name: str
    closed: bool = False
    """No thread may be begun for it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class GalleryView:
    """One or more pictures. `sheet` is one picture of them all, numbered, for front ends that show a single one."""

    pictures: tuple[Picture, ...]
    text: str = ""
    title: str = ""
    facts: tuple[Fact, ...] = ()
    chips: tuple[str, ...] = ()
    """`<variant>.<version>` of pictures with a search behind them whose provider wants HTML of its own shown with them.
    Front ends without HTML show the links among the facts."""
    sheet: str = ""
    topic: Topic | None = None
    """Front ends with threads keep what is shown of one topic in one of them."""
    rows: tuple[Row, ...] = ()
    slot: str = ""
    retires: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class FormView:
    """One question. Options carry their token; a text question is answered by the next message."""

    draft: str
    question: str
    kind: FieldKind
    text: str
    note: str = ""
    """Why the last answer did not fit; the answer is not lost."""
    hint: str = ""
    options: tuple[Option, ...] = ()
    open: bool = False
    """Besides its options, or besides pictures, it takes words of one's own."""
    rows: tuple[Row, ...] = ()
    slot: str = ""
    retires: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ProgressView:
    text: str
    done: int
    total: int
    pictures: tuple[Picture, ...] = ()
    """What is finished already, for front ends that can show it without sending a new message."""
    rows: tuple[Row, ...] = ()
    slot: str = ""
    retires: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class NoticeView:
    """A short word on something that happened. A `toast` answers the press itself where the platform can."""

    text: str
    tone: Tone = Tone.INFO
    toast: bool = False
    lacking: int = 0
    """Credits that are missing for what was asked: front ends of platforms that sell some offer them."""
    selling: str = ""
    """What they say then instead of `text`."""
    links: tuple[Link, ...] = ()
    """What leads out of the chat, above the rows."""
    channels: tuple[str, ...] = ()
    """Like a fact's."""
    roles: tuple[str, ...] = ()
    rows: tuple[Row, ...] = ()
    slot: str = ""
    retires: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class FileView:
    """A file to keep: delivered byte for byte, as a document where the platform recompresses pictures."""

    asset: str
    name: str
    media_type: str
    picture: Picture | None = None
    """The file as a picture to look at, for what the person has not seen yet."""
    text: str = ""
    rows: tuple[Row, ...] = ()
    slot: str = ""
    retires: tuple[str, ...] = ()


View = TextView | GalleryView | FormView | ProgressView | NoticeView | FileView


def ended(view: View) -> View:
    """The view without anything to press."""
    match view:
        case GalleryView():
            return replace(view, rows=(), pictures=tuple(replace(picture, rows=()) for picture in view.pictures))
        case ProgressView():
            return NoticeView(text=view.text, slot=view.slot, retires=view.retires)  # nothing is under way there
        case FormView():
            return replace(view, rows=(), options=())
        case NoticeView():
            return replace(view, rows=(), links=(), lacking=0)
        case TextView():
            return replace(view, rows=(), links=(), lacking=0, shelf=None)
        case FileView():
            return replace(view, rows=())
        case _:
            assert_never(view)
