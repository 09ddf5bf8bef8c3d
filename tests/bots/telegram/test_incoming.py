"""Updates as Telegram writes them, read as events."""

from typing import Any

import pytest
import telegram

from bots.telegram.incoming import Received, Upload, asking_message, read
from core.conversation.action import Cancel, EditText, Expired, OpenVariant, Reroll
from core.conversation.event import CommandSent, PhotoRefused, Started, TextSent
from tests.bots.scripted import token

ME = telegram.User(777, "Factory", is_bot=True, username="thumb_bot")
ADA = {"id": 42, "is_bot": False, "first_name": "Ada", "language_code": "de"}
BOT = {"id": 777, "is_bot": True, "first_name": "Factory", "username": "thumb_bot"}
PRIVATE = {"id": 42, "type": "private", "first_name": "Ada"}
GROUP = {"id": -100, "type": "supergroup", "title": "Editors"}


def message(chat: dict[str, Any] = PRIVATE, sender: dict[str, Any] = ADA, **content: Any) -> dict[str, Any]:
    return {"message_id": 5, "date": 1_700_000_000, "chat": chat, "from": sender, **content}


def update(kind: str = "message", **body: Any) -> Received | None:
    return read(telegram.Update.de_json({"update_id": 9, kind: body}, None), ME)


def said(**content: Any) -> Any:
    received = update(**message(**content))
    return received and received.event


def keyboard(*tokens: str) -> dict[str, Any]:
    return {"inline_keyboard": [[{"text": "x", "callback_data": token}] for token in tokens]}


def test_the_envelope_says_who_where_and_in_which_language() -> None:
    received = update(**message(GROUP, text="/new"))
    assert received is not None
    envelope = received.envelope
    assert (envelope.id, envelope.platform) == ("telegram:777:9:m5", "telegram")
    assert (envelope.person, envelope.place, envelope.group, envelope.language) == ("42", "-100", True, "de")


def test_the_place_of_a_topic_names_the_topic() -> None:
    received = update(**message(GROUP, text="/new", message_thread_id=3, is_topic_message=True))
    assert received is not None
    assert received.envelope.place == "-100:3"


@pytest.mark.parametrize(
    ("text", "event"),
    [
        ("/start", Started()),
        ("/start ref_AB-1", Started(payload="ref_AB-1")),
        ("/start@thumb_bot", Started()),
        ("/Gallery", CommandSent(name="gallery")),
        ("/quick@Thumb_Bot I quit\nmy job", CommandSent(name="quick", argument="I quit\nmy job")),
        ("I quit /start ups", TextSent(text="I quit /start ups")),
        ("/gallery@other_bot", None),
        ("1/2 done", TextSent(text="1/2 done")),
    ],
)
def test_commands_are_read_with_name_and_argument(text: str, event: object) -> None:
    assert said(text=text) == event


def test_a_photo_is_taken_in_its_largest_size_with_its_caption() -> None:
    sizes = [
        {"file_id": "l", "file_unique_id": "l", "width": 1280, "height": 960, "file_size": 9000},
        {"file_id": "s", "file_unique_id": "s", "width": 320, "height": 240, "file_size": 900},
    ]
    assert said(photo=sizes, caption="I quit") == Upload(file_id="l", size=9000, caption="I quit")
    assert said(photo=sizes, caption="/quick I quit") == Upload(file_id="l", size=9000, caption="I quit")


@pytest.mark.parametrize("mime", ["image/heic", "image/png", "application/octet-stream", None])
def test_a_document_that_may_be_a_picture_is_taken(mime: str | None) -> None:
    document = {"file_id": "d", "file_unique_id": "d"} | ({"mime_type": mime} if mime else {})
    assert said(document=document) == Upload(file_id="d", size=0)


def test_a_document_that_is_no_picture_is_refused_and_its_caption_kept() -> None:
    document = {"file_id": "d", "file_unique_id": "d", "mime_type": "application/pdf"}
    assert said(document=document, caption="I quit") == PhotoRefused(reason="not_a_picture", caption="I quit")


def test_pictures_of_an_album_share_its_name() -> None:
    document = {"file_id": "d", "file_unique_id": "d", "mime_type": "image/png"}
    assert said(document=document, media_group_id="77").album == "telegram:42:77"


def test_a_press_is_its_buttons_action() -> None:
    received = update(
        "callback_query", id="q1", **{"from": ADA}, chat_instance="1", data=Cancel("d1").pack(), message=message()
    )
    assert received is not None
    assert (token(received.event), received.query, received.envelope.person) == (Cancel("d1").pack(), "q1", "42")


def test_answers_in_a_group_quote_the_asker_and_those_in_private_nobody() -> None:
    press: dict[str, Any] = {"id": "q1", "from": ADA, "chat_instance": "1", "data": Cancel("d1").pack()}
    card = message(GROUP, text="Your brief", reply_to_message={**message(GROUP, text="/new"), "message_id": 3})
    quoted = [
        asking_message(f"{received.envelope.id}:0")
        for received in (
            update(**message(GROUP, text="/new")),
            update("callback_query", message=card, **press),
            update("callback_query", message=message(GROUP, text="Your brief"), **press),
            update(**message(text="/new")),
        )
        if received
    ]
    assert quoted == [5, 3, None, None]


def test_a_press_on_a_message_telegram_no_longer_shows_still_counts() -> None:
    gone = {"chat": GROUP, "message_id": 5, "date": 0}
    received = update("callback_query", id="q1", **{"from": ADA}, chat_instance="1", data="9:zz:9", message=gone)
    assert received is not None
    assert token(received.event) == Expired().pack()
    assert received.envelope.place == "-100"


def test_a_reply_names_the_variant_its_message_is_about() -> None:
    original = message(sender=BOT, text="…", reply_markup=keyboard(EditText("v1").pack(), Reroll("v1", "1").pack()))
    assert said(text="Darker", reply_to_message=original) == TextSent(text="Darker", variant="v1")


def test_a_reply_to_a_message_about_several_variants_names_them_all() -> None:
    tokens = (OpenVariant("v1").pack(), OpenVariant("v2").pack())
    original = message(sender=BOT, text="…", reply_markup=keyboard(*tokens))
    assert said(text="Darker", reply_to_message=original) == TextSent(text="Darker", variants=("v1", "v2"))


def test_talk_in_a_group_is_not_for_us() -> None:
    assert said(chat=GROUP, text="Lunch?") is None
    assert said(chat=GROUP, text="Ask @thumb_bots") is None
    assert said(chat=GROUP, text="/new@other_bot") is None
    assert said(chat=GROUP, text="No", reply_to_message=message(GROUP, text="Lunch?")) is None


def test_mentions_commands_and_replies_in_a_group_are_for_us() -> None:
    assert said(chat=GROUP, text="@thumb_bot I quit") == TextSent(text="I quit")
    assert said(chat=GROUP, text="@Thumb_Bot") == Started()
    assert said(chat=GROUP, text="/new") == CommandSent(name="new")
    assert said(chat=GROUP, text="I quit", reply_to_message=message(GROUP, BOT, text="?")) == TextSent(text="I quit")


def test_a_photo_in_a_group_counts_when_its_caption_mentions_us() -> None:
    photo = [{"file_id": "p", "file_unique_id": "p", "width": 9, "height": 9}]
    assert said(chat=GROUP, photo=photo, caption="Me at lunch") is None
    assert said(chat=GROUP, photo=photo, caption="@thumb_bot I quit") == Upload(file_id="p", size=0, caption="I quit")


def test_edits_channels_bots_and_service_messages_are_ignored() -> None:
    assert update("edited_message", **message(text="New")) is None
    assert update("channel_post", **message({"id": -5, "type": "channel", "title": "News"}, text="/new")) is None
    assert said(sender={"id": 1, "is_bot": True, "first_name": "B"}, text="/new") is None
    assert said(new_chat_title="Editors 2") is None


def test_a_picture_says_that_it_is_to_be_judged_by_its_caption_or_by_the_reply_to_it() -> None:
    photo = [{"file_id": "f", "file_unique_id": "u", "width": 1280, "height": 720, "file_size": 9}]
    assert said(photo=photo, caption="/score") == Upload(file_id="f", size=9, command="score")
    assert said(photo=photo, caption="/new I quit") == Upload(file_id="f", size=9, caption="I quit")
    theirs = message(sender={**ADA, "id": 43}, photo=photo, caption="mine")
    assert said(text="/score", reply_to_message=theirs) == Upload(file_id="f", size=9, command="score")
    words = message(sender={**ADA, "id": 43}, text="no picture")
    assert said(text="/score", reply_to_message=words) == CommandSent(name="score")
