"""What is shared of one job goes to one thread of its channel."""

from dataclasses import replace

import pytest
from discord import DiscordServerError

from bots.discord.place import Receipt
from core.conversation.view import GalleryView, Topic
from tests.discord_server.fault import Fault, delayed, refused, unavailable
from tests.discord_server.refusal import HAS_THREAD, Refusal, missing_permissions
from tests.discord_server.world import THREAD, Channel

from .scripted import Room

BEGIN = "POST /channels/{channel_id}/messages/{message_id}/threads"


def about(room: Room, colour: str, job: str = "J1", name: str = "I QUIT") -> GalleryView:
    return replace(room.gallery(colour), topic=Topic(job, name))


def threads(room: Room) -> list[Channel]:
    return [one for one in room.world.channels.values() if one.kind == THREAD]


async def test_the_first_picture_of_a_job_begins_a_thread_and_the_next_one_goes_there(open_room: Room) -> None:
    await open_room.asked()
    await open_room.show(about(open_room, "navy"))
    await open_room.asked()
    await open_room.show(about(open_room, "teal"))
    (shown,) = [one for one in open_room.messages if not one.thinking]
    (thread,) = threads(open_room)
    assert (thread.id, thread.name, thread.parent_id) == (shown.id, "I QUIT", open_room.person.channel.id)
    assert [len(one.pictures) for one in thread.messages.values()] == [1]


async def test_another_job_has_a_thread_of_its_own(open_room: Room) -> None:
    await open_room.show(about(open_room, "navy"))
    await open_room.show(about(open_room, "teal", job="J2"))
    assert len(threads(open_room)) == 2


@pytest.mark.parametrize("name", ["", " \n ", "x" * 300, "👩‍🚀" * 60])
async def test_whatever_the_headline_is_the_thread_has_a_name(open_room: Room, name: str) -> None:
    await open_room.show(about(open_room, "navy", name=name))
    assert len(threads(open_room)) == 1


async def test_where_no_thread_may_begin_the_picture_stands_in_the_channel_and_the_next_one_tries_again(
    open_room: Room,
) -> None:
    open_room.person.channel.threaded = False
    await open_room.show(about(open_room, "navy"))
    assert (len(open_room.messages), threads(open_room)) == (1, [])
    open_room.person.channel.threaded = True
    await open_room.show(about(open_room, "teal"))
    assert len(open_room.messages) == 2
    assert [one.id for one in threads(open_room)] == [open_room.messages[-1].id]


async def test_a_thread_that_cannot_be_begun_just_now_is_no_reason_to_show_the_picture_twice(open_room: Room) -> None:
    open_room.server.fail(BEGIN, unavailable())
    await open_room.show(about(open_room, "navy"))
    assert (len(open_room.messages), threads(open_room)) == (1, [])


async def test_a_thread_whose_beginning_was_never_heard_of_is_the_one(open_room: Room) -> None:
    open_room.server.fail(
        BEGIN, refused(Refusal(400, HAS_THREAD, "A thread has already been created for this message"))
    )
    await open_room.show(about(open_room, "navy"))
    (message,) = open_room.messages
    thread = open_room.world.channel(THREAD, number=message.id, parent_id=open_room.person.channel.id)
    await open_room.show(about(open_room, "teal"))
    assert (len(thread.messages), len(open_room.messages)) == (1, 1)


async def test_a_thread_that_was_put_away_comes_back_with_the_next_picture(open_room: Room) -> None:
    await open_room.show(about(open_room, "navy"))
    (thread,) = threads(open_room)
    thread.archived = True
    await open_room.show(about(open_room, "teal"))
    assert (thread.archived, len(thread.messages), len(open_room.messages)) == (False, 1, 1)


async def test_a_locked_thread_is_left_alone_and_no_other_is_begun(open_room: Room) -> None:
    await open_room.show(about(open_room, "navy"))
    (thread,) = threads(open_room)
    thread.archived = thread.locked = True
    await open_room.show(about(open_room, "teal"))
    assert (len(thread.messages), len(open_room.messages), len(threads(open_room))) == (0, 2, 1)


async def test_a_thread_we_may_not_write_in_leaves_the_channel(open_room: Room) -> None:
    await open_room.show(about(open_room, "navy"))
    open_room.server.fail("POST /channels/{channel_id}/messages", refused(missing_permissions()))
    await open_room.show(about(open_room, "teal"))
    assert (len(open_room.messages), len(threads(open_room))) == (2, 1)


async def test_a_thread_that_was_deleted_is_begun_anew(open_room: Room) -> None:
    await open_room.show(about(open_room, "navy"))
    (old,) = threads(open_room)
    del open_room.world.channels[old.id]
    await open_room.show(about(open_room, "teal"))
    assert [one.id for one in threads(open_room)] == [open_room.messages[-1].id]
    await open_room.show(about(open_room, "olive"))
    assert len(threads(open_room)[0].messages) == 1


POST = "POST /channels/{channel_id}/messages"
FULL = tuple(f"#{25 * n:02x}00ff" for n in range(10))
"""As many pictures as one message carries."""


def several(room: Room) -> GalleryView:
    return replace(room.gallery(*FULL, "teal"), topic=Topic("J1", "I QUIT"))


def shown(channel: Channel) -> list[int]:
    return [len(one.pictures) for one in channel.messages.values()]


async def begun(room: Room, *faults: Fault) -> Channel:
    """A thread, and what its second message from now on meets."""
    await room.show(about(room, "navy"))
    (thread,) = threads(room)
    room.server.fail(POST, delayed(0), *faults)
    return thread


async def test_what_stands_in_the_thread_is_not_said_again_when_the_rest_failed(open_room: Room) -> None:
    view = several(open_room)
    thread = await begun(open_room, unavailable())
    with pytest.raises(DiscordServerError):
        await open_room.show(view, key="view")
    assert shown(thread) == [10]
    receipt = Receipt.read(await open_room.show(view, key="view"))
    assert shown(thread) == [10, 1]
    assert receipt and [one.id for one in receipt.messages] == list(thread.messages)


async def test_what_a_thread_takes_no_more_goes_on_in_the_channel(open_room: Room) -> None:
    view = several(open_room)
    thread = await begun(open_room, refused(missing_permissions()))
    await open_room.show(view)
    assert (shown(thread), [len(one.pictures) for one in open_room.messages]) == ([10], [1, 1])


async def test_what_went_with_its_thread_is_said_again(open_room: Room) -> None:
    view = several(open_room)
    thread = await begun(open_room, unavailable())
    with pytest.raises(DiscordServerError):
        await open_room.show(view, key="view")
    del open_room.world.channels[thread.id]
    await open_room.show(view, key="view")
    assert [len(one.pictures) for one in open_room.messages] == [1, 10, 1]
    assert [one.id for one in threads(open_room)] == [open_room.messages[1].id]


async def test_what_one_person_sees_alone_begins_none(room: Room) -> None:
    await room.asked()
    await room.show(about(room, "navy"))
    assert threads(room) == []
