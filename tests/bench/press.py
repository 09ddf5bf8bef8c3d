"""Row 4: presses of fifty chats at once, handled durably, against the engine alone in the same run."""

import asyncio
import itertools
import time
from datetime import UTC, datetime
from uuid import uuid4

from core.conversation import engine
from core.conversation.action import Ask, Back, Choose
from core.conversation.event import Event, Photo, PhotosSent, Pressed
from core.conversation.session import Session
from core.conversation.world import World
from core.domain.model import Catalogue
from core.domain.record import from_record
from core.providers.catalogue import STUDIO
from tests.bench.figure import Figure, Spread
from tests.bench.house import Guest, house

CHATS, PRESSES, WARMING = 50, 40, 5
SHARE, P99_S = 0.35, 0.040
HELLO = PhotosSent(photos=(Photo("0" * 8),), caption="I quit my job")


def presses(draft: str) -> "itertools.cycle[Event]":
    """What somebody does who changes a detail: open a question, choose, look back."""
    walk = (
        Ask(draft, "vibe"),
        Choose(draft, "vibe.clean"),
        Ask(draft, "variants"),
        Choose(draft, "variants.2"),
        Back(draft),
    )
    return itertools.cycle(Pressed(action=action) for action in walk)


async def rows() -> list[Figure]:
    async with house(working=False) as home:
        guests = [home.guest() for _ in range(CHATS)]
        for guest in guests:
            await guest.send(HELLO)
        drafts = [await _draft(guest) for guest in guests]
        await asyncio.gather(*map(_play, guests, drafts, itertools.repeat(WARMING)))
        start = time.perf_counter()
        times = await asyncio.gather(*map(_play, guests, drafts, itertools.repeat(PRESSES)))
        durable = CHATS * PRESSES / (time.perf_counter() - start)
    bare, seen = _bare(), Spread([one for chat in times for one in chat])
    return [
        Figure(
            "presses handled durably, 50 chats at once / bare turn",
            f"{durable / bare:.2f} x  ({durable:.0f}/s of {bare:.0f}/s)",
            f">= {SHARE:.2f} x",
            durable / bare >= SHARE,
        ),
        Figure("the same, one press", seen.text(), f"p99 <= {P99_S * 1e3:.0f} ms", seen.quantile(0.99) <= P99_S),
    ]


async def _draft(guest: Guest) -> str:
    opened = await guest.house.factory.conversing.open(guest.envelope)
    return from_record(Session, opened.session).draft


async def _play(guest: Guest, draft: str, times: int) -> list[float]:
    found = []
    for event in itertools.islice(presses(draft), times):
        start = time.perf_counter()
        await guest.send(event)
        found.append(time.perf_counter() - start)
    return found


def _bare() -> float:
    """Turns per second of the pure engine over the same presses."""

    def world() -> World:
        return World(now=datetime.now(UTC), event_id=uuid4().hex, catalogue=Catalogue((STUDIO,)), release="bench")

    session = engine.advance(Session(), HELLO, world()).session
    turns = CHATS * PRESSES
    start = time.perf_counter()
    for event in itertools.islice(presses(session.draft), turns):
        session = engine.advance(session, event, world()).session
    return turns / (time.perf_counter() - start)
