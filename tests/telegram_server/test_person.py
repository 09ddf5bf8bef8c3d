"""A person reads the screen, presses what is there and waits without polling."""

import asyncio

import pytest

from .attachment import Attachment
from .message import Message
from .person import Person
from .sample import picture
from .server import TelegramServer


def shown(person: Person, text: str, *labels: str, attachment: Attachment | None = None) -> Message:
    """What the bot would have put there."""
    markup = {"inline_keyboard": [[{"text": one, "callback_data": f"v1:{one}"} for one in labels]]} if labels else None
    return person.world.message(person.chat, person.world.bot, text=text, markup=markup, attachment=attachment)


def test_the_newest_live_button_is_pressed(person: Person, telegram_server: TelegramServer) -> None:
    shown(person, "old", "Go")
    shown(person, "new", "Go · 2 cr", "Go")
    person.press("Go")
    person.press(lambda button: button.text.endswith("cr"))
    bodies = [one.body for one in telegram_server.mailbox.history]
    assert [(one["message"]["text"], one["data"]) for one in bodies] == [("new", "v1:Go"), ("new", "v1:Go · 2 cr")]


def test_a_button_that_is_not_there_shows_the_screen(person: Person) -> None:
    shown(person, "hello", "Go")
    with pytest.raises(AssertionError, match=r"(?s)no button 'Stop'.*hello.*\( Go \)"):
        person.press("Stop")


def test_a_stale_keyboard_can_be_pressed_and_its_message_may_be_gone(
    person: Person, telegram_server: TelegramServer
) -> None:
    stale = shown(person, "hello", "Go")
    person.delete(stale)
    person.press("Go", stale)
    assert telegram_server.mailbox.history[-1].body["message"]["date"] == 0


async def test_waiting_ends_with_the_message_and_ignores_what_was_there_before(person: Person) -> None:
    shown(person, "ready: old")
    person.send_text("again")
    asyncio.get_running_loop().call_later(0.02, lambda: shown(person, "ready: new"))
    assert (await person.wait_for("ready")).text == "ready: new"
    assert (await person.wait_for("old", since=0)).text == "ready: old"


async def test_waiting_in_vain_fails_with_the_screen(person: Person) -> None:
    shown(person, "something else")
    with pytest.raises(AssertionError, match="something else"):
        await person.wait_for("ready", 0.02)


def test_the_screen_reads_like_the_chat(person: Person) -> None:
    sent = person.send_photo(picture(640, 360), "NEW VIDEO")
    shown(person, "Preview", "Generate 4", "Cancel")
    person.reply_to(sent, "hm")
    assert person.screen().splitlines() == [
        "[1] Ada: <photo 640×360, 4 kB> NEW VIDEO",
        "[2] bot: Preview",
        "    ( Generate 4 ) ( Cancel )",
        "[3 to 1] Ada: hm",
    ]


def test_in_a_group_the_bot_hears_only_what_is_meant_for_it(telegram_server: TelegramServer) -> None:
    group = telegram_server.group()
    ada, bob = Person(telegram_server, 42, group), Person(telegram_server, 43, group, first_name="Bob")
    ada.send_text("good morning")
    ada.send_text("/start@other_bot")
    assert telegram_server.mailbox.history == []
    ada.send_text("@thumb_bot make one")
    bob.send_photo(picture(), "@thumb_bot HEADLINE")
    bob.send_text("/new")
    card = shown(ada, "the card", "Go")
    bob.reply_to(card, "louder")
    bob.press("Go")
    heard = [(one.kind, one.body["from"]["id"]) for one in telegram_server.mailbox.history]
    assert heard == [("message", 42), ("message", 43), ("message", 43), ("message", 43), ("callback_query", 43)]


def test_commands_carry_their_entity(person: Person, telegram_server: TelegramServer) -> None:
    person.send_text("/start abc")
    body = telegram_server.mailbox.history[-1].body
    assert body["entities"] == [{"type": "bot_command", "offset": 0, "length": 6}]
