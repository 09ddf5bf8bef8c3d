import asyncio
import os
import signal
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from PIL import Image

from core.vision.bounded import BoundedDecoder
from core.vision.upload import Refusal, UploadRefused
from tests.vision.picture import encoded, scene

PHOTO = encoded(scene(), "JPEG")
SLOW = encoded(scene(6_000, 6_000), "PNG")


@pytest.fixture
async def decoder() -> AsyncIterator[BoundedDecoder]:
    decoder = BoundedDecoder()
    yield decoder
    await decoder.close()


def children() -> list[int]:
    """Pids of the decoding children of this process, but for those that other tests have left to it."""
    listed = (path.read_text().split() for path in Path("/proc/self/task").glob("*/children"))
    pids = [int(pid) for task in listed for pid in task]
    return [pid for pid in pids if pid not in _OTHERS and _spawned(pid)]


def _spawned(pid: int) -> bool:
    return b"spawn_main" in Path(f"/proc/{pid}/cmdline").read_bytes()


_OTHERS: set[int] = set()


@pytest.fixture(autouse=True)
def others() -> None:
    _OTHERS.clear()
    _OTHERS.update(children())


def peak_megabytes(pid: int) -> float:
    status = dict(line.split(":", 1) for line in Path(f"/proc/{pid}/status").read_text().splitlines())
    return int(status["VmHWM"].split()[0]) / 1024


async def busy_child() -> int:
    """The child, once it works on an upload (its memory grows)."""
    while not (pids := children()) or peak_megabytes(pids[0]) < 60:  # noqa: ASYNC110 (nothing tells)
        await asyncio.sleep(0.01)
    return pids[0]


async def test_no_child_runs_before_the_first_upload_or_after_closing() -> None:
    decoder = BoundedDecoder()
    assert children() == []
    with pytest.raises(UploadRefused):
        await decoder.decode(b"GIF89a")
    assert children() == []
    assert (await decoder.decode(PHOTO)).width == 320
    assert len(children()) == 1
    await decoder.close()
    assert children() == []


async def test_a_refusal_crosses_the_border_with_its_reason(decoder: BoundedDecoder) -> None:
    with pytest.raises(UploadRefused) as refused:
        await decoder.decode(PHOTO[:700])
    assert refused.value.reason is Refusal.BROKEN


async def test_a_child_killed_at_work_costs_only_its_own_upload(decoder: BoundedDecoder) -> None:
    lost = asyncio.create_task(decoder.decode(SLOW))
    os.kill(await busy_child(), signal.SIGKILL)
    with pytest.raises(UploadRefused) as refused:
        await lost
    assert refused.value.reason is Refusal.TOO_MANY_PIXELS
    assert (await decoder.decode(PHOTO)).width == 320


async def test_a_picture_that_crashes_its_decoder_costs_only_itself(decoder: BoundedDecoder) -> None:
    """Found by changing bytes at random: libheif's reader of metadata ends the process (pi-heif 1.4.0)."""
    with pytest.raises(UploadRefused) as refused:
        await decoder.decode((Path(__file__).parent / "pictures" / "crashing.heic").read_bytes())
    assert refused.value.reason is Refusal.BROKEN
    assert (await decoder.decode(PHOTO)).width == 320


async def test_a_child_killed_while_idle_costs_nothing(decoder: BoundedDecoder) -> None:
    await decoder.decode(PHOTO)
    os.kill(children()[0], signal.SIGKILL)
    assert (await decoder.decode(PHOTO)).width == 320


async def test_a_picture_that_takes_too_long_is_refused_and_the_next_one_is_not() -> None:
    decoder = BoundedDecoder(timeout_s=0.1)
    with pytest.raises(UploadRefused) as refused:
        await decoder.decode(SLOW)
    assert refused.value.reason is Refusal.TOO_SLOW
    assert (await decoder.decode(PHOTO)).width == 320
    await decoder.close()


async def test_a_picture_that_needs_more_memory_than_allowed_is_refused_and_the_next_one_is_not() -> None:
    decoder = BoundedDecoder(memory_bytes=60 * 2**20)
    with pytest.raises(UploadRefused) as refused:
        await decoder.decode(SLOW)
    assert refused.value.reason is Refusal.TOO_MANY_PIXELS
    assert (await decoder.decode(PHOTO)).width == 320
    await decoder.close()


async def test_the_hungriest_pictures_leave_a_child_below_600_mb(decoder: BoundedDecoder) -> None:
    canvas = Image.new("RGBA", (6_300, 6_300), (10, 20, 30, 128))
    hungry = {
        "bomb": encoded(Image.new("L", (10_000, 10_000)), "PNG"),
        "progressive JPEG": encoded(scene(9_248, 6_936), "JPEG", progressive=True, subsampling=0),
        "PNG palette": encoded(Image.new("P", (6_300, 6_300)), "PNG", transparency=0),
        "WebP": encoded(canvas.crop((0, 0, 4_890, 4_890)), "WEBP", lossless=True, quality=0),
        "AVIF": encoded(canvas.convert("RGB"), "AVIF", speed=10),
        "transparent AVIF": encoded(canvas, "AVIF", speed=10),
    }
    outcomes = {}
    for name, data in hungry.items():
        try:
            outcomes[name] = str((await decoder.decode(data)).width)
        except UploadRefused as refused:
            outcomes[name] = refused.reason
    assert outcomes == {
        "bomb": Refusal.TOO_MANY_PIXELS,
        "progressive JPEG": "2312",
        "PNG palette": "2560",
        "WebP": "2560",
        "AVIF": "2560",
        "transparent AVIF": Refusal.TOO_MANY_PIXELS,
    }
    assert peak_megabytes(children()[0]) < 600
