"""A process killed between Telegram's word and its own, or between the ledger and the telling: Stars count once."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from core.domain.pack import Pack
from core.domain.payment import Money
from tests.app.process import started
from tests.app.site import KILLED
from tests.factory import SIGNING_KEY, running
from tests.telegram_server.fixture import person, telegram_server
from tests.telegram_server.person import Person
from tests.telegram_server.server import TelegramServer

__all__ = ["person", "telegram_server"]

PACK = Pack("", 50, Money(250, "xtr"))
RETOLD_S = 150.0


@pytest.mark.parametrize("place", ["payment.after_take", "payment.after_ledger"])
async def test_stars_survive_the_process_that_was_told_of_them(
    database: str, home: Path, telegram_server: TelegramServer, person: Person, place: str
) -> None:
    given = {
        "DATABASE_URL": database,
        "SIGNING_KEY": SIGNING_KEY,
        "TELEGRAM_BOT_TOKEN": telegram_server.token,
        "TELEGRAM_API_URL": telegram_server.base_url.removesuffix("/bot"),
        "TELEGRAM_PACKS": "50:250",
        "STARTER_GRANT": "0",
    }
    with started(home, "run", **given, FACTORY_FAILPOINT=place) as victim:
        person.send_text("/balance")
        offer = await person.wait_for("0 credits to spend", RETOLD_S)
        await person.pay("50 credits for", offer)
        assert await asyncio.to_thread(victim.popen.wait, 60) == KILLED, victim.logged()
    async with running(database, home, telegram=telegram_server, telegram_packs=(PACK,), starter_grant=0) as here:
        await person.wait_for("50 credits were added", RETOLD_S)
        await telegram_server.mailbox.drained()
        (row,) = await here.factory.direct.fetch("select count(*) as n from tf.txn where kind = 'topup'")
        assert row["n"] == 1
        assert (await here.factory.housekeeping.audit()).clean
