"""Thumbnails somebody likes: read for what makes their look, shown to whoever paints, and nothing else is opened."""

from __future__ import annotations

import io
from base64 import urlsafe_b64decode
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

from aiohttp import web
from PIL import Image

from app.demo.gemini.case import Case
from app.demo.gemini.service import GeminiStandIn
from app.demo.gemini.wire import Call
from app.demo.stage import Screen, buttons
from core.conversation.action import Ask, Choose, Generate, GoOn, Info, OpenDetails, Run
from core.conversation.event import CommandSent, Event, Photo, PhotosSent, TextSent
from core.conversation.view import FormView, GalleryView, NoticeView, TextView, View
from tests.app.chat import Guest, closing, pictured
from tests.app.test_reading import card, carded, readings, said
from tests.app.test_reading import gemini as gemini
from tests.factory import Running, running

PAID = "2.draft.1"
VIDEO = "https://youtu.be/dQw4w9WgXcQ?t=12"


def picture(colour: str) -> bytes:
    file = io.BytesIO()
    Image.new("RGB", (1280, 720), colour).save(file, "JPEG", quality=90)
    return file.getvalue()


@asynccontextmanager
async def thumbnails(*there: str) -> AsyncIterator[tuple[str, list[str]]]:
    """YouTube's picture server with these paths; its address, and what was asked of it."""
    asked: list[str] = []

    async def serve(request: web.Request) -> web.Response:
        asked.append(request.path)
        if request.path not in there:
            return web.Response(status=404)
        return web.Response(body=picture("#1040a0"), content_type="image/jpeg")

    app = web.Application()
    app.router.add_get("/{path:.*}", serve)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    try:
        yield f"http://127.0.0.1:{runner.addresses[0][1]}", asked
    finally:
        await runner.cleanup()


@asynccontextmanager
async def at_work(
    database: str, home: Path, gemini: GeminiStandIn | None = None, images: str = "http://127.0.0.1:9"
) -> AsyncIterator[tuple[Running, Guest]]:
    given = {"gemini_api_key": "a-key", "gemini_base_url": gemini.base_url} if gemini else {}
    screen = Screen()
    async with running(database, home, couriers=[screen], youtube_images_url=images, **given) as here:
        yield here, Guest(here.factory, screen)


async def asked(guest: Guest) -> FormView:
    """The question, from the card of a brief."""
    details = await guest.press(await card(guest, "I quit my job"), OpenDetails, lambda view: bool(buttons(view)))
    section = await guest.press(details, OpenDetails, lambda view: isinstance(view, TextView), section="F")
    form = await guest.press(section, Ask, lambda view: isinstance(view, FormView), question="inspiration")
    assert isinstance(form, FormView)
    return form


def asks(view: View) -> bool:
    return isinstance(view, FormView)


async def liking(guest: Guest, event: Event) -> FormView:
    """An answer; the question stays for more."""
    form = await guest.do(event, asks)
    assert isinstance(form, FormView)
    return form


async def all_of(guest: Guest, event: Event) -> View:
    """The only answer, where nobody can look at it."""
    return await guest.press(await liking(guest, event), GoOn, said("Models are shown it"), about="inspiration")


async def upload(guest: Guest, *colours: str) -> tuple[Photo, ...]:
    found = [await guest.factory.desk.accept(guest.envelope, picture(colour)) for colour in colours]
    return tuple(one for one in found if isinstance(one, Photo))


def shown(call: Call) -> list[tuple[str, tuple[int, int, int]]]:
    """Each picture of a request: the line before it, and its colour in the middle."""
    parts, result = list(call.parts()), []
    for before, part in pairwise(parts):
        if "inlineData" in part:
            sent = Image.open(io.BytesIO(urlsafe_b64decode(part["inlineData"]["data"]))).convert("RGB")
            result.append((before["text"], sent.getpixel((sent.width // 2, sent.height // 2))))
    return result


def near(one: tuple[int, int, int], other: tuple[int, int, int]) -> bool:
    return all(abs(a - b) <= 6 for a, b in zip(one, other, strict=True))


async def test_pictures_that_are_liked_are_read_and_shown_to_the_painter_after_the_person(
    database: str, home: Path, gemini: GeminiStandIn
) -> None:
    async with at_work(database, home, gemini) as (_, guest):
        await asked(guest)
        since = len(guest.screen.shown)
        await liking(guest, PhotosSent(photos=await upload(guest, "#a01020")))
        more = await liking(guest, PhotosSent(photos=await upload(guest, "#10a020")))
        assert "2 pictures or links" in more.hint
        anew = await guest.press(more, GoOn, carded, about="inspiration")
        told = await guest.screen.wait_for(said("The look you like:"), since)
        assert "Vibe:" in told.text and "Type effects" in told.text and "Read by Gemini 3.5 Flash-Lite." in told.text
        (read,) = await readings(guest)
        assert (read["kind"], read["status"], read["price"]) == ("read", "done", 0)

        done = await guest.press(anew, Generate, closing, offer=PAID)
        assert isinstance(done, GalleryView)
        (person, first, second) = shown(next(call for call in gemini.calls if "image" in call.model))
        assert person[0].startswith("Image 1: PERSON.")
        assert first[0].startswith("Image 2: STYLE.") and near(first[1], (0xA0, 0x10, 0x20))
        assert second[0].startswith("Image 3: STYLE.") and near(second[1], (0x10, 0xA0, 0x20))

        info = await guest.press(done, Info, said("Inspiration it was shown: 2 of 2"), variant=done.pictures[0].variant)
        assert "Selfies it was shown: 1" in info.text


async def test_the_thumbnail_of_a_video_that_is_liked_is_fetched_and_nothing_else_is(
    database: str, home: Path, gemini: GeminiStandIn
) -> None:
    async with (
        thumbnails("/vi/dQw4w9WgXcQ/mqdefault.jpg") as (images, fetched),
        at_work(database, home, gemini, images) as (_, guest),
    ):
        await asked(guest)
        refused = await liking(guest, TextSent(text=f"{VIDEO} and http://127.0.0.1/private"))
        assert "YouTube videos only" in refused.note and fetched == []
        anew = await guest.press(await liking(guest, TextSent(text=VIDEO)), GoOn, carded, about="inspiration")
        assert fetched == ["/vi/dQw4w9WgXcQ/maxresdefault.jpg", "/vi/dQw4w9WgXcQ/mqdefault.jpg"]
        await guest.press(anew, Generate, closing, offer=PAID)
        call = next(call for call in gemini.calls if "image" in call.model)
        assert [line.split()[2] for line, _ in shown(call)] == ["PERSON.", "STYLE."]
        assert near(shown(call)[1][1], (0x10, 0x40, 0xA0))


async def test_nothing_is_fetched_where_nobody_is_shown_it(database: str, home: Path, gemini: GeminiStandIn) -> None:
    async with (
        thumbnails("/vi/dQw4w9WgXcQ/mqdefault.jpg") as (images, fetched),
        at_work(database, home, gemini, images) as (_, guest),
    ):
        await asked(guest)
        anew = await guest.press(await liking(guest, TextSent(text=VIDEO)), GoOn, carded, about="inspiration")
        by_then = len(fetched)
        done = await guest.press(anew, Generate, closing, offer="4.standard.0")
        assert isinstance(done, GalleryView) and len(fetched) == by_then


async def test_a_link_that_leads_nowhere_is_said_and_takes_no_picture_with_it(
    database: str, home: Path, gemini: GeminiStandIn
) -> None:
    async with thumbnails() as (images, _), at_work(database, home, gemini, images) as (_, guest):
        await asked(guest)
        since = len(guest.screen.shown)
        more = await liking(guest, TextSent(text=VIDEO))
        anew = await guest.press(more, GoOn, carded, about="inspiration")
        await guest.screen.wait_for(said("I could not open that"), since)
        assert [row["failure"] for row in await readings(guest)] == ["picture_lost"]
        details = await guest.press(anew, OpenDetails, lambda view: bool(buttons(view)))
        form = await guest.press(
            await guest.press(details, OpenDetails, section, section="F"), Ask, asks, question="inspiration"
        )
        assert isinstance(form, FormView) and "none" in form.hint


async def test_where_no_model_can_look_the_pictures_stay(database: str, home: Path, gemini: GeminiStandIn) -> None:
    gemini.case = lambda call: Case.UNAVAILABLE if "image" not in call.model else None
    async with at_work(database, home, gemini) as (_, guest):
        await asked(guest)
        since = len(guest.screen.shown)
        more = await liking(guest, PhotosSent(photos=await upload(guest, "#a01020")))
        anew = await guest.press(more, GoOn, carded, about="inspiration")
        await guest.screen.wait_for(said("Nobody could look at it just now."), since)
        done = await guest.press(anew, Generate, closing, offer=PAID)
        assert isinstance(done, GalleryView)
        await guest.press(done, Info, said("Inspiration it was shown: 1 of 1"), variant=done.pictures[0].variant)


async def test_without_a_key_what_is_liked_is_kept_and_said_to_be_for_models(database: str, home: Path) -> None:
    async with at_work(database, home) as (_, guest):
        await asked(guest)
        kept = await all_of(guest, PhotosSent(photos=await upload(guest, "#a01020")))
        assert "Inspiration" in kept.text and "1 picture or link" in kept.text
        assert await readings(guest) == []
        form = await guest.press(kept, Ask, lambda view: isinstance(view, FormView), question="inspiration")
        emptied = await guest.press(form, Choose, section, option="inspiration.none")
        assert "1 picture" not in emptied.text.partition("Inspiration")[2]


def section(view: View) -> bool:
    return isinstance(view, TextView) and "Inspiration" in view.text


async def test_what_was_sent_for_its_look_is_no_selfie_and_outlives_them(database: str, home: Path) -> None:
    async with at_work(database, home) as (here, guest):
        await asked(guest)
        (liked,) = await upload(guest, "#a01020")
        await all_of(guest, PhotosSent(photos=(liked,)))
        user_id = (await here.factory.conversing.open(guest.envelope)).user_id
        assert liked.asset not in [row.id for row in await here.factory.assets.latest_selfies(user_id)]
        privacy = await guest.do(CommandSent(name="privacy"), lambda view: isinstance(view, TextView))
        await guest.press(privacy, Run, lambda view: isinstance(view, NoticeView), argument="forget")
        assert (await here.factory.desk.asset(liked.asset)).data


async def test_pictures_sent_after_the_question_is_left_are_selfies_again(database: str, home: Path) -> None:
    async with at_work(database, home) as (here, guest):
        await asked(guest)
        await all_of(guest, PhotosSent(photos=await upload(guest, "#a01020")))
        (photo,) = await upload(guest, "#20a010")
        await guest.do(PhotosSent(photos=(replace(photo, faces=1, concerns=()),)), pictured)
        (row,) = await here.factory.direct.fetch("select data from tf.session", ())
        answers = row["data"]["answers"]
        assert len(answers["inspiration"]) == 1 and len(row["data"]["photos"]) == 2
