"""The demo's front end: a courier that prints, and a person who waits for what was promised."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field, replace

import click

from app import RELEASE
from core.bootstrap.factory import Factory, open_factory
from core.bootstrap.given import Extra
from core.conversation.action import Action, parse
from core.conversation.event import Event, PhotosSent, Pressed
from core.conversation.view import FileView, FormView, GalleryView, NoticeView, ProgressView, TextView, View
from core.domain.record import Json
from core.services.desk import Delivery, Envelope
from core.settings import Settings

PATIENCE_S = 120.0


@dataclass
class Screen:
    """Implements `Courier`: everything shown so far, and when."""

    platform: str = "demo"
    shown: list[View] = field(default_factory=list)
    _changed: asyncio.Condition = field(default_factory=asyncio.Condition)

    async def deliver(self, delivery: Delivery) -> dict[str, Json]:
        if delivery.retiring:
            return delivery.replaces
        async with self._changed:
            self.shown.append(delivery.view)
            self._changed.notify_all()
        return {"line": len(self.shown)}

    async def wait_for(self, wanted: Callable[[View], bool], since: int) -> View:
        def found() -> View | None:
            return next((view for view in self.shown[since:] if wanted(view)), None)

        async with asyncio.timeout(PATIENCE_S), self._changed:
            await self._changed.wait_for(lambda: found() is not None)
        view = found()
        assert view is not None
        return view


@dataclass
class Visitor:
    """Somebody in the chat; `do` returns the first view that answers, with the seconds it took printed."""

    factory: Factory
    screen: Screen
    envelope: Envelope
    badge: str = ""
    """Before every line of what is shown."""
    _events: int = 0

    async def do(self, what: str, event: Event, wanted: Callable[[View], bool]) -> View:
        self._events += 1
        since, started = len(self.screen.shown), time.monotonic()
        click.echo(f"\n> {what}")
        envelope = replace(self.envelope, id=f"{self.envelope.id}:{self._events}")
        toast = await self.factory.desk.handle(envelope, event)
        if toast:
            self.say(f"({toast.text})")
        return await self.see(wanted, since, started)

    async def see(self, wanted: Callable[[View], bool], since: int, started: float) -> View:
        """The first view wanted of those after `since`, printed."""
        view = await self.screen.wait_for(wanted, since)
        seconds = time.monotonic() - started
        self.say(*describe(view), f"[{seconds:.2f} s · {await self.credits()}]")
        return view

    def say(self, *lines: str) -> None:
        for line in lines:
            click.echo(f"  {self.badge}{line}")

    async def press(self, view: View, action: type[Action], wanted: Callable[[View], bool], **having: str) -> View:
        """Press the first button of the view whose action is of this kind and has these values."""
        for label, token in buttons(view):
            found = parse(token)
            if isinstance(found, action) and all(getattr(found, name) == value for name, value in having.items()):
                return await self.do(f"[{label}]", Pressed(action=found), wanted)
        raise LookupError(f"no {action.__name__} {having} in {buttons(view)}")

    async def send_photo(self, data: bytes, caption: str, wanted: Callable[[View], bool]) -> View:
        accepted = await self.factory.desk.accept(self.envelope, data)
        event = PhotosSent(photos=(accepted,), caption=caption)  # type: ignore[arg-type]  # refused: fails loudly
        return await self.do(f"(photo) {caption!r}", event, wanted)

    async def credits(self) -> str:
        user_id = (await self.factory.conversing.open(self.envelope)).user_id
        wallet = (await self.factory.wallets.balance(user_id)).wallet
        return f"{wallet.available} credits, {wallet.held} held"


def buttons(view: View) -> list[tuple[str, str]]:
    rows = [*view.rows, *(row for picture in getattr(view, "pictures", ()) for row in picture.rows)]
    found = [(button.label, button.token) for row in rows for button in row.buttons]
    if isinstance(view, FormView):
        found = [*((option.label, option.token) for option in view.options), *found]
    return found


def describe(view: View) -> list[str]:
    lines = [view.text]
    match view:
        case GalleryView(title=title, pictures=pictures):
            lines = [title, *view.text.splitlines(), *(f"picture: {one.alt}" for one in pictures)]
        case FormView(note=note):
            lines = [*([note] if note else []), *view.text.splitlines()]
        case FileView(name=name, media_type=media_type):
            lines = [f"file: {name} ({media_type})", *view.text.splitlines()]
        case TextView(title=title):
            lines = [title, *view.text.splitlines()]
        case ProgressView() | NoticeView():
            lines = view.text.splitlines()
    row = "  ".join(f"[{label}]" for label, _ in buttons(view)[:8])
    return [line for line in (*lines, row) if line]


@asynccontextmanager
async def playing(settings: Settings, dsn: str, *extras: Extra) -> AsyncIterator[tuple[Factory, Screen]]:
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
