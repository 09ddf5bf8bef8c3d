"""Selfies that were sent before are offered again until their person has them forgotten."""

from __future__ import annotations

import asyncio
import io
from collections.abc import Mapping
from importlib import resources
from itertools import pairwise
from pathlib import Path

import pytest
from PIL import Image, ImageChops, ImageFilter, ImageStat

from app.demo.gemini.wire import Call, decode
from app.demo.stage import Screen, buttons
from core.conversation.action import Generate, Info, Run, UseLastSelfies
from core.conversation.event import CommandSent, Photo, PhotosSent
from core.conversation.view import GalleryView, NoticeView, TextView, View
from core.services.desk import AssetGone
from tests.app.chat import Guest, closing, pictured
from tests.app.process import PATIENCE_S
from tests.factory import running
from tests.gemini_server.server import gemini_server

PORTRAIT = resources.files("app.demo").joinpath("portrait.png").read_bytes()


def _text(view: View) -> bool:
    return isinstance(view, TextView)


def _offers_them(view: View) -> bool:
    return any(token.startswith(UseLastSelfies("d").pack().rsplit(":", 1)[0]) for _, token in buttons(view))


async def test_forgotten_selfies_are_gone_at_once_and_offered_no_more(database: str, tmp_path: Path) -> None:
    screen = Screen()
    async with running(database, tmp_path, couriers=[screen]) as one:
        guest = Guest(one.factory, screen)
        photo = await one.factory.desk.accept(guest.envelope, PORTRAIT)
        assert isinstance(photo, Photo)
        assert _offers_them(await guest.do(CommandSent(name="new"), _text))

        privacy = await guest.do(CommandSent(name="privacy"), _text)
        await guest.press(privacy, Run, lambda view: isinstance(view, NoticeView), argument="forget")

        with pytest.raises(AssetGone):
            await one.factory.desk.asset(photo.asset)
        assert not _offers_them(await guest.do(CommandSent(name="new"), _text))
        async with asyncio.timeout(PATIENCE_S):  # what was deleted called for a worker by itself
            while (await one.factory.blobs.usage()).blobs:  # noqa: ASYNC110
                await asyncio.sleep(0.1)


LITE, TAKES, LONGEST = "gemini-3.1-flash-lite-image", 5, 1536
"""The first to be asked for drafts, and how many pictures it takes, and
the longest side of what is sent."""


def _seven(photos: Path) -> list[bytes]:
    """One that is blurred, one picture three times, and three from other sides; all larger than what is sent."""
    one, *others = (_large(path.read_bytes()) for path in sorted(photos.glob("house-*.jpg"))[:4])
    return [_blurred(one), one, _large(one), _large(_large(one)), *others]


def _large(data: bytes) -> bytes:
    """Encoded anew, too: no file like another."""
    file = io.BytesIO()
    with Image.open(io.BytesIO(data)) as picture:
        picture.convert("RGB").resize((2000, 2000)).save(file, "JPEG", quality=90)
    return file.getvalue()


def _blurred(data: bytes) -> bytes:
    file = io.BytesIO()
    with Image.open(io.BytesIO(data)) as picture:
        picture.convert("RGB").filter(ImageFilter.GaussianBlur(max(picture.size) / 50)).save(file, "JPEG")
    return file.getvalue()


def _people(call: Call, files: Mapping[str, bytes]) -> list[Image.Image]:
    """The pictures that stand behind a PERSON line, as they were sent or lie on the shelf."""
    parts = [part for before, part in pairwise(call.parts("user")) if "PERSON" in before.get("text", "")]
    data = [
        decode(part["inlineData"]["data"])
        if "inlineData" in part
        else files[part["fileData"]["fileUri"].rpartition("/")[2]]
        for part in parts
    ]
    return [Image.open(io.BytesIO(row)).convert("RGB") for row in data]


def _alike(one: Image.Image, other: bytes) -> bool:
    with Image.open(io.BytesIO(other)) as picture:
        difference = ImageChops.difference(one.resize((32, 32)), picture.convert("RGB").resize((32, 32)))
    return float(ImageStat.Stat(difference.convert("L")).mean[0]) < 4


@pytest.mark.filterwarnings("ignore:Sending a large body directly:ResourceWarning")  # the SDK's own
async def test_of_more_selfies_than_the_model_takes_the_best_go_in_and_their_numbers_are_said(
    database: str, home: Path, contracts: Path, photos: Path
) -> None:
    sent, screen = _seven(photos), Screen()
    asked: list[list[Image.Image]] = []
    async with (
        gemini_server(contracts) as gemini,
        running(database, home, couriers=[screen], gemini_api_key="k", gemini_base_url=gemini.base_url) as one,
    ):
        gemini.observers.append(lambda call: asked.append(_people(call, gemini.files)) if call.body else None)
        guest = Guest(one.factory, screen)
        accepted = [await one.factory.desk.accept(guest.envelope, data) for data in sent]
        kept = tuple(photo for photo in accepted if isinstance(photo, Photo))
        card = await guest.do(PhotosSent(photos=kept, caption="I quit my job"), pictured)

        finished = await guest.press(card, Generate, closing, offer="2.draft.1")

        assert isinstance(finished, GalleryView)
        info = await guest.press(finished, Info, lambda view: isinstance(view, TextView))
        (line,) = [row for row in info.text.splitlines() if row.startswith("Selfies it was shown: ")]
        shown, _, count = line.removeprefix("Selfies it was shown: ").partition(" of ")
        numbers = [int(number) for number in shown.split(", ")]
        assert len(numbers) == TAKES and count.startswith("7")
        assert ("sharpest and most frontal one first" in count) == (numbers != sorted(numbers))
        assert {5, 6, 7} < {*numbers} and 1 not in numbers, "every side, and no blurred one"
        assert f"Painted from selfies {', '.join(map(str, sorted(numbers)))} of your 7:" in finished.text
        assert {call.model for call in gemini.calls if call.body} == {LITE} and len(asked) == 2
        for people in asked:
            assert all(max(person.size) <= LONGEST for person in people)
            assert [_alike(person, sent[number - 1]) for person, number in zip(people, numbers, strict=True)] == (
                [True] * TAKES
            )
