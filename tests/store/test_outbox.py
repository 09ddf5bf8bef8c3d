"""The outbox: in order per chat, at least once, no faster than the platform bears."""

import asyncio
import random
from contextlib import aclosing, suppress
from dataclasses import replace

import psycopg
from psycopg.types.json import Jsonb

from core.store.outbox import Idle, Outbox, Parcel
from tests.store.scene import PLATFORM, post, staged


async def parcel(outbox: Outbox, sender: str = "a", *, lease_seconds: float = 30, limit: int = 1) -> Parcel:
    claimed = await outbox.claim(sender, lease_seconds=lease_seconds, limit=limit)
    assert isinstance(claimed, Parcel), claimed
    return claimed


async def idle(outbox: Outbox, sender: str = "b") -> float | None:
    claimed = await outbox.claim(sender, lease_seconds=30)
    assert isinstance(claimed, Idle), claimed
    return claimed.seconds


async def test_many_senders_deliver_every_chat_in_order_and_nothing_twice(database: str) -> None:
    async with staged(database, size=12) as scene:
        people = [await scene.person() for _ in range(6)]
        told: dict[str, list[str]] = {one.ref: [] for one in people}
        draw = random.Random(5)

        async def talk(number: int) -> None:
            for n in range(12):
                await people[number].say(post(f"{number}:{n}"), post(f"{number}:{n}+"))

        async def send(name: str) -> None:
            while sum(map(len, told.values())) < 6 * 24:
                claimed = await scene.outbox.claim(name, lease_seconds=30, limit=3)
                if isinstance(claimed, Idle):
                    await asyncio.sleep(0.01)
                    continue
                for n, row in enumerate(claimed.rows, 1):
                    await asyncio.sleep(draw.random() / 500)
                    told[claimed.place].append(row.key)
                    more = 30 if n < len(claimed.rows) else 0
                    assert await scene.outbox.delivered(row.id, name, {"message": row.id}, keep_seconds=more)

        await asyncio.gather(*(talk(n) for n in range(6)), send("a"), send("b"), send("c"))
        for number, person in enumerate(people):
            assert told[person.ref] == [f"{number}:{n}{mark}" for n in range(12) for mark in ("", "+")]
        assert await idle(scene.outbox) is None


async def test_a_lost_lease_repeats_the_message_and_never_reorders_the_chat(database: str) -> None:
    async with staged(database) as scene:
        person = await scene.person()
        await person.say(post("1"), post("2"), post("3"))
        slow = await parcel(scene.outbox, "slow", limit=3)
        assert await idle(scene.outbox, "fast") is not None, "a leased chat is nobody else's"
        scene.advance("31 seconds")
        fast = await parcel(scene.outbox, "fast", limit=3)
        assert [row.key for row in fast.rows] == ["1", "2", "3"]
        assert not await scene.outbox.delivered(slow.rows[0].id, "slow", {"by": "slow"}, keep_seconds=30)
        for row in fast.rows:
            assert await scene.outbox.delivered(row.id, "fast", {"by": "fast"}, keep_seconds=30)
        receipts = scene.rows("select receipt->>'by' from tf.outbox order by id")
        assert receipts == [("slow",), ("fast",), ("fast",)]


async def test_a_sender_that_lost_track_of_its_chat_is_given_it_again(database: str) -> None:
    async with staged(database) as scene:
        person = await scene.person()
        await person.say(post("1"), post("2"))
        await parcel(scene.outbox, "a", limit=2)
        assert await idle(scene.outbox, "b") is not None, "a leased chat is nobody else's"
        assert [row.key for row in (await parcel(scene.outbox, "a", limit=2)).rows] == ["1", "2"]


async def test_a_later_message_cannot_overtake_one_whose_transaction_is_still_open(database: str) -> None:
    async with staged(database) as scene:
        person = await scene.person()
        with psycopg.connect(database) as writer:
            writer.execute("select tf.send(%s, %s)", (Jsonb([post("1").record()]), Jsonb(person.address())))
            later = asyncio.create_task(person.say(post("2")))
            await asyncio.sleep(0.3)
            assert await idle(scene.outbox) == 0.02, "nothing of the chat is visible before the first commits"
        await later
        assert [row.key for row in (await parcel(scene.outbox, limit=5)).rows] == ["1", "2"]


async def test_a_slot_names_the_message_to_replace(database: str) -> None:
    async with staged(database) as scene:
        person = await scene.person()
        await person.say(post("1", slot="status"), post("2"), post("3", slot="status"))
        replaced = []
        for receipt in ({"message": 10}, {"message": 11}, {"message": 10}):
            (row,) = (await parcel(scene.outbox)).rows
            replaced.append(row.replaces)
            await scene.outbox.delivered(row.id, "a", receipt)
        assert replaced == [{}, {}, {"message": 10}]


async def test_a_view_names_what_has_had_its_time(database: str) -> None:
    async with staged(database) as scene:
        person = await scene.person()
        await person.say(post("1", slot="card"), post("2", slot="card"), post("3", slot="other"))
        for receipt in (10, 11, 12):
            (row,) = (await parcel(scene.outbox)).rows
            assert row.retires == ()
            await scene.outbox.delivered(row.id, "a", {"message": receipt})
        await person.say(replace(post("4"), view={"retires": ["card", "never shown"]}))
        (row,) = (await parcel(scene.outbox)).rows
        assert [(one.slot, one.receipt) for one in row.retires] == [("card", {"message": 11})]


async def test_retry_after_rests_the_chat_and_everywhere_the_platform(database: str) -> None:
    async with staged(database) as scene:
        slow, other = await scene.person(), await scene.person()
        await slow.say(post("1"))
        (row,) = (await parcel(scene.outbox)).rows
        assert not await scene.outbox.undelivered(row.id, "a", "429", retry_after=7)
        wait = await idle(scene.outbox)
        assert wait is not None
        assert 6 < wait <= 7
        await other.say(post("2"))
        (row,) = (await parcel(scene.outbox)).rows
        assert row.key == "2"
        assert not await scene.outbox.undelivered(row.id, "a", "429", retry_after=30, everywhere=True)
        scene.advance("8 seconds")
        wait = await idle(scene.outbox)
        assert wait is not None
        assert 21 < wait <= 22
        scene.advance("22 seconds")
        keys = {(await parcel(scene.outbox, sender)).rows[0].key for sender in "ab"}
        assert keys == {"1", "2"}


async def test_paces_space_a_chat_and_the_whole_platform(database: str) -> None:
    async with staged(database) as scene:
        one, two = await scene.person(), await scene.person()
        await one.say(post("1"), post("2"))
        await two.say(post("3"))
        (row,) = (await parcel(scene.outbox)).rows
        await scene.outbox.delivered(row.id, "a", {}, chat_pace_ms=3000, bot_pace_ms=500)
        assert await idle(scene.outbox) is not None
        scene.advance("0.6 seconds")
        (row,) = (await parcel(scene.outbox)).rows
        assert row.key == "3"
        await scene.outbox.delivered(row.id, "a", {})
        wait = await idle(scene.outbox)
        assert wait is not None
        assert 1 < wait < 3
        scene.advance("3 seconds")
        assert (await parcel(scene.outbox)).rows[0].key == "2"


async def test_a_failure_is_tried_again_with_growing_pauses_and_given_up_in_the_end(database: str) -> None:
    async with staged(database) as scene:
        await (await scene.person()).say(post("1"), post("2"))
        pauses = []
        while True:
            (row,) = (await parcel(scene.outbox)).rows
            if await scene.outbox.undelivered(row.id, "a", "boom"):
                break
            wait = await idle(scene.outbox)
            assert wait is not None
            pauses.append(round(wait))
            scene.advance(f"{wait} seconds")
        assert pauses == [1, 2, 4, 8, 16, 32, 60, 60, 60]
        assert (await parcel(scene.outbox)).rows[0].key == "2"
        assert scene.rows("select error from tf.outbox where status = 'dropped'") == [("boom",)]


async def test_a_refused_message_is_dropped_alone(database: str) -> None:
    async with staged(database) as scene:
        await (await scene.person()).say(post("1"), post("2"))
        (row,) = (await parcel(scene.outbox)).rows
        assert await scene.outbox.undelivered(row.id, "a", "too long", permanent=True)
        assert (await parcel(scene.outbox)).rows[0].key == "2"


async def test_whoever_blocked_us_hears_nothing_until_they_write_again(database: str) -> None:
    async with staged(database) as scene:
        person = await scene.person()
        await person.say(post("1"), post("2"))
        (row,) = (await parcel(scene.outbox)).rows
        assert await scene.outbox.undelivered(row.id, "a", "blocked", unreachable=True)
        await person.say(post("3"))
        assert await idle(scene.outbox) is None
        await person.reopen()
        await person.say(post("4"))
        assert (await parcel(scene.outbox)).rows[0].key == "4"


async def test_senders_that_rest_are_told_at_commit_and_those_awake_are_not(database: str) -> None:
    async with staged(database) as scene:
        person = await scene.person()
        with psycopg.connect(database, autocommit=True) as listener:
            listener.execute("listen tf_outbox")
            told = []
            for n in range(2):
                assert await idle(scene.outbox) is None
                await person.say(post(f"{n}"))
                await person.say(post(f"{n}+"))
                told.append([note.payload for note in listener.notifies(timeout=0.5)])
                for row in (await parcel(scene.outbox, limit=9)).rows:
                    await scene.outbox.delivered(row.id, "a", {})
            assert told == [[PLATFORM], [PLATFORM]]


async def test_no_message_falls_between_looking_and_resting(database: str) -> None:
    """A sender that sleeps until it is told still delivers everything, promptly."""
    async with staged(database, size=12) as scene:
        people = [await scene.person() for _ in range(8)]
        delivered, everything = 0, asyncio.Event()

        async def talk(number: int) -> None:
            for n in range(25):
                await people[number].say(post(f"{number}:{n}"))
                await asyncio.sleep(n % 5 / 1000)

        async def send(name: str) -> None:
            nonlocal delivered
            async with aclosing(scene.outbox.wakeups()) as wakeups:
                async for _ in wakeups:
                    while (claimed := await scene.outbox.claim(name, lease_seconds=30)) != Idle(None):
                        if isinstance(claimed, Idle):
                            await asyncio.sleep(claimed.seconds or 0)
                            continue
                        for row in claimed.rows:
                            await scene.outbox.delivered(row.id, name, {})
                            delivered += 1
                    if delivered == 8 * 25:
                        everything.set()

        sender = asyncio.create_task(send("a"))
        async with asyncio.timeout(10):  # a listener looks by itself only every 15 s
            await asyncio.gather(*(talk(n) for n in range(8)))
            await everything.wait()
        sender.cancel()
        with suppress(asyncio.CancelledError):
            await sender


async def test_a_file_is_remembered_by_content_and_form(database: str) -> None:
    async with staged(database) as scene:
        for reference in ("id-1", "id-2"):
            await scene.outbox.keep_reference("abc", "photo", reference)
        assert await scene.outbox.find_reference("abc", "photo") == "id-2"
        assert await scene.outbox.find_reference("abc", "document") is None
        assert await Outbox(scene.direct, "discord").find_reference("abc", "photo") is None


async def test_platforms_do_not_see_each_others_messages(database: str) -> None:
    async with staged(database) as scene:
        await (await scene.person()).say(post("1", platform="web", place="page"))
        assert await idle(scene.outbox) is None
        assert (await parcel(Outbox(scene.direct, "web"))).place == "page"
