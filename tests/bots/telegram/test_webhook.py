"""Two replicas behind one webhook address, sharing one desk."""

import asyncio
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass

import aiohttp
import pytest_asyncio

from bots.telegram import release
from bots.telegram.bot import TelegramBot
from core.conversation.action import Cancel
from core.conversation.event import PhotosSent, TextSent
from core.supervisor import Supervisor
from tests.bots.scripted import Cards, ScriptedDesk, eventually, jpeg, token
from tests.telegram_server.person import Person
from tests.telegram_server.server import TelegramServer
from webhooks.server import WebhookServer
from webhooks.telegram import SECRET_HEADER, routes

from .test_polling import shown, texts

SECRET = "s3cret-of_the_tests"


@dataclass
class Replica:
    bot: TelegramBot
    server: WebhookServer

    @property
    def origin(self) -> str:
        return f"http://127.0.0.1:{self.server.port}"


async def _nothing_missing() -> tuple[str, ...]:
    return ()


async def _replica(api_url: str, token: str, desk: ScriptedDesk, cards: Cards) -> Replica:
    bot = TelegramBot(token, desk=desk, references=cards, supervisor=Supervisor(), polling=False, api_url=api_url)
    server = WebhookServer(routes(bot.take, SECRET), ready=_nothing_missing, host="127.0.0.1", port=0)
    await bot.start()
    await server.start()
    return Replica(bot, server)


@pytest_asyncio.fixture
async def replicas(
    telegram_server: TelegramServer, desk: ScriptedDesk, cards: Cards
) -> AsyncIterator[tuple[Replica, Replica]]:
    api = telegram_server.base_url.removesuffix("/bot")
    pair = (
        await _replica(api, telegram_server.token, desk, cards),
        await _replica(api, telegram_server.token, desk, cards),
    )
    telegram_server.mailbox.origins = [one.origin for one in pair]
    async with release.session(telegram_server.token, api) as bot:
        await release.set_webhook(bot, f"{pair[0].origin}/telegram", SECRET)
    yield pair
    telegram_server.mailbox.remove_hook(drop=True)
    for one in pair:
        await one.server.stop()
        await one.bot.stop()


async def test_an_album_split_over_replicas_arrives_whole(
    replicas: tuple[Replica, Replica], telegram_server: TelegramServer, person: Person, desk: ScriptedDesk
) -> None:
    person.send_album([jpeg("navy"), jpeg("teal"), jpeg("olive"), jpeg("gray")])
    events = await desk.until(4)
    assert len({event.album for event in events if isinstance(event, PhotosSent)}) == 1
    assert {visit.url.split("/telegram")[0] for visit in telegram_server.mailbox.visits} == {
        one.origin for one in replicas
    }


async def test_an_update_delivered_to_both_replicas_is_taken_once(
    replicas: tuple[Replica, Replica], telegram_server: TelegramServer, person: Person, desk: ScriptedDesk
) -> None:
    telegram_server.mailbox.duplicating = True
    person.send_text("one")
    await desk.until(1)
    await eventually(lambda: not telegram_server.mailbox.pending)
    assert desk.offers == 2
    assert texts(desk) == ["one"]


async def test_telegram_comes_again_while_the_database_is_away(
    replicas: tuple[Replica, Replica], telegram_server: TelegramServer, person: Person, desk: ScriptedDesk
) -> None:
    desk.away = True
    person.send_text("one")
    await asyncio.sleep(6)
    assert 503 in [visit.status for visit in telegram_server.mailbox.visits]
    desk.away = False
    await desk.until(1)
    assert texts(desk) == ["one"]


async def test_a_press_is_answered_within_a_second_while_the_database_is_away(
    replicas: tuple[Replica, Replica], person: Person, desk: ScriptedDesk
) -> None:
    desk.away = True
    began = time.monotonic()
    await person.wait_for_answer(person.press("Press me", shown(person)))
    assert time.monotonic() - began < 1.0
    desk.away = False
    assert [token(event) for event in await desk.until(1)] == [Cancel("d1").pack()]


async def test_a_replica_that_goes_leaves_its_updates_to_the_other(
    replicas: tuple[Replica, Replica], person: Person, desk: ScriptedDesk
) -> None:
    await replicas[0].server.stop()
    person.send_text("one")
    person.send_text("two")
    await desk.until(2)
    assert desk.events == [TextSent(text="one"), TextSent(text="two")]


async def test_a_call_that_is_no_update_is_answered_400(replicas: tuple[Replica, Replica]) -> None:
    async with aiohttp.ClientSession(headers={SECRET_HEADER: SECRET}) as http:
        for body in (b"no json", b"[]", b'{"update_id": "x"}'):
            async with http.post(f"{replicas[0].origin}/telegram", data=body) as response:
                assert response.status == 400


async def test_a_replica_that_telegram_has_not_met_yet_asks_for_later(
    telegram_server: TelegramServer, desk: ScriptedDesk, cards: Cards
) -> None:
    api = telegram_server.base_url.removesuffix("/bot")
    await telegram_server.stop()
    one = await _replica(api, telegram_server.token, desk, cards)
    async with (
        aiohttp.ClientSession(headers={SECRET_HEADER: SECRET}) as http,
        http.post(f"{one.origin}/telegram", json={"update_id": 1}) as response,
    ):
        assert response.status == 503
    await one.server.stop()
    await one.bot.stop()
