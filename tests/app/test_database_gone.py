"""The database goes away for a while: nothing a person did is lost, and work goes on by itself afterwards."""

import asyncio
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.demo.stage import Screen
from core.conversation.action import Generate
from core.services.desk import Unavailable
from core.store.embedded import EmbeddedPostgres
from core.store.migration import migrate
from tests.app.chat import Guest, closing, pictured
from tests.conftest import audit
from tests.factory import running


@pytest.fixture
def own_server() -> Iterator[EmbeddedPostgres]:
    """A server this test may stop."""
    folder = Path(tempfile.mkdtemp(prefix="factory-test-"))
    folder.chmod(0o711)
    with EmbeddedPostgres(folder / "postgres", durable=False) as server:
        migrate(server.dsn)
        yield server
    shutil.rmtree(folder)


async def test_a_database_that_is_gone_for_seconds_costs_nobody_anything(
    own_server: EmbeddedPostgres, tmp_path: Path
) -> None:
    screen = Screen()
    async with running(own_server.dsn, tmp_path, couriers=[screen]) as one:
        guest = Guest(one.factory, screen)
        card = await guest.card()

        await asyncio.to_thread(own_server.stop)
        with pytest.raises(Unavailable):
            await guest.press(card, Generate, closing)
        await asyncio.to_thread(own_server.start)

        result = await _pressed_until_taken(guest, card)

        assert pictured(result)
        assert len(result.pictures) == 4  # type: ignore[attr-defined]
    audit(own_server.dsn)


async def _pressed_until_taken(guest: Guest, card: object) -> object:
    """A platform offers an event again until it was taken."""
    async with asyncio.timeout(60):
        while True:
            try:
                return await guest.press(card, Generate, closing)  # type: ignore[arg-type]
            except Unavailable:
                await asyncio.sleep(0.2)
