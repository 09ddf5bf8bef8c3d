"""Rows 6 and 7: the whole `thumbnail-factory run`, its memory and its start, driven over HTTP like a browser does."""

import asyncio
import os
import re
import socket
import sys
import time
from asyncio.subprocess import DEVNULL, PIPE, Process
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from importlib import resources
from pathlib import Path

from core.conversation.action import Action, DownloadAll, Generate
from tests.bench.figure import Figure
from tests.bench.house import folder
from tests.web.stage import Visitor

IDLE_MB, BUSY_MB, GROWTH, READY_S = 350, 750, 0.05, 5.0
JOBS_TO_WARM, JOBS_IN_ALL = 20, 60
PATIENCE_S = 60.0
SETTLED_S = 3.0
FOREIGN = ("TELEGRAM", "DISCORD", "SUPABASE")
"""How variables begin that would make it another factory."""


async def rows() -> list[Figure]:
    portrait = resources.files("app.demo").joinpath("portrait.png").read_bytes()
    with folder() as home:
        async with running(home):
            pass  # the first start makes the database: that is the installation, not the start
        async with running(home) as (factory, address, ready):
            await asyncio.sleep(SETTLED_S)
            idle = whole_pss_mb(factory.pid)
            await work(address, portrait, JOBS_TO_WARM)
            warm = whole_pss_mb(factory.pid)
            await work(address, portrait, JOBS_IN_ALL - JOBS_TO_WARM)
            late = whole_pss_mb(factory.pid)
    growth = late / warm - 1
    return [
        Figure("memory (PSS) of the whole run, idle", f"{idle:.0f} MB", f"<= {IDLE_MB} MB", idle <= IDLE_MB),
        Figure(f"the same after {JOBS_TO_WARM} jobs", f"{warm:.0f} MB", f"<= {BUSY_MB} MB", warm <= BUSY_MB),
        Figure(
            f"growth from job {JOBS_TO_WARM} to {JOBS_IN_ALL}",
            f"{growth:+.1%}  ({late:.0f} MB)",
            f"<= {GROWTH:.0%}",
            growth <= GROWTH,
        ),
        Figure("start to ready (installed)", f"{ready:.1f} s", f"<= {READY_S:.0f} s", ready <= READY_S),
    ]


@asynccontextmanager
async def running(home: Path, **more: str) -> AsyncIterator[tuple[Process, str, float]]:
    """The real command, with `more` in its environment; yields it with its address and the seconds until it said it was
    ready."""
    port = _free_port()
    surroundings = {name: value for name, value in os.environ.items() if not name.startswith(FOREIGN)}
    surroundings |= {"FACTORY_HOME": str(home), "WEB_PORT": str(port), "WEBHOOK_PORT": str(_free_port())}
    surroundings |= {"DATABASE_URL": "", "LOG_LEVEL": "error", "PYTHONUNBUFFERED": "1", **more}
    command = Path(sys.executable).with_name("thumbnail-factory")
    start = time.perf_counter()
    factory = await asyncio.create_subprocess_exec(command, "run", stdout=PIPE, stderr=DEVNULL, env=surroundings)
    assert factory.stdout is not None
    try:
        while not (line := await factory.stdout.readline()).startswith(b"Ready"):
            assert line, "the factory ended before it was ready"
        yield factory, f"http://127.0.0.1:{port}", time.perf_counter() - start
    finally:
        factory.terminate()
        await factory.wait()


async def work(address: str, portrait: bytes, jobs: int) -> None:
    """A preview and a set by one new visitor after the other."""
    for _ in range(jobs // 2):
        visitor = Visitor(address)
        try:
            await visitor.open()
            await visitor.say("One small step", ("me.png", portrait))
            await visitor.press(await _token(visitor, Generate))
            await _token(visitor, DownloadAll)
        finally:
            await visitor.session.close()


async def _token(visitor: Visitor, kind: type[Action]) -> str:
    """A button of this kind, as soon as the page has one."""
    async with asyncio.timeout(PATIENCE_S):
        while True:
            if found := re.findall(rf'value="(1:{kind.verb}:[^"]+)"', await visitor.open()):
                return str(found[-1])
            await asyncio.sleep(0.1)


def whole_pss_mb(root: int) -> float:
    """Proportional memory of a process and all below it, the database's included, in megabytes."""
    return sum(_pss_kb(pid) for pid in _tree(root)) / 1000


def alone_rss_mb(pid: int) -> float:
    """Resident memory of a process without those below it, in megabytes."""
    return _status_mb(pid, "VmRSS")


def peak_rss_mb(pid: int) -> float:
    """The most of it there ever was."""
    return _status_mb(pid, "VmHWM")


def _status_mb(pid: int, field: str) -> float:
    found = re.search(rf"^{field}:\s+(\d+) kB", Path(f"/proc/{pid}/status").read_text(), re.MULTILINE)
    return int(found[1]) / 1000 if found else 0.0


def _tree(root: int) -> Iterator[int]:
    yield root
    for thread in Path(f"/proc/{root}/task").iterdir():
        for child in (thread / "children").read_text().split():
            yield from _tree(int(child))


def _pss_kb(pid: int) -> int:
    found = re.search(r"^Pss:\s+(\d+) kB", Path(f"/proc/{pid}/smaps_rollup").read_text(), re.MULTILINE)
    return int(found[1]) if found else 0


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
