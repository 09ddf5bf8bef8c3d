"""Edits of a picture Gemini painted: each goes on from the version that is shown, after a restart and back a step."""

from __future__ import annotations

import io
import re
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from PIL import Image, ImageStat

from app.demo.gemini.case import Case
from app.demo.gemini.service import GeminiStandIn
from app.demo.gemini.wire import Call
from app.demo.stage import Screen
from core.bootstrap.factory import Factory
from core.conversation.action import Info, Retouch, Undo, Upscale
from core.conversation.event import Pressed, TextSent
from core.conversation.view import FormView, GalleryView, NoticeView, TextView, View
from core.domain.job import Recipe
from core.domain.prompt import ReferenceRole, Touch
from core.domain.record import from_record
from core.services.painting import Edit, Wording
from core.services.sitting import Portrait, Sitting
from tests.app.chat import Guest, button, pictured
from tests.app.test_gemini import BANANA, PORTRAIT, ordered
from tests.factory import Running, running
from tests.gemini_server.server import gemini_server

GRANT, SET, EDIT = 20, 2, 1


@pytest.fixture
async def gemini(contracts: Path) -> AsyncIterator[GeminiStandIn]:
    async with gemini_server(contracts) as service:
        yield service


def factory(
    database: str, home: Path, gemini: GeminiStandIn, screen: Screen, **settings: Any
) -> AbstractAsyncContextManager[Running]:
    return running(
        database,
        home,
        couriers=[screen],
        gemini_api_key="a-key",
        gemini_base_url=gemini.base_url,
        starter_grant=GRANT,
        **settings,
    )


def single(view: View) -> bool:
    return isinstance(view, GalleryView) and len(view.pictures) == 1


def notice(view: View) -> bool:
    return isinstance(view, NoticeView)


async def edited(guest: Guest, code: str, words: str) -> GalleryView:
    """As a reply, confirmed at its price."""
    asked = await guest.do(TextSent(text=words, variant=code), notice)
    shown = await guest.press(asked, Retouch, lambda view: single(view) or (notice(view) and "given back" in view.text))
    assert isinstance(shown, GalleryView), shown
    return shown


async def light(here: Factory, view: GalleryView) -> float:
    """Mean brightness of the one picture, 0 to 255."""
    data = await here.album.load(view.pictures[0].asset)
    with Image.open(io.BytesIO(data)) as picture:
        assert picture.size == (1280, 720)
        return float(ImageStat.Stat(picture.convert("L")).mean[0])


def turns(call: Call) -> list[str]:
    return [turn["role"] for turn in call.body["contents"]]


async def versions(here: Factory) -> list[dict[str, Any]]:
    return list(
        await here.direct.fetch(
            "select n.number, n.parent, n.facts, n.recipe, n.thread_asset::text as thread "
            "from tf.version n where n.number > 1 order by n.number"
        )
    )


async def test_three_edits_with_a_restart_between_and_undo_go_on_from_what_is_shown(
    database: str, home: Path, gemini: GeminiStandIn
) -> None:
    screen = Screen()
    async with factory(database, home, gemini, screen) as one:
        guest = Guest(one.factory, screen)
        finished = await ordered(guest, PORTRAIT)
        assert isinstance(finished, GalleryView)
        code = finished.pictures[1].variant
        first = await edited(guest, code, "darker background")
        second = await edited(guest, code, "darker still")
        assert turns(gemini.calls[-1]) == ["user", "model"] * 2 + ["user"]
        before = await light(one.factory, second)
    async with factory(database, home, gemini, screen) as two:
        guest.factory = two.factory
        third = await edited(guest, code, "and darker again")
        assert turns(gemini.calls[-1]) == ["user", "model"] * 3 + ["user"]
        assert await light(two.factory, first) > before > await light(two.factory, third)

        back = await guest.press(third, Undo, single)
        assert isinstance(back, GalleryView) and back.pictures[0].asset == second.pictures[0].asset
        await edited(guest, code, "brighter now")
        assert turns(gemini.calls[-1]) == ["user", "model"] * 3 + ["user"]

        assert await guest.wallet() == (GRANT - SET - 4 * EDIT, 0)
        rows = await versions(two.factory)
        assert [(row["number"], row["parent"]) for row in rows] == [(2, 1), (3, 2), (4, 3), (5, 3)]
        assert all(row["thread"] and row["facts"]["price"] == EDIT for row in rows)
        assert [row["facts"]["words"] for row in rows][-1] == "brighter now"
        assert all(row["facts"]["portraits"] == 0 and row["facts"]["selfies_shown"] == [1] for row in rows)


async def test_a_button_mends_the_face_beside_the_selfies(database: str, home: Path, gemini: GeminiStandIn) -> None:
    screen = Screen()
    async with factory(database, home, gemini, screen) as one:
        guest = Guest(one.factory, screen)
        finished = await ordered(guest, PORTRAIT)
        form = await guest.press(finished, Retouch, lambda view: isinstance(view, FormView), change="")

        await guest.press(form, Retouch, single, change=f"fix_face.{EDIT}")

        call = gemini.calls[-1]
        labels = [part["text"] for part in call.last_turn if part.get("text", "").startswith("Image ")]
        assert turns(call) == ["user"]
        assert [label.split(".")[0] for label in labels] == ["Image 1: CANVAS", "Image 2: PERSON"]
        (row,) = await versions(one.factory)
        assert row["facts"]["portraits"] == 1 and row["facts"]["selfies_shown"] == [1]
        assert await guest.wallet() == (GRANT - SET - EDIT, 0)


async def test_the_studios_picture_goes_to_a_model_without_its_type(
    database: str, home: Path, gemini: GeminiStandIn
) -> None:
    screen = Screen()
    async with factory(database, home, gemini, screen) as one:
        guest = Guest(one.factory, screen)
        finished = await ordered(guest, PORTRAIT, offer="4.standard.0")
        assert isinstance(finished, GalleryView)
        assert {picture.origin for picture in finished.pictures} == {"studio"}

        await edited(guest, finished.pictures[0].variant, "darker")

        assert turns(gemini.calls[-1]) == ["user"]
        (row,) = await versions(one.factory)
        assert row["recipe"]["model"] == BANANA and row["thread"]


async def test_the_picture_to_change_takes_one_of_the_places_a_model_has_for_references(
    database: str, home: Path, gemini: GeminiStandIn
) -> None:
    screen = Screen()
    async with factory(database, home, gemini, screen) as one:
        made = one.factory
        await ordered(Guest(made, screen), PORTRAIT, offer="4.standard.0")
        (row, *_) = await made.direct.fetch("select recipe, spec from tf.version")
        recipe, spec = from_record(Recipe, row["recipe"]), made.catalogue().find(BANANA)
        assert spec is not None

        async def canvas() -> bytes:
            return PORTRAIT

        layout = row["spec"][recipe.brief.format]
        change = Edit(asked=Touch.DARKER_BACKGROUND, canvas=canvas, painter="studio", thread=None, layout=layout)
        sitting = Sitting([Portrait(PORTRAIT, None)] * 5, made.workshop)
        for places, people in ((3, 2), (1, 0), (14, 5)):
            model = replace(spec, max_references=places)
            asked = await made.painting.request(model, recipe, sitting, Wording(), made.catalogue(), change=change)
            assert asked.prompt is not None
            roles = [reference.role for reference in asked.prompt.references]
            assert roles == [ReferenceRole.CANVAS] + people * [ReferenceRole.PERSON]


async def test_a_conversation_the_model_refuses_is_begun_anew_with_the_picture(
    database: str, home: Path, gemini: GeminiStandIn
) -> None:
    screen = Screen()
    async with factory(database, home, gemini, screen) as one:
        guest = Guest(one.factory, screen)
        finished = await ordered(guest, PORTRAIT)
        assert isinstance(finished, GalleryView)
        gemini.answer_with({"candidates": [{"finishReason": "MISSING_THOUGHT_SIGNATURE", "index": 0}]})

        await edited(guest, finished.pictures[0].variant, "darker")

        assert [turns(call) for call in gemini.calls[-2:]] == [["user", "model", "user"], ["user"]]
        (row,) = await versions(one.factory)
        assert [(row["model"], row["reason"]) for row in row["facts"]["attempts"]] == [
            (BANANA, "thread_lost"),
            (BANANA, ""),
        ]


async def test_another_model_goes_on_from_the_picture_where_the_painter_is_gone(
    database: str, home: Path, gemini: GeminiStandIn
) -> None:
    screen = Screen()
    async with factory(database, home, gemini, screen) as one:
        guest = Guest(one.factory, screen)
        finished = await ordered(guest, PORTRAIT)
        assert isinstance(finished, GalleryView)
        gemini.dead.add(BANANA)

        await edited(guest, finished.pictures[0].variant, "darker")

        assert turns(gemini.calls[-1]) == ["user"]
        (row,) = await versions(one.factory)
        assert row["recipe"]["model"] != BANANA
        assert [one["reason"] for one in row["facts"]["attempts"]] == ["retired", ""]
        assert await guest.wallet() == (GRANT - SET - EDIT, 0)


async def test_nobody_stands_in_for_an_edit_and_its_credits_come_back(
    database: str, home: Path, gemini: GeminiStandIn
) -> None:
    screen = Screen()
    async with factory(database, home, gemini, screen) as one:
        guest = Guest(one.factory, screen)
        finished = await ordered(guest, PORTRAIT)
        assert isinstance(finished, GalleryView)
        asked = await guest.do(TextSent(text="darker", variant=finished.pictures[0].variant), notice)
        gemini.case = lambda _: Case.INTERNAL

        failed = await guest.do(Pressed(action=button(asked, Retouch)), notice)

        assert "did not answer" in failed.text and "Your 1 credit is given back." in failed.text
        assert await versions(one.factory) == []
        assert await guest.wallet() == (GRANT - SET, 0)


async def test_without_a_key_a_reply_says_what_is_missing(database: str, home: Path) -> None:
    screen = Screen()
    async with running(database, home, couriers=[screen]) as one:
        guest = Guest(one.factory, screen)
        finished = await ordered(guest, PORTRAIT)
        assert isinstance(finished, GalleryView)

        answer = await guest.do(TextSent(text="darker", variant=finished.pictures[0].variant), notice)

        assert "GEMINI_API_KEY" in answer.text
        assert pictured(finished)


async def test_4k_is_the_same_picture_at_no_price_and_says_how_far_it_was_enlarged(
    database: str, home: Path, gemini: GeminiStandIn
) -> None:
    screen = Screen()
    async with factory(database, home, gemini, screen) as one:
        guest = Guest(one.factory, screen)
        finished = await ordered(guest, PORTRAIT)
        asked = len(gemini.calls)

        large = await guest.press(finished, Upscale, single)

        assert isinstance(large, GalleryView)
        with Image.open(io.BytesIO(await one.factory.album.load(large.pictures[0].asset))) as picture:
            assert picture.size == (3840, 2160)
        assert len(gemini.calls) == asked, "no model is asked"
        assert await guest.wallet() == (GRANT - SET, 0)
        told = await guest.press(large, Info, lambda view: isinstance(view, TextView))
        times = re.search(r"Painted smaller than it is shown \((\d\.\d+)×\), so it is a little soft", told.text)
        assert times and 2.5 < float(times[1]) < 3.5
        with pytest.raises(LookupError):
            button(large, Upscale)
        back = await guest.press(large, Undo, single)
        assert isinstance(back, GalleryView)
