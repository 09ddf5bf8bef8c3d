"""Messages as Telegram knows them: what a view becomes before files are looked up and anything is sent."""

from __future__ import annotations

from dataclasses import dataclass

from bots.telegram.prose import Prose
from core.conversation.view import Button, Link

Keyboard = tuple[tuple[Button | Link, ...], ...]


@dataclass(frozen=True, slots=True)
class Text:
    words: Prose
    keyboard: Keyboard = ()


@dataclass(frozen=True, slots=True)
class Photo:
    """One picture by asset id; Telegram recompresses it."""

    asset: str
    words: Prose = ()
    keyboard: Keyboard = ()
    variant: str = ""
    """Code of the variant it shows, if it shows one."""


@dataclass(frozen=True, slots=True)
class Document:
    """A file, byte for byte."""

    asset: str
    name: str
    words: Prose = ()
    keyboard: Keyboard = ()
    variant: str = ""


@dataclass(frozen=True, slots=True)
class Album:
    """2–10 photos, or 2–10 documents; Telegram shows no keyboard under it."""

    items: tuple[Photo | Document, ...]


Message = Text | Photo | Document | Album
