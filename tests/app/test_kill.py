"""A process killed at the worst moments loses nothing, pays nothing twice and says nothing twice."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from hashlib import sha256
from importlib import resources
from pathlib import Path

import psycopg
import pytest

from app.demo.stage import Screen
from core.bootstrap.factory import Factory
from core.conversation.action import Generate, OpenVariant
from core.conversation.event import Photo, PhotosSent, Pressed, Started
from tests.app.chat import HEADLINE, Guest, button, closing, pictured, stand_in
from tests.app.process import started, surroundings
from tests.app.site import KILLED, killed_by, site
from tests.factory import SIGNING_KEY, running
from tests.web.stage import Visitor

TWO_DRAFTS = "2.draft.0"
FOUR_PAID = "4.standard.2"
OPEN = {"queued", "running"}


async def run_to_death(database: str, home: Path, failpoint: str, verb: str = "worker") -> None:
    with started(home, verb, DATABASE_URL=database, SIGNING_KEY=SIGNING_KEY, FACTORY_FAILPOINT=failpoint) as victim:
        assert await asyncio.to_thread(victim.popen.wait, 30) == KILLED, victim.logged()


async def paid_worker_to_death(database: str, home: Path, failpoint: str) -> None:
    """As above, for a worker that has the stand-in."""
    victim = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "tests.app.paid_worker", database, str(home)),
        env=surroundings(home, FACTORY_FAILPOINT=failpoint),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        async with asyncio.timeout(30):
            assert await victim.wait() == KILLED
    finally:
        if victim.returncode is None:
            victim.kill()
            await victim.wait()


def lease_runs_out(database: str) -> None:
    """Of a sender that died."""
    with psycopg.connect(database, autocommit=True) as owner:
        owner.execute("update tf.clock set ahead = ahead + interval '61 seconds'")


async def rows(factory: Factory, place: str) -> list[tuple[str, str]]:
    """Key and state of every message of a chat."""
    found = await factory.direct.fetch("select key, status from tf.outbox where place = %s order by id", (place,))
    return [(row["key"], row["status"]) for row in found]


async def all_sent(factory: Factory, place: str) -> None:
    async with asyncio.timeout(20):
        while {state for _, state in await rows(factory, place)} != {"sent"}:  # noqa: ASYNC110
            await asyncio.sleep(0.1)


@pytest.mark.parametrize(
    "failpoint",
    ["worker.after_start", "worker.after_paint", "worker.after_variant", "worker.before_end", "worker.after_end"],
)
async def test_a_set_survives_its_worker(database: str, home: Path, failpoint: str) -> None:
    screen = Screen()
    async with running(database, home, couriers=[screen], worker=False) as here:
        guest = Guest(here.factory, screen)
        async with running(database, home):
            card = await guest.card()
        since = len(screen.shown)
        await guest.send(Pressed(action=button(card, Generate, offer=TWO_DRAFTS)))
        await run_to_death(database, home, failpoint)
        await here.factory.upkeep.sweep(stale_seconds=0)
        async with running(database, home):
            finished = await screen.wait_for(closing, since)
            await guest.press(finished, OpenVariant, pictured)
        job = await guest.set_job()
        assert (job["status"], job["captured"], job["variants"]) == ("done", 0, 2)
        assert await guest.closings() == 1
        assert (await here.factory.housekeeping.audit()).clean


@pytest.mark.parametrize(
    "failpoint",
    ["worker.after_start", "worker.after_paint", "worker.after_variant", "worker.before_end", "worker.after_end"],
)
async def test_a_paid_set_survives_its_worker_is_paid_once_and_told_once(
    database: str, home: Path, failpoint: str
) -> None:
    screen, paid = Screen(), (stand_in(lambda _: None),)
    async with running(database, home, couriers=[screen], extras=paid, worker=False) as here:
        guest = Guest(here.factory, screen)
        async with running(database, home, extras=paid):
            card = await guest.card()
        since = len(screen.shown)
        await guest.send(Pressed(action=button(card, Generate, offer=FOUR_PAID)))
        await paid_worker_to_death(database, home, failpoint)
        assert (await here.factory.housekeeping.audit()).clean
        await here.factory.upkeep.sweep(stale_seconds=0)
        async with running(database, home, extras=paid):
            finished = await screen.wait_for(closing, since)
        job = await guest.set_job()
        assert (job["status"], job["captured"], job["variants"]) == ("done", 2, 4)
        assert await guest.wallet() == (2, 0)
        assert pictured(finished)
        assert await guest.closings() == 1
        assert sum(closing(view) for view in screen.shown[since:]) == 1
        assert (await here.factory.housekeeping.audit()).clean


@pytest.mark.parametrize("failpoint", ["turn.before_store", "turn.after_store"])
async def test_a_page_that_posts_again_because_its_server_died_is_heard_once(
    database: str, home: Path, failpoint: str
) -> None:
    event_id = "0123456789abcdef"
    async with running(database, home, worker=False) as here:
        with site(database, home, failpoint=failpoint) as (victim, port):
            visitor = Visitor(f"http://127.0.0.1:{port}")
            await visitor.open()
            await killed_by(victim, visitor.say(HEADLINE, event_id=event_id))
        lease_runs_out(database)
        with site(database, home, port=port):
            for _ in range(2):  # the page posts until it hears an answer; this one's was lost once more
                assert (await visitor.say(HEADLINE, event_id=event_id)).status == 200
            await visitor.session.close()
            (row,) = await here.factory.direct.fetch("select ref from tf.identity where platform = 'web'")
            await all_sent(here.factory, row["ref"])
        lines = await here.factory.transcript.read(row["ref"])
        assert [line.by_person for line in lines] == [True, False]
        (turns,) = await here.factory.direct.fetch("select count(*) as n from tf.processed_event")
        assert turns["n"] == 1


@pytest.mark.parametrize("failpoint", ["turn.before_store", "turn.after_store"])
async def test_an_album_is_answered_once_although_the_worker_that_took_it_died(
    database: str, home: Path, failpoint: str
) -> None:
    screen = Screen()
    async with running(database, home, couriers=[screen], worker=False) as here:
        guest = Guest(here.factory, screen)
        portrait = resources.files("app.demo").joinpath("portrait.png").read_bytes()
        photo = await here.factory.desk.accept(guest.envelope, portrait)
        assert isinstance(photo, Photo)
        await guest.send(PhotosSent(photos=(photo,), caption=HEADLINE, album="holiday"))
        await run_to_death(database, home, failpoint)
        await here.factory.upkeep.sweep(stale_seconds=0)
        async with running(database, home):
            await screen.wait_for(pictured, 0)
        found = await here.factory.direct.fetch("select kind from tf.job")
        assert [row["kind"] for row in found] == ["preview"]


@pytest.mark.parametrize("failpoint", ["outbox.before_send", "outbox.after_send"])
async def test_a_page_shows_every_message_once_although_its_sender_died(
    database: str, home: Path, failpoint: str
) -> None:
    async with running(database, home, worker=False) as here:
        place = await here.factory.browsers.create(*(sha256(text).hexdigest() for text in (b"cookie", b"recovery")))
        guest = Guest(here.factory, Screen(platform="web"), place)
        await guest.send(Started())
        await run_to_death(database, home, failpoint, "web")
        lease_runs_out(database)
        waiting = await rows(here.factory, place)
        assert "pending" in {state for _, state in waiting}
        with started(home, "web", DATABASE_URL=database, SIGNING_KEY=SIGNING_KEY) as healthy:
            await asyncio.to_thread(healthy.until_ready)
            await all_sent(here.factory, place)
            assert healthy.end() == 0
        shown = [line.key for line in await here.factory.transcript.read(place) if not line.by_person]
        assert shown == [key for key, _ in waiting]


async def test_two_workers_share_the_sets_and_none_is_done_twice(database: str, home: Path) -> None:
    screen = Screen()
    async with running(database, home, couriers=[screen], worker=False) as here:
        guests = [Guest(here.factory, screen, f"guest-{number}") for number in range(6)]
        async with running(database, home):
            cards = [await guest.card() for guest in guests]
        for guest, card in zip(guests, cards, strict=True):
            await guest.send(Pressed(action=button(card, Generate, offer=TWO_DRAFTS)))
        async with running(database, home), running(database, home):
            async with asyncio.timeout(60):
                while {(await guest.set_job())["status"] for guest in guests} & OPEN:  # noqa: ASYNC110
                    await asyncio.sleep(0.1)
        jobs = [await guest.set_job() for guest in guests]
        assert [(job["status"], job["variants"], job["attempts"]) for job in jobs] == [("done", 2, 1)] * 6
        assert len({job["worker"] for job in jobs}) == 2
        assert [await guest.closings() for guest in guests] == [1] * 6


async def test_two_replicas_of_the_page_share_the_outbox_and_show_everything_once(database: str, home: Path) -> None:
    replica = {"DATABASE_URL": database, "SIGNING_KEY": SIGNING_KEY}
    async with running(database, home, worker=False) as here:
        with started(home, "web", **replica) as one, started(home, "web", **replica) as other:
            await asyncio.gather(*(asyncio.to_thread(web.until_ready) for web in (one, other)))
            assert one.address() != other.address()
            places = [
                await here.factory.browsers.create(*(sha256(f"{what} {n}".encode()).hexdigest() for what in "ab"))
                for n in range(6)
            ]
            guests = [Guest(here.factory, Screen(platform="web"), place) for place in places]
            for _ in range(3):
                await asyncio.gather(*(guest.send(Started()) for guest in guests))
            for place in places:
                await all_sent(here.factory, place)
            assert [one.end(), other.end()] == [0, 0]
        for place in places:
            shown = [line.key for line in await here.factory.transcript.read(place) if not line.by_person]
            assert shown == [key for key, _ in await rows(here.factory, place)]
            assert len(shown) >= 3
