"""A process killed between the ledger and the use of a purchase: credited once, used up by whoever comes next."""

from __future__ import annotations

import asyncio
from pathlib import Path

from core.domain.pack import Pack
from tests.app.process import started
from tests.app.site import KILLED
from tests.bots.scripted import eventually
from tests.discord_server.person import Person
from tests.discord_server.server import DiscordServer
from tests.factory import SIGNING_KEY, running

PACK = Pack("7001", 50)
RETOLD_S = 100.0


async def test_a_purchase_survives_its_process(
    database: str, home: Path, discord_server: DiscordServer, member: Person
) -> None:
    given = {
        "DATABASE_URL": database,
        "SIGNING_KEY": SIGNING_KEY,
        "DISCORD_BOT_TOKEN": discord_server.token,
        "DISCORD_API_URL": discord_server.api_url,
        "DISCORD_PACKS": f"{PACK.item}:{PACK.credits}",
    }
    with started(home, "run", **given, FACTORY_FAILPOINT="purchase.after_ledger") as victim:
        await discord_server.gateway.connected(timeout=60)
        member.run("balance")
        await member.wait_for("to spend")
        one = member.buy(PACK.item)
        assert await asyncio.to_thread(victim.popen.wait, 30) == KILLED, victim.logged()
    assert not one.consumed
    async with running(database, home, discord=discord_server, discord_packs=(PACK,)) as here:
        await eventually(lambda: one.consumed)
        # The victim may have died with the telling in its hands: another worker gets it within a minute or so.
        assert "54 credits to spend" in (await member.wait_for("50 credits were added", RETOLD_S)).text
        (row,) = await here.factory.direct.fetch("select count(*) as n from tf.txn where kind = 'topup'")
        assert row["n"] == 1
        assert (await here.factory.housekeeping.audit()).clean
