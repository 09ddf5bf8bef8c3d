"""Rendering: transcript lines and pages to HTML, one template per kind of utterance."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, Final, Protocol, assert_never
from urllib.parse import quote

import structlog
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from core.conversation.action import OpenVariant, Run
from core.conversation.view import (
    FieldKind,
    FileView,
    FormView,
    GalleryView,
    NoticeView,
    ProgressView,
    Row,
    TextView,
    Tone,
)
from core.domain.record import RecordError
from core.services.desk import Line
from core.services.example import EXAMPLE
from web.chat.guard import SANDBOX
from web.chat.said import Said, Utterance, read_utterance
from web.chat.shelf import Shelf

TEMPLATES: Final = Path(__file__).with_name("templates")
COMMANDS: Final = ("new", "gallery", "jobs", "balance", "settings", "help", "privacy")
"""What the page's menu offers; everything else can be typed."""
SHOWN_BUTTONS: Final = 4
"""A picture with more has the rest folded away."""
log = structlog.get_logger()


class Say(Protocol):
    """A sentence of the locale files, in one language."""

    def __call__(self, key: str, **values: object) -> str: ...


Speaker = Callable[[str], Say]
"""Language tag -> sentences in it."""


class Renderer:
    def __init__(self, shelf: Shelf, speaker: Speaker) -> None:
        self._speaker = speaker
        self._templates = Environment(
            loader=FileSystemLoader(TEMPLATES),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self._templates.globals |= {
            "static": shelf.url,
            "release": shelf.release,
            "menu": [(Run(command).pack(), f"web.menu_{command}") for command in COMMANDS],
            "shown_buttons": SHOWN_BUTTONS,
            "example": EXAMPLE,
            "sandbox": SANDBOX,
        }
        self._templates.filters |= {
            "picture_url": picture_url,
            "file_url": file_url,
            "chip_url": chip_url,
            "own_rows": own_rows,
        }

    def line(self, line: Line, language: str) -> str:
        """One `<li>`. A record nobody can read any more is logged and shown as such, so that the chat goes on."""
        say = self._speaker(language)
        try:
            utterance = read_utterance(line.record)
        except RecordError as error:
            log.warning("web.line_unreadable", seq=line.seq, reason=str(error))
            utterance = NoticeView(text=say("web.unreadable"), tone=Tone.WARNING)
        return self._render(
            "line.html",
            say,
            line=line,
            it=utterance,
            partial=template_of(utterance),
            spoken="" if line.by_person else spoken(utterance, say),
            hint=_hint(utterance, say),
        )

    def toast(self, notice: NoticeView, language: str) -> str:
        return self._render("toast.html", self._speaker(language), it=notice)

    def said_toast(self, key: str, language: str, **values: object) -> str:
        """A toast of the page's own."""
        notice = NoticeView(text=self._speaker(language)(key, **values), tone=Tone.WARNING, toast=True)
        return self.toast(notice, language)

    def page(self, template: str, language: str, **values: Any) -> str:
        return self._render(template, self._speaker(language), language=language, **values)

    def _render(self, template: str, say: Say, **values: Any) -> str:
        return self._templates.get_template(template).render(say=say, **values)


def template_of(utterance: Utterance) -> str:
    match utterance:
        case TextView():
            return "view/text.html"
        case GalleryView():
            return "view/gallery.html"
        case FormView():
            return "view/form.html"
        case ProgressView():
            return "view/progress.html"
        case NoticeView():
            return "view/notice.html"
        case FileView():
            return "view/file.html"
        case Said():
            return "view/said.html"
        case _:
            assert_never(utterance)


def spoken(utterance: Utterance, say: Say) -> str:
    """What a screen reader is told when the line appears or changes: the gist, not every button."""
    match utterance:
        case TextView(text=text, title=title, copy=copy):
            return f"{title} {text} {copy}".strip()
        case GalleryView(pictures=pictures, text=text, title=title):
            return f"{say('web.pictures_came', count=len(pictures))} {title} {text}".strip()
        case FormView(text=text, note=note):
            return f"{note} {text}".strip()
        case ProgressView(text=text) | NoticeView(text=text):
            return text
        case FileView(name=name, text=text):
            return f"{text} {name}".strip()
        case Said(text=text):
            return text
        case _:
            assert_never(utterance)


def own_rows(gallery: GalleryView) -> tuple[Row, ...]:
    """The gallery's rows, less those that only lead to a picture whose own buttons stand under it here."""
    at_hand = {OpenVariant(picture.variant).pack() for picture in gallery.pictures if picture.variant and picture.rows}
    return tuple(row for row in gallery.rows if any(button.token not in at_hand for button in row.buttons))


def picture_url(asset: str) -> str:
    return f"/picture/{quote(asset, safe='')}"


def file_url(asset: str, name: str) -> str:
    return f"/file/{quote(asset, safe='')}?name={quote(name, safe='')}"


def chip_url(name: str) -> str:
    return f"/search/{quote(name, safe='')}"


def _hint(utterance: Utterance, say: Say) -> str:
    """What the message field says while a question waits for words; the question itself stands right above it."""
    if isinstance(utterance, FormView) and utterance.kind is FieldKind.TEXT:
        return say("web.placeholder_answer")
    return ""
