"""Two changes of one picture at the same moment: the second goes on from what the first has made."""

from __future__ import annotations

import asyncio
from pathlib import Path

from app.demo.gemini.service import GeminiStandIn
from app.demo.stage import Screen
from core.conversation.action import Reroll, Retouch
from core.conversation.event import Pressed, TextSent
from core.conversation.view import GalleryView
from tests.app.chat import Guest, button
from tests.app.test_edit import EDIT, GRANT, SET, factory, gemini, notice, single, turns, versions
from tests.app.test_gemini import PORTRAIT, ordered

__all__ = ["gemini"]

CALL_S = 1.0


async def test_a_second_edit_waits_for_the_first_and_goes_on_from_it(
    database: str, home: Path, gemini: GeminiStandIn
) -> None:
    screen = Screen()
    async with factory(database, home, gemini, screen) as here:
        guest = Guest(here.factory, screen)
        finished = await ordered(guest, PORTRAIT)
        assert isinstance(finished, GalleryView)
        code, since = finished.pictures[0].variant, len(screen.shown)
        gemini.delay_s = CALL_S
        for words in ("darker background", "and a red hat"):
            asked = await guest.do(TextSent(text=words, variant=code), notice)
            await guest.send(Pressed(action=button(asked, Retouch)))
        await screen.wait_for(lambda _: sum(map(single, screen.shown[since:])) == 2, since)

        assert [(row["number"], row["parent"]) for row in await versions(here.factory)] == [(2, 1), (3, 2)]
        assert [turns(call) for call in gemini.calls[-2:]] == [["user", "model"] * n + ["user"] for n in (1, 2)]
        assert await guest.wallet() == (GRANT - SET - 2 * EDIT, 0)


async def test_edits_of_two_pictures_do_not_wait_for_each_other(
    database: str, home: Path, gemini: GeminiStandIn
) -> None:
    screen, under_way = Screen(), asyncio.Semaphore(0)
    async with factory(database, home, gemini, screen) as here:
        guest = Guest(here.factory, screen)
        finished = await ordered(guest, PORTRAIT)
        assert isinstance(finished, GalleryView)
        gemini.delay_s = 60
        gemini.observers.append(lambda _: under_way.release())

        for picture in finished.pictures[:2]:
            again = button(finished, Reroll, variant=picture.variant)
            await guest.send(Pressed(action=again))

        async with asyncio.timeout(30):
            for _ in range(2):
                await under_way.acquire()
