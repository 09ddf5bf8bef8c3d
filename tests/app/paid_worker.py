"""`python -m tests.app.paid_worker DSN HOME`: a worker with the stand-in, which no released program can have."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

from tests.app.chat import stand_in
from tests.factory import running


async def main(database: str, home: Path) -> None:
    async with running(database, home, extras=(stand_in(lambda _: None),)):
        await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], Path(sys.argv[2])))
