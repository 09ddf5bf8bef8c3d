"""Deliveries, against a Discord that forgets, refuses and asks for patience: one test per trouble."""

import asyncio
import io
from typing import Any

import aiohttp
import pytest
from PIL import Image

from bots.discord.packing import FILE_BYTES
from bots.discord.place import Place, Receipt
from core.conversation.action import Cancel, OpenVariant
from core.conversation.view import (
    Button,
    FieldKind,
    FileView,
    FormView,
    GalleryView,
    NoticeView,
    Picture,
    ProgressView,
    Row,
    TextView,
)
from core.services.desk import PlaceGone, Refused, TryLater
from tests.bots.scripted import jpeg
from tests.discord_server import refusal
from tests.discord_server.fault import delayed, dropped, flood, refused, unavailable
from tests.discord_server.person import Person
from tests.discord_server.world import COMPONENTS_V2, EPHEMERAL

from .scripted import Room, answering

CANCEL = (Row((Button("Cancel", Cancel("d1").pack()),)),)
POST = "POST /channels/{channel_id}/messages"
EDIT = "PATCH /channels/{channel_id}/messages/{message_id}"
FOLLOW_UP = "POST /webhooks/{webhook_id}/{webhook_token}"
EDIT_ORIGINAL = "PATCH /webhooks/{webhook_id}/{webhook_token}/messages/@original"
EDIT_SAID = "PATCH /webhooks/{webhook_id}/{webhook_token}/messages/{message_id}"
QUARTER_S = 15 * 60


# -- saying --------------------------------------------------------------------------------------------------------


async def test_the_first_answer_takes_the_place_of_thinking_for_one_persons_eyes(room: Room) -> None:
    asked = await room.asked()
    receipt = await room.show(TextView(title="Your brief", text="1 *< 2", rows=CANCEL), key=answering(asked))
    (message,) = room.messages
    assert message.seen_by == room.person.user.id and not message.thinking
    assert message.text == "### Your brief\n1 \\*\\< 2"
    assert message.buttons[0].token == Cancel("d1").pack()
    known = Receipt.read(receipt)
    assert known and (known.messages[0].id, known.messages[0].private) == (message.id, True)


async def test_what_follows_is_for_the_same_eyes(room: Room) -> None:
    asked = await room.asked()
    for number in range(2):
        await room.show(NoticeView(text=f"Number {number}"), key=answering(asked, number))
    assert [message.seen_by for message in room.messages] == [room.person.user.id] * 2


async def test_an_answer_goes_with_the_press_it_answers_and_not_with_the_newest(room: Room) -> None:
    first, second = await room.asked(), await room.asked()
    await room.show(TextView(text="To the first"), key=answering(first))
    await room.show(TextView(text="To the second"), key=answering(second))
    assert [message.text for message in room.messages] == ["To the first", "To the second"]


async def test_an_attempt_whose_answer_was_lost_takes_the_same_place_again(room: Room) -> None:
    asked = await room.asked()
    room.server.fail(EDIT_ORIGINAL, dropped("after"))
    with pytest.raises(aiohttp.ServerDisconnectedError):
        await room.show(TextView(text="Hello"), key=answering(asked))
    await room.show(TextView(text="Hello"), key=answering(asked))
    assert [message.text for message in room.messages] == ["Hello"]


async def test_pictures_are_one_gallery_with_its_files(room: Room) -> None:
    await room.asked()
    await room.show(room.gallery("navy", "olive", "teal", text="Pick one", rows=CANCEL))
    (message,) = room.messages
    assert message.pictures == (jpeg("navy"), jpeg("olive"), jpeg("teal"))


async def test_alone_with_the_bot_everything_is_an_ordinary_message(alone: Room) -> None:
    await alone.asked()
    await alone.show(TextView(text="Hello"))
    alone.world.advance(QUARTER_S)
    await alone.show(TextView(text="Later"))
    assert [(message.text, message.seen_by) for message in alone.messages] == [("Hello", None), ("Later", None)]


async def test_after_a_quarter_of_an_hour_what_was_private_comes_in_the_persons_own_channel(room: Room) -> None:
    await room.asked()
    await room.show(TextView(text="Queued"))
    room.world.advance(QUARTER_S)
    receipt = Receipt.read(await room.show(room.gallery("navy")))
    (message,) = room.person.direct().from_bot
    assert message.pictures == (jpeg("navy"),)
    assert receipt and receipt.messages[0].channel == room.person.direct().channel.id
    assert [one.text for one in room.messages] == ["Queued"], "nothing private is shown to the channel"


async def test_what_everybody_sees_goes_on_in_the_channel(open_room: Room) -> None:
    await open_room.asked()
    receipt = await open_room.show(TextView(text="Queued"))
    open_room.world.advance(QUARTER_S)
    await open_room.show(TextView(text="Drawing"), receipt)
    await open_room.show(TextView(text="Ready"))
    assert [(one.text, one.seen_by) for one in open_room.messages] == [("Drawing", None), ("Ready", None)]


async def test_where_the_bot_may_not_write_the_person_is_told(open_room: Room) -> None:
    open_room.person.channel.writable = False
    await open_room.show(open_room.gallery("navy"))
    (told,) = open_room.person.direct().from_bot
    assert "I may not post in this channel" in told.text and not told.pictures


async def test_who_takes_no_messages_finds_it_under_jobs(room: Room) -> None:
    room.person.block()
    with pytest.raises(PlaceGone):
        await room.show(TextView(text="Ready"))


async def test_who_comes_back_while_their_door_is_found_shut_is_answered_here(room: Room) -> None:
    room.person.block()
    room.server.fail("POST /users/@me/channels", delayed(0.3))
    said = asyncio.create_task(room.show(TextView(text="Ready")))
    await asyncio.sleep(0.1)
    await room.asked()
    await said
    assert [one.text for one in room.messages] == ["Ready"]


async def test_alone_and_blocked_there_is_nowhere_to_go(alone: Room) -> None:
    alone.person.block()
    with pytest.raises(PlaceGone):
        await alone.show(TextView(text="Ready"))


async def test_a_reply_that_ends_early_gives_way_to_the_one_before(room: Room) -> None:
    await room.asked()
    await room.show(TextView(text="One"))
    newer = await room.asked()
    newer.expired = True
    await room.show(TextView(text="Two"))
    assert [one.text for one in room.messages if not one.thinking] == ["One", "Two"]


async def test_an_app_that_is_the_persons_own_says_no_more_than_five_things_more(room: Room, member: Person) -> None:
    person = Person(member.server, 5, user_only=True)
    own = Room(person, room.api, room.desk, room.replies)
    await own.asked(follow_ups=5)
    for number in range(7):
        await own.show(TextView(text=str(number)))
    assert [one.text for one in own.messages] == list("012345")
    assert [one.text for one in person.direct().from_bot] == ["6"]
    assert all(call.status == 200 for call in own.server.called(FOLLOW_UP))


async def test_even_a_count_that_is_wrong_ends_in_the_persons_own_channel(room: Room, member: Person) -> None:
    person = Person(member.server, 5, user_only=True)
    own = Room(person, room.api, room.desk, room.replies)
    await own.asked()
    for number in range(7):
        await own.show(TextView(text=str(number)))
    assert [one.text for one in person.direct().from_bot] == ["6"]


async def test_an_archived_thread_opens_for_a_new_message(open_room: Room) -> None:
    open_room.person.channel.archived = True
    await open_room.show(TextView(text="Ready"))
    assert not open_room.person.channel.archived


async def test_a_locked_thread_gives_way_to_the_channel_it_began_in(open_room: Room) -> None:
    parent, thread = open_room.person.channel, open_room.world.channel(11, people={})
    thread.parent_id, thread.archived, thread.locked = parent.id, True, True
    there = Room(Person(open_room.server, 4242, thread), open_room.api, open_room.desk, open_room.replies, shared=True)
    await there.show(TextView(text="Ready"))
    assert [one.text for one in open_room.messages] == ["Ready"]


async def test_a_message_in_an_archived_thread_is_changed_all_the_same(open_room: Room) -> None:
    receipt = await open_room.show(TextView(text="Queued"))
    (before,) = open_room.messages
    open_room.person.channel.archived = True
    await open_room.show(TextView(text="Drawing"), receipt)
    assert [(one.id, one.text) for one in open_room.messages] == [(before.id, "Drawing")]


# -- changing ------------------------------------------------------------------------------------------------------


async def test_a_status_is_one_message_changed_and_its_files_are_uploaded_once(room: Room) -> None:
    await room.asked()
    receipt = await room.show(ProgressView(text="Queued", done=0, total=2, rows=CANCEL))
    for colours in (("navy",), ("navy", "olive")):
        view = ProgressView(text="Drawing", done=1, total=2, pictures=room.gallery(*colours).pictures)
        receipt = await room.show(view, receipt)
    await room.show(room.gallery("navy", "olive", text="Ready"), receipt)
    (message,) = room.messages
    assert message.pictures == (jpeg("navy"), jpeg("olive")) and message.text == "Ready"
    assert [len(call.files) for call in room.server.called(EDIT_ORIGINAL)] == [0, 1, 1, 0]


async def test_a_message_is_changed_with_the_press_on_it_when_its_own_reply_is_over(room: Room) -> None:
    await room.asked()
    receipt = await room.show(TextView(text="Queued", rows=CANCEL))
    room.world.advance(QUARTER_S)
    await room.asked(room.person.press("Cancel"))
    await room.show(TextView(text="Cancelled"), receipt)
    assert [one.text for one in room.messages] == ["Cancelled"]


async def test_a_dismissed_message_is_said_anew(room: Room) -> None:
    await room.asked()
    receipt = await room.show(TextView(text="One"))
    room.person.delete(room.messages[0])
    await room.show(TextView(text="Two"), receipt)
    assert [one.text for one in room.messages] == ["Two"]


async def test_what_is_not_one_message_any_more_is_said_anew_and_the_old_one_goes(room: Room) -> None:
    await room.asked()
    receipt = await room.show(TextView(text="Short"))
    new = Receipt.read(await room.show(TextView(text="word " * 1000), receipt))
    assert new and [one.id for one in new.messages] == [one.id for one in room.messages]
    assert len(room.messages) == 2


async def test_a_file_to_keep_stays_when_its_slot_moves_on(room: Room) -> None:
    await room.asked()
    view = FileView(asset=room.desk.picture("navy"), name="I quit.jpg", media_type="image/jpeg", text="1280 × 720")
    receipt = await room.show(view)
    await room.show(TextView(text="Next"), receipt)
    file, _ = room.messages
    assert [(one.filename, one.data) for one in file.attachments] == [("I_quit.jpg", jpeg("navy"))]


async def test_a_picture_that_becomes_a_file_gets_the_files_name(room: Room) -> None:
    await room.asked()
    view = room.gallery("navy")
    receipt = await room.show(view)
    file = FileView(asset=view.pictures[0].asset, name="quit.jpg", media_type="image/jpeg")
    await room.show(file, receipt)
    assert [one.filename for one in room.messages[0].attachments] == ["quit.jpg"]


async def test_a_view_whose_time_has_passed_keeps_its_picture_and_loses_its_buttons(room: Room) -> None:
    await room.asked()
    view = room.gallery("navy", text="Your brief", rows=CANCEL)
    receipt = await room.show(view)
    for _ in range(2):  # a second attempt changes nothing
        receipt = await room.retire(view, receipt)
    (message,) = room.messages
    assert message.pictures and "Your brief" in message.text and not message.buttons


async def test_a_question_whose_time_has_passed_opens_no_form_any_more(room: Room) -> None:
    await room.asked()
    view = FormView(draft="d", question="headline", kind=FieldKind.TEXT, text="Your headline?", rows=CANCEL)
    receipt = await room.show(view)
    await room.retire(view, receipt)
    assert room.messages[0].text == "**Your headline?**" and not room.messages[0].buttons


async def test_what_nothing_reaches_any_more_keeps_its_buttons_and_nobody_minds(room: Room) -> None:
    await room.asked()
    view = TextView(text="Your brief", rows=CANCEL)
    receipt = await room.show(view)
    room.world.advance(QUARTER_S)
    assert await room.retire(view, receipt) == receipt
    assert room.messages[0].buttons and room.person.direct().from_bot == []


async def test_a_flag_once_set_stays_set(room: Room) -> None:
    await room.asked()
    receipt = await room.show(TextView(text="One"))
    await room.show(TextView(text="Two"), receipt)
    assert room.messages[0].flags == COMPONENTS_V2 | EPHEMERAL


# -- files ---------------------------------------------------------------------------------------------------------


async def test_a_picture_too_heavy_is_shown_lighter(room: Room) -> None:
    room.server.attachment_limit = 3_000
    await room.asked()
    heavy = room.desk.store(_noise((256, 144)), "image/png", (256, 144))
    assert len(room.desk.assets[heavy].data) > 3_000
    await room.show(TextView(text="4K"))
    await room.show(_one(heavy))
    *_, message = room.messages
    assert len(message.pictures[0]) <= 3_000 and message.attachments[0].filename.endswith(".jpg")


async def test_a_file_too_large_is_a_link_for_an_hour_and_is_not_even_read(room: Room) -> None:
    room.desk.public = "https://thumbs.example/f"
    await room.asked()
    zipped = room.desk.store(b"x" * (FILE_BYTES + 1), "application/zip")
    await room.show(FileView(asset=zipped, name="my-data.zip", media_type="application/zip", text="All of it."))
    (message,) = room.messages
    assert [(one.label, one.url) for one in message.buttons] == [("Download", "https://thumbs.example/f/my-data.zip")]
    assert "too large" in message.text and "All of it." in message.text
    assert room.desk.read == []


async def test_without_a_public_address_that_is_said_with_the_way_on(room: Room) -> None:
    await room.asked()
    zipped = room.desk.store(b"x" * (FILE_BYTES + 1), "application/zip")
    await room.show(FileView(asset=zipped, name="my-data.zip", media_type="application/zip"))
    assert "one by one" in room.messages[0].text


async def test_who_may_receive_more_receives_the_file_itself(room: Room) -> None:
    await room.asked(attachment_bytes=FILE_BYTES)
    data = b"x" * (FILE_BYTES - 1)
    await room.show(FileView(asset=room.desk.store(data, "application/zip"), name="a.zip", media_type="x/y"))
    assert room.messages[0].pictures == (data,)


async def test_a_view_whose_picture_is_gone_is_refused(room: Room) -> None:
    await room.asked()
    with pytest.raises(Refused):
        await room.show(_one("purged"))


# -- trouble -------------------------------------------------------------------------------------------------------


async def test_a_short_pause_is_waited_out_and_a_long_one_is_passed_on(room: Room) -> None:
    await room.asked()
    room.server.fail(EDIT_ORIGINAL, flood(0.01))
    await room.show(TextView(text="One"))
    room.server.fail(FOLLOW_UP, flood(7))
    with pytest.raises(TryLater) as caught:
        await room.show(TextView(text="Two"))
    assert (caught.value.seconds, caught.value.everywhere) == (7, False)


async def test_a_pause_from_before_discord_itself_is_passed_on(room: Room) -> None:
    await room.asked()
    room.server.fail(EDIT_ORIGINAL, flood(7, via=False, everywhere=True))
    with pytest.raises(TryLater) as caught:
        await room.show(TextView(text="One"))
    assert (caught.value.seconds, caught.value.everywhere) == (8, True)


async def test_a_message_discord_will_never_take_is_refused_with_its_reason(room: Room) -> None:
    await room.asked()
    room.server.fail(EDIT_ORIGINAL, refused(refusal.Refusal(400, refusal.INVALID_FORM, "Invalid Form Body")))
    with pytest.raises(Refused, match="Invalid Form Body"):
        await room.show(TextView(text="Hello"))


@pytest.mark.parametrize("fault", [unavailable(), dropped()])
async def test_a_passing_fault_is_passed_on_and_the_next_attempt_delivers(room: Room, fault: Any) -> None:
    asked = await room.asked()
    room.server.fail(EDIT_ORIGINAL, fault)
    with pytest.raises(Exception) as caught:  # noqa: PT011 (whatever it is, it is none of the final three)
        await room.show(NoticeView(text="Hello"), key=answering(asked))
    assert not isinstance(caught.value, TryLater | PlaceGone | Refused)
    await room.show(NoticeView(text="Hello"), key=answering(asked))
    assert [one.text for one in room.messages] == ["Hello"]


async def test_the_next_attempt_goes_on_where_the_last_one_failed(room: Room) -> None:
    asked = await room.asked()
    view = TextView(text="word " * 1000)
    room.server.fail(FOLLOW_UP, unavailable())
    with pytest.raises(Exception, match="upstream"):
        await room.show(view, key=answering(asked))
    receipt = Receipt.read(await room.show(view, key=answering(asked)))
    assert receipt and [one.id for one in receipt.messages] == [one.id for one in room.messages]
    assert len(room.server.called(EDIT_ORIGINAL)) == 1


async def test_a_channel_that_is_gone_ends_in_the_persons_own(open_room: Room) -> None:
    del open_room.world.channels[open_room.person.channel.id]
    open_room.world.direct(open_room.person.user)
    await open_room.show(open_room.gallery("navy"))
    (told,) = open_room.person.direct().from_bot
    assert "I may not post in this channel" in told.text


async def test_a_word_to_whoever_presses_is_for_their_eyes_alone(open_room: Room) -> None:
    await open_room.show(TextView(text="For all", rows=CANCEL))
    other = Person(open_room.server, 77, open_room.person.channel)
    theirs = Room(other, open_room.api, open_room.desk, open_room.replies)
    pressed = await theirs.asked(other.press("Cancel"))
    notice = NoticeView(text="Only the person who asked can press this.")
    await theirs.post.whisper(theirs.place, str(pressed.id), notice, "en")
    assert [one.text for one in other.from_bot] == ["For all", "Only the person who asked can press this."]
    assert [one.text for one in open_room.messages] == ["For all"]


@pytest.mark.parametrize("place", [Place(7), Place(7, 8), Place(7, 8, shared=True)])
def test_a_place_is_read_as_it_was_written(place: Place) -> None:
    assert Place.parse(str(place)) == place


def test_a_place_nobody_wrote_is_refused() -> None:
    for text in ("", "x", "7:8:open"):
        with pytest.raises(ValueError, match=r".*"):
            Place.parse(text)


def _one(asset: str) -> Any:
    return GalleryView(pictures=(Picture(asset=asset, alt="?", rows=(Row((Button("1", OpenVariant("v").pack()),)),)),))


def _noise(size: tuple[int, int]) -> bytes:
    out = io.BytesIO()
    Image.effect_noise(size, 90).convert("RGB").save(out, "PNG")
    return out.getvalue()
