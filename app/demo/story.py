"""The story the demo tells: a preview, a free set in two formats, a text edit, a set that is paid for."""

from __future__ import annotations

import uuid
from importlib import resources
from pathlib import Path

import click

from app.database import database
from app.demo.album import save, save_set
from app.demo.stage import Visitor, playing
from core.bootstrap.given import Extra
from core.conversation.action import Ask, Choose, EditText, Generate, GetFile, OpenDetails
from core.conversation.event import Started, TextSent
from core.conversation.view import FileView, FormView, GalleryView, TextView, View
from core.providers.catalogue import STAND_IN
from core.providers.local import LocalProvider
from core.providers.stand_in import StandInProvider
from core.services.desk import Envelope
from core.settings import Settings

HEADLINE = "I flew the shuttle\nThe true story of mission 114"
EDITED = "First woman in command"


def _gallery(view: View) -> bool:
    return isinstance(view, GalleryView) and bool(view.pictures)


def _form(view: View) -> bool:
    return isinstance(view, FormView)


def _said(view: View) -> bool:
    return isinstance(view, (TextView, GalleryView, FormView))


async def tell(settings: Settings, out: Path) -> None:
    portrait = resources.files("app.demo").joinpath("portrait.png").read_bytes()
    person = f"demo-{uuid.uuid4().hex[:8]}"
    envelope = Envelope(id=f"demo:{person}", platform="demo", person=person, place=person)
    async with database(settings) as dsn:
        click.echo("== With no key: everything is free and drawn by the local studio ==")
        async with playing(settings, dsn) as (factory, screen):
            visitor = Visitor(factory, screen, envelope)
            await _free_part(visitor, portrait, out)
        click.echo("\n== With a paid provider: the stand-in, priced like a model, drawing with the studio ==")
        stand_in = Extra((STAND_IN,), lambda workshop: StandInProvider(LocalProvider(workshop)))
        async with playing(settings, dsn, stand_in) as (factory, screen):
            paying = Envelope(id=f"{envelope.id}:paying", platform="demo", person=person, place=person)
            await _paid_part(Visitor(factory, screen, paying), portrait, out)


async def _free_part(visitor: Visitor, portrait: bytes, out: Path) -> None:
    await visitor.do("/start", Started(), _said)
    card = await visitor.send_photo(portrait, HEADLINE, _gallery)
    await save(visitor.factory, card, out, "preview")
    details = await visitor.press(card, OpenDetails, _said)
    section = await visitor.press(details, OpenDetails, _said, section="G")
    form = await visitor.press(section, Ask, _form, question="extra_formats")
    form = await visitor.press(form, Choose, _said, option="extra_formats.reels")
    finished = await visitor.press(form, Generate, _gallery)
    await save_set(visitor.factory, finished, out, "set")
    await visitor.press(finished, EditText, _form)
    edited = await visitor.do(EDITED, TextSent(text=EDITED), _gallery)
    await save(visitor.factory, edited, out, "edited")
    file = await visitor.press(edited, GetFile, lambda view: isinstance(view, (FileView, FormView, TextView)))
    if not isinstance(file, FileView):
        file = await visitor.press(file, GetFile, lambda view: isinstance(view, FileView), type="png")
    await save(visitor.factory, file, out, "file")


async def _paid_part(visitor: Visitor, portrait: bytes, out: Path) -> None:
    card = await visitor.send_photo(portrait, "Ten days above the sky", _gallery)
    paid = await visitor.press(card, Generate, _gallery)
    await save_set(visitor.factory, paid, out, "paid")
