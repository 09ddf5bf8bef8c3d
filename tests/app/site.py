"""The browser chat as a process of its own, and a person whose request it does not survive."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Awaitable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from aiohttp import ClientError, ClientResponse

from tests.app.process import Process, started
from tests.factory import SIGNING_KEY

KILLED = -9


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        return int(server.getsockname()[1])


@contextmanager
def site(database: str, home: Path, *, failpoint: str = "", port: int = 0) -> Iterator[tuple[Process, int]]:
    """`thumbnail-factory web`, ready, and its port."""
    port = port or free_port()
    variables = {"DATABASE_URL": database, "SIGNING_KEY": SIGNING_KEY, "WEB_PORT": str(port)}
    with started(home, "web", **variables, FACTORY_FAILPOINT=failpoint) as process:
        process.until_ready()
        yield process, port


async def killed_by(victim: Process, request: Awaitable[ClientResponse]) -> None:
    """Send what the process dies of."""
    with pytest.raises((ClientError, ConnectionError)):
        await request
    assert await asyncio.to_thread(victim.popen.wait, 30) == KILLED, victim.logged()
