"""Each fault is what python-telegram-bot makes of it, once, and then the method works again."""

import asyncio
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from telegram import Bot
from telegram.error import BadRequest, ChatMigrated, Forbidden, NetworkError, RetryAfter, TelegramError, TimedOut

from .fault import Fault, bad_gateway, bad_request, blocked, delayed, dropped, flood, server_error
from .person import Person
from .server import TelegramServer


@pytest_asyncio.fixture
async def bot(telegram_server: TelegramServer) -> AsyncIterator[Bot]:
    async with Bot(telegram_server.token, base_url=telegram_server.base_url) as one:
        yield one


@pytest.fixture(autouse=True)
def newer_retry_after(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without it the library warns of its coming change at every 429."""
    monkeypatch.setenv("PTB_TIMEDELTA", "1")


@pytest.mark.parametrize(
    ("fault", "error", "effects"),
    [
        (flood(3), RetryAfter, 0),
        (bad_request("Bad Request: message is too long"), BadRequest, 0),
        (bad_request("Bad Request: group upgraded", migrate_to_chat_id=-100), ChatMigrated, 0),
        (blocked(), Forbidden, 0),
        (server_error(), NetworkError, 0),
        (bad_gateway(), NetworkError, 0),
        (dropped(), NetworkError, 0),
        (dropped("after"), NetworkError, 1),
    ],
)
async def test_a_fault_happens_once_with_the_effect_it_says(
    bot: Bot, person: Person, telegram_server: TelegramServer, fault: Fault, error: type[TelegramError], effects: int
) -> None:
    telegram_server.fail("sendMessage", fault)
    with pytest.raises(error):
        await bot.send_message(42, "x")
    assert len(person.from_bot) == effects
    await bot.send_message(42, "x")
    assert len(person.from_bot) == effects + 1
    assert [one.status for one in telegram_server.called("sendMessage")] == [fault.status or 0, 200]


async def test_a_late_answer_times_out_but_takes_effect(
    bot: Bot, person: Person, telegram_server: TelegramServer
) -> None:
    telegram_server.fail("sendMessage", delayed(0.3))
    with pytest.raises(TimedOut):
        await bot.send_message(42, "x", read_timeout=0.05)
    await person.wait_for("x")


async def test_a_fault_for_one_chat_leaves_others_alone(
    bot: Bot, person: Person, telegram_server: TelegramServer
) -> None:
    other = Person(telegram_server, 43)
    telegram_server.fail("sendMessage", blocked(), chat_id=43)
    await bot.send_message(42, "x")
    with pytest.raises(Forbidden):
        await bot.send_message(43, "x")
    assert (len(person.from_bot), len(other.from_bot)) == (1, 0)


async def test_faults_queue_up_and_a_wrong_call_is_a_violation_even_then(
    bot: Bot, person: Person, telegram_server: TelegramServer
) -> None:
    telegram_server.fail("sendMessage", flood(1), server_error())
    with pytest.raises(BadRequest, match="outside 1-4096"):
        await bot.send_message(42, "x" * 4097)
    assert len(telegram_server.take_violations()) == 1
    with pytest.raises(NetworkError):
        await bot.send_message(42, "x")
    await asyncio.gather(*(bot.send_message(42, str(one)) for one in range(5)))
    assert len(person.from_bot) == 5
