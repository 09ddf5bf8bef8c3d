"""The bot at work by long polling: acknowledged at once, in order, nothing lost."""

import asyncio
import logging
import time

import pytest
from structlog.testing import capture_logs
from telegram.error import NetworkError

from bots.telegram.bot import TelegramBot, TokenRefused
from bots.telegram.handler import DOWNLOAD_BYTES
from core.conversation.action import Cancel, EditText
from core.conversation.event import CommandSent, Event, PhotoRefused, PhotosSent, TextSent
from core.conversation.view import NoticeView, Tone
from core.services.desk import Delivery
from core.supervisor import Supervisor
from tests.bots.scripted import Cards, ScriptedDesk, eventually, jpeg, token
from tests.telegram_server.fault import Fault, bad_gateway, bad_request, delayed, dropped, flood, server_error
from tests.telegram_server.message import Message
from tests.telegram_server.person import Person
from tests.telegram_server.server import TOKEN, TelegramServer


def texts(desk: ScriptedDesk, person: str = "42") -> list[str]:
    return [
        event.text
        for envelope, event in desk.taken.values()
        if isinstance(event, TextSent) and envelope.person == person
    ]


def another(server: TelegramServer, desk: ScriptedDesk, supervisor: Supervisor | None = None) -> TelegramBot:
    return TelegramBot(
        server.token,
        desk=desk,
        references=Cards(),
        supervisor=supervisor or Supervisor(),
        polling=True,
        api_url=server.base_url.removesuffix("/bot"),
    )


def shown(person: Person, token: str = "") -> Message:
    """A message of the bot with one button."""
    rows = [[{"text": "Press me", "callback_data": token or Cancel("d1").pack()}]]
    return person.world.message(person.chat, person.world.bot, text="?", markup={"inline_keyboard": rows})


async def test_a_photo_with_its_caption_reaches_the_desk_stored(
    bot: TelegramBot, person: Person, desk: ScriptedDesk
) -> None:
    person.send_photo(jpeg("navy", (1600, 900)), "I quit")
    (event,) = await desk.until(1)
    assert isinstance(event, PhotosSent)
    assert (event.caption, event.album) == ("I quit", "")
    assert event.photos[0].asset in desk.assets
    await person.wait_until(lambda: person.chat.actions)
    assert person.chat.actions[0].name == "upload_photo"


async def test_a_photo_sent_as_a_file_arrives_byte_for_byte(
    bot: TelegramBot, person: Person, desk: ScriptedDesk
) -> None:
    person.send_document(jpeg("navy", (1600, 900)), "me.jpg", "image/jpeg", "I quit")
    (event,) = await desk.until(1)
    assert isinstance(event, PhotosSent)
    assert desk.assets[event.photos[0].asset].data == jpeg("navy", (1600, 900))


async def test_an_album_arrives_picture_by_picture_under_one_name(
    bot: TelegramBot, person: Person, desk: ScriptedDesk
) -> None:
    person.send_album([jpeg("navy"), jpeg("teal"), jpeg("olive")])
    events = await desk.until(3)
    albums = {event.album for event in events if isinstance(event, PhotosSent)}
    assert len(albums) == 1
    assert albums.pop().startswith("telegram:42:")


async def test_a_file_too_large_to_fetch_is_refused_without_fetching(
    bot: TelegramBot, telegram_server: TelegramServer, person: Person, desk: ScriptedDesk
) -> None:
    person.send_document(b"\xff" * (DOWNLOAD_BYTES + 1), "big.png", "image/png", "I quit")
    assert await desk.until(1) == [PhotoRefused(reason="too_large", caption="I quit")]
    assert telegram_server.called("getFile") == []


async def test_a_file_telegram_finds_too_large_is_refused(
    bot: TelegramBot, telegram_server: TelegramServer, person: Person, desk: ScriptedDesk
) -> None:
    telegram_server.fail("getFile", bad_request("Bad Request: file is too big"))
    person.send_photo(jpeg())
    assert await desk.until(1) == [PhotoRefused(reason="too_large")]


async def test_what_the_desk_refuses_keeps_its_caption(bot: TelegramBot, person: Person, desk: ScriptedDesk) -> None:
    desk.refused = "broken"
    person.send_photo(jpeg(), "I quit")
    assert await desk.until(1) == [PhotoRefused(reason="broken", caption="I quit")]


@pytest.mark.parametrize("fault", [server_error(), dropped(), bad_gateway(), flood(1)])
async def test_a_download_that_fails_in_passing_is_tried_again(
    bot: TelegramBot, telegram_server: TelegramServer, person: Person, desk: ScriptedDesk, fault: Fault
) -> None:
    telegram_server.fail("getFile", fault)
    person.send_photo(jpeg())
    (event,) = await desk.until(1)
    assert isinstance(event, PhotosSent)


async def test_the_desks_toast_answers_the_press(bot: TelegramBot, person: Person, desk: ScriptedDesk) -> None:
    desk.answer = lambda _: NoticeView(text="Saved <ok> " + "x" * 300, toast=True)
    query = person.press("Press me", shown(person))
    toast = await person.wait_for_answer(query)
    assert toast.text.startswith("Saved <ok> xxx")
    assert len(toast.text) == 200
    assert not toast.alert


async def test_an_error_answers_the_press_as_an_alert(bot: TelegramBot, person: Person, desk: ScriptedDesk) -> None:
    desk.answer = lambda _: NoticeView(text="Not yours", tone=Tone.ERROR, toast=True)
    assert (await person.wait_for_answer(person.press("Press me", shown(person)))).alert


async def test_a_press_is_answered_within_a_second_while_the_desk_hangs(
    bot: TelegramBot, person: Person, desk: ScriptedDesk
) -> None:
    desk.busy = lambda _: 30.0
    began = time.monotonic()
    assert (await person.wait_for_answer(person.press("Press me", shown(person)))).text == ""
    assert time.monotonic() - began < 1.0


async def test_a_warning_that_comes_too_late_for_its_press_comes_as_a_message(
    bot: TelegramBot, person: Person, desk: ScriptedDesk
) -> None:
    desk.busy = lambda _: 0.9
    desk.answer = lambda _: NoticeView(text="That button is no longer valid", tone=Tone.WARNING, toast=True)
    assert (await person.wait_for_answer(person.press("Press me", shown(person)))).text == ""
    await person.wait_for("no longer valid")


async def test_a_press_that_telegram_forgot_is_taken_all_the_same(
    bot: TelegramBot, telegram_server: TelegramServer, person: Person, desk: ScriptedDesk
) -> None:
    telegram_server.fail("answerCallbackQuery", bad_request("Bad Request: query is too old"))
    person.press("Press me", shown(person))
    assert [token(event) for event in await desk.until(1)] == [Cancel("d1").pack()]


async def test_a_reply_to_a_picture_names_its_variant(bot: TelegramBot, person: Person, desk: ScriptedDesk) -> None:
    person.reply_to(shown(person, EditText("v7").pack()), "Quit now")
    assert await desk.until(1) == [TextSent(text="Quit now", variant="v7")]


async def test_updates_of_one_chat_keep_their_order(bot: TelegramBot, person: Person, desk: ScriptedDesk) -> None:
    slow = {"one": 0.3, "two": 0.1}
    desk.busy = lambda event: slow.get(event.text, 0.0) if isinstance(event, TextSent) else 0.0
    person.send_text("one")
    person.send_text("two")
    person.send_text("three")
    await desk.until(3)
    assert texts(desk) == ["one", "two", "three"]


async def test_a_text_waits_for_the_photo_sent_before_it(
    bot: TelegramBot, telegram_server: TelegramServer, person: Person, desk: ScriptedDesk
) -> None:
    telegram_server.fail("getFile", delayed(0.4))
    person.send_photo(jpeg())
    person.send_text("I quit")
    photo, text = await desk.until(2)
    assert isinstance(photo, PhotosSent)
    assert text == TextSent(text="I quit")


async def test_a_chat_that_hangs_holds_nobody_else_up(
    bot: TelegramBot, telegram_server: TelegramServer, person: Person, desk: ScriptedDesk
) -> None:
    other = Person(telegram_server, 43)
    desk.busy = lambda event: 30.0 if event == TextSent(text="hang") else 0.0
    person.send_text("hang")
    await asyncio.sleep(0.2)
    began = time.monotonic()
    other.send_text("quick")
    await desk.until(1)
    assert texts(desk, "43") == ["quick"]
    assert time.monotonic() - began < 1.0


async def test_nothing_is_lost_or_reordered_while_the_database_is_away(
    bot: TelegramBot, telegram_server: TelegramServer, person: Person, desk: ScriptedDesk
) -> None:
    desk.away = True
    person.send_text("one")
    person.send_photo(jpeg())
    person.send_text("two")
    await asyncio.sleep(3)
    assert telegram_server.mailbox.pending == 3
    desk.away = False
    await desk.until(3)
    assert texts(desk) == ["one", "two"]
    await eventually(lambda: not telegram_server.mailbox.pending)


async def test_an_update_that_was_not_taken_comes_again_after_a_restart(
    telegram_server: TelegramServer, person: Person, desk: ScriptedDesk
) -> None:
    desk.away = True
    first = another(telegram_server, desk)
    await first.start()
    person.send_text("one")
    await eventually(lambda: desk.offers > 0)
    await first.stop()
    desk.away = False
    second = another(telegram_server, desk)
    await second.start()
    await desk.until(1)
    await second.stop()
    assert texts(desk) == ["one"]
    assert telegram_server.mailbox.pending == 0


async def test_stopping_takes_at_most_two_seconds_whatever_hangs(
    telegram_server: TelegramServer, person: Person, desk: ScriptedDesk
) -> None:
    desk.busy = lambda _: 60.0
    bot = another(telegram_server, desk)
    await bot.start()
    person.send_text("hang")
    person.press("Press me", shown(person))
    await asyncio.sleep(0.3)
    began = time.monotonic()
    await bot.stop()
    assert time.monotonic() - began < 2.0
    assert not desk.taken


async def test_updates_delivered_twice_or_out_of_order_are_taken_once_each(
    bot: TelegramBot, telegram_server: TelegramServer, person: Person, desk: ScriptedDesk
) -> None:
    telegram_server.mailbox.duplicating = True
    telegram_server.mailbox.hold()
    sent = [f"text {number}" for number in range(4)]
    for text in sent:
        person.send_text(text)
    telegram_server.mailbox.release([2, 0, 3, 1])
    await desk.until(4)
    await asyncio.sleep(0.5)
    assert sorted(texts(desk)) == sent


@pytest.mark.parametrize("fault", [server_error(), bad_gateway(), dropped(), dropped("after"), flood(1)])
async def test_polling_goes_on_after_a_fault(
    telegram_server: TelegramServer, person: Person, desk: ScriptedDesk, fault: Fault
) -> None:
    telegram_server.fail("getUpdates", fault)
    bot = another(telegram_server, desk)
    await bot.start()
    person.send_text("one")
    await desk.until(1)
    await bot.stop()


async def test_polling_that_breaks_is_begun_again_and_named_while_it_keeps_breaking(
    telegram_server: TelegramServer, person: Person, desk: ScriptedDesk
) -> None:
    supervisor = Supervisor(pause_s=0.01)
    bot = another(telegram_server, desk, supervisor)
    await bot.start()
    try:
        send_what_no_library_reads(telegram_server)
        await eventually(lambda: supervisor.failing == ("telegram",))
        telegram_server.mailbox.remove_hook(drop=True)
        person.send_text("one")
        await desk.until(1)
    finally:
        await bot.stop()
    assert texts(desk) == ["one"]


async def test_a_bot_whose_polling_broke_is_shut_down_whole(
    telegram_server: TelegramServer, person: Person, desk: ScriptedDesk
) -> None:
    bot = another(telegram_server, desk)
    await bot.start()
    send_what_no_library_reads(telegram_server)
    with pytest.raises(KeyError):  # saying good-bye finds it in the queue as well
        await bot.stop()
    greeting = Delivery(id=1, key="1", place="42", view=NoticeView(text="Hello"), language="en")
    with pytest.raises(NetworkError, match="not initialized"):
        await bot.courier.deliver(greeting)


def send_what_no_library_reads(server: TelegramServer) -> None:
    server.mailbox.push_unread("message", {"message_id": 1}, 42)


async def test_an_update_nobody_can_take_is_logged_and_does_not_block_the_rest(
    bot: TelegramBot, telegram_server: TelegramServer, person: Person, desk: ScriptedDesk
) -> None:
    def fail(event: Event) -> NoticeView | None:
        if event == TextSent(text="poison"):
            raise RuntimeError("a bug of ours")
        return None

    desk.answer = fail
    with capture_logs() as logs:
        person.send_text("poison")
        person.send_text("fine")
        await desk.until(2)
        await asyncio.sleep(0.1)
    (failed,) = [row for row in logs if row["event"] == "update.failed"]
    assert failed["log_level"] == "error"


async def test_a_second_poller_is_told_in_one_sentence(
    bot: TelegramBot, telegram_server: TelegramServer, desk: ScriptedDesk
) -> None:
    with capture_logs() as logs:
        second = another(telegram_server, desk)
        await second.start()
        await asyncio.sleep(1)
        await second.stop()
    reasons = [row["reason"] for row in logs if row["event"] == "polling.interrupted"]
    assert reasons == ["another process polls with the same TELEGRAM_BOT_TOKEN: stop one of the two"]


async def test_polling_beside_a_webhook_is_told_in_one_sentence(
    telegram_server: TelegramServer, desk: ScriptedDesk
) -> None:
    telegram_server.fail("getUpdates", Fault(409, "Conflict: can't use getUpdates method while webhook is active"))
    bot = another(telegram_server, desk)
    with capture_logs() as logs:
        await bot.start()
        await asyncio.sleep(0.3)
        await bot.stop()
    (row,) = [row for row in logs if row["event"] == "polling.interrupted"]
    assert "webhook" in row["reason"]


@pytest.mark.parametrize("token", ["", "no token", "123456:wrong\n", "123456:AAwrong"])
async def test_a_wrong_token_is_one_clear_sentence_that_does_not_hold_it(
    telegram_server: TelegramServer, desk: ScriptedDesk, token: str
) -> None:
    with pytest.raises(TokenRefused) as caught:
        await TelegramBot(
            token,
            desk=desk,
            references=Cards(),
            supervisor=Supervisor(),
            polling=True,
            api_url=telegram_server.base_url.removesuffix("/bot"),
        ).start()
    assert str(caught.value) == "Telegram refuses TELEGRAM_BOT_TOKEN: copy it again from @BotFather."
    assert caught.value.__cause__ is None


async def test_the_bot_begins_once_telegram_can_be_reached(
    telegram_server: TelegramServer, person: Person, desk: ScriptedDesk
) -> None:
    await telegram_server.stop()
    bot = another(telegram_server, desk)
    await bot.start()
    assert not bot.ready
    await telegram_server.start()
    person.send_text("/new")
    assert await desk.until(1) == [CommandSent(name="new")]
    assert bot.username == "thumb_bot"
    await bot.stop()


async def test_the_token_is_never_logged(
    telegram_server: TelegramServer, person: Person, desk: ScriptedDesk, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    telegram_server.fail("getUpdates", dropped(), server_error())
    with capture_logs() as logs:
        bot = another(telegram_server, desk)
        await bot.start()
        person.send_photo(jpeg())
        await desk.until(1)
        await bot.stop()
    secret = TOKEN.partition(":")[2]
    assert secret not in caplog.text
    assert secret not in str(logs)
