"""`python -m tests.app.night DSN HOME URL`: a worker whose Gemini is the stand-in service at a URL."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

from tests.factory import running

LOOK_S = 0.1


async def main(database: str, home: Path, url: str) -> None:
    async with running(
        database, home, gemini_api_key="a-key", gemini_base_url=url, overnight_look_seconds=LOOK_S, worker=True
    ):
        await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], Path(sys.argv[2]), sys.argv[3]))
