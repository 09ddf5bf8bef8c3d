"""/readyz says what keeps this process from doing its work."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path

from aiohttp import ClientSession

from app.parts import Parts
from core.supervisor import Supervisor
from tests.factory import running


async def answers(address: str) -> tuple[int, list[str]]:
    async with ClientSession() as session, session.get(f"{address}/readyz") as answer:
        return answer.status, (await answer.json())["missing"]


async def until(condition: Callable[[], Awaitable[bool]]) -> None:
    async with asyncio.timeout(30):
        while not await condition():  # noqa: ASYNC110
            await asyncio.sleep(0.02)


async def test_a_part_that_keeps_being_restarted_is_named_for_as_long_as_it_is(database: str, home: Path) -> None:
    async with running(database, home, worker=False, webhook_port=0) as here:
        here.factory.supervisor = Supervisor(pause_s=0.02, steady_s=3)
        parts, said = Parts(here.factory, ("webhooks",)), list[str]()
        await parts.start(said.append)
        address = next(word for word in said[0].split() if word.startswith("http"))
        broken = True

        async def outbox() -> None:
            if broken:
                raise RuntimeError("again")
            await asyncio.Event().wait()

        assert await answers(address) == (200, [])
        sender = asyncio.create_task(here.factory.supervisor.keep_up("outbox web", outbox))
        try:

            async def named() -> bool:
                return await answers(address) == (503, ["outbox web"])

            async def well() -> bool:
                return await answers(address) == (200, [])

            await until(named)
            broken = False
            await until(well)
        finally:
            sender.cancel()
            await parts.stop()
