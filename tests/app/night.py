"""`python -m tests.app.night DSN HOME URL`: a worker whose Gemini is the stand-in service at a URL."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from pathlib import Path

from tests.app.process import surroundings
from tests.app.site import KILLED
from tests.factory import running

LOOK_S = 0.1


async def run_to_death(database: str, home: Path, url: str, failpoint: str) -> None:
    """Such a worker, until it is killed at a failpoint."""
    victim = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "tests.app.night", database, str(home), url),
        env=surroundings(home, FACTORY_FAILPOINT=failpoint),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        async with asyncio.timeout(60):
            assert await victim.wait() == KILLED
    finally:
        if victim.returncode is None:
            victim.kill()
            await victim.wait()


async def main(database: str, home: Path, url: str) -> None:
    async with running(
        database, home, gemini_api_key="a-key", gemini_base_url=url, overnight_look_seconds=LOOK_S, worker=True
    ):
        await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], Path(sys.argv[2]), sys.argv[3]))
