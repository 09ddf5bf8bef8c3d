"""Row 7: a set painted by a model behind the wire: its four calls at once, and our own time around each."""

import asyncio
import re
import sys
import time
from asyncio.subprocess import PIPE
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from importlib import resources
from typing import Any

from core.conversation.action import Generate
from core.conversation.view import GalleryView
from tests.bench.figure import Figure, Spread
from tests.bench.house import House, house

CALL_S = 0.3
WARMING, SETS = 2, 8
LONGER, MORE_S = 1.35, 1.0
"""A set may take so many times its slowest call, and so much more."""
OVERHEAD_S = 0.150


async def rows() -> list[Figure]:
    photo = resources.files("app.demo").joinpath("portrait.png").read_bytes()
    async with service() as url, house(gemini_api_key="bench", gemini_base_url=url) as home:
        for _ in range(WARMING):
            await _set(home, photo)
        sets = [await _set(home, photo) for _ in range(SETS)]
    over = Spread([whole - LONGER * max(calls) for whole, calls in sets])
    around = Spread([call - CALL_S for _, calls in sets for call in calls])
    typical = Spread([whole for whole, _ in sets])
    return [
        Figure(
            f"set of 4 at {CALL_S * 1e3:.0f} ms a call, less {LONGER:.2f} x the slowest call",
            f"median {over.median * 1e3:.0f} · best {min(over.times) * 1e3:.0f} ms  "
            f"(whole set {typical.median * 1e3:.0f}, n={SETS})",
            f"<= {MORE_S * 1e3:.0f} ms",
            over.median <= MORE_S,
        ),
        Figure(
            "our time around a call of the model, 1K",
            around.text(),
            f"p50 <= {OVERHEAD_S * 1e3:.0f} ms",
            around.median <= OVERHEAD_S,
        ),
    ]


@asynccontextmanager
async def service() -> AsyncIterator[str]:
    """The stand-in's address; a process of its own, so that it does not compete for our event loop."""
    command = (sys.executable, "-m", "app.demo.gemini", "--seconds", str(CALL_S), "--repeat")
    process = await asyncio.create_subprocess_exec(*command, stdout=PIPE)
    assert process.stdout is not None
    try:
        found = re.search(r"http://\S+", (await process.stdout.readline()).decode())
        assert found, "the stand-in did not start"
        yield found[0]
    finally:
        process.terminate()
        await process.wait()


async def _set(home: House, photo: bytes) -> tuple[float, list[float]]:
    """Seconds from the press to the last picture delivered, and of each of the calls."""
    guest = home.guest()
    card = await guest.photo(photo, "I flew the shuttle")
    start = time.perf_counter()
    since = await guest.press(card, Generate)
    finished = await home.chats.gallery(guest.envelope.place, since, 4)
    seconds = time.perf_counter() - start
    facts = await _facts(home, finished)
    assert len(facts) == 4 and {row["model"] for row in facts} == {"gemini-nano-banana-2.1"}, facts
    return seconds, [row["call_ms"] / 1e3 for row in facts]


async def _facts(home: House, finished: GalleryView) -> list[dict[str, Any]]:
    codes = list({picture.variant for picture in finished.pictures})
    rows = await home.factory.direct.fetch(
        "select n.facts from tf.version n join tf.variant v on v.id = n.variant_id where v.code = any(%s)", (codes,)
    )
    return [row["facts"] for row in rows]
