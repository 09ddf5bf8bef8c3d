"""Ways to answer as the store keeps them, and as these tests do: the same."""

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from core.services.desk import Replies, Reply, Way
from core.services.page import StoredReplies
from core.store import reply
from core.store.direct import DirectTransport

from .scripted import MemoryReplies


@pytest_asyncio.fixture(params=["stored", "memory"])
async def replies(request: pytest.FixtureRequest) -> AsyncIterator[Replies]:
    if request.param == "memory":
        yield MemoryReplies(lambda: 0.0)
        return
    async with DirectTransport(request.getfixturevalue("database"), size=2) as direct:
        yield StoredReplies(reply.Replies(direct, "discord"))


def lent(reply_id: str, original: str | None = None, follow_ups: int | None = None) -> Reply:
    return Reply(
        id=reply_id, token="t", application="1", original=original, follow_ups=follow_ups, attachment_bytes=10
    )  # fmt: skip


async def test_the_first_to_speak_fills_and_fills_again_and_the_rest_follow(replies: Replies) -> None:
    await replies.keep("7:8", lent("r", follow_ups=1), 60)
    taken = [await replies.take("r", key) for key in ("view", "toast", "view", "more")]
    assert taken == [Way.ORIGINAL, Way.FOLLOW_UP, Way.ORIGINAL, None]


async def test_what_stands_is_remembered_and_the_newest_comes_first(replies: Replies) -> None:
    await replies.keep("7:8", lent("r"), 60)
    await replies.keep("7:8", lent("s", original="m"), 60)
    await replies.stands("r", "n")
    assert [(one.id, one.original) for one in await replies.live("7:8")] == [("s", "m"), ("r", "n")]
    assert await replies.live("7:9") == ()
