"""Deliveries into a chat, against a Telegram that refuses, forgets and asks for patience."""

from dataclasses import replace
from typing import Any

import pytest

from bots.telegram.bot import TelegramBot
from core.conversation.action import Cancel
from core.conversation.view import (
    Button,
    FileView,
    GalleryView,
    NoticeView,
    Picture,
    ProgressView,
    Row,
    Style,
    TextView,
    View,
    ended,
)
from core.services.desk import Delivery, PlaceGone, Refused, TryLater
from tests.bots.scripted import Cards, ScriptedDesk, jpeg
from tests.telegram_server.fault import bad_request, blocked, dropped, flood, server_error
from tests.telegram_server.message import Message
from tests.telegram_server.person import Person
from tests.telegram_server.server import TelegramServer

CANCEL = (Row((Button("Cancel", Cancel("d1").pack(), Style.DANGER),)),)


class Chat:
    """Delivers views into a person's chat."""

    def __init__(self, bot: TelegramBot, server: TelegramServer, person: Person, desk: ScriptedDesk) -> None:
        self.bot, self.server, self.person, self.desk = bot, server, person, desk
        self.count = 0

    async def show(self, view: View, over: dict[str, Any] | None = None, place: str = "") -> dict[str, Any]:
        self.count += 1
        return await self.again(view, over, place)

    async def again(self, view: View, over: dict[str, Any] | None = None, place: str = "") -> dict[str, Any]:
        """The next attempt at the same delivery."""
        place = place or str(self.person.chat.id)
        key = f"view-{self.count}"
        delivery = Delivery(id=self.count, key=key, place=place, view=view, language="en", replaces=over or {})
        return await self.bot.courier.deliver(delivery)

    def gallery(self, *colours: str, text: str = "") -> GalleryView:
        pictures = tuple(Picture(asset=self.desk.picture(colour), alt=colour) for colour in colours)
        return GalleryView(pictures=pictures, text=text, rows=CANCEL)

    @property
    def messages(self) -> list[Message]:
        return self.person.from_bot


@pytest.fixture
def chat(bot: TelegramBot, telegram_server: TelegramServer, person: Person, desk: ScriptedDesk) -> Chat:
    return Chat(bot, telegram_server, person, desk)


async def test_a_view_whose_time_has_passed_keeps_its_picture_and_loses_its_buttons(chat: Chat) -> None:
    view = chat.gallery("navy", text="Your brief")
    receipt = await chat.show(view)
    for _ in range(2):  # a second attempt changes nothing
        ending = Delivery(
            id=9,
            key="9",
            place=str(chat.person.chat.id),
            view=ended(view),
            language="en",
            replaces=receipt,
            retiring=True,
        )
        assert await chat.bot.courier.deliver(ending) == receipt
    (message,) = chat.messages
    assert message.photo and "Your brief" in message.text and not message.buttons


async def test_an_answer_in_a_group_quotes_who_asked_and_so_does_what_takes_its_place(chat: Chat) -> None:
    asked = chat.person.send_text("hello").id
    place = str(chat.person.chat.id)
    waiting = ProgressView(text="Drawing", done=0, total=4)
    first = Delivery(id=1, key=f"telegram:7:9:m{asked}:0", place=place, view=waiting, language="en")
    receipt = await chat.bot.courier.deliver(first)
    result = Delivery(id=2, key="job:X:end", place=place, view=chat.gallery("navy"), language="en", replaces=receipt)
    await chat.bot.courier.deliver(result)
    (message,) = chat.messages
    assert message.photo and message.reply_to == asked


async def test_an_answer_to_a_message_that_is_gone_comes_all_the_same(chat: Chat) -> None:
    place = str(chat.person.chat.id)
    await chat.bot.courier.deliver(
        Delivery(id=1, key="telegram:7:9:m4711:0", place=place, view=TextView(text="Hello"), language="en")
    )
    assert [message.text for message in chat.messages] == ["Hello"]


async def test_a_text_view_is_a_message_with_its_buttons(chat: Chat) -> None:
    receipt = await chat.show(TextView(title="Your brief", text="1 < 2 & 3", rows=CANCEL))
    (message,) = chat.messages
    assert receipt == {"chat": 42, "messages": [message.id], "kind": "text"}
    assert message.text == "Your brief\n\n1 < 2 & 3"
    assert message.buttons[0].data == Cancel("d1").pack()


async def test_a_status_is_one_message_edited(chat: Chat) -> None:
    receipt = await chat.show(ProgressView(text="Queued", done=0, total=4, rows=CANCEL))
    assert await chat.show(ProgressView(text="Drawing", done=2, total=4, rows=CANCEL), receipt) == receipt
    (message,) = chat.messages
    assert message.text == "Drawing\n\n▰▰▱▱"


async def test_a_view_that_stands_already_is_a_success(chat: Chat) -> None:
    receipt = await chat.show(TextView(text="Same"))
    assert await chat.show(TextView(text="Same"), receipt) == receipt
    assert len(chat.messages) == 1


async def test_a_picture_is_replaced_in_place(chat: Chat) -> None:
    receipt = await chat.show(chat.gallery("navy"))
    assert await chat.show(chat.gallery("olive", text="Version 2"), receipt) == receipt
    (message,) = chat.messages
    assert message.photo == jpeg("olive")
    assert message.text == "Version 2"


async def test_words_over_a_picture_change_its_caption_and_keep_the_picture(chat: Chat) -> None:
    receipt = await chat.show(chat.gallery("navy"))
    assert await chat.show(TextView(text="Which vibe?", rows=CANCEL), receipt) == receipt
    (message,) = chat.messages
    assert (message.photo, message.text) == (jpeg("navy"), "Which vibe?")


async def test_a_picture_over_words_comes_as_a_new_message_and_the_words_go(chat: Chat) -> None:
    receipt = await chat.show(ProgressView(text="Drawing", done=0, total=1))
    new = await chat.show(chat.gallery("navy"), receipt)
    (message,) = chat.messages
    assert new == {"chat": 42, "messages": [message.id], "kind": "photo"}


async def test_words_too_long_for_a_caption_replace_the_picture(chat: Chat) -> None:
    receipt = await chat.show(chat.gallery("navy"))
    assert (await chat.show(TextView(text="word " * 300), receipt))["kind"] == "text"
    assert [message.photo for message in chat.messages] == [None]


async def test_what_cannot_be_deleted_loses_its_buttons(chat: Chat) -> None:
    receipt = await chat.show(TextView(text="Old", rows=CANCEL))
    chat.server.world.advance(49 * 3600)
    await chat.show(chat.gallery("navy"), receipt)
    old, _ = chat.messages
    assert (old.text, old.buttons) == ("Old", ())


async def test_a_file_stays_when_its_slot_moves_on(chat: Chat) -> None:
    view = FileView(asset=chat.desk.picture("navy"), name="quit.jpg", media_type="image/jpeg", rows=CANCEL)
    receipt = await chat.show(view)
    await chat.show(TextView(text="Next"), receipt)
    file, _ = chat.messages
    assert (file.document, file.buttons) == (jpeg("navy"), ())


async def test_a_file_nobody_has_seen_comes_with_its_picture_ahead(chat: Chat) -> None:
    asset = chat.desk.picture("navy")
    shown = Picture(asset=asset, alt="Reels", caption="Reels / Shorts")
    view = FileView(asset=asset, name="quit.jpg", media_type="image/jpeg", picture=shown, text="9:16", rows=CANCEL)
    waiting = await chat.show(TextView(text="On its way"))
    await chat.show(view, waiting)
    photo, file = chat.messages
    assert (photo.photo, photo.text) == (jpeg("navy"), "Reels / Shorts")
    assert (file.document, file.text) == (jpeg("navy"), "9:16")
    assert photo.buttons == file.buttons != (), "a reply to either is about the same picture"


async def test_a_deleted_message_is_replaced_by_a_new_one(chat: Chat) -> None:
    receipt = await chat.show(TextView(text="One"))
    chat.person.delete(chat.messages[0])
    new = await chat.show(TextView(text="Two"), receipt)
    assert new["messages"] != receipt["messages"]
    assert [message.text for message in chat.messages] == ["Two"]


async def test_several_pictures_are_an_album_and_one_control_message(chat: Chat) -> None:
    receipt = await chat.show(chat.gallery("navy", "olive", "teal", text="Pick one"))
    *album, control = chat.messages
    assert [one.photo for one in album] == [jpeg("navy"), jpeg("olive"), jpeg("teal")]
    assert len({one.album for one in album}) == 1
    assert control.buttons
    assert receipt["messages"] == [one.id for one in chat.messages]
    assert receipt["kind"] == "several"


async def test_an_album_is_replaced_as_a_whole(chat: Chat) -> None:
    receipt = await chat.show(chat.gallery("navy", "olive"))
    new = await chat.show(chat.gallery("teal", "gray"), receipt)
    assert [message.id for message in chat.messages] == new["messages"]


async def test_a_file_keeps_its_name_and_every_byte(chat: Chat) -> None:
    data = jpeg("navy", (900, 500))
    asset = chat.desk.store(data, "image/jpeg", (900, 500))
    await chat.show(FileView(asset=asset, name="I quit.jpg", media_type="image/jpeg", text="1280 × 720"))
    (message,) = chat.messages
    assert message.attachment is not None
    assert (message.document, message.attachment.file.name) == (data, "I quit.jpg")
    assert chat.server.calls[-1].params["disable_content_type_detection"] == "true"


async def test_a_picture_telegram_takes_for_no_photo_goes_as_a_document(chat: Chat) -> None:
    wide = chat.desk.store(jpeg("navy", (2100, 100)), "image/jpeg", (2100, 100))
    view = GalleryView(pictures=(Picture(asset=wide, alt="banner"),), rows=CANCEL)
    assert (await chat.show(view))["kind"] == "document"
    heavy = chat.desk.store(b"\xff" * (10 * 1024 * 1024 + 1), "image/png", (3840, 2160))
    both = (Picture(asset=heavy, alt="4K"), Picture(asset=chat.desk.picture("olive"), alt="small"))
    await chat.show(GalleryView(pictures=both, text="4K"))
    assert [one.attachment and one.attachment.kind for one in chat.messages[1:3]] == ["document", "document"]


async def test_a_picture_is_uploaded_once(chat: Chat) -> None:
    await chat.show(chat.gallery("navy"))
    await chat.show(chat.gallery("navy"))
    await chat.show(chat.gallery("navy", "olive"))
    assert [len(call.parts) for call in chat.server.called("sendPhoto")] == [1, 0]
    assert [len(call.parts) for call in chat.server.called("sendMediaGroup")] == [1]


async def test_a_file_id_telegram_forgot_falls_back_to_an_upload(chat: Chat, cards: Cards) -> None:
    view = chat.gallery("navy")
    sha256 = chat.desk.assets[view.pictures[0].asset].sha256
    cards.known["telegram", sha256, "photo"] = "photo-of-another-bot"
    receipt = await chat.show(view)
    assert chat.messages[0].photo == jpeg("navy")
    assert cards.known["telegram", sha256, "photo"] != "photo-of-another-bot"
    cards.known["telegram", sha256, "photo"] = "expired"
    assert await chat.show(replace(view, text="Again"), receipt) == receipt
    assert chat.messages[0].text == "Again"


async def test_flood_control_asks_for_patience(chat: Chat) -> None:
    chat.server.fail("sendMessage", flood(7))
    with pytest.raises(TryLater) as caught:
        await chat.show(TextView(text="Hello"))
    assert (caught.value.seconds, caught.value.everywhere) == (7, False)


async def test_a_person_who_blocked_the_bot_is_gone(chat: Chat) -> None:
    chat.server.fail("sendMessage", blocked())
    with pytest.raises(PlaceGone):
        await chat.show(TextView(text="Hello"))


async def test_a_chat_that_was_never_there_is_gone(chat: Chat) -> None:
    with pytest.raises(PlaceGone):
        await chat.show(TextView(text="Hello"), place="4711")


async def test_a_message_telegram_will_never_take_is_refused_with_its_reason(chat: Chat) -> None:
    chat.server.fail("sendMessage", bad_request("Bad Request: BUTTON_DATA_INVALID"))
    with pytest.raises(Refused, match=r"(?i)button_data_invalid"):
        await chat.show(TextView(text="Hello"))


async def test_a_view_whose_picture_is_gone_is_refused(chat: Chat) -> None:
    with pytest.raises(Refused):
        await chat.show(GalleryView(pictures=(Picture(asset="purged", alt="?"),)))


@pytest.mark.parametrize("fault", [server_error(), dropped()])
async def test_a_passing_fault_is_passed_on_and_the_next_attempt_delivers(chat: Chat, fault: Any) -> None:
    chat.server.fail("sendMessage", fault)
    with pytest.raises(Exception) as caught:  # noqa: PT011 (whatever it is, it is none of the final three)
        await chat.show(NoticeView(text="Hello"))
    assert not isinstance(caught.value, TryLater | PlaceGone | Refused)
    await chat.again(NoticeView(text="Hello"))
    assert len(chat.messages) == 1


async def test_the_next_attempt_goes_on_where_the_last_one_failed(chat: Chat) -> None:
    view = chat.gallery("navy", "olive", text="Pick one")
    chat.server.fail("sendMessage", flood(1), server_error())
    with pytest.raises(TryLater):
        await chat.show(view)
    with pytest.raises(Exception, match="Internal"):
        await chat.again(view)
    receipt = await chat.again(view)
    assert len(chat.server.called("sendMediaGroup")) == 1
    assert receipt["messages"] == [message.id for message in chat.messages]


async def test_a_group_that_became_a_supergroup_is_followed(chat: Chat) -> None:
    group = chat.server.group(-100500)
    receipt = {"chat": -4, "messages": [1], "kind": "text"}
    chat.server.fail("editMessageText", bad_request("Bad Request: group chat was upgraded", migrate_to_chat_id=-100500))
    chat.server.world.chats[-4] = type(group)(-4, "group", "Old")
    new = await chat.show(TextView(text="Two"), receipt, place="-4")
    assert new["chat"] == -100500
    assert [message.text for message in group.messages.values()] == ["Two"]


async def test_an_answer_in_a_topic_goes_to_that_topic(chat: Chat) -> None:
    chat.server.group(-100500)
    await chat.show(TextView(text="Hi"), place="-100500:3")
    assert chat.server.calls[-1].params["message_thread_id"] == "3"
    gone = bad_request("Bad Request: message thread not found")
    chat.server.fail("sendMessage", gone)
    await chat.show(TextView(text="Hi"), place="-100500:4")
    assert "message_thread_id" not in chat.server.calls[-1].params
