"""Discord as an operator sees it: the line at the start, readiness, the doctor's findings, a release."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from app.parts import Parts
from app.payment import REFUSED
from app.stop import Stop
from core.domain.payment import Mismatch
from core.services.till import Doubt
from core.settings import SettingsFault
from tests.app.process import call
from tests.app.test_ready import answers
from tests.discord_server.person import Person
from tests.discord_server.server import DiscordServer
from tests.factory import SIGNING_KEY, running, settings


def chosen(server: DiscordServer, **more: object) -> dict[str, object]:
    return {"discord_bot_token": server.token, "discord_api_url": server.api_url, "webhook_port": 0, **more}


async def test_without_a_token_discord_is_off_and_says_why(database: str, home: Path) -> None:
    async with running(database, home, worker=False) as here:
        parts, said = Parts(here.factory, ("discord", "outbox")), list[str]()
        await parts.start(said.append)
        await parts.stop()
    assert said[0].startswith("discord        off  no DISCORD_BOT_TOKEN")


async def test_with_a_token_it_is_on_and_ready_once_the_gateway_is(
    database: str, home: Path, discord_server: DiscordServer, member: Person
) -> None:
    async with running(database, home, worker=False, **chosen(discord_server)) as here:
        parts, said = Parts(here.factory, ("discord", "outbox", "webhooks")), list[str]()
        await parts.start(said.append)
        try:
            on = "discord        on   Thumbnail Factory, by gateway"
            assert said[0] == f"{on}; run once: thumbnail-factory release discord"
            assert said[1] == "outbox         on   1 platform(s)"
            await discord_server.gateway.connected()
            address = next(word for word in said[2].split() if word.startswith("http"))
            async with asyncio.timeout(10):
                while await answers(address) != (200, []):  # noqa: ASYNC110
                    await asyncio.sleep(0.02)
            member.run("help")
            await member.wait_for("What I can do")
        finally:
            await parts.stop()


async def test_in_http_mode_the_listener_for_machines_takes_its_calls(
    database: str, home: Path, discord_server: DiscordServer, member: Person
) -> None:
    http = chosen(discord_server, discord_mode="http", discord_public_key=discord_server.public_key)
    async with running(database, home, worker=False, **http) as here:
        parts, said = Parts(here.factory, ("discord", "outbox", "webhooks")), list[str]()
        await parts.start(said.append)
        try:
            address = next(word for word in said[2].split() if word.startswith("http"))
            discord_server.endpoint = f"{address}/discord"
            assert await discord_server.post_signed({"type": 1}) == (200, b'{"type": 1}')
            assert (await discord_server.post_signed({"type": 1}, signature="00" * 64))[0] == 401
            member.run("help")
            await member.wait_for("What I can do")
            discord_server.endpoint = f"{address}/discord/events"
            bought = {"id": "900", "sku_id": "800", "user_id": "4242"}
            event = {"type": "ENTITLEMENT_CREATE", "timestamp": "2026-11-21T00:00:00", "data": bought}
            for _ in range(2):
                assert await discord_server.post_signed({"version": 1, "type": 1, "event": event}) == (204, b"")
            kept = await here.factory.direct.fetch("select kind, record->>'id' as id, done_at from tf.happening")
            assert [(row["kind"], row["id"], row["done_at"]) for row in kept] == [("ENTITLEMENT_CREATE", "900", None)]
        finally:
            await parts.stop()


async def test_a_wrong_token_is_one_sentence(database: str, home: Path, discord_server: DiscordServer) -> None:
    wrong = chosen(discord_server) | {"discord_bot_token": discord_server.token[:-4] + "0bad"}
    async with running(database, home, worker=False, **wrong) as here:
        parts = Parts(here.factory, ("discord",))
        with pytest.raises(Stop, match=r"^Discord refuses DISCORD_BOT_TOKEN: copy it again from \S.*\.$"):
            await parts.start(lambda _: None)
        await parts.stop()


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"discord_mode": "http"}, "DISCORD_MODE=http needs DISCORD_PUBLIC_KEY"),
        ({"discord_public_key": "abc"}, "DISCORD_PUBLIC_KEY"),
        ({"discord_shard_ids": "0,3", "discord_shard_count": 3}, "DISCORD_SHARD_COUNT"),
        ({"discord_shard_ids": "one"}, "DISCORD_SHARD_IDS"),
    ],
)
def test_settings_that_cannot_work_are_named(home: Path, wrong: dict[str, object], sentence: str) -> None:
    with pytest.raises(SettingsFault, match=sentence):
        settings("postgresql://x", home, discord_bot_token="t", **wrong)


async def test_the_doctor_tells_what_discord_has_and_a_release_mends_it(
    home: Path, discord_server: DiscordServer
) -> None:
    given = {"DISCORD_BOT_TOKEN": discord_server.token, "DISCORD_API_URL": discord_server.api_url}

    async def verb(*words: str, **more: str) -> str:
        done = await asyncio.to_thread(call, home, *words, **given, **more)
        return done.stdout + done.stderr

    before = await verb("doctor")
    assert "ok   discord        token is that of Thumbnail Factory" in before
    assert "ok   discord calls  none: by gateway" in before
    assert "FAULT discord commands" in before and "thumbnail-factory release discord" in before
    assert "Commands set." in await verb("release", "discord")
    assert "already" in await verb("release", "discord")
    discord_server.endpoint = "https://factory.example/discord"
    after = await verb("doctor", DISCORD_PUBLIC_KEY="00" * 32)
    assert "ok   discord commands as in this release" in after
    assert f"Set it to {discord_server.public_key}" in after
    assert "clear the Interactions Endpoint URL" in await verb("doctor")
    called = {"DISCORD_MODE": "http", "DISCORD_PUBLIC_KEY": discord_server.public_key}
    told = await verb("doctor", **called)
    assert "key is right, Discord calls https://factory.example/discord" in told and "discord sales" not in told
    selling = {**called, "DISCORD_PACKS": "7001:50"}
    assert "FAULT discord sales  50 credits as 7001; purchases are seen within ten minutes only" in await verb(
        "doctor", **selling
    )
    discord_server.events_endpoint = "https://factory.example/discord/events"
    assert "ok   discord sales  50 credits as 7001" in await verb("doctor", **selling)


def test_the_doctor_knows_a_cure_for_whatever_keeps_a_purchase_from_being_credited() -> None:
    assert set(REFUSED) == {*Doubt, *Mismatch}


async def test_the_doctor_names_a_purchase_that_brought_nobody_credits(
    database: str, home: Path, discord_server: DiscordServer, member: Person
) -> None:
    async with running(database, home, worker=False, discord=discord_server, discord_packs="7001:50") as here:
        member.buy("9999")
        async with asyncio.timeout(10):
            while not await here.factory.housekeeping.open_alerts():  # noqa: ASYNC110
                await asyncio.sleep(0.02)
    done = await asyncio.to_thread(call, home, "doctor", DATABASE_URL=database, SIGNING_KEY=SIGNING_KEY)
    assert "FAULT purchases      discord 9999 was bought and not credited (unknown_item, 1x)" in done.stdout
    assert "DISCORD_PACKS" in done.stdout
