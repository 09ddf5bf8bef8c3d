"""Senders: no chat waits for another one's message, nor for a lease nobody remembers."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from core.conversation.view import NoticeView
from core.domain.record import Json, to_record
from core.services.delivering import LEASE_S, Delivering, Pace
from core.services.desk import Delivery
from core.store.error import Unavailable
from core.store.outbox import Outbox
from core.store.port import Transport
from tests.store.scene import PLATFORM, Post, staged

SOON_S = LEASE_S / 6


def said(key: str) -> Post:
    return Post(key=key, view=to_record(NoticeView(text=key)))


@dataclass
class Shown:
    """Implements `Courier`; a message whose key is in `held` takes until it is let go."""

    platform: str = PLATFORM
    keys: list[str] = field(default_factory=list)
    held: dict[str, asyncio.Event] = field(default_factory=dict)
    _changed: asyncio.Condition = field(default_factory=asyncio.Condition)

    async def deliver(self, delivery: Delivery) -> dict[str, Json]:
        async with self._changed:
            self.keys.append(delivery.key)
            self._changed.notify_all()
        if delivery.key in self.held:
            await self.held[delivery.key].wait()
        return {}

    async def see(self, key: str) -> None:
        async with asyncio.timeout(SOON_S), self._changed:
            await self._changed.wait_for(lambda: key in self.keys)


@dataclass
class Faltering:
    """Implements `Transport` over another: the first report of a delivery does not get through."""

    inner: Transport
    faults: int = 1

    async def call(self, function: str, arguments: Mapping[str, Any]) -> Any:
        if function == "delivered" and self.faults:
            self.faults -= 1
            raise Unavailable("the database did not answer")
        return await self.inner.call(function, arguments)

    def listen(self, channel: str) -> AsyncGenerator[str]:
        return self.inner.listen(channel)

    async def close(self) -> None:
        await self.inner.close()


@asynccontextmanager
async def delivering(transport: Transport, shown: Shown) -> AsyncIterator[None]:
    task = asyncio.create_task(Delivering(Outbox(transport, PLATFORM), shown, Pace(), "sender").run())
    try:
        yield
    finally:
        task.cancel()
        await asyncio.wait({task})


async def test_a_chat_goes_on_soon_after_its_sender_could_not_report(database: str) -> None:
    async with staged(database) as scene:
        person, shown = await scene.person(), Shown()
        async with delivering(Faltering(scene.direct), shown):
            await person.say(said("first"))
            await shown.see("first")
            await person.say(said("second"))
            await shown.see("second")
        assert shown.keys == ["first", "first", "second"], "at least once, and in order"


async def test_a_message_that_takes_long_holds_up_its_own_chat_only(database: str) -> None:
    async with staged(database) as scene:
        slow, quick = await scene.person(), await scene.person()
        shown = Shown(held={"slow": asyncio.Event()})
        async with delivering(scene.direct, shown):
            await asyncio.sleep(0.3)  # every sender rests
            await slow.say(said("slow"))
            await shown.see("slow")
            await quick.say(said("quick"))
            await shown.see("quick")
            shown.held["slow"].set()
