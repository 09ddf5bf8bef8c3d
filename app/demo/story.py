"""The story the demo tells: a preview, a free set in two formats, a text edit, a set that is paid for."""

from __future__ import annotations

import asyncio
import uuid
from contextlib import AsyncExitStack, asynccontextmanager
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING

import click

from app import RELEASE
from app.database import database
from app.demo.stage import Screen, Visitor
from core.bootstrap import Extra, Factory, open_factory
from core.conversation.action import Ask, Choose, EditText, Generate, GetFile, OpenDetails
from core.conversation.event import Started, TextSent
from core.conversation.view import FileView, FormView, GalleryView, TextView, View
from core.domain.format import find
from core.providers.catalogue import STAND_IN
from core.providers.local import LocalProvider
from core.providers.stand_in import StandInProvider
from core.services.desk import Envelope
from core.settings import Settings

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

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
        async with _factory(settings, dsn) as (factory, screen):
            visitor = Visitor(factory, screen, envelope)
            await _free_part(visitor, portrait, out)
        click.echo("\n== With a paid provider: the stand-in, priced like a model, drawing with the studio ==")
        stand_in = Extra((STAND_IN,), lambda workshop: StandInProvider(LocalProvider(workshop)))
        async with _factory(settings, dsn, stand_in) as (factory, screen):
            paying = Envelope(id=f"{envelope.id}:paying", platform="demo", person=person, place=person)
            await _paid_part(Visitor(factory, screen, paying), portrait, out)


async def _free_part(visitor: Visitor, portrait: bytes, out: Path) -> None:
    await visitor.do("/start", Started(), _said)
    card = await visitor.send_photo(portrait, HEADLINE, _gallery)
    await _save(visitor.factory, card, out, "preview")
    details = await visitor.press(card, OpenDetails, _said)
    section = await visitor.press(details, OpenDetails, _said, section="G")
    form = await visitor.press(section, Ask, _form, question="extra_formats")
    form = await visitor.press(form, Choose, _said, option="extra_formats.reels")
    finished = await visitor.press(form, Generate, _gallery)
    await _save_set(visitor.factory, finished, out, "set")
    await visitor.press(finished, EditText, _form)
    edited = await visitor.do(EDITED, TextSent(text=EDITED), _gallery)
    await _save(visitor.factory, edited, out, "edited")
    file = await visitor.press(edited, GetFile, lambda view: isinstance(view, (FileView, FormView, TextView)))
    if not isinstance(file, FileView):
        file = await visitor.press(file, GetFile, lambda view: isinstance(view, FileView), type="png")
    await _save(visitor.factory, file, out, "file")


async def _paid_part(visitor: Visitor, portrait: bytes, out: Path) -> None:
    card = await visitor.send_photo(portrait, "Ten days above the sky", _gallery)
    paid = await visitor.press(card, Generate, _gallery)
    await _save_set(visitor.factory, paid, out, "paid")


async def _save(factory: Factory, view: View, out: Path, name: str) -> None:
    if isinstance(view, FileView):
        asset = await factory.desk.asset(view.asset)
        _write(out / f"{name}-{view.name}", asset.data)
    elif isinstance(view, GalleryView):
        for number, picture in enumerate(view.pictures, 1):
            asset = await factory.desk.asset(picture.asset)
            _write(out / f"{name}-{number}.jpg", asset.data)


async def _save_set(factory: Factory, view: View, out: Path, name: str) -> None:
    """Every format of every variant, and the contact sheet."""
    assert isinstance(view, GalleryView)
    if view.sheet:
        _write(out / f"{name}-sheet.jpg", (await factory.desk.asset(view.sheet)).data)
    shown = {picture.variant for picture in view.pictures}
    for code in sorted(shown):
        await _save_variant(factory, code, out, name)


async def _save_variant(factory: Factory, code: str, out: Path, name: str) -> None:
    row = await factory.direct.fetch(
        "select r.format, r.asset_id::text as asset, v.position "
        "from tf.render r join tf.variant v on v.id = r.variant_id "
        "where v.code = %s and r.media_type = 'image/jpeg' and r.version = v.current order by r.format",
        (code,),
    )
    for render in row:
        asset = await factory.desk.asset(render["asset"])
        target = find(render["format"])
        size = f"{asset.width}x{asset.height}"
        assert len(asset.data) <= target.byte_budget
        _write(out / f"{name}-{render['position'] + 1}-{render['format']}-{size}.jpg", asset.data)


def _write(path: Path, data: bytes) -> None:
    path.write_bytes(data)
    click.echo(f"  wrote {path.name} ({len(data) / 1000:.0f} kB)")


@asynccontextmanager
async def _factory(settings: Settings, dsn: str, *extras: Extra) -> AsyncIterator[tuple[Factory, Screen]]:
    """A whole factory whose only front end is the demo's screen."""
    async with AsyncExitStack() as stack:
        factory = await stack.enter_async_context(open_factory(settings, dsn, release=RELEASE, extras=extras))
        screen = Screen()
        worker = factory.worker()
        await worker.start()
        stack.push_async_callback(worker.stop)
        sender = asyncio.create_task(factory.delivering(screen).run())
        stack.callback(sender.cancel)
        yield factory, screen
