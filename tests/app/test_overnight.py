"""Tonight, half price: a set handed in as one batch, through the whole factory, against the stand-in service."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from importlib import resources
from pathlib import Path
from typing import Any

import psycopg
import pytest
from psycopg.types.json import Jsonb

from app.demo.gemini.case import Case
from app.demo.gemini.service import GeminiStandIn
from app.demo.stage import Screen, buttons
from core.conversation.action import Again, CancelJob, Generate, Run
from core.conversation.event import Photo, PhotosSent, Pressed
from core.conversation.view import GalleryView, NoticeView, ProgressView, TextView, View
from core.services.overnight import MOST_TRIES, READINGS, TRIES
from core.services.patience import WORK_TRIES_S
from core.workshop.crew import Crew, WorkLost
from core.workshop.workshop import lanes
from tests.app.chat import Guest, button, closing, pictured
from tests.app.night import LOOK_S, run_to_death
from tests.factory import Running, running
from tests.gemini_server.server import gemini_server

GRANT, PRICE = 4, 1
LISTED = 33_600
"""Micro-USD of a picture by day."""
NIGHT = "4.standard.1.night"
PORTRAIT = resources.files("app.demo").joinpath("portrait.png").read_bytes()


@pytest.fixture
async def gemini(contracts: Path) -> AsyncIterator[GeminiStandIn]:
    async with gemini_server(contracts) as service:
        yield service


@asynccontextmanager
async def at_work(database: str, home: Path, gemini: GeminiStandIn, **more: Any) -> AsyncIterator[Running]:
    given: dict[str, Any] = {
        "gemini_api_key": "a-key",
        "gemini_base_url": gemini.base_url,
        "overnight_look_seconds": LOOK_S,
    }
    async with running(database, home, **(given | more)) as here:
        yield here


async def card(guest: Guest) -> View:
    accepted = await guest.factory.desk.accept(guest.envelope, PORTRAIT)
    assert isinstance(accepted, Photo)
    return await guest.do(PhotosSent(photos=(accepted,), caption="I quit my job"), pictured)


async def ordered(guest: Guest) -> View:
    """The status message of a set that was handed in."""
    return await guest.do(Pressed(action=button(await card(guest), Generate, offer=NIGHT)), handed_in)


def handed_in(view: View) -> bool:
    return isinstance(view, ProgressView) and "Handed in" in view.text


async def job(guest: Guest) -> dict[str, Any]:
    (row,) = await guest.factory.direct.fetch(
        "select j.id::text, j.status, j.captured, j.failure, j.attempts, j.provider_state, count(v.id) as variants, "
        "round(extract(epoch from (select expires_at - created_at from tf.hold where job_id = j.id)) / 3600) as hold_h "
        "from tf.job j left join tf.variant v on v.job_id = j.id where j.kind = 'overnight' group by j.id"
    )
    return dict(row)


async def test_a_set_is_handed_in_and_delivered_at_half_price(database: str, home: Path, gemini: GeminiStandIn) -> None:
    screen = Screen()
    async with at_work(database, home, gemini, couriers=[screen]) as here:
        guest = Guest(here.factory, screen)
        first = await card(guest)
        labels = [label for label, _ in buttons(first)]
        assert {"Generate 4 · 2 cr", "Tonight, half price · 1 cr"} <= set(labels)
        finished = await guest.press(first, Generate, closing, offer=NIGHT)
        assert isinstance(finished, GalleryView) and len(finished.pictures) == 4
        done = await job(guest)
        assert (done["status"], done["captured"], done["variants"]) == ("done", PRICE, 4)
        assert done["hold_h"] == 36
        assert await guest.wallet() == (GRANT - PRICE, 0)
        rows = await here.factory.direct.fetch("select facts from tf.version")
        assert 0 < sum(row["facts"]["cost_micro_usd"] for row in rows) < 4 * LISTED
        assert [call.verb for call in gemini.calls] == ["batchGenerateContent"]
        await here.factory.overnight.discard()
        assert (gemini.batches, gemini.files) == ({}, {})


async def test_what_the_batch_lacks_is_given_back(database: str, home: Path, gemini: GeminiStandIn) -> None:
    screen = Screen()
    gemini.batch_looks = 1
    async with at_work(database, home, gemini, couriers=[screen]) as here:
        guest = Guest(here.factory, screen)
        first = await card(guest)
        gemini.case = _once(Case.IMAGE_SAFETY, Case.BAD_ARGUMENT)
        finished = await guest.press(first, Generate, closing, offer=NIGHT)
        assert isinstance(finished, GalleryView) and len(finished.pictures) == 2
        done = await job(guest)
        assert (done["status"], done["captured"], done["variants"]) == ("partly_done", 0, 2)
        assert await guest.wallet() == (GRANT, 0)


def _once(*cases: Case) -> Callable[[Any], Case | None]:
    """Only what is asked inside a batch goes wrong: such calls have no path."""
    left = list(cases)
    return lambda call: left.pop(0) if left and not call.path else None


@pytest.mark.parametrize(
    ("state", "failure"),
    [("BATCH_STATE_FAILED", "night_failed"), ("BATCH_STATE_EXPIRED", "night_expired"), ("", "night_failed")],
)
async def test_a_batch_that_comes_to_nothing_is_given_back_whole_with_a_way_on(
    database: str, home: Path, gemini: GeminiStandIn, state: str, failure: str
) -> None:
    screen = Screen()
    gemini.batch_looks = 10_000
    async with at_work(database, home, gemini, couriers=[screen]) as here:
        guest = Guest(here.factory, screen)
        await ordered(guest)
        since = len(screen.shown)
        assert await guest.wallet() == (GRANT - PRICE, PRICE)
        (batch,) = gemini.batches.values()
        if state:
            batch.state = state
        else:
            gemini.batches.clear()
        told = await screen.wait_for(closing, since)
        assert isinstance(told, NoticeView) and "given back" in told.text and "full price" in told.text
        assert (await job(guest))["failure"] == failure
        assert await guest.wallet() == (GRANT, 0)
        anew = await guest.press(told, Again, pictured)
        for offer in ("4.standard.2", "4.standard.0", NIGHT):
            assert button(anew, Generate, offer=offer)


async def test_a_night_that_takes_longer_than_a_day_and_a_half_is_given_back(
    database: str, home: Path, gemini: GeminiStandIn
) -> None:
    screen = Screen()
    gemini.batch_looks = 10_000
    async with at_work(database, home, gemini, couriers=[screen], overnight_look_seconds=600.0) as here:
        guest = Guest(here.factory, screen)
        await ordered(guest)
        with psycopg.connect(database, autocommit=True) as owner:
            owner.execute("update tf.clock set ahead = ahead + interval '35 hours'")
        await here.factory.upkeep.reap()
        assert await guest.wallet() == (GRANT - PRICE, PRICE)
        since = len(screen.shown)
        with psycopg.connect(database, autocommit=True) as owner:
            owner.execute("update tf.clock set ahead = ahead + interval '2 hours'")
        await here.factory.upkeep.reap()
        told = await screen.wait_for(closing, since)
        assert isinstance(told, NoticeView) and "given back" in told.text
        assert (await job(guest))["failure"] == "out_of_time"
        assert await guest.wallet() == (GRANT, 0)
        await here.factory.overnight.discard()
        assert gemini.batches == {}


async def test_a_cancelled_night_is_stopped_at_the_provider_and_costs_nothing(
    database: str, home: Path, gemini: GeminiStandIn
) -> None:
    screen = Screen()
    gemini.batch_looks = 10_000
    async with at_work(database, home, gemini, couriers=[screen], overnight_look_seconds=600.0) as here:
        guest = Guest(here.factory, screen)
        waiting = await ordered(guest)
        (batch,) = gemini.batches.values()
        told = await guest.press(waiting, CancelJob, closing)
        assert isinstance(told, NoticeView) and "given back" in told.text
        await here.factory.overnight.discard()
        assert (batch.state, gemini.batches, gemini.files) == ("BATCH_STATE_CANCELLED", {}, {})
        assert await guest.wallet() == (GRANT, 0)
        assert (await job(guest))["status"] == "cancelled"


async def test_tonights_job_is_listed_with_its_state_and_holds_up_no_other(
    database: str, home: Path, gemini: GeminiStandIn
) -> None:
    screen = Screen()
    gemini.batch_looks = 10_000
    async with at_work(database, home, gemini, couriers=[screen], overnight_look_seconds=600.0) as here:
        guest = Guest(here.factory, screen)
        await ordered(guest)
        listed = await guest.do(Pressed(action=Run("jobs")), lambda view: isinstance(view, TextView))
        assert "Tonight's set" in listed.text and "Handed in for tonight" in listed.text
        free = await guest.press(await card(guest), Generate, closing, offer="4.standard.0")
        assert isinstance(free, GalleryView)


@pytest.mark.parametrize(
    "failpoint",
    ["overnight.before_submit", "overnight.after_submit", "overnight.after_name", "overnight.after_variant"],
)
async def test_a_night_survives_its_worker_and_is_handed_in_and_paid_once(
    database: str, home: Path, gemini: GeminiStandIn, failpoint: str
) -> None:
    screen = Screen()
    given = {"couriers": [screen], "worker": False}
    async with at_work(database, home, gemini, **given) as here:
        guest = Guest(here.factory, screen)
        async with at_work(database, home, gemini):
            first = await card(guest)
        since = len(screen.shown)
        await guest.send(Pressed(action=button(first, Generate, offer=NIGHT)))
        await run_to_death(database, home, gemini.base_url, failpoint)
        await here.factory.upkeep.sweep(stale_seconds=0)
        async with at_work(database, home, gemini):
            finished = await screen.wait_for(closing, since)
        assert isinstance(finished, GalleryView)
        done = await job(guest)
        assert (done["status"], done["captured"], done["variants"]) == ("done", PRICE, 4)
        assert await guest.wallet() == (GRANT - PRICE, 0)
        assert sum(call.verb == "batchGenerateContent" for call in gemini.calls) == 1
        assert sum(closing(view) for view in screen.shown[since:]) == 1
        assert (await here.factory.housekeeping.audit()).clean


async def test_a_provider_that_does_not_answer_is_offered_the_night_again(
    database: str, home: Path, gemini: GeminiStandIn
) -> None:
    screen = Screen()
    async with at_work(database, home, gemini, couriers=[screen]) as here:
        guest = Guest(here.factory, screen)
        first = await card(guest)
        gemini.next(Case.UNAVAILABLE, Case.BAD_GATEWAY)
        finished = await guest.press(first, Generate, closing, offer=NIGHT)
        assert isinstance(finished, GalleryView)
        assert await guest.wallet() == (GRANT - PRICE, 0)
        assert len(gemini.calls) == 3


class Losing(Crew):
    """Whose children are lost over these tasks, so many times each."""

    def __init__(self, **times: int) -> None:
        super().__init__(lanes(1))
        self.left = times

    async def run(self, lane: str, function: str, *arguments: Any, timeout_s: float) -> Any:
        task = function.partition(":")[2]
        if self.left.get(task, 0):
            self.left[task] -= 1
            raise WorkLost("the child died")
        return await super().run(lane, function, *arguments, timeout_s=timeout_s)


OVER_ONE = 2 * (1 + len(WORK_TRIES_S))
"""Children lost before the workshop, and then whoever asks it, gives a picture up."""


@pytest.mark.parametrize("task", ["adopt", "finish", "reduce"])
async def test_a_child_lost_over_a_nights_picture_is_not_the_picture_lost(
    database: str, home: Path, gemini: GeminiStandIn, task: str
) -> None:
    screen, crew = Screen(), Losing()
    async with at_work(database, home, gemini, couriers=[screen], worker=False) as here:
        guest = Guest(here.factory, screen)
        async with at_work(database, home, gemini):
            first = await card(guest)
        since = len(screen.shown)
        await guest.send(Pressed(action=button(first, Generate, offer=NIGHT)))
        crew.left = {task: OVER_ONE}
        async with at_work(database, home, gemini, crew=crew):
            finished = await screen.wait_for(closing, since)
        assert crew.left == {task: 0}
        assert isinstance(finished, GalleryView) and len(finished.pictures) == 4
        assert (await job(guest))["captured"] == PRICE
        assert sum(call.verb == "batchGenerateContent" for call in gemini.calls) == 1


async def test_a_nights_picture_no_child_survives_is_given_up_in_the_end_with_what_it_cost(
    database: str, home: Path, gemini: GeminiStandIn
) -> None:
    screen = Screen()
    async with at_work(database, home, gemini, couriers=[screen], worker=False) as here:
        guest = Guest(here.factory, screen)
        async with at_work(database, home, gemini):
            first = await card(guest)
            gemini.batch_looks = 10_000
            await guest.do(Pressed(action=button(first, Generate, offer=NIGHT)), handed_in)
        since = len(screen.shown)
        with psycopg.connect(database, autocommit=True) as owner:
            tried = Jsonb({READINGS: MOST_TRIES - 1})
            owner.execute("update tf.job set provider_state = provider_state || %s where kind = 'overnight'", (tried,))
        gemini.batch_looks = 1
        async with at_work(database, home, gemini, crew=Losing(adopt=OVER_ONE)):
            finished = await screen.wait_for(closing, since)
        assert isinstance(finished, GalleryView) and len(finished.pictures) == 3
        (row,) = await here.factory.direct.fetch("select result from tf.job where kind = 'overnight'")
        assert [one["error"] for one in row["result"]["attempts"]] == ["Unadopted"]
        assert row["result"]["cost_micro_usd"] > 0


@pytest.mark.parametrize("submitted", [False, True])
async def test_a_night_whose_key_was_taken_away_waits_for_it(
    database: str, home: Path, gemini: GeminiStandIn, submitted: bool
) -> None:
    screen = Screen()
    async with at_work(database, home, gemini, couriers=[screen], worker=False) as here:
        guest = Guest(here.factory, screen)
        async with at_work(database, home, gemini):
            first = await card(guest)
        since = len(screen.shown)
        await guest.send(Pressed(action=button(first, Generate, offer=NIGHT)))
        died = "overnight.after_name" if submitted else "overnight.before_submit"
        await run_to_death(database, home, gemini.base_url, died)
        await here.factory.upkeep.sweep(stale_seconds=0)
        async with at_work(database, home, gemini, gemini_api_key=None):
            for _ in range(300):
                if not (here_now := await job(guest))["attempts"]:  # set aside: they are counted anew
                    break
                await asyncio.sleep(LOOK_S)
            assert (here_now["status"], here_now["attempts"]) == ("queued", 0)
        async with at_work(database, home, gemini):
            finished = await screen.wait_for(closing, since)
        assert isinstance(finished, GalleryView) and len(finished.pictures) == 4
        assert sum(call.verb == "batchGenerateContent" for call in gemini.calls) == 1


async def test_a_night_of_a_model_no_catalogue_knows_any_more_is_given_back(
    database: str, home: Path, gemini: GeminiStandIn
) -> None:
    screen = Screen()
    gemini.batch_looks = 10_000
    async with at_work(database, home, gemini, couriers=[screen]) as here:
        guest = Guest(here.factory, screen)
        await ordered(guest)
        since = len(screen.shown)
        with psycopg.connect(database, autocommit=True) as owner:
            owner.execute(
                "update tf.job set provider_state = jsonb_set(provider_state, '{batch,model}', '\"gone-1\"') "
                "where kind = 'overnight'"
            )
        gemini.batch_looks = 1
        told = await screen.wait_for(closing, since)
        assert isinstance(told, NoticeView) and "given back" in told.text
        assert (await job(guest))["failure"] == "night_failed"
        assert await guest.wallet() == (GRANT, 0)


@pytest.mark.parametrize(("tries", "more"), [(MOST_TRIES - 2, True), (MOST_TRIES - 1, False)])
async def test_a_provider_that_never_answers_is_offered_a_night_so_many_times(
    database: str, home: Path, gemini: GeminiStandIn, tries: int, more: bool
) -> None:
    screen = Screen()
    async with at_work(database, home, gemini, couriers=[screen], worker=False) as here:
        guest = Guest(here.factory, screen)
        async with at_work(database, home, gemini):
            first = await card(guest)
        since = len(screen.shown)
        await guest.send(Pressed(action=button(first, Generate, offer=NIGHT)))
        with psycopg.connect(database, autocommit=True) as owner:
            owner.execute("update tf.job set provider_state = %s where kind = 'overnight'", (Jsonb({TRIES: tries}),))
        gemini.next(Case.UNAVAILABLE)
        async with at_work(database, home, gemini):
            told = await screen.wait_for(closing, since)
        assert isinstance(told, GalleryView) == more
        assert (await job(guest))["failure"] == (None if more else "provider_down")
        assert await guest.wallet() == (GRANT - PRICE if more else GRANT, 0)


async def test_a_model_that_is_gone_by_the_time_of_handing_in_is_followed_by_the_next(
    database: str, home: Path, gemini: GeminiStandIn
) -> None:
    screen = Screen()
    async with at_work(database, home, gemini, couriers=[screen]) as here:
        guest = Guest(here.factory, screen)
        first = await card(guest)
        gemini.dead.add("gemini-nano-banana-2.1")
        finished = await guest.press(first, Generate, closing, offer=NIGHT)
        assert isinstance(finished, GalleryView) and "Nano Banana 2 Lite" in finished.text
        assert await guest.wallet() == (GRANT - PRICE, 0)
