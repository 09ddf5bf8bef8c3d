"""What every place for pictures promises, run over the folder and over Supabase Storage's wire format."""

import asyncio
import os
import resource
import stat
from collections.abc import AsyncIterator, Iterator
from contextlib import aclosing, asynccontextmanager
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from aiohttp import web

from core.store.blob import LINK_SECONDS, PIECE, Blobs, Usage
from core.store.bucket import BucketBlobs
from core.store.disk import SCRATCH, SCRATCH_SECONDS, DiskBlobs
from core.store.error import BlobFault, BlobMissing, BlobsFull, BlobsUnavailable
from core.store.link import Signer
from tests.store.storage import KEY, Storage, storage_server

NOW = 1_800_000_000.0
SIGNER = Signer(b"s" * 32)


@pytest.fixture(params=["disk", "bucket"])
async def blobs(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Blobs]:
    if request.param == "disk":
        async with disk_server(tmp_path / "blobs") as disk:
            yield disk
    else:
        async with storage_server() as storage, BucketBlobs(storage.url, KEY, "pictures") as bucket:
            await bucket.prepare()
            yield bucket


@asynccontextmanager
async def disk_server(folder: Path) -> AsyncIterator[DiskBlobs]:
    """The folder and the smallest web server that honours its links."""

    async def serve(request: web.Request) -> web.StreamResponse:
        key, expires, signature = request.match_info["key"], request.query["expires"], request.query["signature"]
        if not SIGNER.verify(key, int(expires), signature, NOW):
            return web.Response(status=403)
        return web.FileResponse(disk.path(key))

    application = web.Application()
    application.router.add_get("/blob/{key:.+}", serve)
    runner = web.AppRunner(application)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    host, port = runner.addresses[0][:2]
    disk = DiskBlobs(folder, SIGNER, f"http://{host}:{port}/blob/", clock=lambda: NOW)
    try:
        yield disk
    finally:
        await runner.cleanup()


async def test_what_was_put_is_got_measured_and_counted(blobs: Blobs) -> None:
    content = bytes(range(256)) * 40
    await blobs.put("asset/a1/original.jpg", content, "image/jpeg")
    await blobs.put("render/b2.png", b"x", "image/png")
    assert await blobs.get("asset/a1/original.jpg") == content
    assert await blobs.size("asset/a1/original.jpg") == len(content)
    assert await blobs.usage() == Usage(2, len(content) + 1)


async def test_a_large_blob_is_handed_on_in_small_pieces(blobs: Blobs) -> None:
    content = bytes(range(256)) * (9 * PIECE // 1024)
    await blobs.put("export/big.zip", content, "application/zip")
    async with aclosing(blobs.pieces("export/big.zip")) as read:
        pieces = [piece async for piece in read]
    assert b"".join(pieces) == content
    assert max(map(len, pieces)) <= PIECE


async def test_the_pieces_of_what_is_not_there_are_missing(blobs: Blobs) -> None:
    with pytest.raises(BlobMissing):
        async with aclosing(blobs.pieces("export/never.zip")) as read:
            await anext(read)


async def test_putting_again_replaces(blobs: Blobs) -> None:
    await blobs.put("a.png", b"old", "image/png")
    await blobs.put("a.png", b"newer", "image/png")
    assert await blobs.get("a.png") == b"newer"
    assert await blobs.usage() == Usage(1, 5)


async def test_what_was_deleted_is_missing_and_deleting_twice_is_no_error(blobs: Blobs) -> None:
    await blobs.put("a.png", b"x", "image/png")
    for _ in range(2):
        await blobs.delete(["a.png", "never.png"])
    for asked in (blobs.get, blobs.size):
        with pytest.raises(BlobMissing):
            await asked("a.png")
    assert await blobs.usage() == Usage(0, 0)


@pytest.mark.parametrize(
    "key",
    ["", "../a.png", "a/../b.png", "/etc/passwd.png", "a//b.png", "a/.hidden.png", "A.png", "a\0.png", "a.png\n", "a",
     "a%2e.png", "a b.png", "ä.png", "c:\\a.png", "a/b/c/d/e/f/g.png", "x" * 65 + ".png"],
)  # fmt: skip
async def test_a_key_that_could_be_a_path_is_refused_everywhere(blobs: Blobs, key: str) -> None:
    attempts: list[Any] = [
        blobs.put(key, b"x", "image/png"),
        blobs.get(key),
        blobs.size(key),
        blobs.delete([key]),
        blobs.signed_url(key, 9),
    ]
    for attempt in attempts:
        with pytest.raises(ValueError, match="not a blob key"):
            await attempt


async def test_a_link_opens_its_blob_and_no_other(blobs: Blobs) -> None:
    await blobs.put("a.png", b"mine", "image/png")
    await blobs.put("b.png", b"not mine", "image/png")
    link = await blobs.signed_url("a.png", 60)
    async with aiohttp.ClientSession() as anybody:
        async with anybody.get(link) as answer:
            assert (answer.status, await answer.read(), answer.content_type) == (200, b"mine", "image/png")
        async with anybody.get(link.replace("a.png", "b.png")) as answer:
            assert answer.status in {400, 403}


@pytest.mark.parametrize("seconds", [0, -1, LINK_SECONDS + 1])
async def test_a_link_lives_an_hour_at_most(blobs: Blobs, seconds: int) -> None:
    await blobs.put("a.png", b"x", "image/png")
    with pytest.raises(ValueError, match="a link lives"):
        await blobs.signed_url("a.png", seconds)


def test_a_link_is_void_once_over_changed_or_from_another_secret() -> None:
    expires = int(NOW) + 60
    good = SIGNER.sign("a.png", expires)
    assert SIGNER.verify("a.png", expires, good, NOW)
    assert SIGNER.verify("a.png", expires, good, expires - 1)
    assert not SIGNER.verify("a.png", expires, good, expires)
    assert not SIGNER.verify("b.png", expires, good, NOW)
    assert not SIGNER.verify("a.png", expires + 1, good, NOW)
    assert not SIGNER.verify("a.png", expires, good[:-1] + "é", NOW)
    assert not SIGNER.verify("../a.png", expires, good, NOW)
    assert not Signer(b"t" * 32).verify("a.png", expires, good, NOW)
    far = int(NOW) + LINK_SECONDS + 1
    assert not SIGNER.verify("a.png", far, SIGNER.sign("a.png", far), NOW)
    with pytest.raises(ValueError, match="at least 32 bytes"):
        Signer(b"short")


@pytest.fixture
def room_for_a_megabyte() -> Iterator[None]:
    """The system refuses to write on, as it does on a full disk."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1_000_000, before[1]))
    yield
    resource.setrlimit(resource.RLIMIT_FSIZE, before)


async def test_a_full_disk_is_told_as_such_and_leaves_nothing_behind(tmp_path: Path, room_for_a_megabyte: None) -> None:
    disk = DiskBlobs(tmp_path / "blobs", SIGNER, "http://factory/blob")
    await disk.put("kept.png", b"k" * 100_000, "image/png")
    with pytest.raises(BlobsFull):
        await disk.put("kept.png", b"n" * 3_000_000, "image/png")
    assert await disk.get("kept.png") == b"k" * 100_000
    assert await disk.usage() == Usage(1, 100_000)
    assert list((tmp_path / "blobs" / SCRATCH).iterdir()) == []


async def test_readers_of_a_blob_being_replaced_see_the_old_or_the_new(tmp_path: Path) -> None:
    disk = DiskBlobs(tmp_path / "blobs", SIGNER, "http://factory/blob")
    versions = [bytes([number]) * 500_000 for number in range(8)]
    await disk.put("a.png", versions[0], "image/png")
    writing = asyncio.gather(*(disk.put("a.png", version, "image/png") for version in versions))
    while not writing.done():
        assert await disk.get("a.png") in versions
    await writing


async def test_the_folder_is_ours_alone_and_what_killed_writers_left_is_swept(tmp_path: Path) -> None:
    disk = DiskBlobs(tmp_path / "blobs", SIGNER, "http://factory/blob")
    await disk.put("asset/a.png", b"x", "image/png")
    assert {stat.S_IMODE(path.stat().st_mode) for path in (tmp_path / "blobs").rglob("*") if path.is_dir()} == {0o700}
    assert stat.S_IMODE(disk.path("asset/a.png").stat().st_mode) == 0o600
    for name, age in (("left", SCRATCH_SECONDS + 60), ("writing", 0)):
        file = tmp_path / "blobs" / SCRATCH / name
        file.touch()
        os.utime(file, (file.stat().st_mtime - age,) * 2)
    assert await disk.sweep() == 1
    assert [file.name for file in (tmp_path / "blobs" / SCRATCH).iterdir()] == ["writing"]


@pytest.fixture
async def storage() -> AsyncIterator[Storage]:
    async with storage_server() as server:
        yield server


async def test_storage_keeps_the_media_type(storage: Storage) -> None:
    async with BucketBlobs(storage.url, KEY, "pictures") as bucket:
        await bucket.prepare()
        await bucket.put("a.webp", b"x", "image/webp")
    assert storage.objects["pictures", "a.webp"] == (b"x", "image/webp")
    assert storage.buckets == {"pictures": False}


async def test_storage_that_is_full_down_or_public_is_told_apart(storage: Storage) -> None:
    async with BucketBlobs(storage.url, KEY, "pictures") as bucket:
        await bucket.prepare()
        storage.full = True
        with pytest.raises(BlobsFull):
            await bucket.put("a.png", b"x", "image/png")
        storage.down = True
        with pytest.raises(BlobsUnavailable):
            await bucket.get("a.png")
        storage.down = False
        storage.buckets["pictures"] = True
        with pytest.raises(BlobFault, match="is public"):
            await bucket.prepare()
    async with BucketBlobs("http://127.0.0.1:9", KEY, "pictures") as nobody:
        with pytest.raises(BlobsUnavailable):
            await nobody.get("a.png")
    async with BucketBlobs(storage.url, "sb_wrong", "pictures") as stranger:
        with pytest.raises(BlobFault):
            await stranger.get("a.png")


async def test_usage_counts_over_several_pages(storage: Storage) -> None:
    storage.buckets["pictures"] = False
    storage.objects |= {("pictures", f"a{number}.png"): (b"xy", "image/png") for number in range(2500)}
    async with BucketBlobs(storage.url, KEY, "pictures") as bucket:
        assert await bucket.usage() == Usage(2500, 5000)
