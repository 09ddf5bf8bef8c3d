"""Builders for the store's tests: a person, an order, a worker, over a real database with a clock one can move."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import uuid4

import psycopg
from psycopg import sql

from core.domain.code import derive
from core.domain.record import Json
from core.store.administration import Administration
from core.store.asset import Assets
from core.store.direct import DirectTransport
from core.store.housekeeping import Housekeeping
from core.store.job import Jobs
from core.store.outbox import Outbox, Post
from core.store.port import Transport
from core.store.turn import NewJob, OpenTurn, StoredTurn, Turns, TurnToStore
from core.store.wallet import Wallet
from core.store.work import NewRender, NewVersion, Work
from tests.store.till import Till

PLATFORM = "telegram"


def new_id() -> str:
    return str(uuid4())


def code_of(identity: str) -> str:
    return derive(identity)


def order(price: int = 0, **changes: Any) -> NewJob:
    """An order of a set of four."""
    job_id = changes.pop("job_id", new_id())
    plain = NewJob(
        job_id=job_id, code=code_of(job_id), kind="set", order={"seed": 7}, queue="sets", price=price, ordered=4
    )
    return replace(plain, **changes)


def post(key: str, text: str = "hello", **changes: Any) -> Post:
    return Post(key=key, view={"_": "TextView", "text": text}, **changes)


def lent(reply_id: str, **changes: Json) -> dict[str, Json]:
    """A way to answer, as a platform lends it."""
    plain = {"id": reply_id, "token": "t", "application": "1", "original": None, "follow_ups": None}
    return {**plain, "attachment_bytes": 10, **changes}


def asset(kind: str = "render", **changes: Json) -> dict[str, Json]:
    identity = new_id()
    return {
        "id": identity,
        "kind": kind,
        "blob_key": f"{kind}/{identity}",
        "media_type": "image/jpeg",
        "width": 1280,
        "height": 720,
        "byte_count": 1000,
        "sha256": identity.replace("-", "") * 2,
        **changes,
    }


def version(*renders: dict[str, Json], format_id: str = "youtube") -> NewVersion:
    files = renders or (asset(),)
    return NewVersion(
        recipe={"seed": 7},
        spec={},
        facts={"model": "studio"},
        plate=asset("plate"),
        renders=[
            NewRender(id=new_id(), format=format_id, size=f"{1280 + n}x720", media_type="image/jpeg", asset=file)
            for n, file in enumerate(files)
        ],
    )


async def written(transport: Transport, record: dict[str, Json]) -> dict[str, Json]:
    """The asset, whose file was promised and is there: only its row is missing."""
    await Assets(transport).promise(str(record["blob_key"]))
    return record


async def drawn(transport: Transport, made: NewVersion | None = None) -> NewVersion:
    """A version whose files are there."""
    made = made or version()
    for file in (made.plate, made.original, made.thread, *(render.asset for render in made.renders)):
        if isinstance(file, Mapping):
            await written(transport, dict(file))
    return made


@dataclass
class Person:
    """Someone with a session in a private chat."""

    turns: Turns
    ref: str
    opened: OpenTurn

    @property
    def id(self) -> str:
        return self.opened.user_id

    def address(self) -> dict[str, Json]:
        return {"platform": PLATFORM, "place": self.ref, "user_id": self.id}

    async def reopen(self, event: str | None = None) -> OpenTurn:
        self.opened = await self.turns.open(
            event=event or new_id(), platform=PLATFORM, ref=self.ref, place=self.ref, language="en"
        )
        return self.opened

    def turn(self, **changes: Any) -> TurnToStore:
        plain = TurnToStore(
            event=new_id(),
            user_id=self.id,
            platform=PLATFORM,
            place=self.ref,
            version=self.opened.version,
            session={"draft": "a"},
        )
        return replace(plain, **changes)

    async def submit(self, *orders: NewJob, **changes: Any) -> StoredTurn:
        stored = await self.turns.store(self.turn(orders=orders, **changes))
        self.opened = replace(self.opened, version=stored.version)
        return stored

    async def say(self, *posts: Post) -> None:
        await self.submit(outbox=posts)


class Scene:
    def __init__(self, dsn: str, direct: DirectTransport) -> None:
        self.dsn = dsn
        self.direct = direct
        self.turns = Turns(direct)
        self.jobs = Jobs(direct)
        self.wallets = Till(direct)
        self.outbox = Outbox(direct, PLATFORM)
        self.housekeeping = Housekeeping(direct)

    def worker(self, name: str = "w1") -> Work:
        return Work(self.direct, name)

    async def person(self, credits_bought: int = 0, *, starter: int = 0, person_hash: str | None = None) -> Person:
        ref = str(uuid4().int % 10**12)
        opened = await self.turns.open(
            event=new_id(),
            platform=PLATFORM,
            ref=ref,
            place=ref,
            language="en",
            person_hash=person_hash,
            starter=starter,
        )
        if credits_bought:
            await self.wallets.topup(opened.user_id, credits_bought, key=new_id())
        return Person(self.turns, ref, opened)

    async def gift(self, person: Person, amount: int) -> None:
        """What an operator gives."""
        office = Administration(self.direct, alone_up_to=10**9)
        await office.move(person.id, amount, key=new_id(), why="sorry", actor="machine:scene")

    def month(self, user_id: str, amount: int, *, until: datetime) -> None:
        """A month of a plan, as periods bring it."""
        self.rows("select tf.set_lot(tf.wallet_of(%s), null, %s, %s, 'grants', %s)", user_id, until, amount, new_id())

    async def wallet(self, person: Person) -> Wallet:
        return (await self.wallets.balance(person.id)).wallet

    async def ordered(self, person: Person, price: int = 2, **changes: Any) -> NewJob:
        """An order that is in the queue."""
        placed = order(price, **changes)
        await person.submit(placed)
        return placed

    def rows(self, statement: str, *parameters: Any) -> list[Any]:
        """What the owner of the database sees (or does)."""
        with psycopg.connect(self.dsn, autocommit=True) as owner:
            found = owner.execute(sql.SQL(statement), parameters or None)  # type: ignore[arg-type]
            return found.fetchall() if found.description else []

    async def somebody_waits(self) -> None:
        """Until a connection of this database waits for a lock."""
        waiting = "select 1 from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'"
        for _ in range(1500):
            if self.rows(waiting):
                return
            await asyncio.sleep(0.02)
        raise AssertionError("nobody waits for a lock")

    def advance(self, interval: str) -> None:
        self.rows("update tf.clock set ahead = ahead + %s::interval", interval)

    def fetch_from_queue(self, queues: Sequence[str] | None = None) -> tuple[int, str] | None:
        """What a queue worker does first; the worker named in the row never beats."""
        ((row_id, args),) = self.rows(
            "select id, args from queue.procrastinate_fetch_job_v2(%s, null)", list(queues) if queues else None
        )
        return None if row_id is None else (row_id, args["job_id"])


@asynccontextmanager
async def staged(dsn: str, *, size: int = 8) -> AsyncIterator[Scene]:
    async with DirectTransport(dsn, size=size) as direct:
        yield Scene(dsn, direct)
