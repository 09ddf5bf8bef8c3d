"""Messages as Discord knows them: what a view becomes before files are looked up and anything is sent."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, auto

from core.conversation.view import Button, Link, Option


@dataclass(frozen=True, slots=True)
class Text:
    """Markdown, escaped already."""

    content: str


@dataclass(frozen=True, slots=True)
class Shown:
    """A picture by asset id, with its words for who cannot see it."""

    asset: str
    alt: str = ""


@dataclass(frozen=True, slots=True)
class Gallery:
    """1–10 pictures."""

    items: tuple[Shown, ...]


@dataclass(frozen=True, slots=True)
class File:
    """A file to keep, byte for byte."""

    asset: str
    name: str


@dataclass(frozen=True, slots=True)
class Buttons:
    """1–5 in a row."""

    buttons: tuple[Button, ...]


@dataclass(frozen=True, slots=True)
class Premium:
    """1–5 buttons, each of which sells what an SKU id stands for; Discord writes name and price on them."""

    skus: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Select:
    """2–25 options, of which `most` at the most are chosen at once. With one, an option's value is its token."""

    token: str
    options: tuple[Option, ...]
    placeholder: str = ""
    most: int = 1


class Listed(Enum):
    """What Discord lists by itself."""

    CHANNELS = auto()
    ROLES = auto()


@dataclass(frozen=True, slots=True)
class Pick:
    """Any number out of a list of Discord's own; `options` are those chosen now, by their ids."""

    token: str
    listed: Listed
    options: tuple[Option, ...]
    placeholder: str = ""


@dataclass(frozen=True, slots=True)
class Divider:
    """A line across."""


Part = Text | Gallery | File | Buttons | Link | Premium | Select | Pick | Divider


@dataclass(frozen=True, slots=True)
class Message:
    """One message: its parts in a frame with a coloured edge (0xRRGGBB)."""

    parts: tuple[Part, ...]
    accent: int

    @property
    def assets(self) -> tuple[str, ...]:
        """Files it needs, each once, in the order they are shown."""
        named = [
            asset
            for part in self.parts
            for asset in (
                [one.asset for one in part.items]
                if isinstance(part, Gallery)
                else [part.asset]
                if isinstance(part, File)
                else []
            )
        ]
        return tuple(dict.fromkeys(named))
