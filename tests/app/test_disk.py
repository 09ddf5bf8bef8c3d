"""Room for pictures: each person's share, everybody's, and a disk that is really full."""

from __future__ import annotations

import asyncio
import resource
import sys
from pathlib import Path
from uuid import uuid4

import pytest

from app.demo.stage import Screen
from core.conversation.action import Delete, Generate
from core.conversation.event import Pressed
from core.conversation.view import GalleryView, NoticeView, View
from core.domain.plan import PLANS, PlanId
from core.services.limit import EVERYBODYS_DISK_BYTES
from tests.app.chat import Guest, closing, stand_in
from tests.app.process import started
from tests.app.test_kill import TWO_DRAFTS
from tests.factory import SIGNING_KEY, running

SHARE = PLANS[PlanId.FREE].disk_bytes


def notice(view: View) -> bool:
    return isinstance(view, NoticeView)


async def keep(guest: Guest, octets: int) -> None:
    """Give them a picture as large as that."""
    user_id = (await guest.factory.conversing.open(guest.envelope)).user_id
    picture, media_type = str(uuid4()), "image/jpeg"
    record = {"id": picture, "kind": "render", "blob_key": f"render/{picture}.jpg", "media_type": media_type}
    await guest.factory.assets.promise(str(record["blob_key"]))
    await guest.factory.assets.add(user_id, {**record, "byte_count": octets})


async def test_who_keeps_as_much_as_they_may_is_told_so_and_can_order_once_there_is_room(
    database: str, home: Path
) -> None:
    screen = Screen()
    async with running(database, home, couriers=[screen]) as here:
        guest = Guest(here.factory, screen)
        finished = await guest.press(await guest.card(), Generate, closing, offer=TWO_DRAFTS)
        card = await guest.card()
        used = (await here.factory.assets.disk_used((await here.factory.conversing.open(guest.envelope)).user_id)).mine
        assert used > 0
        await keep(guest, SHARE - used)

        refused = await guest.press(card, Generate, notice)
        assert "as many pictures as your plan allows" in refused.text
        assert isinstance(finished, GalleryView)
        code = finished.pictures[0].variant
        sure = await guest.do(Pressed(action=Delete(code)), notice)
        await guest.press(sure, Delete, notice, sure="1")

        again = await guest.press(card, Generate, closing, offer=TWO_DRAFTS)
        assert isinstance(again, GalleryView)


async def test_a_paid_set_is_drawn_although_a_person_keeps_as_much_as_they_may(database: str, home: Path) -> None:
    screen = Screen()
    async with running(database, home, couriers=[screen], extras=(stand_in(lambda _: None),)) as here:
        guest = Guest(here.factory, screen)
        card = await guest.card()
        await keep(guest, SHARE)

        assert isinstance(await guest.press(card, Generate, closing), GalleryView)
        assert (await guest.set_job())["status"] == "done"


async def test_with_everybodys_room_used_up_a_free_set_is_refused_before_it_is_drawn(database: str, home: Path) -> None:
    screen = Screen()
    async with running(database, home, couriers=[screen]) as here:
        guest, hoarder = Guest(here.factory, screen), Guest(here.factory, Screen())
        card = await guest.card()
        await keep(hoarder, EVERYBODYS_DISK_BYTES)

        refused = await guest.press(card, Generate, notice)

        assert "Nothing is lost" in refused.text


@pytest.mark.skipif(sys.platform != "linux", reason="limits the files of a running process")
async def test_a_set_that_finds_the_disk_full_ends_with_one_message_that_says_so(database: str, home: Path) -> None:
    screen = Screen()
    async with running(database, home, couriers=[screen], worker=False) as here:
        guest = Guest(here.factory, screen)
        async with running(database, home):
            card = await guest.card()
        # Under the limit Python would cut its compiled modules off as well, and every later process would read them.
        uncompiled = {"PYTHONDONTWRITEBYTECODE": "1"}
        with started(home, "worker", DATABASE_URL=database, SIGNING_KEY=SIGNING_KEY, **uncompiled) as worker:
            await asyncio.to_thread(worker.until_ready)
            resource.prlimit(worker.popen.pid, resource.RLIMIT_FSIZE, (60_000, 60_000))
            told = await guest.press(card, Generate, closing)
        assert "no room left" in told.text
        job = await guest.set_job()
        assert (job["status"], job["failure"], job["attempts"]) == ("failed", "storage_full", 1)
        assert await guest.closings() == 1
