"""The whole factory in a process of its own, as `make run` starts it, on free ports and an empty folder."""

from __future__ import annotations

import asyncio
import os
import shutil
import signal
import socket
import sys
import tempfile
from contextlib import ExitStack
from pathlib import Path

COMMAND = Path(sys.executable).with_name("thumbnail-factory")
START_S = 30.0
STOP_S = 10.0
PORTRAIT = Path(__file__).parents[2] / "app" / "demo" / "portrait.png"
"""The bundled picture that the demo and the README use."""


class Factory:
    """Start, stop and start again: the folder and the address stay."""

    def __init__(self, **settings: str) -> None:
        """`settings`: environment variables beside the embedded default's."""
        self._settings = settings
        # Not tmp_path: pytest keeps that 0700, and for root the database runs as somebody else.
        self.home = Path(tempfile.mkdtemp(prefix="factory-story-"))
        self.home.chmod(0o711)
        self._web, self._webhooks = _free_ports(2)
        self._process: asyncio.subprocess.Process | None = None

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self._web}"

    async def start(self) -> None:
        """Returns once it said that it is ready. Raises RuntimeError with its words when it ends instead."""
        places = {"FACTORY_HOME": str(self.home), "WEB_PORT": str(self._web), "WEBHOOK_PORT": str(self._webhooks)}
        # A folder without `.env` and an environment without tokens: nothing but the embedded default.
        bare = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
        self._process = await asyncio.create_subprocess_exec(
            COMMAND,
            "run",
            cwd=self.home,
            env=bare | places | self._settings,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
        )
        assert self._process.stdout
        said = []
        async with asyncio.timeout(START_S):
            async for line in self._process.stdout:
                said.append(line.decode())
                if line.startswith(b"Ready."):
                    break
            else:
                raise RuntimeError("the factory did not start:\n" + "".join(said))
        self._drain = asyncio.create_task(_read_to_the_end(self._process.stdout))

    async def stop(self) -> None:
        """As Ctrl-C does it."""
        if self._process is None:
            return
        self._process.send_signal(signal.SIGINT)
        async with asyncio.timeout(STOP_S):
            await self._process.wait()
            await self._drain
        self._process = None

    async def close(self) -> None:
        try:
            await self.stop()
        finally:
            shutil.rmtree(self.home)


async def _read_to_the_end(stream: asyncio.StreamReader) -> None:
    """A full pipe would stop the factory."""
    while await stream.read(65_536):
        pass


def _free_ports(count: int) -> list[int]:
    with ExitStack() as stack:
        sockets = [stack.enter_context(socket.socket()) for _ in range(count)]
        for one in sockets:
            one.bind(("127.0.0.1", 0))
        return [one.getsockname()[1] for one in sockets]
