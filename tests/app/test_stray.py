"""A process killed between a file and the row that names it leaves no file behind, and nothing that is named goes."""

from __future__ import annotations

from importlib import resources
from pathlib import Path

import psycopg

from app.demo.stage import Screen
from core.bootstrap.factory import Factory
from core.conversation.action import Generate
from core.conversation.event import Photo, Pressed
from tests.app.chat import Guest, button, closing
from tests.app.site import killed_by, site
from tests.app.test_kill import TWO_DRAFTS, run_to_death
from tests.factory import running
from tests.web.stage import Visitor

PORTRAIT = resources.files("app.demo").joinpath("portrait.png").read_bytes()


def later(database: str, interval: str = "61 minutes") -> None:
    with psycopg.connect(database, autocommit=True) as owner:
        owner.execute("update tf.clock set ahead = ahead + %s::interval", (interval,))


async def named(factory: Factory) -> int:
    (row,) = await factory.direct.fetch("select count(*) as n from tf.asset where deleted_at is null")
    return int(row["n"])


async def test_a_picture_drawn_by_a_worker_that_died_before_it_stored_it_is_deleted(database: str, home: Path) -> None:
    screen = Screen()
    async with running(database, home, couriers=[screen], worker=False) as here:
        guest = Guest(here.factory, screen)
        async with running(database, home):
            card = await guest.card()
        since = len(screen.shown)
        await guest.send(Pressed(action=button(card, Generate, offer=TWO_DRAFTS)))
        await run_to_death(database, home, "render.after_put")
        await here.factory.upkeep.sweep(stale_seconds=0)
        async with running(database, home):
            await screen.wait_for(closing, since)
        stray = (await here.factory.blobs.usage()).blobs - await named(here.factory)
        assert stray in (1, 2)  # plate and picture are written at the same time

        await here.factory.upkeep.purge()
        assert (await here.factory.blobs.usage()).blobs == await named(here.factory) + stray
        later(database)
        await here.factory.upkeep.purge()

        assert (await here.factory.blobs.usage()).blobs == await named(here.factory)
        assert await here.factory.housekeeping.doomed_blobs() == ()


async def test_an_upload_whose_web_process_died_before_it_stored_it_is_deleted(database: str, home: Path) -> None:
    async with running(database, home, worker=False) as here:
        with site(database, home, failpoint="upload.after_put") as (victim, port):
            visitor = Visitor(f"http://127.0.0.1:{port}")
            try:
                await visitor.open()
                await killed_by(victim, visitor.say("I QUIT MY JOB", ("me.png", PORTRAIT)))
            finally:
                await visitor.session.close()
        assert ((await here.factory.blobs.usage()).blobs, await named(here.factory)) == (1, 0)
        later(database)
        await here.factory.upkeep.purge()

        assert (await here.factory.blobs.usage()).blobs == 0


async def test_an_upload_that_got_its_row_survives_every_purge_of_its_month(database: str, home: Path) -> None:
    async with running(database, home, worker=False) as here:
        photo = await here.factory.desk.accept(Guest(here.factory, Screen()).envelope, PORTRAIT)
        assert isinstance(photo, Photo)
        later(database, "29 days")
        await here.factory.upkeep.purge()

        assert (await here.factory.desk.asset(photo.asset)).data
