"""A finished picture in a sentence, and what a search left behind: through the whole factory, by Google's own SDK."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from app.demo.gemini.case import Case
from app.demo.gemini.service import GeminiStandIn
from core.conversation.action import AltText, Choose, Generate, Info, Read
from core.conversation.event import Pressed
from core.conversation.view import FormView, GalleryView, TextView, View
from core.domain.errand import Errand
from core.services.desk import AssetGone, NotYours
from tests.app.chat import Guest, button, closing
from tests.app.test_reading import LONG, WISH, at_work, card, readings
from tests.app.test_reading import gemini as gemini

FREE, PAID = "2.draft.0", "2.draft.1"
FIRST, NEXT = "Gemini 3.5 Flash-Lite", "Gemini 3.8 Flash"
BLIND = "no AI model has looked at the picture"


def fails(gemini: GeminiStandIn, *models: str) -> None:
    gemini.case = lambda call: Case.UNAVAILABLE if call.model in models else None


async def finished(guest: Guest, offer: str = PAID) -> GalleryView:
    view = await guest.press(await card(guest, "I quit my job"), Generate, closing, offer=offer)
    assert isinstance(view, GalleryView), view
    return view


async def described(guest: Guest, shown: GalleryView) -> TextView:
    """From Info, where it is offered."""
    told = await guest.press(shown, Info, titled("How it was made"), variant=shown.pictures[0].variant)
    view = await guest.press(told, AltText, titled("Alt text"))
    assert isinstance(view, TextView)
    return view


def titled(title: str) -> Callable[[View], bool]:
    return lambda view: isinstance(view, TextView) and view.title == title


async def test_a_model_looks_at_the_picture_and_says_what_it_shows(
    database: str, home: Path, gemini: GeminiStandIn
) -> None:
    async with at_work(database, home, gemini) as (here, guest):
        shown = await finished(guest)
        view = await described(guest, shown)
        assert view.copy == "A thumbnail about quit job, as far as a stand-in can tell without looking."
        assert view.text == f"Read by {FIRST}."
        (asked,) = [call for call in gemini.calls if call.model == "gemini-3.5-flash-lite"]
        (sent,) = [part["inlineData"]["data"] for part in asked.parts() if "inlineData" in part]
        picture = await here.factory.desk.asset(shown.pictures[0].asset)
        assert sent.translate(str.maketrans("-_", "+/")) == b64encode(picture.data).decode()
        (read,) = await readings(guest)
        assert (read["kind"], read["status"], read["price"]) == ("read", "done", 0)
        assert read["result"]["cost_micro_usd"] > 0


async def test_where_no_model_answers_the_words_are_the_briefs_and_said_to_be(
    database: str, home: Path, gemini: GeminiStandIn
) -> None:
    fails(gemini, "gemini-3.5-flash-lite", "gemini-3.8-flash")
    async with at_work(database, home, gemini) as (_, guest):
        view = await described(guest, await finished(guest))
        assert view.copy.startswith("YouTube thumbnail, Bold: a person and the words “I quit my job”. A stand-in's")
        assert view.text.startswith(f"{FIRST}, {NEXT}") and BLIND in view.text


async def test_without_a_key_alt_text_is_put_together_from_what_is_known(database: str, home: Path) -> None:
    async with at_work(database, home) as (_, guest):
        view = await described(guest, await finished(guest, FREE))
        assert view.copy == "YouTube thumbnail, Bold: a person and the words “I quit my job”."
        assert BLIND in view.text and "could not" not in view.text


@pytest.mark.parametrize(
    ("headline", "errand", "marks"),
    [
        ("I quit my job", Errand.IDEAS, "hint"),
        (LONG, Errand.SHORTEN, "text"),
        (WISH, Errand.BRIEF, "text"),
    ],
)
async def test_a_reader_that_fails_is_named_by_the_rules_that_stand_in_for_it(
    database: str, home: Path, gemini: GeminiStandIn, headline: str, errand: Errand, marks: str
) -> None:
    fails(gemini, "gemini-3.5-flash-lite", "gemini-3.8-flash")
    async with at_work(database, home, gemini) as (_, guest):
        first = await card(guest, headline)
        told = await guest.press(
            first, Read, lambda view: "By rules of thumb" in getattr(view, marks, ""), errand=errand.value
        )
        words = getattr(told, marks)
        assert f"{FIRST}, {NEXT}" in words and "could not. By rules of thumb, without an AI model." in words
        if isinstance(told, FormView):
            assert headline.casefold() not in {option.label.casefold() for option in told.options}


# -- searches ------------------------------------------------------------------------------------------------------


async def test_the_page_of_a_search_is_handed_to_its_person_alone(
    database: str, home: Path, gemini: GeminiStandIn
) -> None:
    async with at_work(database, home, gemini) as (here, guest):
        first = await card(guest, "I quit my job")
        pressed = button(first, Generate)
        assert isinstance(pressed, Generate)
        await guest.send(Pressed(action=Choose(pressed.draft, "search.yes")))
        shown = await guest.press(first, Generate, closing, offer="4.standard.2")
        assert isinstance(shown, GalleryView)
        (name,) = shown.chips
        assert [fact.value for fact in shown.facts] == ["I quit my job", "example.com"]
        chip = await here.factory.searching.chip(name, guest.envelope)
        assert "stand-in search" in chip and "q=I+quit+my+job" in chip
        stranger = replace(guest.envelope, person="somebody", place="somebody")
        for asking, wanted, refused in (
            (stranger, name, NotYours),
            (guest.envelope, f"{name}0", AssetGone),
            (guest.envelope, "NOBODY.1", AssetGone),
            (guest.envelope, "", AssetGone),
        ):
            with pytest.raises(refused):
                await here.factory.searching.chip(wanted, asking)


async def test_a_picture_without_a_search_has_no_page_of_one(database: str, home: Path, gemini: GeminiStandIn) -> None:
    async with at_work(database, home, gemini) as (here, guest):
        shown = await finished(guest)
        assert shown.chips == () and shown.facts == ()
        with pytest.raises(AssetGone):
            await here.factory.searching.chip(f"{shown.pictures[0].variant}.1", guest.envelope)
