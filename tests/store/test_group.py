"""Turns that come at the same moment share a call and a commit, and nothing else."""

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import AsyncGenerator, Callable, Mapping
from dataclasses import replace
from typing import Any

import psycopg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from psycopg.types.json import Jsonb

from core.store.error import Conflict, Fault, LimitReached, StoreError, Unavailable, Unknown
from core.store.group import LANES, MOST, Group
from core.store.port import Transport
from core.store.turn import StoredTurn, SubmitLimit, Turns, TurnToStore
from tests.store.scene import PLATFORM, Person, new_id, order, post, staged

# -- the turns themselves, over both ways in ------------------------------------------------------------------------


async def people(transport: Transport, count: int) -> list[Person]:
    """Persons with a session, whose next turns can be stored together."""
    turns = Turns(transport)

    async def someone(number: int) -> Person:
        ref = str(number)
        opened = await turns.open(event=new_id(), platform=PLATFORM, ref=ref, place=ref, language="en")
        person = Person(turns, ref, opened)
        await person.submit(session={"draft": ref})
        return person

    return list(await asyncio.gather(*map(someone, range(count))))


async def test_many_turns_at_once_each_get_their_own_answer(transport: Transport, database: str) -> None:
    there = await people(transport, 2 * MOST + 3)
    opened = await asyncio.gather(*(person.reopen() for person in there))
    assert [one.session for one in opened] == [{"draft": person.ref} for person in there]
    assert [one.user_id for one in opened] == [person.id for person in there]

    stored = await asyncio.gather(
        *(person.turns.store(person.turn(outbox=[post(person.ref, person.ref)])) for person in there)
    )
    assert stored == [StoredTurn(duplicate=False, version=2)] * len(there)
    with psycopg.connect(database) as owner:
        told = owner.execute("select place, key, view->>'text' from tf.outbox order by place::int").fetchall()
    assert told == [(person.ref,) * 3 for person in there]


async def test_a_member_that_is_refused_leaves_its_neighbours_stored(transport: Transport) -> None:
    there = await people(transport, 12)
    turns = [person.turn(outbox=[post(person.ref)]) for person in there]
    turns[3] = replace(turns[3], version=0)
    turns[5] = replace(turns[5], user_id=new_id())
    turns[7] = replace(turns[7], session={"draft": "\0"})
    outcomes = await asyncio.gather(*map(there[0].turns.store, turns), return_exceptions=True)
    odd = {place: type(one) for place, one in enumerate(outcomes) if one != StoredTurn(duplicate=False, version=2)}
    assert odd == {3: Conflict, 5: Unknown, 7: Fault}
    assert isinstance(outcomes[3], Conflict)
    assert dict(outcomes[3].detail) == {"version": 0}
    again = await asyncio.gather(*(person.reopen(turn.event) for person, turn in zip(there, turns, strict=True)))
    assert [place for place, one in enumerate(again) if not one.duplicate] == [3, 5, 7], "these may be offered again"


async def test_a_replayed_event_among_others_is_a_duplicate_and_writes_nothing(
    transport: Transport, database: str
) -> None:
    there = await people(transport, 4)
    turns = [person.turn(outbox=[post(person.ref)]) for person in there]
    await there[0].turns.store(turns[0])
    later = await asyncio.gather(*map(there[0].turns.store, [*turns, *turns]))
    assert sum(not one.duplicate for one in later) == 3
    with psycopg.connect(database) as owner:
        assert owner.execute("select count(*), count(distinct key) from tf.outbox").fetchone() == (4, 4)
        assert owner.execute("select distinct version from tf.session").fetchall() == [(2,)]


async def test_orders_among_presses_keep_their_own_answers_and_refusals(database: str) -> None:
    async with staged(database) as scene:
        buyers = [await scene.person(4) for _ in range(6)]
        limit = SubmitLimit(name="submits", seconds=60, most=0)
        await asyncio.gather(*(one.submit(outbox=[post(one.ref)]) for one in buyers))
        outcomes = await asyncio.gather(
            *(one.submit() for one in buyers[:2]),
            *(one.submit(order(3)) for one in buyers[2:4]),
            *(one.submit(order(0), limits=[limit]) for one in buyers[4:]),
            return_exceptions=True,
        )
        assert [type(one) for one in outcomes] == [StoredTurn] * 4 + [LimitReached] * 2
        assert [(await scene.wallet(one)).held for one in buyers] == [0, 0, 3, 3, 0, 0]


async def test_whoever_waits_for_somebody_elses_lock_waits_alone(database: str) -> None:
    async with staged(database) as scene:
        there = await people(scene.direct, 6)
        with psycopg.connect(database) as other:
            other.execute("select from tf.session where place = '2' for update")
            storing = [asyncio.create_task(person.turns.store(person.turn())) for person in there]
            done, waiting = await asyncio.wait(storing, timeout=2)
            assert waiting == {storing[2]}
            later = [person.turns.store(person.turn(version=2)) for person in (there[0], there[1])]
            assert [one.version for one in await asyncio.gather(*later)] == [3, 3], "nor do those who come later"
            other.rollback()
        assert (await storing[2]).version == 2
        assert {one.result().version for one in done} == {2}


async def test_a_chat_that_was_lost_is_written_to_again_once_its_person_writes(database: str) -> None:
    async with staged(database) as scene:
        there = await people(scene.direct, 3)
        scene.rows("update tf.chat set unreachable = true")
        await asyncio.gather(*(person.say(post(person.ref)) for person in there))
        scene.rows("update tf.chat set unreachable = true where place = '1'")
        await asyncio.gather(*(person.reopen() for person in there))
        assert scene.rows("select place from tf.chat where unreachable") == []


STORE_AND_DIE = """
import asyncio, os, signal, sys
from core.store.direct import DirectTransport
from tests.store.scene import post
from tests.store.test_group import people

async def main():
    async with DirectTransport(sys.argv[1]) as direct:
        there = await people(direct, 20)
        await asyncio.gather(*(person.say(post(person.ref)) for person in there))
        os.kill(os.getpid(), signal.SIGKILL)

asyncio.run(main())
"""


def test_a_stored_turn_survives_the_death_of_its_process_right_after_the_call(database: str) -> None:
    ended = subprocess.run([sys.executable, "-c", STORE_AND_DIE, database], env={**os.environ, "PYTHONPATH": "."})
    assert ended.returncode == -signal.SIGKILL
    with psycopg.connect(database) as owner:
        assert owner.execute("select count(*) from tf.session where version = 2").fetchone() == (20,)
        assert owner.execute("select count(*) from tf.outbox").fetchone() == (20,)


def test_nothing_on_the_way_of_a_turn_gives_up_its_durability(database: str) -> None:
    with psycopg.connect(database) as owner:
        weakened = owner.execute(
            "select proname from pg_proc where array_to_string(proconfig, ',') ~ 'synchronous_commit|fsync'"
        ).fetchall()
    assert weakened == []


# -- together or one by one: the same database ----------------------------------------------------------------------

PLACES = ("1", "2", "3")
CALLS = st.lists(
    st.fixed_dictionaries(
        {
            "event": st.sampled_from(["a", "b", "c", "d", "e", "f", None]),
            "person": st.integers(0, 3),
            "place": st.sampled_from(PLACES),
            "version": st.sampled_from([0, 1, 1, 1, 2]),
            "language": st.sampled_from(["en", "de", None]),
            "posts": st.lists(
                st.fixed_dictionaries(
                    {"key": st.sampled_from("uvwxyz"), "view": st.just({"slot": "card"})},
                    optional={"slot": st.just("status"), "place": st.just("9"), "language": st.just("fr")},
                ),
                max_size=3,
            ),
        }
    ),
    min_size=1,
    max_size=8,
)
LEFT = (
    "select platform, place, user_id, data, version from tf.session order by 1, 2, 3",
    "select key from tf.processed_event order by 1",
    "select platform, place, user_id, key, slot, view, language, status from tf.outbox order by platform, place, id",
    "select platform, place, has_pending, unreachable from tf.chat order by 1, 2",
    "select id, language from tf.users order by 1",
)


@settings(max_examples=80, deadline=None, suppress_health_check=list(HealthCheck))
@given(CALLS)
def test_turns_stored_together_leave_what_the_same_turns_leave_one_by_one(
    crowd: Callable[[list[dict[str, Any]]], tuple[Any, Any]], calls: list[dict[str, Any]]
) -> None:
    together, alone = crowd(calls)
    assert together == alone


@pytest.fixture
def crowd(database: str) -> Callable[[list[dict[str, Any]]], tuple[Any, Any]]:
    """Three persons with a session at version 1 in every place (and a fourth who does not exist)."""
    with psycopg.connect(database, autocommit=True) as owner:
        users = [
            owner.execute(
                "select api.open_turn(%s)->>'user_id'",
                (Jsonb({"platform": PLATFORM, "ref": str(n), "place": "1", "event": "o", "language": "en"}),),
            ).fetchone()[0]  # type: ignore[index]
            for n in range(3)
        ]
        owner.execute(
            "insert into tf.session (platform, place, user_id, data) "
            "select %s, place, id, '{}' from tf.users, unnest(%s::text[]) place",
            (PLATFORM, list(PLACES)),
        )
        owner.execute("insert into tf.chat (platform, place, unreachable) values (%s, '3', true)", (PLATFORM,))
    users.append(new_id())

    def both(drawn: list[dict[str, Any]]) -> tuple[Any, Any]:
        calls = [_call(number, one, users) for number, one in enumerate(drawn)]
        with psycopg.connect(database) as owner:
            answers = owner.execute("select api.store_turns(%s)", (Jsonb({"calls": calls}),)).fetchone()
            assert answers is not None
            together = (answers[0], [owner.execute(one.encode()).fetchall() for one in LEFT])
            owner.rollback()
            by_address = sorted(calls, key=lambda one: (one["place"], one["user_id"], one["event"] or "~"))
            found = {id(one): _alone(owner, one) for one in by_address}
            alone = ([found[id(one)] for one in calls], [owner.execute(one.encode()).fetchall() for one in LEFT])
            owner.rollback()
        return together, alone

    return both


def _call(number: int, drawn: dict[str, Any], users: list[str]) -> dict[str, Any]:
    turn = TurnToStore(
        event=drawn["event"],
        user_id=users[drawn["person"]],
        platform=PLATFORM,
        place=drawn["place"],
        version=drawn["version"],
        session={"turn": number},
        language=drawn["language"],
    )
    return {**turn.record(), "outbox": drawn["posts"]}


def _alone(owner: psycopg.Connection[Any], call: dict[str, Any]) -> Any:
    """The answer of store_turn, or None where it refuses."""
    try:
        with owner.transaction():
            row = owner.execute("select api.store_turn(%s)", (Jsonb(call),)).fetchone()
    except psycopg.Error:
        return None
    assert row is not None
    return row[0]


# -- who travels with whom ------------------------------------------------------------------------------------------


class Ferry:
    """A transport whose groups land when the test says so; `double` and `doubles` answer twice the number, and refuse
    negative ones."""

    def __init__(self, refusing: Exception | None = None) -> None:
        self.loads: list[list[Any]] = []
        self.alone: list[Any] = []
        self.landed = asyncio.Event()
        self.refusing = refusing

    async def call(self, function: str, arguments: Mapping[str, Any]) -> Any:
        if function == "double":
            self.alone.append(arguments["n"])
            return _double(arguments["n"])
        load = [member["n"] for member in arguments["calls"]]
        self.loads.append(load)
        await self.landed.wait()
        if self.refusing:
            raise self.refusing
        return [None if n < 0 else 2 * n for n in load]

    def listen(self, channel: str) -> AsyncGenerator[str]:
        raise NotImplementedError

    async def close(self) -> None: ...


def _double(number: int) -> int:
    if number < 0:
        raise Unknown(str(number))
    return 2 * number


def embark(ferry: Ferry) -> Callable[[int], asyncio.Task[Any]]:
    group = Group(ferry, alone="double", together="doubles")
    return lambda n: asyncio.create_task(group.call({"n": n}))


async def settled() -> None:
    """Everything that is ready has run; no clock has moved."""
    for _ in range(5):
        await asyncio.sleep(0)


async def test_a_single_call_waits_for_no_timer() -> None:
    ferry = Ferry()
    one = embark(ferry)(1)
    await settled()
    assert ferry.loads == [[1]]
    ferry.landed.set()
    assert await one == 2


async def test_while_groups_are_under_way_the_next_one_gathers() -> None:
    ferry = Ferry()
    call = embark(ferry)
    tasks = []
    for n in range(LANES):
        tasks.append(call(n))
        await settled()
    tasks += [call(n) for n in range(LANES, LANES + MOST + 2)]
    await settled()
    assert ferry.loads == [[n] for n in range(LANES)]
    ferry.landed.set()
    assert await asyncio.gather(*tasks) == [2 * n for n in range(LANES + MOST + 2)]
    assert [len(load) for load in ferry.loads] == [1] * LANES + [MOST, 2]


async def test_calls_of_one_moment_leave_together() -> None:
    ferry = Ferry()
    ferry.landed.set()
    call = embark(ferry)
    await asyncio.gather(*[call(n) for n in range(5)])
    assert ferry.loads == [[0, 1, 2, 3, 4]]


async def test_who_is_left_untouched_asks_alone_and_hears_its_own_reason() -> None:
    ferry = Ferry()
    ferry.landed.set()
    call = embark(ferry)
    answers = await asyncio.gather(*[call(n) for n in (1, -2, 3)], return_exceptions=True)
    assert [answers[0], answers[2]] == [2, 6]
    assert isinstance(answers[1], Unknown)
    assert ferry.alone == [-2]


@pytest.mark.parametrize("refusal", [Fault("bad"), TypeError("no JSON"), Unavailable("locked", code="55P03")])
async def test_of_a_group_refused_as_a_whole_each_asks_alone(refusal: Exception) -> None:
    ferry = Ferry(refusal)
    ferry.landed.set()
    call = embark(ferry)
    answers = await asyncio.gather(*[call(n) for n in (1, -2, 3)], return_exceptions=True)
    assert [answers[0], answers[2]] == [2, 6]
    assert isinstance(answers[1], Unknown)


class Miscounting(Ferry):
    """Its groups come back with an answer too few, or with none at all."""

    def __init__(self, lost: object) -> None:
        super().__init__()
        self.lost = lost

    async def call(self, function: str, arguments: Mapping[str, Any]) -> Any:
        return await super().call(function, arguments) if function == "double" else self.lost


@pytest.mark.parametrize("lost", [[2, 6], [2, 4, 6, 8], None, {}])
async def test_of_a_group_answered_with_the_wrong_number_each_asks_alone(lost: object) -> None:
    ferry = Miscounting(lost)
    call = embark(ferry)
    assert await asyncio.gather(*[call(n) for n in (1, 2, 3)]) == [2, 4, 6]
    assert ferry.alone == [1, 2, 3]


async def test_a_lost_call_reaches_every_member_and_all_who_wait() -> None:
    ferry = Ferry(Unavailable("nobody there", code="08006"))
    call = embark(ferry)
    tasks = [call(n) for n in range(LANES * MOST + 9)]
    await settled()
    ferry.landed.set()
    answers = await asyncio.gather(*tasks, return_exceptions=True)
    assert {(type(one), str(one)) for one in answers} == {(Unavailable, "nobody there")}
    assert len({id(one) for one in answers}) == len(answers)
    assert ferry.alone == []


async def test_a_caller_who_gives_up_leaves_the_others_their_answers() -> None:
    ferry = Ferry()
    call = embark(ferry)
    tasks = [call(1), call(2)]
    await settled()
    for n in range(3, 3 + LANES):
        tasks.append(call(n))
        await settled()
    tasks[0].cancel()
    tasks[-1].cancel()
    await settled()
    ferry.landed.set()
    assert await asyncio.gather(*tasks[1:-1]) == [2 * n for n in range(2, 2 + LANES)]
    assert ferry.loads == [[1, 2], *([n] for n in range(3, 2 + LANES))], "who left before boarding is not carried"


async def test_an_outage_is_over_for_the_next_call() -> None:
    ferry = Ferry(Unavailable("nobody there"))
    ferry.landed.set()
    call = embark(ferry)
    with pytest.raises(StoreError):
        await call(1)
    ferry.refusing = None
    assert await call(1) == 2
