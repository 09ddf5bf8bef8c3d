"""The real factory on a durable database of its own, and somebody in its chat."""

import asyncio
import tempfile
from collections import defaultdict
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from uuid import uuid4

from app import memory
from app.database import database
from app.demo.stage import buttons
from core.bootstrap.factory import Factory, open_factory
from core.conversation.action import Action, parse
from core.conversation.event import Event, Photo, PhotosSent, Pressed
from core.conversation.view import GalleryView, View
from core.domain.record import Json
from core.services.desk import Delivery, Envelope
from core.settings import load

PLATFORM = "bench"
PATIENCE_S = 30.0


@dataclass
class Chats:
    """Implements `Courier`: everything shown so far, chat by chat."""

    platform: str = PLATFORM
    shown: defaultdict[str, list[View]] = field(default_factory=lambda: defaultdict(list))
    _changed: asyncio.Condition = field(default_factory=asyncio.Condition)

    async def deliver(self, delivery: Delivery) -> dict[str, Json]:
        async with self._changed:
            self.shown[delivery.place].append(delivery.view)
            self._changed.notify_all()
        return {"line": len(self.shown[delivery.place])}

    async def gallery(self, place: str, since: int, pictures: int = 1) -> GalleryView:
        """The first gallery with so many pictures after so many views."""
        try:
            async with asyncio.timeout(PATIENCE_S), self._changed:
                while True:
                    for view in self.shown[place][since:]:
                        if isinstance(view, GalleryView) and len(view.pictures) >= pictures:
                            return view
                    await self._changed.wait()
        except TimeoutError:
            raise LookupError(f"no gallery, but {self.shown[place][since:]}") from None


@dataclass
class House:
    factory: Factory
    chats: Chats = field(default_factory=Chats)

    def guest(self) -> "Guest":
        return Guest(self, Envelope(id="", platform=PLATFORM, person=uuid4().hex, place=uuid4().hex))


@dataclass
class Guest:
    """Somebody with a chat of their own."""

    house: House
    envelope: Envelope

    async def send(self, event: Event) -> int:
        """How many views the chat had before: the answers come after them."""
        before = len(self.house.chats.shown[self.envelope.place])
        await self.house.factory.desk.handle(replace(self.envelope, id=uuid4().hex), event)
        return before

    async def photo(self, data: bytes, caption: str) -> GalleryView:
        """The whole way: uploaded, checked, previewed, delivered."""
        accepted = await self.house.factory.desk.accept(self.envelope, data)
        assert isinstance(accepted, Photo), accepted
        return await self.gallery(await self.send(PhotosSent(photos=(accepted,), caption=caption)))

    async def press(self, view: View, kind: type[Action]) -> int:
        return await self.send(Pressed(action=found(view, kind)))

    async def gallery(self, since: int, pictures: int = 1) -> GalleryView:
        return await self.house.chats.gallery(self.envelope.place, since, pictures)


def found(view: View, kind: type[Action]) -> Action:
    return next(action for _, token in buttons(view) if isinstance(action := parse(token), kind))


@contextmanager
def folder() -> Iterator[Path]:
    """A folder for one factory; its database may run as another user, who must be let through."""
    with tempfile.TemporaryDirectory(prefix="thumbnail-factory-bench-") as name:
        Path(name).chmod(0o711)
        yield Path(name)


@asynccontextmanager
async def house(*, working: bool = True, **chosen: object) -> AsyncIterator[House]:
    """`working=False`: nobody claims jobs or delivers, so only the turn itself is on the machine.

    `chosen`: settings.
    """
    async with AsyncExitStack() as stack:
        home = stack.enter_context(folder())
        settings = load(factory_home=home, _env_file=None, **chosen)
        dsn = await stack.enter_async_context(database(settings))
        factory = await stack.enter_async_context(open_factory(settings, dsn, release="bench"))
        opened = House(factory)
        if working:
            worker = factory.worker()
            await worker.start()
            stack.push_async_callback(worker.stop)
            sender = asyncio.create_task(factory.delivering(opened.chats).run())
            stack.callback(sender.cancel)
            factory.workshop.warm()
        memory.settle()
        yield opened
