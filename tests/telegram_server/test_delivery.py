"""Updates reach python-telegram-bot by polling and our own listener by webhook, again and out of order if told so."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
import pytest_asyncio
from aiohttp import web
from telegram import Bot, InlineKeyboardButton, InlineKeyboardMarkup, Update
from telegram.error import BadRequest, Conflict
from telegram.ext import Application, CallbackQueryHandler, MessageHandler, filters

from .mailbox import SECRET_HEADER
from .person import Person
from .sample import picture
from .server import TelegramServer


@pytest_asyncio.fixture
async def bot(telegram_server: TelegramServer) -> AsyncIterator[Bot]:
    async with Bot(telegram_server.token, base_url=telegram_server.base_url) as one:
        yield one


@asynccontextmanager
async def polling(server: TelegramServer) -> AsyncIterator[list[int]]:
    """A small bot that echoes, keeps photos and answers presses; yields the ids of the updates it handled."""
    seen: list[int] = []

    async def echo(update: Update, _: Any) -> None:
        seen.append(update.update_id)
        assert update.effective_message
        markup = InlineKeyboardMarkup([[InlineKeyboardButton("Again", callback_data="again")]])
        await update.effective_message.reply_text(f"heard {update.effective_message.text}", reply_markup=markup)

    async def photo(update: Update, _: Any) -> None:
        seen.append(update.update_id)
        assert update.effective_message
        file = await update.effective_message.photo[-1].get_file()
        data = await file.download_as_bytearray()
        await update.effective_message.reply_photo(bytes(data), caption="yours", filename="yours.jpg")

    async def press(update: Update, _: Any) -> None:
        seen.append(update.update_id)
        assert update.callback_query
        await update.callback_query.answer("done")
        await update.callback_query.edit_message_text("pressed")

    builder = Application.builder().token(server.token)
    application = builder.base_url(server.base_url).base_file_url(server.base_file_url).build()
    application.add_handlers([MessageHandler(filters.TEXT, echo), MessageHandler(filters.PHOTO, photo)])
    application.add_handler(CallbackQueryHandler(press))
    async with application:
        assert application.updater
        await application.updater.start_polling(timeout=5)
        await application.start()
        try:
            yield seen
        finally:
            await application.updater.stop()
            await application.stop()


async def test_a_polling_bot_talks_downloads_and_answers(person: Person, telegram_server: TelegramServer) -> None:
    async with polling(telegram_server):
        person.send_text("hello")
        await person.wait_for("heard hello")
        query = person.press("Again")
        assert (await person.wait_for_answer(query)).text == "done"
        await person.wait_for("pressed")
        sent = person.send_photo(picture(), "me")
        answer = await person.wait_for("yours")
    assert sent.attachment
    assert answer.photo == sent.attachment.file.data
    assert list(telegram_server.world.unanswered()) == []
    assert telegram_server.mailbox.pending == 0


async def test_a_redelivered_update_reaches_the_bot_again(person: Person, telegram_server: TelegramServer) -> None:
    async with polling(telegram_server) as seen:
        person.send_text("hello")
        await person.wait_for("heard hello")
        telegram_server.mailbox.redeliver(seen[0])
        await person.wait_until(lambda: len(person.from_bot) == 2 or None)
        telegram_server.mailbox.duplicating = True
        person.send_text("twice")
        await person.wait_until(lambda: len(person.from_bot) == 4 or None)
    assert seen[0] == seen[1]
    assert seen[2] == seen[3] != seen[0]


async def test_unconfirmed_updates_are_handed_out_again(bot: Bot, person: Person) -> None:
    for text in ("a", "b"):
        person.send_text(text)
    first = await bot.get_updates()
    assert [one.update_id for one in await bot.get_updates()] == [one.update_id for one in first]
    (left,) = await bot.get_updates(offset=first[0].update_id + 1)
    assert left.update_id == first[1].update_id
    assert await bot.get_updates(offset=left.update_id + 1) == ()
    person.send_text("c")
    person.send_text("d")
    assert [one.message.text for one in await bot.get_updates(offset=-1) if one.message] == ["d"]


async def test_of_two_pollers_the_first_is_sent_away(bot: Bot, person: Person) -> None:
    first = asyncio.create_task(bot.get_updates(timeout=5))
    async with Bot(person.server.token, base_url=person.server.base_url) as other:
        second = asyncio.create_task(other.get_updates(timeout=5))
        with pytest.raises(Conflict, match=r"(?i)terminated by other getUpdates"):
            await first
        person.send_text("hello")
        assert len(await second) == 1


async def test_held_updates_come_in_the_order_asked_for(bot: Bot, person: Person) -> None:
    person.server.mailbox.hold()
    album = person.send_album([picture(colour=one) for one in ("red", "green", "blue")])
    assert await bot.get_updates() == ()
    person.server.mailbox.release([2, 0, 1])
    heard = [one.message.message_id for one in await bot.get_updates() if one.message]
    assert heard == [album[2].id, album[0].id, album[1].id]


async def test_only_the_kinds_asked_for_are_sent(bot: Bot, person: Person) -> None:
    await bot.get_updates(allowed_updates=["callback_query"])
    person.send_text("hello")
    assert await bot.get_updates() == ()


@asynccontextmanager
async def listener(answers: Iterator[int]) -> AsyncIterator[tuple[str, list[dict[str, Any]]]]:
    """A webhook of ours: its origin, and what it was brought."""
    brought: list[dict[str, Any]] = []

    async def take(request: web.Request) -> web.Response:
        brought.append(await request.json() | {"secret": request.headers.get(SECRET_HEADER)})
        return web.Response(status=next(answers))

    app = web.Application()
    app.router.add_post("/telegram", take)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    try:
        yield f"http://127.0.0.1:{runner.addresses[0][1]}", brought
    finally:
        await runner.cleanup()


async def test_a_webhook_is_visited_until_it_takes_each_update_in_order(
    bot: Bot, person: Person, telegram_server: TelegramServer
) -> None:
    async with listener(iter([500, 503, 200, 200])) as (origin, brought):
        person.send_text("before")
        await bot.set_webhook(f"{origin}/telegram", secret_token="s3cret")
        person.send_text("after")
        await telegram_server.mailbox.drained()
        assert [one["message"]["text"] for one in brought] == ["before"] * 3 + ["after"]
        assert {one["secret"] for one in brought} == {"s3cret"}
        with pytest.raises(Conflict, match="webhook is active"):
            await bot.get_updates()
        info = await bot.get_webhook_info()
        assert (info.pending_update_count, info.last_error_message) == (0, "Wrong response from the webhook: 503")
        await bot.delete_webhook()
        assert await bot.get_updates() == ()


async def test_replicas_behind_one_address_take_turns(
    bot: Bot, person: Person, telegram_server: TelegramServer
) -> None:
    async with listener(iter([200] * 2)) as (first, left), listener(iter([200] * 2)) as (second, right):
        telegram_server.mailbox.origins = [first, second]
        await bot.set_webhook("https://example.org/telegram")
        for text in "abcd":
            person.send_text(text)
        await telegram_server.mailbox.drained()
        assert [len(left), len(right)] == [2, 2]
        await bot.delete_webhook()


async def test_a_webhook_that_is_down_gets_everything_later(
    bot: Bot, person: Person, telegram_server: TelegramServer
) -> None:
    async with listener(iter([200])) as (origin, brought):
        telegram_server.mailbox.origins = ["http://127.0.0.1:9"]
        await bot.set_webhook(f"{origin}/telegram")
        person.send_text("hello")
        await asyncio.sleep(4 * telegram_server.mailbox.retry_seconds)
        assert len(telegram_server.mailbox.visits) >= 2
        assert {one.status for one in telegram_server.mailbox.visits} == {None}
        telegram_server.mailbox.origins = ()
        await telegram_server.mailbox.drained()
        assert len(brought) == 1


async def test_a_restarted_server_goes_on_where_it_was(telegram_server: TelegramServer, person: Person) -> None:
    address = telegram_server.base_url
    await telegram_server.stop()
    person.send_text("hello")
    await telegram_server.start()
    assert telegram_server.base_url == address
    async with Bot(telegram_server.token, base_url=address) as bot:
        assert len(await bot.get_updates()) == 1
        with pytest.raises(BadRequest):
            await bot.get_updates(limit=101)
    assert telegram_server.take_violations() == ["getUpdates: limit: 101 number outside 1-100"]


async def test_a_restarted_server_still_knows_its_webhook(
    bot: Bot, person: Person, telegram_server: TelegramServer
) -> None:
    async with listener(iter([200])) as (origin, brought):
        await bot.set_webhook(f"{origin}/telegram")
        await telegram_server.stop()
        person.send_text("hello")
        await telegram_server.start()
        await telegram_server.mailbox.drained()
    assert len(brought) == 1
