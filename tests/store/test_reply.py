"""Ways to answer that a platform lends: the first to speak takes the place of "thinking", and time runs out."""

from core.store.reply import Replies
from tests.store.scene import PLATFORM, lent, staged


async def test_whoever_speaks_first_takes_the_place_of_thinking_and_again_on_every_attempt(database: str) -> None:
    async with staged(database) as scene:
        replies = Replies(scene.direct, PLATFORM)
        await replies.keep("7:8", lent("r"), 60)
        ways = [await replies.take("r", key) for key in ("view", "toast", "view")]
        assert ways == ["original", "follow_up", "original"]


async def test_what_began_at_a_message_has_follow_ups_alone_and_not_more_than_there_are(database: str) -> None:
    async with staged(database) as scene:
        replies = Replies(scene.direct, PLATFORM)
        await replies.keep("7:8", lent("r", original="m", follow_ups=2), 60)
        assert [await replies.take("r", key) for key in "abc"] == ["follow_up", "follow_up", None]


async def test_it_is_good_for_its_time_and_then_gone(database: str) -> None:
    async with staged(database) as scene:
        replies = Replies(scene.direct, PLATFORM)
        await replies.keep("7:8", lent("old"), 60)
        await replies.keep("7:8", lent("new"), 120)
        assert [row["id"] for row in await replies.live("7:8")] == ["new", "old"]
        scene.advance("61 seconds")
        assert [row["id"] for row in await replies.live("7:8")] == ["new"]
        assert await replies.take("old", "view") is None
        await replies.keep("9:9", lent("other"), 60)
        assert scene.rows("select id from tf.reply order by id") == [("new",), ("other",)]


async def test_the_same_reply_kept_twice_is_one(database: str) -> None:
    async with staged(database) as scene:
        replies = Replies(scene.direct, PLATFORM)
        await replies.keep("7:8", lent("r"), 60)
        await replies.stands("r", "message")
        await replies.keep("7:8", lent("r"), 60)
        (row,) = await replies.live("7:8")
        assert row["original"] == "message"
