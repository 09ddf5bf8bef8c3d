"""What a set costs when its provider fails, or its person or its worker leaves half-way."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any, LiteralString

import psycopg
import pytest
from psycopg.types.json import Jsonb

from app.demo.stage import Screen
from core.bootstrap.given import Extra
from core.conversation.action import CancelJob, Generate
from core.conversation.event import Pressed
from core.conversation.view import NoticeView, ProgressView, View
from core.domain.administration import Admin, Role
from core.providers.base import Painted, PaintRequest, Provider
from core.providers.catalogue import STAND_IN
from core.providers.error import Down, Faulty, PolicyRefusal, ProviderError
from core.providers.local import LocalProvider
from core.services.office.act import Reason, Refused
from core.workshop.workshop import Workshop
from tests.app.chat import Guest, button, closing, stand_in
from tests.factory import running

GRANT = 4
PRICE = 2


class Gate:
    """A stand-in that stops before a variant until it is opened; a cancelled wait is a picture that was not drawn."""

    name = "stand-in"

    def __init__(self, position: int) -> None:
        self.reached, self.open = asyncio.Event(), asyncio.Event()
        self.painted: list[int] = []
        self._position = position
        self._painter: Provider | None = None

    def extra(self) -> Extra:
        def made(workshop: Workshop) -> Provider:
            self._painter = LocalProvider(workshop)
            return self

        return Extra((STAND_IN,), made)

    async def paint(self, request: PaintRequest) -> Painted:
        if request.recipe.position == self._position:
            self.reached.set()
            await self.open.wait()
        assert self._painter
        painted = await self._painter.paint(request)
        self.painted.append(request.recipe.position)
        return painted


def cancelled(view: View) -> bool:
    return isinstance(view, NoticeView) and view.text.startswith("Cancelled")


def only_studio_is_left(request: PaintRequest) -> ProviderError | None:
    return Down("gone")


def refused(request: PaintRequest) -> ProviderError | None:
    return PolicyRefusal("not this")


def well(request: PaintRequest) -> ProviderError | None:
    return None


async def test_credits_taken_back_while_a_set_is_being_ordered_are_missed_and_owed(database: str, home: Path) -> None:
    screen = Screen()
    async with running(database, home, couriers=[screen], extras=(stand_in(well),)) as here:
        guest = Guest(here.factory, screen)
        press = Pressed(action=button(await guest.card(), Generate))
        user_id, since = (await here.factory.conversing.open(guest.envelope)).user_id, len(screen.shown)
        async with await psycopg.AsyncConnection.connect(database) as ledger:
            await ledger.execute("select from tf.wallet where user_id = %s for update", (user_id,))
            ordering = asyncio.create_task(guest.send(press))
            await _somebody_waits(database)
            clawback = {"user_id": user_id, "credits": GRANT + 6, "key": "refund"}
            await ledger.execute("select till.clawback(%s)", (Jsonb(clawback),))
        await ordering
        said = await screen.wait_for(lambda view: isinstance(view, NoticeView) and view.lacking > 0, since)
        assert isinstance(said, NoticeView)
        assert said.lacking == PRICE + 6
        assert await guest.wallet() == (0, 0)


async def _somebody_waits(database: str) -> None:
    waiting = "select 1 from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'"
    async with await psycopg.AsyncConnection.connect(database, autocommit=True) as looking:
        for _ in range(500):
            if await (await looking.execute(waiting)).fetchone():
                return
            await asyncio.sleep(0.02)
    raise AssertionError("nobody waits for a lock")


async def test_a_down_provider_is_replaced_by_the_studio_which_costs_nothing(database: str, home: Path) -> None:
    screen = Screen()
    async with running(database, home, couriers=[screen], extras=(stand_in(only_studio_is_left),)) as here:
        guest = Guest(here.factory, screen)
        finished = await guest.press(await guest.card(), Generate, closing)
        job = await guest.set_job()
        assert (job["status"], job["captured"], job["variants"]) == ("done", 0, 4)
        assert await guest.wallet() == (GRANT, 0)
        assert "studio" in finished.text.lower()


async def test_one_of_four_drawn_by_the_studio_is_not_charged(database: str, home: Path) -> None:
    screen = Screen()

    def third_fails(request: PaintRequest) -> ProviderError | None:
        return Faulty("no picture") if request.recipe.position == 2 else None

    async with running(database, home, couriers=[screen], extras=(stand_in(third_fails),)) as here:
        guest = Guest(here.factory, screen)
        await guest.press(await guest.card(), Generate, closing)
        job = await guest.set_job()
        assert (job["status"], job["captured"], job["variants"]) == ("done", 1, 4)
        assert await guest.wallet() == (GRANT - 1, 0)


async def test_a_set_cut_short_by_a_refusal_keeps_and_charges_what_was_delivered(database: str, home: Path) -> None:
    screen = Screen()

    def fourth_refused(request: PaintRequest) -> ProviderError | None:
        return PolicyRefusal("not this") if request.recipe.position == 3 else None

    async with running(database, home, couriers=[screen], extras=(stand_in(fourth_refused),)) as here:
        guest = Guest(here.factory, screen)
        finished = await guest.press(await guest.card(), Generate, closing)
        job = await guest.set_job()
        assert (job["status"], job["captured"], job["variants"]) == ("partly_done", 1, 3)
        assert await guest.wallet() == (GRANT - 1, 0)
        assert "Given back: 1 cr." in finished.text


async def test_a_refused_set_costs_nothing_and_says_so(database: str, home: Path) -> None:
    screen = Screen()
    async with running(database, home, couriers=[screen], extras=(stand_in(refused),)) as here:
        guest = Guest(here.factory, screen)
        told = await guest.press(await guest.card(), Generate, closing)
        job = await guest.set_job()
        assert (job["status"], job["captured"], job["failure"]) == ("failed", 0, "refused_by_policy")
        assert await guest.wallet() == (GRANT, 0)
        assert isinstance(told, NoticeView)
        assert "refused" in told.text and "2 credits are given back" in told.text


async def test_an_operator_orders_a_failed_set_again_and_the_house_pays_for_it_once(database: str, home: Path) -> None:
    screen, ill, ada = Screen(), [refused], Admin("telegram:1", Role.SUPPORT)
    async with running(database, home, couriers=[screen], extras=(stand_in(lambda one: ill[0](one)),)) as here:
        guest, rooms = Guest(here.factory, screen), here.factory.office.jobs
        await guest.press(await guest.card(), Generate, closing)
        ((failed,),) = await asyncio.to_thread(_found, database, "select code from tf.job where kind = 'set'")
        since = len(screen.shown)
        again = await rooms.retry(ada, failed, key="a", why="Refused by mistake")
        told = await screen.wait_for(lambda view: isinstance(view, NoticeView) and "failed earlier" in view.text, since)
        assert isinstance(told, NoticeView)
        ended = await screen.wait_for(lambda view: isinstance(view, NoticeView) and "refused" in view.text, since)
        assert isinstance(ended, NoticeView) and "on us" in ended.text, "one that fails again may be ordered once more"
        ill[0], since = well, len(screen.shown)
        once_more = {await rooms.retry(ada, failed, key="b", why="Again") for _ in range(2)}
        finished = await screen.wait_for(lambda view: closing(view) and not isinstance(view, NoticeView), since)
        assert "This one is on us" in finished.text and await guest.wallet() == (GRANT, 0)
        with pytest.raises(Refused) as once:
            await rooms.retry(ada, failed, key="c", why="And again")
        assert once.value.reason is Reason.REUSED
        (code,) = once_more
        assert (await rooms.one(code)).repeats == failed and again != code
        with pytest.raises(Refused) as fine:
            await rooms.retry(ada, code, key="d", why="It went well")
        assert fine.value.reason is Reason.OVER
    kinds = "select t.kind, sum(e.amount)::int from tf.txn t join tf.entry e on e.txn_id = t.id"
    house = f"{kinds} where e.account in ('grants', 'revenue') and t.kind <> 'starter' group by 1"
    moved = dict(_found(database, house))
    assert moved == {"gift": -PRICE, "capture": PRICE}, "what came back is used before more is given"


def _found(database: str, query: LiteralString) -> list[tuple[Any, ...]]:
    with psycopg.connect(database) as ledger:
        return ledger.execute(query).fetchall()


async def test_too_few_credits_are_said_beside_the_free_way_on(database: str, home: Path) -> None:
    screen = Screen()
    async with running(database, home, couriers=[screen], extras=(stand_in(well),), starter_grant=1) as here:
        guest = Guest(here.factory, screen)
        card = await guest.card()
        short = await guest.press(card, Generate, lambda view: isinstance(view, NoticeView), offer="4.standard.2")
        finished = await guest.press(short, Generate, closing, offer="4.standard.0")
        assert (await guest.set_job())["status"] == "done"
        assert await guest.wallet() == (1, 0)
        assert "studio" in finished.text.lower()


async def test_a_set_cancelled_while_a_variant_is_painted_keeps_and_charges_what_was_delivered(
    database: str, home: Path
) -> None:
    """The worker that has it says so by itself: no sweep runs here."""
    screen, gate = Screen(), Gate(position=2)
    async with running(database, home, couriers=[screen], extras=(gate.extra(),)) as here:
        guest = Guest(here.factory, screen)
        progress = await guest.press(
            await guest.card(), Generate, lambda view: isinstance(view, ProgressView) and view.done == 2
        )
        await gate.reached.wait()
        told = await guest.do(Pressed(action=button(progress, CancelJob)), cancelled)
        job = await guest.set_job()
        assert (job["status"], job["captured"], job["variants"]) == ("cancelled", 1, 2)
        assert await guest.wallet() == (GRANT - 1, 0)
        assert "the 2 pictures that were ready are yours" in str(told.text)
        assert await guest.closings() == 1


async def test_a_stopping_worker_gives_its_set_back_and_another_finishes_it_for_one_price(
    database: str, home: Path
) -> None:
    screen, gate = Screen(), Gate(position=2)
    async with running(database, home, couriers=[screen], extras=(gate.extra(),), worker=False) as here:
        guest = Guest(here.factory, screen)
        first = here.factory.worker()
        await first.start()
        card = await guest.card()
        since = len(screen.shown)
        await guest.send(Pressed(action=button(card, Generate)))
        await gate.reached.wait()
        await screen.wait_for(lambda view: isinstance(view, ProgressView) and view.done == 2, since)
        await first.stop()
        given_back = await guest.set_job()
        assert (given_back["status"], given_back["attempts"], given_back["variants"]) == ("queued", 0, 2)
        assert await guest.wallet() == (GRANT - PRICE, PRICE)
        gate.open.set()
        async with running(database, home, extras=(gate.extra(),)):
            await screen.wait_for(closing, since)
        job = await guest.set_job()
        assert (job["status"], job["captured"], job["variants"]) == ("done", PRICE, 4)
        assert await guest.wallet() == (GRANT - PRICE, 0)
        assert gate.painted == [0, 1, 2, 3]
        assert await guest.closings() == 1


async def test_a_set_whose_reserved_time_ran_out_says_so_and_gives_the_rest_back(database: str, home: Path) -> None:
    screen, gate = Screen(), Gate(position=1)
    async with running(database, home, couriers=[screen], extras=(gate.extra(),)) as here:
        guest = Guest(here.factory, screen)
        card = await guest.card()
        since = len(screen.shown)
        await guest.send(Pressed(action=button(card, Generate)))
        await gate.reached.wait()
        with psycopg.connect(database, autocommit=True) as owner:
            owner.execute("update tf.clock set ahead = ahead + interval '31 minutes'")
        await here.factory.upkeep.reap()
        told = await screen.wait_for(closing, since)
        job = await guest.set_job()
        assert (job["status"], job["captured"], job["failure"]) == ("partly_done", 0, "out_of_time")
        assert await guest.wallet() == (GRANT, 0)
        assert isinstance(told, NoticeView)
        assert all(part in told.text for part in ("time reserved", "2 credits are given back", "Try again"))
        assert await guest.closings() == 1
