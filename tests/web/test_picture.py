import asyncio
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

import pytest
from aiohttp import ClientPayloadError, ClientSession

from core.services.desk import AssetGone, Download
from core.services.example import EXAMPLE, example
from tests.web.scripted import plain_artist
from tests.web.stage import NewVisitor, Stage, Visitor
from web.chat.picture import disposition

PICTURE = plain_artist("test", 2)


async def _own_picture(stage: Stage, visitor: Visitor) -> str:
    await visitor.say("mine", ("a.jpg", PICTURE))
    return stage.desk.assets_of("person-1")[0]


async def test_a_picture_is_shown_to_its_owner_and_kept_only_by_their_browser(stage: Stage, visitor: Visitor) -> None:
    asset = await _own_picture(stage, visitor)
    async with visitor.session.get(f"/picture/{asset}") as answer:
        assert await answer.read() == PICTURE
        assert answer.content_type == "image/jpeg"
        assert answer.headers["Cache-Control"].startswith("private")
        tag = answer.headers["ETag"]
    async with visitor.session.get(f"/picture/{asset}", headers={"If-None-Match": tag}) as answer:
        assert answer.status == 304


async def test_somebody_elses_picture_looks_like_one_that_never_was(
    stage: Stage, visitor: Visitor, new_visitor: NewVisitor
) -> None:
    asset = await _own_picture(stage, visitor)
    stranger, nobody = new_visitor(), new_visitor()
    await stranger.open()
    await stranger.say("hello")
    answers = set()
    for path in (f"/picture/{asset}", f"/file/{asset}?name=x.jpg", "/picture/nothing", "/file/nothing"):
        for who in (stranger, nobody):
            async with who.session.get(path) as answer:
                answers.add((answer.status, await answer.text()))
    assert len(answers) == 1
    assert answers.pop()[0] == 404


async def test_the_example_is_shown_to_whoever_looks(new_visitor: NewVisitor) -> None:
    nobody = new_visitor()
    text = await nobody.open()
    assert f'src="/picture/{EXAMPLE}"' in text
    async with nobody.session.get(f"/picture/{EXAMPLE}") as answer:
        assert await answer.read() == example().data


async def test_a_file_is_a_download_under_its_own_name(stage: Stage, visitor: Visitor) -> None:
    asset = await _own_picture(stage, visitor)
    async with visitor.session.get(f"/file/{asset}", params={"name": "Zoë's 1.jpg"}) as answer:
        assert await answer.read() == PICTURE
        assert answer.content_disposition
        assert answer.content_disposition.type == "attachment"
        assert answer.content_disposition.filename == "Zoë's 1.jpg"


async def test_what_is_no_picture_is_never_shown_in_place(stage: Stage, visitor: Visitor) -> None:
    await visitor.say("hello")
    asset = stage.desk.keep("person-1", b"<svg onload='alert(1)'/>", "image/svg+xml", (1, 1))
    async with visitor.session.get(f"/picture/{asset}") as answer:
        assert answer.status == 404
    async with visitor.session.get(f"/file/{asset}") as answer:
        assert answer.headers["Content-Disposition"].startswith("attachment")


def test_a_file_name_can_neither_break_the_header_nor_leave_the_folder() -> None:
    made = disposition('../../a"\r\nSet-Cookie: x\\b.png')
    assert "\r" not in made
    assert "\n" not in made
    assert "/" not in made.replace("UTF-8''", "")
    assert made.count('"') == 2
    assert disposition("") == "attachment; filename=\"file\"; filename*=UTF-8''file"


async def test_signed_links_are_off_unless_somebody_can_redeem_them(visitor: Visitor) -> None:
    async with visitor.session.get("/f/export/some.zip?expires=1&signature=x") as answer:
        assert answer.status == 404


# -- large files ----------------------------------------------------------------------------------------------------

PIECE = bytes(250_000)
LINK = "/f/export/all.zip?expires=1&signature=x&name=all.zip"


@dataclass
class Large:
    """Redeems every link for one file, which is never held whole; `missing` is where it ends too early."""

    pieces: int = 240
    missing: int | None = None
    made: int = 0

    async def __call__(self, key: str, expires: int, signature: str) -> Download:
        return Download(id=key, media_type="application/zip", byte_count=self.pieces * len(PIECE), pieces=self.read)

    async def read(self) -> AsyncGenerator[bytes]:
        for number in range(self.pieces):
            if number == self.missing:
                raise AssetGone
            self.made += 1
            yield PIECE


@asynccontextmanager
async def fetching(large: Large) -> AsyncIterator[ClientSession]:
    stage = Stage(redeem=large)
    await stage.start()
    try:
        async with ClientSession(stage.address, read_bufsize=2**16) as session:
            yield session
    finally:
        await stage.stop()


async def test_sixty_megabytes_are_read_no_faster_than_they_are_taken() -> None:
    large = Large()
    async with fetching(large) as session, session.get(LINK) as answer:
        assert (answer.status, answer.content_length) == (200, 60_000_000)
        before = -1
        while before < large.made:  # until what lies between the two is full
            before = large.made
            await asyncio.sleep(0.2)
        assert large.made < large.pieces / 2
        taken = 0
        async for piece in answer.content.iter_chunked(2**20):
            taken += len(piece)
    assert (taken, large.made) == (60_000_000, large.pieces)


async def test_a_file_that_is_gone_before_its_first_byte_was_never_there() -> None:
    async with fetching(Large(missing=0)) as session, session.get(LINK) as answer:
        assert answer.status == 404


async def test_half_a_file_does_not_pass_for_a_whole_one() -> None:
    async with fetching(Large(missing=7)) as session, session.get(LINK) as answer:
        assert answer.status == 200
        with pytest.raises(ClientPayloadError):
            await answer.read()


async def test_whoever_asks_only_for_the_size_gets_no_bytes() -> None:
    large = Large()
    async with fetching(large) as session, session.head(LINK) as answer:
        assert answer.content_length == 60_000_000
    assert large.made <= 1
