"""Turns: one transaction or nothing, once per event, one after the other."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from core.store.error import Blocked, Conflict, Insufficient, LimitReached, Unknown
from core.store.turn import CancelRequest, SubmitLimit, Timer
from tests.store.scene import PLATFORM, new_id, order, post, staged


async def test_a_first_event_makes_one_person_however_often_it_comes_at_once(database: str) -> None:
    async with staged(database) as scene:
        opened = await asyncio.gather(
            *(
                scene.turns.open(
                    event="e", platform=PLATFORM, ref="7", place="7", language="de", person_hash="h", starter=4
                )
                for _ in range(16)
            )
        )
        assert len({one.user_id for one in opened}) == 1
        assert opened[0].language == "de"
        assert (await scene.wallets.balance(opened[0].user_id)).wallet.available == 4


async def test_the_starter_grant_comes_once_per_person_and_never_to_the_anonymous(database: str) -> None:
    async with staged(database) as scene:
        first = await scene.person(starter=4, person_hash="salted")
        again = await scene.person(starter=4, person_hash="salted")
        nobody = await scene.person(starter=4, person_hash=None)
        assert [(await scene.wallet(one)).available for one in (first, again, nobody)] == [4, 0, 0]


async def test_a_stored_turn_is_what_the_next_one_opens(database: str) -> None:
    async with staged(database) as scene:
        person = await scene.person()
        await person.turns.store(
            person.turn(session={"draft": "x"}, settings={"vibe": "bold"}, last_answers={"title": "t"}, language="fr")
        )
        opened = await person.reopen()
        assert (opened.session, opened.version, opened.language) == ({"draft": "x"}, 1, "fr")
        assert opened.profile.settings == {"vibe": "bold"}
        assert opened.profile.last_answers == {"title": "t"}
        assert not opened.new_user


async def test_an_event_is_handled_once(database: str) -> None:
    async with staged(database) as scene:
        person = await scene.person(10)
        turn = person.turn(orders=[order(2)], outbox=[post("k")])
        stored = await asyncio.gather(*(scene.turns.store(turn) for _ in range(8)))
        assert sorted(one.duplicate for one in stored) == [False] + [True] * 7
        assert scene.rows("select count(*) from tf.job") == [(1,)]
        assert scene.rows("select count(*) from tf.outbox") == [(1,)]
        assert (await scene.wallet(person)).held == 2
        assert (await person.reopen(turn.event)).duplicate


async def test_of_two_turns_from_the_same_session_one_is_refused_whole(database: str) -> None:
    async with staged(database) as scene:
        person = await scene.person(10)
        await person.say()
        turns = [person.turn(orders=[order(2)], outbox=[post(str(n))]) for n in range(2)]
        outcomes = await asyncio.gather(*(scene.turns.store(one) for one in turns), return_exceptions=True)
        assert [type(one) for one in outcomes if isinstance(one, BaseException)] == [Conflict]
        assert scene.rows("select count(*) from tf.job") == [(1,)]
        assert scene.rows("select count(*) from tf.outbox") == [(1,)]
        loser = turns[[isinstance(one, Conflict) for one in outcomes].index(True)]
        assert not (await person.reopen(loser.event)).duplicate, "a refused event may be offered again"


async def test_too_little_credit_writes_nothing_and_says_how_much_is_missing(database: str) -> None:
    async with staged(database) as scene:
        person = await scene.person(3)
        with pytest.raises(Insufficient) as refusal:
            await person.submit(order(2), order(2), outbox=[post("k")])
        assert refusal.value.detail == {"have": 3, "need": 4, "next_grant": None}
        for table in ("job", "hold", "outbox", "session", "processed_event"):
            assert scene.rows(f"select count(*) from tf.{table}") == [(0,)], table
        assert scene.rows("select count(*) from queue.procrastinate_jobs") == [(0,)]


async def test_the_same_job_ordered_by_two_events_is_one_job(database: str) -> None:
    async with staged(database) as scene:
        person = await scene.person(10)
        wanted = order(2)
        await person.submit(wanted)
        await person.submit(wanted)
        assert scene.rows("select count(*) from tf.job") == [(1,)]
        assert (await scene.wallet(person)).held == 2
        with pytest.raises(Conflict):
            await person.submit(order(3, job_id=wanted.job_id))


async def test_debt_blocks_paid_orders_and_leaves_free_ones(database: str) -> None:
    async with staged(database) as scene:
        person = await scene.person(2)
        await scene.wallets.clawback(person.id, 5, key="refund")
        assert (await scene.wallet(person)).debt == 3
        with pytest.raises(Blocked):
            await person.submit(order(1))
        await person.submit(order(0))


async def test_a_thousand_submits_at_once_stay_within_the_limit(database: str) -> None:
    async with staged(database, size=16) as scene:
        person = await scene.person(1000)
        limit = SubmitLimit(name="submits", seconds=60, most=5, kinds=("set",))
        refused: list[LimitReached] = []

        async def submit(place: int) -> bool:
            turn = person.turn(place=str(place), version=0, orders=[order(1)], limits=[limit])
            try:
                await scene.turns.store(turn)
            except LimitReached as refusal:
                refused.append(refusal)
                return False
            return True

        async def several(first: int) -> int:
            return sum([await submit(first + n) for n in range(25)])

        assert sum(await asyncio.gather(*(several(25 * n) for n in range(40)))) == 5
        assert all(one.detail["used"] == 5 and 0 < one.detail["retry_after"] <= 60 for one in refused)
        assert (await scene.wallet(person)).held == 5
        scene.advance("61 seconds")
        assert await submit(5000)


async def test_limits_count_what_they_name(database: str) -> None:
    async with staged(database) as scene:
        person, other = await scene.person(10), await scene.person(10)
        free = SubmitLimit(name="free_sets", seconds=86400, most=1, kinds=("set",), free=True)
        everyone = SubmitLimit(name="everyone", seconds=86400, most=3, everyone=True)
        await person.submit(order(0), limits=[free])
        await person.submit(order(2), order(0, kind="preview"), limits=[free, everyone])
        with pytest.raises(LimitReached) as mine:
            await person.submit(order(0), limits=[free])
        assert (mine.value.detail["name"], mine.value.detail["limit"]) == ("free_sets", 1)
        with pytest.raises(LimitReached) as all_of_us:
            await other.submit(order(0), limits=[free, everyone])
        assert all_of_us.value.detail["name"] == "everyone"


async def test_jobs_of_a_person_spread_over_their_slots_and_a_lane_of_its_own_waits_for_none(database: str) -> None:
    async with staged(database) as scene:
        person = await scene.person()
        for _ in range(4):
            await scene.ordered(person, 0, slots=2)
        await scene.ordered(person, 0, kind="preview", lane="preview", queue="previews")
        slots = scene.rows("select slot, count(*) from tf.job group by 1 order by 1")
        assert slots == [("preview:0", 1), ("set:0", 2), ("set:1", 2)]
        assert scene.rows("select lock, queue_name, args->>'job_id' from queue.procrastinate_jobs") == scene.rows(
            "select format('user:%s:%s', user_id, slot), queue, id::text from tf.job order by created_at"
        )


async def test_changes_of_one_variant_share_a_slot_however_busy_it_is_and_others_do_not_wait(database: str) -> None:
    async with staged(database) as scene:
        person, kinds = await scene.person(), ("edit_prompt", "reroll")

        async def changed(kind: str, variant: str) -> str:
            placed = await scene.ordered(
                person, 0, kind=kind, lane="quick", slots=2, order={"variant": variant}, follows=kinds
            )
            ((slot,),) = scene.rows("select slot from tf.job where id = %s", placed.job_id)
            return str(slot)

        first = await changed("edit_prompt", "a")
        assert [await changed("reroll", "a"), await changed("edit_prompt", "a")] == [first, first]
        other = await changed("edit_prompt", "b")
        assert other != first
        file = await scene.ordered(person, 0, kind="file", lane="quick", slots=2, order={"variant": "a"})
        assert scene.rows("select slot from tf.job where id = %s", file.job_id) == [(other,)]

        scene.rows("update tf.job set status = 'cancelled', captured = 0, ended_at = now() where slot = %s", first)
        assert await changed("reroll", "a") == first, "nothing to follow any more: the least busy"


async def test_a_timer_waits_once_per_key_and_moves_when_set_again(database: str) -> None:
    async with staged(database) as scene:
        person = await scene.person()
        for seconds in (1, 2):
            at = datetime.now(UTC) + timedelta(seconds=seconds)
            timer = Timer(key="album:9", task="settle_album", args={"album": "9"}, run_at=at)
            await person.submit(timers=[timer])
        rows = scene.rows("select task_name, args, scheduled_at from queue.procrastinate_jobs")
        assert rows == [("settle_album", {"album": "9"}, at)]


async def test_a_turn_cancels_what_waits_and_closes_it_with_its_own_words(database: str) -> None:
    async with staged(database) as scene:
        person = await scene.person(10)
        placed = await scene.ordered(person, 2)
        stored = await person.submit(cancels=[CancelRequest(code=placed.code, closing=[post("end")])])
        assert [one.status for one in stored.cancelled] == ["cancelled"]
        assert (await scene.wallet(person)).purchased == 10
        assert scene.rows("select key, job_id::text from tf.outbox") == [("end", placed.job_id)]
        stranger = await scene.person()
        with pytest.raises(Blocked):
            await stranger.submit(cancels=[CancelRequest(code=placed.code)])


async def test_a_turn_of_someone_who_left_is_refused(database: str) -> None:
    async with staged(database) as scene:
        person = await scene.person()
        with pytest.raises(Unknown):
            await person.turns.store(person.turn(user_id=new_id()))
