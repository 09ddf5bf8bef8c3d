"""The real factory on a durable database of its own, and somebody in its chat."""

import asyncio
import tempfile
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from uuid import uuid4

from app.database import database
from app.demo.stage import Screen, buttons
from core.bootstrap import Extra, Factory, open_factory
from core.conversation.action import Action, parse
from core.conversation.event import Event, Photo, PhotosSent, Pressed
from core.conversation.view import GalleryView, View
from core.services.desk import Envelope
from core.settings import Settings

PLATFORM = "bench"


@dataclass
class House:
    factory: Factory
    screen: Screen = field(default_factory=lambda: Screen(platform=PLATFORM))

    def guest(self) -> "Guest":
        return Guest(self, Envelope(id="", platform=PLATFORM, person=uuid4().hex, place=uuid4().hex))


@dataclass
class Guest:
    """Acts, and waits for what only their own chat is shown: rows are measured one guest at a time."""

    house: House
    envelope: Envelope

    async def send(self, event: Event) -> int:
        """Returns where the answers begin on the screen."""
        begin = len(self.house.screen.shown)
        await self.house.factory.desk.handle(replace(self.envelope, id=uuid4().hex), event)
        return begin

    async def photo(self, data: bytes, caption: str) -> GalleryView:
        """The whole way: uploaded, checked, previewed, delivered."""
        accepted = await self.house.factory.desk.accept(self.envelope, data)
        assert isinstance(accepted, Photo), accepted
        return await self.gallery(await self.send(PhotosSent(photos=(accepted,), caption=caption)))

    async def press(self, view: View, kind: type[Action]) -> int:
        return await self.send(Pressed(action=found(view, kind)))

    async def gallery(self, since: int) -> GalleryView:
        view = await self.house.screen.wait_for(lambda one: isinstance(one, GalleryView) and bool(one.pictures), since)
        assert isinstance(view, GalleryView)
        return view


def found(view: View, kind: type[Action]) -> Action:
    return next(action for _, token in buttons(view) if isinstance(action := parse(token), kind))


@asynccontextmanager
async def house(*, working: bool = True, extras: tuple[Extra, ...] = ()) -> AsyncIterator[House]:
    """`working=False`: nobody claims jobs or delivers, so only the turn itself is on the machine."""
    async with AsyncExitStack() as stack:
        home = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="thumbnail-factory-bench-")))
        home.chmod(0o711)
        settings = Settings(factory_home=home, _env_file=None)
        dsn = await stack.enter_async_context(database(settings))
        factory = await stack.enter_async_context(open_factory(settings, dsn, release="bench", extras=extras))
        opened = House(factory)
        if working:
            worker = factory.worker()
            await worker.start()
            stack.push_async_callback(worker.stop)
            sender = asyncio.create_task(factory.delivering(opened.screen).run())
            stack.callback(sender.cancel)
            factory.workshop.warm()
        yield opened
