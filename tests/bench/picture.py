"""The picture: against the naive Pillow drawing of the same design, edited, in 4K, as a whole job, by two workers.

One core unless a row says otherwise; what is compared is measured in turns, so that a busy machine slows both.
"""

import asyncio
import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from importlib import resources
from statistics import median

import cv2

from core.compose import encode, gate
from core.compose.studio import Plate, draw_plate, typeset
from core.compose.zone import hard_zones
from core.domain.brief import Vibe
from core.domain.format import Size
from core.domain.job import Recipe
from core.domain.record import to_record
from core.vision import cutout, face
from core.workshop import craft
from core.workshop.crew import Crew, Lane
from tests.bench.figure import Figure
from tests.bench.memory import peak_rss_mb
from tests.compose.baseline import YOUTUBE, draw, inputs
from tests.compose.builder import VIBES, recipe, somebody

COMPOSE, ANY_VIBE, EDIT, FOUR_K, WHOLE, TWO, MEMORY_MB = 0.60, 4.0, 0.5, 0.75, 1.8, 1.8, 400
GATES_MS = 40
ROUNDS, FEW = 7, 3
SET = 4
PICTURES = 12
"""Per worker, where one is compared with two."""
_CRAFT = "core.workshop.craft"


async def rows() -> list[Figure]:
    with _one_core():
        figures = [*_vibes(), _gates(), _four_k(), _whole_job()]
    return [*figures, await _two_workers(), await _memory()]


@contextmanager
def _one_core() -> Iterator[None]:
    cores, threads = os.sched_getaffinity(0), cv2.getNumThreads()
    os.sched_setaffinity(0, {min(cores)})
    cv2.setNumThreads(1)
    try:
        yield
    finally:
        os.sched_setaffinity(0, cores)
        cv2.setNumThreads(threads)


def _in_turns(rounds: int, *works: Callable[[], object]) -> list[float]:
    """Median seconds of each."""
    times: list[list[float]] = [[] for _ in works]
    for _ in range(rounds):
        for work, own in zip(works, times, strict=True):
            start = time.perf_counter()
            work()
            own.append(time.perf_counter() - start)
    return [median(own) for own in times]


def _ratio(what: str, ours: float, yardstick: float, target: float, more: str = "") -> Figure:
    share = ours / yardstick
    reached = f"{share:.2f} x  (median {ours * 1e3:.0f} / {yardstick * 1e3:.0f} ms){more}"
    return Figure(what, reached, f"<= {target:.2f} x", share <= target)


def _composed(wanted: Recipe, size: Size) -> Callable[[], bytes]:
    person = somebody()
    return lambda: _typed(wanted, size, draw_plate(wanted, YOUTUBE, size, person))()


def _typed(wanted: Recipe, size: Size, plate: Plate) -> Callable[[], bytes]:
    return lambda: encode.jpeg(typeset(wanted, YOUTUBE, size, plate).picture, YOUTUBE.byte_budget)


def _vibes() -> list[Figure]:
    """Compose and JPEG of every vibe, and its headline edited as the workshop's children do both."""
    size = YOUTUBE.standard
    given = inputs(recipe(Vibe.BOLD), somebody())
    naive, *ours = _in_turns(ROUNDS, lambda: draw(*given), *(_composed(recipe(vibe), size) for vibe in VIBES))
    slowest = max(ours)
    edits = {vibe: _edit(vibe, size) for vibe in VIBES}
    edited = max(edits, key=lambda vibe: edits[vibe][1] / edits[vibe][0])
    full, edit = edits[edited]
    return [
        _ratio("compose + JPEG 1280x720 / naive Pillow", ours[VIBES.index(Vibe.BOLD)], naive, COMPOSE),
        _ratio("any vibe / the same", slowest, naive, ANY_VIBE, f" {VIBES[ours.index(slowest)]}"),
        _ratio("an edited headline / the whole variant, any vibe", edit, full, EDIT, f" {edited}"),
    ]


def _gates() -> Figure:
    """The gates of a variant with a subtext, the dearest vibe's."""
    size, works = YOUTUBE.standard, []
    for vibe in VIBES:
        wanted = recipe(vibe, subtext="What they never told us")
        made = typeset(wanted, YOUTUBE, size, draw_plate(wanted, YOUTUBE, size, somebody()))
        zones = hard_zones(YOUTUBE, size, wanted.brief)
        works.append(partial(gate.measured, made.picture, made.layout, made.style, zones, YOUTUBE.family))
    times = _in_turns(ROUNDS, *works)
    slowest = max(times)
    reached = f"median {slowest * 1e3:.0f} ms  {VIBES[times.index(slowest)]}"
    return Figure("gates of a variant, any vibe", reached, f"<= {GATES_MS} ms", slowest * 1e3 <= GATES_MS)


def _edit(vibe: Vibe, size: Size) -> list[float]:
    """Seconds of a variant from its kept cut-out (plate, its stored form, type, gates, JPEG), and of other words on
    the plate."""
    wanted, anew = (to_record(recipe(vibe, **words)) for words in ({}, {"headline": "They fired me"}))
    sides, portrait = (size.width, size.height), _portrait()
    plate = craft.paint(wanted, YOUTUBE.id, sides, [portrait])

    def whole() -> None:
        craft.finish(wanted, YOUTUBE.id, sides, craft.paint(wanted, YOUTUBE.id, sides, [portrait]), b"", "", "")

    return _in_turns(ROUNDS, whole, lambda: craft.finish(anew, YOUTUBE.id, sides, plate, b"", "", ""))


def _four_k() -> Figure:
    size, wanted = YOUTUBE.four_k, recipe(Vibe.BOLD)
    given = inputs(wanted, somebody(), size)
    naive, ours = _in_turns(FEW, lambda: draw(*given), _composed(wanted, size))
    return _ratio("compose + JPEG 3840x2160 / naive Pillow", ours, naive, FOUR_K)


def _whole_job() -> Figure:
    """From the upload's file to four JPEGs, over what cannot be spared: decoding, cutting out and encoding."""
    size, portrait, sides = YOUTUBE.standard, _portrait(), (YOUTUBE.standard.width, YOUTUBE.standard.height)
    pictures = [typeset(recipe(Vibe.BOLD, n), YOUTUBE, size, _plate(n)).picture for n in range(SET)]
    tries = iter(range(ROUNDS))

    def floor() -> None:
        pixels = craft._pixels(portrait)
        cutout.cut_out(pixels, face.detect(pixels)[0])
        for picture in pictures:
            encode.jpeg(picture, YOUTUBE.byte_budget)

    def whole() -> None:
        # Another file and other chances each time, so that neither cut-out nor plate is kept of it.
        seed = next(tries)
        unseen, wanted = portrait + bytes([seed]), [to_record(recipe(Vibe.BOLD, n, seed)) for n in range(SET)]
        for row in wanted:
            craft.finish(row, YOUTUBE.id, sides, craft.paint(row, YOUTUBE.id, sides, [unseen]), b"", "", "")

    least, ours = _in_turns(ROUNDS, floor, whole)
    return _ratio("photo to 4 JPEGs / decode + cut-out + 4 encodes", ours, least, WHOLE)


def _plate(position: int) -> Plate:
    return draw_plate(recipe(Vibe.BOLD, position), YOUTUBE, YOUTUBE.standard, somebody())


async def _two_workers() -> Figure:
    """Pictures per second of two children over those of one, a core each."""
    cores = sorted(os.sched_getaffinity(0))[:2]
    what, target = "two workers / one, pictures per second", f">= {TWO:.1f} x"
    if len(cores) < 2:
        return Figure(what, "this machine has one core", target, False)
    crew = Crew({str(core): Lane(1) for core in cores})
    try:
        for core in cores:
            await crew.run(str(core), "os:sched_setaffinity", 0, {core}, timeout_s=10)
            await _work(crew, core, 2)
        one, two = [], []
        for _ in range(ROUNDS):
            start = time.perf_counter()
            await _work(crew, cores[0], PICTURES)
            one.append(time.perf_counter() - start)
            start = time.perf_counter()
            await asyncio.gather(*(_work(crew, core, PICTURES) for core in cores))
            two.append(time.perf_counter() - start)
    finally:
        await crew.close()
    # Round by round: a core's clock changes within seconds.
    gain = median(2 * alone / together for alone, together in zip(one, two, strict=True))
    reached = f"{gain:.2f} x  ({PICTURES / median(one):.1f} / {2 * PICTURES / median(two):.1f} a second)"
    return Figure(what, reached, target, gain >= TWO)


async def _work(crew: Crew, core: int, pictures: int) -> None:
    sides, portrait = (YOUTUBE.standard.width, YOUTUBE.standard.height), _portrait()
    for position in range(pictures):
        wanted = to_record(recipe(Vibe.BOLD, position % SET))
        plate = await crew.run(str(core), f"{_CRAFT}:paint", wanted, YOUTUBE.id, sides, [portrait], timeout_s=60)
        given = (wanted, YOUTUBE.id, sides, plate, b"", "", "")
        await crew.run(str(core), f"{_CRAFT}:finish", *given, timeout_s=60)


async def _memory() -> Figure:
    """The most a child ever held that made one variant in 4K out of a photo."""
    size, crew = YOUTUBE.four_k, Crew({"4k": Lane(1)})
    wanted, sides = to_record(recipe(Vibe.BOLD)), (size.width, size.height)
    try:
        plate = await crew.run("4k", f"{_CRAFT}:paint", wanted, YOUTUBE.id, sides, [_portrait()], timeout_s=60)
        await crew.run("4k", f"{_CRAFT}:finish", wanted, YOUTUBE.id, sides, plate, b"", "", "", timeout_s=60)
        child = await crew.run("4k", "os:getpid", timeout_s=10)
        most = peak_rss_mb(child)
    finally:
        await crew.close()
    return Figure("peak memory of a child that makes 4K", f"{most:.0f} MB", f"<= {MEMORY_MB} MB", most <= MEMORY_MB)


def _portrait() -> bytes:
    return resources.files("app.demo").joinpath("portrait.png").read_bytes()
