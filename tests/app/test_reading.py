"""A reader's errands through the whole factory: ideas, a shorter headline, a brief from a sentence, from a video."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from importlib import resources
from pathlib import Path
from typing import Any

import pytest

from app.demo.gemini.case import Case
from app.demo.gemini.service import GeminiStandIn
from app.demo.stage import Screen
from core.conversation.action import Choose, Generate, Read, Run
from core.conversation.event import Photo, PhotosSent, Pressed, TextSent
from core.conversation.view import FormView, GalleryView, NoticeView, View
from core.domain.errand import Errand
from tests.app.chat import Guest, button, closing, pictured
from tests.app.night import run_to_death
from tests.factory import Running, running
from tests.gemini_server.server import gemini_server

PORTRAIT = resources.files("app.demo").joinpath("portrait.png").read_bytes()
VIDEO = "https://youtu.be/dQw4w9WgXcQ"
WISH = "tech review of the new phone with me and a shocked face"
LONG = " ".join(["word"] * 40)


@pytest.fixture
async def gemini(contracts: Path) -> AsyncIterator[GeminiStandIn]:
    async with gemini_server(contracts) as service:
        yield service


@asynccontextmanager
async def at_work(
    database: str, home: Path, gemini: GeminiStandIn | None = None
) -> AsyncIterator[tuple[Running, Guest]]:
    given: dict[str, Any] = {"gemini_api_key": "a-key", "gemini_base_url": gemini.base_url} if gemini else {}
    screen = Screen()
    async with running(database, home, couriers=[screen], **given) as here:
        yield here, Guest(here.factory, screen)


async def card(guest: Guest, headline: str) -> View:
    accepted = await guest.factory.desk.accept(guest.envelope, PORTRAIT)
    assert isinstance(accepted, Photo)
    return await guest.do(PhotosSent(photos=(accepted,), caption=headline), carded)


def carded(view: View) -> bool:
    """The card, with a preview or with the reason why there is none."""
    return any(True for row in view.rows for one in row.buttons if ":ge:" in one.token) and not isinstance(
        view, FormView
    )


def said(words: str) -> Callable[[View], bool]:
    return lambda view: words in view.text


async def readings(guest: Guest) -> list[dict[str, Any]]:
    """Once they have ended, which is after the answer is on its way."""
    async with asyncio.timeout(20):
        while True:
            rows = await guest.factory.direct.fetch(
                "select kind, status, failure, price, result from tf.job "
                "where kind in ('read', 'watch') order by created_at"
            )
            if not {row["status"] for row in rows} & {"queued", "running"}:
                return list(rows)
            await asyncio.sleep(0.05)


async def test_ideas_come_as_chips_and_one_of_them_becomes_the_headline(
    database: str, home: Path, gemini: GeminiStandIn
) -> None:
    async with at_work(database, home, gemini) as (_, guest):
        first = await card(guest, "I quit my job")
        ideas = await guest.press(first, Read, lambda view: isinstance(view, FormView), errand=Errand.IDEAS.value)
        assert isinstance(ideas, FormView)
        assert len(ideas.options) >= 2 and "Gemini 3.5 Flash-Lite" in ideas.hint
        chosen = ideas.options[1].label
        anew = await guest.press(ideas, Choose, pictured, option="headline.idea1")
        assert f"“{chosen}”" in anew.text
        (read,) = await readings(guest)
        assert (read["status"], read["price"], read["result"]["by"]) == ("done", 0, "gemini-3.5-flash-lite")
        assert read["result"]["cost_micro_usd"] > 0


async def test_without_a_key_what_rules_cannot_shorten_stays_and_that_is_said(database: str, home: Path) -> None:
    async with at_work(database, home) as (_, guest):
        first = await card(guest, LONG)
        told = await guest.press(first, Read, said("I cannot make it shorter"), errand=Errand.SHORTEN.value)
        assert "without an AI model" in told.text
        (read,) = await readings(guest)
        assert read["result"] == {"by": "local", "cost_micro_usd": 0, "tokens": {}, "attempts": []}


async def test_a_headline_of_forty_words_is_shortened_and_drawn(
    database: str, home: Path, gemini: GeminiStandIn
) -> None:
    async with at_work(database, home, gemini) as (_, guest):
        first = await card(guest, LONG)
        since = len(guest.screen.shown)
        anew = await guest.press(first, Read, pictured, errand=Errand.SHORTEN.value)
        told = await guest.screen.wait_for(said("Shortened."), since)
        assert "Read by Gemini 3.5 Flash-Lite." in told.text
        assert isinstance(anew, GalleryView) and "word word" in anew.text and LONG[:60] not in anew.text


async def test_a_sentence_becomes_a_brief(database: str, home: Path, gemini: GeminiStandIn) -> None:
    async with at_work(database, home, gemini) as (_, guest):
        first = await card(guest, WISH)
        since = len(guest.screen.shown)
        anew = await guest.press(first, Read, pictured, errand=Errand.BRIEF.value)
        told = await guest.screen.wait_for(said("From your words:"), since)
        assert "Vibe: Tech" in told.text and "Headline:" in told.text
        assert "Tech" in anew.text and WISH not in anew.text


async def test_the_next_reader_is_asked_where_the_first_does_not_answer(
    database: str, home: Path, gemini: GeminiStandIn
) -> None:
    gemini.case = lambda call: Case.UNAVAILABLE if call.model == "gemini-3.5-flash-lite" else None
    async with at_work(database, home, gemini) as (_, guest):
        first = await card(guest, "I quit my job")
        ideas = await guest.press(first, Read, lambda view: isinstance(view, FormView), errand=Errand.IDEAS.value)
        assert isinstance(ideas, FormView) and "Gemini 3.8 Flash" in ideas.hint
        (read,) = await readings(guest)
        assert [(row["model"], row["error"]) for row in read["result"]["attempts"]] == [
            ("gemini-3.5-flash-lite", "Overloaded"),
            ("gemini-3.8-flash", ""),
        ]


async def test_what_one_reader_refuses_by_its_rules_no_other_is_asked(
    database: str, home: Path, gemini: GeminiStandIn
) -> None:
    gemini.case = lambda _: Case.BLOCKED_PROMPT
    async with at_work(database, home, gemini) as (_, guest):
        first = await card(guest, LONG)
        told = await guest.press(first, Read, said("I cannot make it shorter"), errand=Errand.SHORTEN.value)
        assert "Gemini 3.5 Flash-Lite could not." in told.text
        (read,) = await readings(guest)
        assert [row["model"] for row in read["result"]["attempts"]] == ["gemini-3.5-flash-lite"]
        assert read["result"]["by"] == "local"


async def test_what_was_paid_for_half_an_errand_counts(database: str, home: Path, gemini: GeminiStandIn) -> None:
    unsaid = {"title": "A phone", "headline": "", "subtext": "", "vibe": "unsaid", "emotion": "unsaid"}
    part = {"text": json.dumps(unsaid | {"colours": "unsaid"})}
    usage = {"promptTokenCount": 1000, "candidatesTokenCount": 100}
    gemini.answer_with({"candidates": [{"content": {"parts": [part]}, "finishReason": "STOP"}], "usageMetadata": usage})
    gemini.case = lambda call: Case.UNAVAILABLE if len(gemini.calls) > 1 else None
    async with at_work(database, home, gemini) as (_, guest):
        first = await card(guest, WISH)
        await guest.press(first, Read, pictured, errand=Errand.BRIEF.value)
        (read,) = await readings(guest)
        assert read["result"]["by"] == "local"
        assert read["result"]["cost_micro_usd"] == 300 + 250


async def test_a_reader_watches_a_video_whole_whatever_moment_was_pasted(
    database: str, home: Path, gemini: GeminiStandIn
) -> None:
    async with at_work(database, home, gemini) as (here, guest):
        await guest.do(TextSent(text=f"{VIDEO}?t=83"), said("From your video:"))
        (watched,) = [part for call in gemini.calls for part in call.parts() if "fileData" in part]
        assert "videoMetadata" not in watched
        (row,) = await here.factory.direct.fetch("select data->'answers'->>'video' as video from tf.session")
        assert row["video"].endswith("&t=83s"), "their own moment"


async def test_a_link_to_a_video_becomes_a_brief_and_goes_to_the_model_that_paints(
    database: str, home: Path, gemini: GeminiStandIn
) -> None:
    async with at_work(database, home, gemini) as (here, guest):
        accepted = await here.factory.desk.accept(guest.envelope, PORTRAIT)
        assert isinstance(accepted, Photo)
        since = len(guest.screen.shown)
        first = await guest.do(PhotosSent(photos=(accepted,), caption=VIDEO), pictured)
        told = await guest.screen.wait_for(said("From your video:"), since)
        assert "Message:" in told.text and "Best moment: 0:00" in told.text
        assert "From your video:" in first.text
        finished = await guest.press(first, Generate, closing, offer="4.standard.2")
        assert isinstance(finished, GalleryView) and len(finished.pictures) == 4
        watched = [part for call in gemini.calls for part in call.parts() if "fileData" in part]
        assert len(watched) == 5
        assert watched[0] == {"fileData": {"fileUri": "https://www.youtube.com/watch?v=dQw4w9WgXcQ"}}
        assert watched[1]["videoMetadata"] == {"startOffset": "0s", "endOffset": "10s"}


async def test_what_was_said_with_the_link_stands(database: str, home: Path, gemini: GeminiStandIn) -> None:
    async with at_work(database, home, gemini) as (_, guest):
        asked = await guest.do(TextSent(text=f"NEVER AGAIN {VIDEO}"), lambda view: isinstance(view, FormView))
        assert isinstance(asked, FormView) and asked.question == "selfies"
        first = await card(guest, "")
        assert "“NEVER AGAIN”" in first.text and "From your video:" in first.text


async def test_a_video_nobody_could_watch_leaves_the_brief_and_asks_for_the_headline(
    database: str, home: Path, gemini: GeminiStandIn
) -> None:
    gemini.case = lambda call: Case.BAD_ARGUMENT if call.model.startswith("gemini-3.") else None
    async with at_work(database, home, gemini) as (_, guest):
        since = len(guest.screen.shown)
        asked = await guest.do(TextSent(text=VIDEO), lambda view: isinstance(view, FormView))
        assert isinstance(asked, FormView) and asked.question == "headline"
        told = await guest.screen.wait_for(said("could not watch"), since)
        assert isinstance(told, NoticeView)
        assert [row["status"] for row in await readings(guest)] == ["failed"]


async def test_without_a_key_a_link_to_a_video_is_answered_with_what_works(database: str, home: Path) -> None:
    async with at_work(database, home) as (_, guest):
        asked = await guest.do(TextSent(text=VIDEO), lambda view: isinstance(view, FormView))
        assert isinstance(asked, FormView) and asked.question == "headline"
        assert "takes a Gemini key" in asked.note and "Type the headline" in asked.note
        assert await readings(guest) == []


async def test_a_reading_of_a_brief_that_is_gone_says_nothing(database: str, home: Path, gemini: GeminiStandIn) -> None:
    gemini.delay_s = 0.5
    async with at_work(database, home, gemini) as (_, guest):
        first = await card(guest, "I quit my job")
        await guest.send(Pressed(action=button(first, Read)))
        await guest.do(Pressed(action=button(first, Generate, offer="4.standard.0")), closing)
        shown = [view for view in guest.screen.shown if isinstance(view, FormView)]
        assert shown == []


async def test_a_model_looks_things_up_only_where_the_brief_says_it_may(
    database: str, home: Path, gemini: GeminiStandIn
) -> None:
    async with at_work(database, home, gemini) as (here, guest):
        first = await card(guest, "I quit my job")
        await guest.press(first, Generate, closing, offer="2.draft.1")
        assert [call.body.get("tools") for call in gemini.calls] == [None, None]
        first = await card(guest, "I quit my job again")
        pressed = button(first, Generate)
        assert isinstance(pressed, Generate)
        await guest.send(Pressed(action=Choose(pressed.draft, "search.yes")))
        await guest.press(first, Generate, closing, offer="4.standard.2")
        assert [list(tool) for call in gemini.calls[2:] for tool in call.body["tools"]] == [["googleSearch"]] * 4
        rows = await here.factory.direct.fetch("select facts from tf.version where facts ? 'search_chip'")
        assert len(rows) == 4


async def test_a_reading_survives_its_worker_and_is_said_once(database: str, home: Path, gemini: GeminiStandIn) -> None:
    screen = Screen()
    given: dict[str, Any] = {"gemini_api_key": "a-key", "gemini_base_url": gemini.base_url}
    async with running(database, home, couriers=[screen], worker=False, **given) as here:
        guest = Guest(here.factory, screen)
        async with running(database, home, **given):
            first = await card(guest, "I quit my job")
        since = len(screen.shown)
        await guest.send(Pressed(action=button(first, Read, errand=Errand.IDEAS.value)))
        await run_to_death(database, home, gemini.base_url, "reading.after_event")
        await here.factory.upkeep.sweep(stale_seconds=0)
        async with running(database, home, **given):
            (read,) = await readings(guest)
        assert read["status"] == "done"
        assert sum(isinstance(view, FormView) for view in screen.shown[since:]) == 1


async def test_a_reading_brings_nobody_back_who_has_left(database: str, home: Path, gemini: GeminiStandIn) -> None:
    async with at_work(database, home, gemini) as (here, guest):
        first = await card(guest, "I quit my job")
        gemini.delay_s = 2.0
        await guest.send(Pressed(action=button(first, Read, errand=Errand.IDEAS.value)))
        async with asyncio.timeout(20):
            while not gemini.calls:  # noqa: ASYNC110
                await asyncio.sleep(0.05)
        await guest.do(Pressed(action=Run("delete_me", "yes")), said("Gone for good"))
        await asyncio.sleep(gemini.delay_s + 1.0)
        (row,) = await here.factory.direct.fetch("select count(*) as n from tf.users")
        assert row["n"] == 0
