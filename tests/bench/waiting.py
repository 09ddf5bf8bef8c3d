"""Rows 2 and 3: how long somebody looks at the screen, for the first preview and for an edited headline."""

import io
import itertools
import time
from collections.abc import Iterator
from importlib import resources

from PIL import Image, ImageFilter, ImageOps

from core.conversation.action import EditText, Generate
from core.conversation.event import TextSent
from tests.bench.figure import Figure, Spread
from tests.bench.house import House, house

PHONE = (3000, 4000)
"""12 megapixels, upright."""
SHARPENED_AT = 300
IDLE_S, BUSY_S, EDIT_S = 1.2, 2.5, 0.25
WARMING, PREVIEWS = 3, 12
EDITORS, EDITS = 3, 10
"""A person may order only so much in a minute."""


def phone_photos() -> Iterator[bytes]:
    """A portrait as large and as grainy as a phone takes it; never the same twice, for cut-outs are remembered."""
    portrait = resources.files("app.demo").joinpath("portrait.png").read_bytes()
    small = ImageOps.fit(Image.open(io.BytesIO(portrait)).convert("RGB"), (3 * SHARPENED_AT, 4 * SHARPENED_AT))
    # Enlarged softly, it would be refused as blurred.
    large = small.filter(ImageFilter.UnsharpMask(6, 160, 0)).resize(PHONE, Image.Resampling.BICUBIC)
    grain = Image.merge("RGB", [Image.effect_noise(PHONE, 24)] * 3)
    grainy = Image.blend(large, grain, 0.08)
    for number in itertools.count():
        file = io.BytesIO()
        grainy.crop((0, number, *PHONE)).save(file, "JPEG", quality=90)
        yield file.getvalue()


async def rows() -> list[Figure]:
    photos = phone_photos()
    async with house() as home:
        await _previews(home, photos, WARMING)
        idle = Spread(await _previews(home, photos, PREVIEWS))
        edits = Spread([one for _ in range(EDITORS) for one in await _edits(home, photos)])
        busy = Spread(await _previews(home, photos, PREVIEWS, while_a_set_renders=True))
    return [
        _row("12 MP photo + caption -> preview delivered, idle", idle, IDLE_S),
        _row("the same while a set renders", busy, BUSY_S),
        _row("text edit -> new picture delivered", edits, EDIT_S),
    ]


async def _previews(
    home: House, photos: Iterator[bytes], times: int, *, while_a_set_renders: bool = False
) -> list[float]:
    found = []
    for number in range(times):
        if while_a_set_renders:
            await _order_set(home, next(photos))
        guest, photo = home.guest(), next(photos)
        start = time.perf_counter()
        await guest.photo(photo, f"I flew it {number} times")
        found.append(time.perf_counter() - start)
    return found


async def _order_set(home: House, photo: bytes) -> None:
    """A set that has just been ordered; if they come faster than they are drawn, the queue only grows."""
    other = home.guest()
    await other.press(await other.photo(photo, "Somebody else waits"), Generate)


async def _edits(home: House, photos: Iterator[bytes]) -> list[float]:
    guest = home.guest()
    ordered = await guest.press(await guest.photo(next(photos), "The first headline"), Generate)
    finished = await guest.gallery(ordered, pictures=4)  # what comes first is the brief, shown without its buttons
    found = []
    for number in range(EDITS):
        await guest.press(finished, EditText)
        start = time.perf_counter()
        finished = await guest.gallery(await guest.send(TextSent(text=f"Headline number {number}")))
        found.append(time.perf_counter() - start)
    return found


def _row(what: str, seen: Spread, target: float) -> Figure:
    return Figure(what, seen.text(), f"p95 <= {target * 1e3:.0f} ms", seen.quantile(0.95) <= target)
