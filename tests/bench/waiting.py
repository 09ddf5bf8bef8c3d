"""Rows 2 and 3: how long somebody looks at the screen, for the first preview and for an edited headline."""

import io
import time
from importlib import resources

from PIL import Image

from core.conversation.action import EditText, Generate
from core.conversation.event import TextSent
from tests.bench.figure import Figure, Spread
from tests.bench.house import House, house

PHONE = (3000, 4000)
"""12 megapixels, upright."""
IDLE_S, BUSY_S, EDIT_S = 1.2, 2.5, 0.25
WARMING, PREVIEWS, EDITS = 2, 12, 25


def phone_photo() -> bytes:
    """A portrait as large as a phone takes it."""
    portrait = resources.files("app.demo").joinpath("portrait.png").read_bytes()
    file = io.BytesIO()
    Image.open(io.BytesIO(portrait)).convert("RGB").resize(PHONE, Image.Resampling.BICUBIC).save(
        file, "JPEG", quality=92
    )
    return file.getvalue()


async def rows() -> list[Figure]:
    photo = phone_photo()
    async with house() as home:
        await _previews(home, photo, WARMING)
        idle = Spread(await _previews(home, photo, PREVIEWS))
        edits = Spread(await _edits(home, photo))
        busy = Spread(await _previews(home, photo, PREVIEWS, while_a_set_renders=True))
    return [
        _row("12 MP photo + caption -> preview delivered, idle", idle, IDLE_S),
        _row("the same while a set renders", busy, BUSY_S),
        _row("text edit -> new picture delivered", edits, EDIT_S),
    ]


async def _previews(home: House, photo: bytes, times: int, *, while_a_set_renders: bool = False) -> list[float]:
    found = []
    for number in range(times):
        if while_a_set_renders:
            await _order_set(home, photo)
        guest = home.guest()
        start = time.perf_counter()
        await guest.photo(photo, f"I flew it {number} times")
        found.append(time.perf_counter() - start)
    return found


async def _order_set(home: House, photo: bytes) -> None:
    """A set that has just begun; those before it have queued up, so the lane never runs dry."""
    other = home.guest()
    await other.press(await other.photo(photo, "Somebody else waits"), Generate)


async def _edits(home: House, photo: bytes) -> list[float]:
    guest = home.guest()
    finished = await guest.gallery(await guest.press(await guest.photo(photo, "The first headline"), Generate))
    found = []
    for number in range(EDITS):
        await guest.press(finished, EditText)
        start = time.perf_counter()
        finished = await guest.gallery(await guest.send(TextSent(text=f"Headline number {number}")))
        found.append(time.perf_counter() - start)
    return found


def _row(what: str, seen: Spread, target: float) -> Figure:
    return Figure(what, seen.text(), f"p95 <= {target * 1e3:.0f} ms", seen.quantile(0.95) <= target)
